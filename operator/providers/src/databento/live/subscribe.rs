//! What a runner asks of a stream. In: dataset, schema, query. Out: the call and the subscription, or why not. Pure.

use std::{borrow::Cow, collections::BTreeMap};

use assayer_contract::Source;
use dbn::{SType, Schema};
use serde_json::{Map, Value, json};

use super::moment;
use crate::{About, Call, Charge, Refused, Request, databento::NAME, text};

/// Schemas that are served, the label of their rows, and the length of their bars. Bars shorter than a minute are not: a row stands
/// for each that is given out.
const SCHEMAS: [(Schema, &str, i64); 3] = [
    (Schema::Ohlcv1M, "live.ohlcv-1m", 60_000_000_000),
    (Schema::Ohlcv1H, "live.ohlcv-1h", 3_600_000_000_000),
    (Schema::Ohlcv1D, "live.ohlcv-1d", 86_400_000_000_000),
];
const FIELDS: [&str; 3] = ["symbols", "stype_in", "since"];
const MOST_SYMBOLS: usize = 20;

/// What a stream is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// Dataset.
    pub dataset: String,
    /// Schema.
    pub schema: Schema,
    /// Label of its rows.
    pub endpoint: &'static str,
    /// Length of a bar in nanoseconds.
    pub length: i64,
    /// How the symbols are written.
    pub stype_in: SType,
    /// Symbols, each once.
    pub symbols: Vec<String>,
    /// Start of the newest bar that the reader has, in nanoseconds since 1970.
    pub since: Option<i64>,
}

/// Reads the path `{dataset}/{schema}` and the query.
pub fn classify(request: &Request<'_>) -> Result<(Call, Subscription), Refused> {
    let (dataset, schema) = request.path.split_once('/').unwrap_or((request.path, ""));
    let known = SCHEMAS.iter().find(|(known, ..)| known.as_str() == schema);
    let Some((schema, endpoint, length)) = known.copied() else { return Err(Refused::unknown(NAME, request)) };
    let read = read(request, dataset, schema, endpoint, length);
    let one = read.map_err(|message| Refused::invalid(NAME, request, endpoint, &message))?;
    Ok((call(request, &one), one))
}

fn read(
    request: &Request<'_>,
    dataset: &str,
    schema: Schema,
    endpoint: &'static str,
    length: i64,
) -> Result<Subscription, String> {
    let word = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    if !word(dataset) {
        return Err(format!("the dataset is \"{}\": give one such as GLBX.MDP3", text::clean(dataset, 40)));
    }
    let mut fields: BTreeMap<Cow<'_, str>, Cow<'_, str>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(request.query.as_bytes()) {
        if !FIELDS.contains(&name.as_ref()) {
            return Err(format!("\"{}\" is not one of its fields: {}", text::clean(&name, 40), FIELDS.join(", ")));
        }
        if fields.insert(name.clone(), value).is_some() {
            return Err(format!("{name} is given more than once: give it once"));
        }
    }
    let of = |name: &str| fields.get(name).map(AsRef::as_ref);
    let stype_in = of("stype_in").unwrap_or("raw_symbol");
    let stype_in = [SType::RawSymbol, SType::Continuous].into_iter().find(|known| known.as_str() == stype_in);
    let stype_in = stype_in.ok_or("stype_in: give raw_symbol or continuous")?;
    let since = of("since").map(|value| value.parse().ok().filter(|since: &i64| *since >= 0));
    let since = since.map(|since| since.ok_or("since: give nanoseconds since 1970")).transpose()?;
    let symbols = symbols(of("symbols").unwrap_or_default())?;
    Ok(Subscription { dataset: dataset.to_owned(), schema, endpoint, length, stype_in, symbols, since })
}

