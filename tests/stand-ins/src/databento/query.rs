//! Reads the parameters of a request and refuses what the API refuses.
//!
//! In: query or form, the catalogue. Out: a query that can be answered without further failure. Pure.

use std::str::FromStr;

use axum::extract::{FromRequest, Request};
use axum::http::{Method, StatusCode};
use chrono::{DateTime, Utc};
use dbn::{SType, Schema};
use serde_json::json;

use super::catalogue::{Catalogue, Dataset, Record};
use super::damage;
use super::dates;
use super::error::Refusal;
use super::symbology::{self, Resolved};
use crate::faults::Kind;
use crate::ledger::Parameters;
use crate::shell::all_parameters;

/// The parameters of a request, wherever they came.
pub(super) struct Fields {
    place: &'static str,
    all: Parameters,
    /// What is to be wrong with the bars.
    damage: Option<Kind>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let place = if request.method() == Method::GET { "query" } else { "body" };
        let damage = request.extensions().get::<Kind>().copied();
        Ok(Self { place, all: all_parameters(request).await, damage })
    }
}

impl Fields {
    /// The parameter, if it is there and not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.all.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Refuses the request if any of these is missing, naming all that are.
    pub(super) fn require(&self, names: &[&str]) -> Result<(), Refusal> {
        let missing: Vec<_> = names.iter().filter(|name| self.get(name).is_none()).collect();
        let list: Vec<_> = missing.iter().map(|name| (self.place, **name, "field required", "value_error.missing")).collect();
        if list.is_empty() { Ok(()) } else { Err(Refusal::fields(&list)) }
    }

    /// A refusal that names one unreadable parameter.
    pub(super) fn invalid(&self, name: &str, message: &str, kind: &str) -> Refusal {
        Refusal::fields(&[(self.place, name, message, kind)])
    }

    /// A parameter as one of the values of an enumeration, or its default.
    pub(super) fn one_of<T: FromStr>(&self, name: &str, default: &str) -> Result<T, Refusal> {
        let refusal = |_| self.invalid(name, "value is not a valid enumeration member", "type_error.enum");
        self.get(name).unwrap_or(default).parse().map_err(refusal)
    }

    /// The dataset that is named.
    pub(super) fn dataset<'a>(&self, catalogue: &'a Catalogue) -> Result<&'a Dataset, Refusal> {
        self.require(&["dataset"])?;
        let unknown = || self.invalid("dataset", "value is not a valid enumeration member", "type_error.enum");
        catalogue.get(self.get("dataset").unwrap_or_default()).ok_or_else(unknown)
    }

    fn time(&self, name: &str) -> Result<DateTime<Utc>, Refusal> {
        let refusal = || self.invalid(name, "invalid datetime format", "value_error.datetime");
        self.get(name).and_then(dates::parse_time).ok_or_else(refusal)
    }

    /// The symbols; none means all.
    pub(super) fn symbols(&self) -> Result<Vec<String>, Refusal> {
        let text = self.get("symbols").unwrap_or("ALL_SYMBOLS");
        if text == "ALL_SYMBOLS" {
            return Ok(Vec::new());
        }
        let symbols: Vec<_> = text.split(',').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect();
        if symbols.len() > 2_000 {
            return Err(Refusal::symbology("Too many symbols: at most 2,000 in one request."));
        }
        Ok(symbols)
    }
}

/// A request for data, understood and within what is available.
pub(super) struct Query<'a> {
    /// From where.
    pub dataset: &'a Dataset,
    /// Inclusive.
    pub start: DateTime<Utc>,
    /// Exclusive.
    pub end: DateTime<Utc>,
    /// Most records wanted.
    pub limit: Option<u64>,
    /// Type of the symbols asked for.
    pub stype_in: SType,
    /// Type of the symbols answered.
    pub stype_out: SType,
    /// The symbols as asked for; none means all.
    pub symbols: Vec<String>,
    /// What became of the symbols.
    pub resolved: Resolved,
    damage: Option<Kind>,
}

