//! Symbols: raw symbols and instrument ids, each into the other, for the days on which they are listed.
//!
//! In: symbols and days. Out: for each symbol the intervals in which it is another. Pure but for the handler's answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use dbn::SType;
use serde::Serialize;
use serde_json::{Value, json};

use super::catalogue::{Catalogue, Dataset};
use super::dates;
use super::error::Refusal;
use super::query::Fields;

/// From one day to before another, a symbol is this.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Interval {
    /// First day.
    pub d0: NaiveDate,
    /// First day after.
    pub d1: NaiveDate,
    /// The symbol in the other symbology.
    pub s: String,
}

/// What became of the symbols asked for.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    /// Every symbol asked for; empty where nothing was found.
    pub result: BTreeMap<String, Vec<Interval>>,
    /// Found for some of the days only.
    pub partial: Vec<String>,
    /// Not found on any of the days.
    pub not_found: Vec<String>,
}

/// The symbologies asked for; only raw symbols and instrument ids exist in these datasets.
pub(super) fn stypes(fields: &Fields) -> Result<(SType, SType), Refusal> {
    let stype_in: SType = fields.one_of("stype_in", "raw_symbol")?;
    let stype_out: SType = fields.one_of("stype_out", "instrument_id")?;
    match (stype_in, stype_out) {
        (SType::RawSymbol, SType::InstrumentId) | (SType::InstrumentId, SType::RawSymbol | SType::InstrumentId) => {
            Ok((stype_in, stype_out))
        }
        (SType::Continuous | SType::Parent, _) => {
            let symbols = fields.get("symbols").unwrap_or_default();
            Err(Refusal::symbology(format!("Could not resolve smart symbols: {symbols}")))
        }
        _ => Err(Refusal::symbology(format!("Unsupported symbology combination: {stype_in} to {stype_out}"))),
    }
}

/// Looks symbols up for the days from the first to before the second.
pub(super) fn look_up(
    dataset: &Dataset,
    symbols: &[String],
    stype_in: SType,
    stype_out: SType,
    (first, end): (NaiveDate, NaiveDate),
) -> Resolved {
    let id = dataset.instrument_id.to_string();
    let name = |stype| if stype == SType::RawSymbol { dataset.symbol.clone() } else { id.clone() };
    let (d0, d1) = (first.max(dataset.first), end.min(dataset.end));
    let mut resolved = Resolved::default();
    for symbol in symbols {
        let intervals =
            if *symbol == name(stype_in) && d0 < d1 { vec![Interval { d0, d1, s: name(stype_out) }] } else { Vec::new() };
        if intervals.is_empty() {
            resolved.not_found.push(symbol.clone());
        } else if (d0, d1) != (first, end) {
            resolved.partial.push(symbol.clone());
        }
        resolved.result.insert(symbol.clone(), intervals);
    }
    resolved
}

/// `POST symbology.resolve`: always 200; `not_found` says what was not found.
pub(super) async fn resolve(State(catalogue): State<Arc<Catalogue>>, fields: Fields) -> Result<Json<Value>, Refusal> {
    fields.require(&["dataset", "symbols", "stype_in", "stype_out", "start_date"])?;
    let dataset = fields.dataset(&catalogue)?;
    let (stype_in, stype_out) = stypes(&fields)?;
    let date = |name: &str| {
        let refusal = || fields.invalid(name, "invalid date format", "value_error.date");
        fields.get(name).map(|text| dates::parse_date(text).ok_or_else(refusal)).transpose()
    };
    let start = date("start_date")?.unwrap_or(dataset.first);
    let end = date("end_date")?.unwrap_or_else(|| dates::next(start));
    if start >= end {
        return Err(Refusal::case(
            StatusCode::UNPROCESSABLE_ENTITY,
            "data_date_range_start_on_or_after_end",
            "datetimes",
            format!("Invalid date range query, `start_date` {start} cannot be on or after `end_date` {end}."),
            Some(json!({"start_date": start, "end_date": end})),
        ));
    }
    let mut symbols = fields.symbols()?;
    if symbols.is_empty() {
        symbols = vec![if stype_in == SType::RawSymbol { dataset.symbol.clone() } else { dataset.instrument_id.to_string() }];
    }
    let resolved = look_up(dataset, &symbols, stype_in, stype_out, (start, end));
    let (status, message) = match resolved.not_found.len() {
        n if n == symbols.len() => (2, "Not found"),
        0 if resolved.partial.is_empty() => (0, "OK"),
        _ => (1, "Partially resolved"),
    };
    Ok(Json(json!({
        "result": resolved.result,
        "symbols": symbols,
        "stype_in": stype_in.to_string(),
        "stype_out": stype_out.to_string(),
        "start_date": start,
        "end_date": end,
        "partial": resolved.partial,
        "not_found": resolved.not_found,
        "message": message,
        "status": status,
    })))
}
