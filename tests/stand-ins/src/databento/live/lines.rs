//! The lines that a client sends. In: text. Out: logins and subscriptions. Pure.

use std::collections::BTreeMap;

use dbn::{SType, Schema};

/// `auth=…|dataset=…|…`
#[derive(Debug)]
pub(super) struct Login {
    /// `<sha256 of challenge|key>-<last five of the key>`.
    pub(super) auth: String,
    pub(super) dataset: String,
    pub(super) client: String,
    pub(super) heartbeat_s: Option<u64>,
}

/// `schema=…|stype_in=…|symbols=…`
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    pub(super) schema: Schema,
    pub(super) stype_in: SType,
    pub(super) symbols: Vec<String>,
    pub(super) start: Option<u64>,
}

fn fields(line: &str) -> BTreeMap<&str, &str> {
    line.trim_end_matches('|').split('|').filter_map(|pair| pair.split_once('=')).collect()
}

impl Login {
    /// The error is the vendor's answer.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let fields = fields(line);
        let of = |name: &str| fields.get(name).map(|value| (*value).to_owned());
        let needed = |name: &str| of(name).ok_or_else(|| format!("Missing authentication param '{name}'"));
        if of("encoding").is_some_and(|encoding| encoding != "dbn") || of("compression").is_some_and(|one| one != "none") {
            return Err("Only encoding=dbn and compression=none are served here".to_owned());
        }
        Ok(Self {
            auth: needed("auth")?,
            dataset: needed("dataset")?,
            client: of("client").unwrap_or_default(),
            heartbeat_s: of("heartbeat_interval_s").and_then(|value| value.parse().ok()),
        })
    }
}

impl Subscription {
    /// The error is the text of the vendor's record.
    pub(super) fn parse(line: &str) -> Result<Self, String> {
        let fields = fields(line);
        let of = |name: &str| fields.get(name).copied();
        let schema = of("schema").and_then(|value| value.parse().ok()).ok_or("Unknown schema")?;
        let stype_in = of("stype_in").unwrap_or("raw_symbol").parse().map_err(|_| "Unknown stype_in")?;
        let symbols: Vec<_> = of("symbols").unwrap_or_default().split(',').map(str::to_owned).collect();
        if symbols.iter().any(String::is_empty) {
            return Err("Empty symbol".to_owned());
        }
        let start = of("start").map(|value| value.parse().map_err(|_| "start is no number of nanoseconds")).transpose()?;
        Ok(Self { schema, stype_in, symbols, start })
    }
}
