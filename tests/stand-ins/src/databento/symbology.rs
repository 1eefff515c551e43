//! Symbols: raw symbols, continuous ones and instrument ids, for the days on which they stand for one another.
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
use super::warning::Warning;
use crate::synthetic::Contract;

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

/// The symbologies asked for; each but ids is turned into ids only.
pub(super) fn stypes(fields: &Fields) -> Result<(SType, SType), Refusal> {
    let stype_in: SType = fields.one_of("stype_in", "raw_symbol")?;
    let stype_out: SType = fields.one_of("stype_out", "instrument_id")?;
    match (stype_in, stype_out) {
        (SType::RawSymbol | SType::Continuous, SType::InstrumentId)
        | (SType::InstrumentId, SType::RawSymbol | SType::InstrumentId) => Ok((stype_in, stype_out)),
        (SType::Parent, _) => {
            let symbols = fields.get("symbols").unwrap_or_default();
            Err(Refusal::symbology(format!("Could not resolve smart symbols: {symbols}")))
        }
        _ => Err(Refusal::symbology(format!("Unsupported symbology combination: {stype_in} to {stype_out}"))),
    }
}

/// From a day to before another, a contract.
type Span<'a> = (NaiveDate, NaiveDate, &'a Contract);

/// What a symbol stands for, over the whole dataset.
fn spans_of<'a>(dataset: &'a Dataset, symbol: &str, stype_in: SType) -> Vec<Span<'a>> {
    let whole = |contract: &'a Contract| (contract.first, contract.end, contract);
    match stype_in {
        SType::Continuous => {
            let rolls = dataset.continuous.iter().filter(|continuous| continuous.symbol == symbol);
            let intervals = rolls.flat_map(|continuous| &continuous.intervals);
            intervals.filter_map(|(first, end, index)| Some((*first, *end, dataset.contracts.get(*index)?))).collect()
        }
        SType::InstrumentId => symbol.parse().ok().and_then(|id| dataset.contract(id)).map(whole).into_iter().collect(),
        _ => dataset.contracts.iter().filter(|contract| contract.symbol == symbol).map(whole).collect(),
    }
}

/// What the symbols stand for; none are all contracts.
pub(super) fn spans<'a>(dataset: &'a Dataset, symbols: &[String], stype_in: SType) -> Vec<Span<'a>> {
    if symbols.is_empty() {
        return dataset.contracts.iter().map(|contract| (contract.first, contract.end, contract)).collect();
    }
    symbols.iter().flat_map(|symbol| spans_of(dataset, symbol, stype_in)).collect()
}

/// Looks symbols up for the days from the first to before the second.
pub(super) fn look_up(
    dataset: &Dataset,
    symbols: &[String],
    stype_in: SType,
    stype_out: SType,
    (first, end): (NaiveDate, NaiveDate),
) -> Resolved {
    let mut resolved = Resolved::default();
    for symbol in symbols {
        let mut intervals = Vec::new();
        let mut covered = first;
        for (d0, d1, contract) in spans_of(dataset, symbol, stype_in) {
            let (d0, d1) = (first.max(d0), end.min(d1));
            if d0 < d1 {
                let s = if stype_out == SType::RawSymbol { contract.symbol.clone() } else { contract.instrument_id.to_string() };
                covered = if d0 == covered { d1 } else { covered };
                intervals.push(Interval { d0, d1, s });
            }
        }
        if intervals.is_empty() {
            resolved.not_found.push(symbol.clone());
        } else if covered != end {
            resolved.partial.push(symbol.clone());
        }
        resolved.result.insert(symbol.clone(), intervals);
    }
    resolved
}

fn all_symbols(dataset: &Dataset, stype_in: SType) -> Vec<String> {
    match stype_in {
        SType::Continuous => dataset.continuous.iter().map(|continuous| continuous.symbol.clone()).collect(),
        SType::InstrumentId => dataset.contracts.iter().map(|contract| contract.instrument_id.to_string()).collect(),
        _ => dataset.contracts.iter().map(|contract| contract.symbol.clone()).collect(),
    }
}

/// `POST symbology.resolve`: always 200; `not_found` says what was not found.
pub(super) async fn resolve(State(catalogue): State<Arc<Catalogue>>, fields: Fields) -> Result<(Warning, Json<Value>), Refusal> {
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
        symbols = all_symbols(dataset, stype_in);
    }
    let resolved = look_up(dataset, &symbols, stype_in, stype_out, (start, end));
    let (status, message) = match resolved.not_found.len() {
        n if n == symbols.len() => (2, "Not found"),
        0 if resolved.partial.is_empty() => (0, "OK"),
        _ => (1, "Partially resolved"),
    };
    let answer = Json(json!({
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
    }));
    Ok((Warning::of(dataset), answer))
}