fn symbols(given: &str) -> Result<Vec<String>, String> {
    let mut symbols: Vec<_> = given.split(',').map(|symbol| symbol.trim().to_owned()).collect();
    symbols.sort();
    symbols.dedup();
    // A line of the vendor's protocol holds them.
    let plain =
        |symbol: &String| !symbol.is_empty() && symbol.len() <= 70 && symbol.bytes().all(|b| b.is_ascii_graphic() && b != b'|');
    match symbols.iter().find(|symbol| !plain(symbol)) {
        Some(odd) => Err(format!("symbols has \"{}\": give symbols such as MES.v.0, separated by commas", text::clean(odd, 40))),
        None if symbols.len() > MOST_SYMBOLS => Err(format!("symbols has {}: at most {MOST_SYMBOLS} are taken", symbols.len())),
        None => Ok(symbols),
    }
}

fn call(request: &Request<'_>, one: &Subscription) -> Call {
    let mut params = Map::new();
    params.insert("symbols".to_owned(), json!(one.symbols.join(",")));
    params.insert("stype_in".to_owned(), json!(one.stype_in.as_str()));
    if let Some(since) = one.since {
        params.insert("since".to_owned(), json!(since.to_string()));
    }
    Call {
        provider: NAME,
        source: Some(Source::MarketData),
        method: "GET",
        path: text::clean(request.path, 200),
        endpoint: one.endpoint,
        request_fingerprint: request.fingerprint(NAME),
        params: Value::Object(params),
        symbols: one.symbols.clone(),
        dataset: Some(one.dataset.clone()),
        schema: Some(one.schema.to_string()),
        start: one.since.map(|since| moment(since.saturating_add(one.length))),
        end: None,
        yields_bars: true,
        charge: Charge::Free,
        changes: false,
        cancels: false,
        about: About::default(),
    }
}

#[cfg(test)]
mod tests {
    use assayer_contract::ReasonCode;

    use super::*;

    fn of(path: &str, query: &str) -> Result<(Call, Subscription), Refused> {
        classify(&Request { method: "GET", path, query, content_type: None, body: &[] })
    }

    #[test]
    fn a_stream_is_a_free_call_that_changes_nothing() {
        let (call, one) =
            of("GLBX.MDP3/ohlcv-1m", "symbols=MES.v.0,MES.c.0&stype_in=continuous&since=1767711600000000000").unwrap();
        assert!(call.is_safe_to_repeat() && call.yields_bars);
        assert_eq!(
            (call.endpoint, call.symbols.as_slice()),
            ("live.ohlcv-1m", ["MES.c.0".to_owned(), "MES.v.0".to_owned()].as_slice())
        );
        assert_eq!((one.stype_in, one.length, one.since), (SType::Continuous, 60_000_000_000, Some(1_767_711_600_000_000_000)));
        assert_eq!(call.start.unwrap().to_rfc3339(), "2026-01-06T15:01:00+00:00", "the bar after the one that the reader has");
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused_by_the_name_of_the_field() {
        for (query, named) in [
            ("", "symbols"),
            ("symbols=A,,B", "symbols"),
            ("symbols=A|start=0", "symbols"),
            ("symbols=A%0Astart_session", "symbols"),
            ("symbols=A&symbols=B", "symbols is given more than once"),
            ("symbols=A&stype_in=parent", "stype_in"),
            ("symbols=A&since=yesterday", "since"),
            ("symbols=A&since=-1", "since"),
            ("symbols=A&key=x", "\"key\" is not one of its fields"),
        ] {
            let refused = of("GLBX.MDP3/ohlcv-1m", query).unwrap_err();
            assert_eq!(refused.reason_code, ReasonCode::RequestInvalid);
            assert!(refused.message.contains(named), "{query}: {}", refused.message);
        }
        assert!(of("GLBX|MDP3/ohlcv-1m", "symbols=A").is_err());
        for path in ["GLBX.MDP3/ohlcv-1s", "GLBX.MDP3/trades", "GLBX.MDP3", ""] {
            assert_eq!(of(path, "symbols=A").unwrap_err().reason_code, ReasonCode::EndpointUnknown);
        }
    }
}