impl<'a> Query<'a> {
    /// Reads and checks the parameters that all requests for data share.
    pub(super) fn read(fields: &Fields, catalogue: &'a Catalogue) -> Result<Self, Refusal> {
        fields.require(&["dataset", "start", "end"])?;
        let dataset = fields.dataset(catalogue)?;
        let schema: Schema = fields.one_of("schema", "trades")?;
        if schema != dataset.schema {
            let message = format!("The schema '{schema}' is not available for dataset {}.", dataset.code);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Err(Refusal::case(status, "data_schema_not_available", "schemas", message, None));
        }
        let (start, end) = (fields.time("start")?, fields.time("end")?);
        available(dataset, start, end)?;
        let (stype_in, stype_out) = symbology::stypes(fields)?;
        let symbols = fields.symbols()?;
        let days = (start.date_naive(), dates::date_on_or_after(end));
        let resolved = symbology::look_up(dataset, &symbols, stype_in, stype_out, days);
        if !symbols.is_empty() && resolved.not_found.len() == symbols.len() {
            return Err(Refusal::symbology("None of the symbols could be resolved"));
        }
        let not_a_number = |_| fields.invalid("limit", "value is not a valid integer", "type_error.integer");
        let limit = fields.get("limit").map(str::parse::<u64>).transpose().map_err(not_a_number)?;
        // The client's own enumeration has no zero: it means no limit.
        let limit = limit.filter(|limit| *limit > 0);
        Ok(Self { dataset, start, end, limit, stype_in, stype_out, symbols, resolved, damage: fields.damage })
    }

    /// The records that answer it, in order of time.
    pub(super) fn records(&self) -> Vec<Record> {
        let (start, end) = (dates::to_nanos(self.start), dates::to_nanos(self.end));
        let mut all = Vec::new();
        for (first, after, contract) in symbology::spans(self.dataset, &self.symbols, self.stype_in) {
            let (first, after) = (dates::to_nanos(dates::midnight(first)), dates::to_nanos(dates::midnight(after)));
            all.extend(contract.between(start.max(first), end.min(after)));
        }
        all.sort_by_key(|record| record.bar.ts_event);
        let limit = self.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        all.truncate(limit);
        damage::of_series(all, self.damage)
    }

    /// The records as they are sent, which are fewer than there are where that is ordered.
    pub(super) fn records_sent(&self) -> Vec<Record> {
        damage::of_answer(self.records(), self.damage)
    }
}

fn available(dataset: &Dataset, start: DateTime<Utc>, end: DateTime<Utc>) -> Result<(), Refusal> {
    let (first, last) = (dataset.available_start(), dataset.available_end());
    let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
    if start >= end {
        let payload = json!({"start": dates::iso(start), "end": dates::iso(end)});
        let (a, b) = (dates::spoken(start), dates::spoken(end));
        let message = format!("Invalid time range query, `start` {a} cannot be on or after `end` {b}.");
        return Err(Refusal::case(unprocessable, "data_time_range_start_on_or_after_end", "datetimes", message, Some(payload)));
    }
    let code = &dataset.code;
    let (case, message) = if start < first {
        let (asked, first) = (dates::spoken(start), dates::spoken(first));
        let message = format!(
            "`start` in query ('{asked}') was before the available start of dataset {code} ('{first}'). Try requesting with a later `start`."
        );
        ("data_start_before_available_start", message)
    } else if start >= last {
        let (asked, last) = (dates::spoken(start), dates::spoken(last));
        let message = format!(
            "`start` in query ('{asked}') was after the available end of dataset {code} ('{last}'). Try requesting with an earlier `start`."
        );
        ("data_start_after_available_end", message)
    } else if end > last {
        let (asked, last) = (dates::spoken(end), dates::spoken(last));
        let message = format!(
            "The dataset {code} has data available up to '{last}'. The `end` in the query ('{asked}') is after the available range. Try requesting with an earlier `end`."
        );
        ("data_end_after_available_end", message)
    } else {
        return Ok(());
    };
    let payload = json!({
        "dataset": code,
        "start": dates::iso(start),
        "end": dates::iso(end),
        "available_start": dates::iso(first),
        "available_end": dates::iso(last),
    });
    Err(Refusal::case(unprocessable, case, "datasets", message, Some(payload)))
}
