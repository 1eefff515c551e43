//! The metadata endpoints: what there is, from when to when, how much of it, and what it costs.
//!
//! In: the catalogue and a query. Out: JSON as documented.

use std::collections::BTreeSet;
use std::mem::size_of;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use dbn::{Encoding, OhlcvMsg, Schema};
use serde_json::{Value, json};

use super::catalogue::Catalogue;
use super::dates;
use super::error::Refusal;
use super::query::{Fields, Query};
use super::warning::Warning;

/// US dollars for 2^30 bytes of bars: the order of magnitude of hourly and daily bars at the vendor, one price for all.
const UNIT_PRICE: f64 = 600.0;

/// Fields of a bar and their types in DBN.
const OHLCV_FIELDS: [(&str, &str); 10] = [
    ("length", "uint8_t"),
    ("rtype", "uint8_t"),
    ("publisher_id", "uint16_t"),
    ("instrument_id", "uint32_t"),
    ("ts_event", "uint64_t"),
    ("open", "int64_t"),
    ("high", "int64_t"),
    ("low", "int64_t"),
    ("close", "int64_t"),
    ("volume", "uint64_t"),
];

type Shared = State<Arc<Catalogue>>;

pub(super) async fn list_publishers(State(catalogue): Shared) -> Json<Value> {
    let all = catalogue.iter().map(|dataset| {
        json!({
            "publisher_id": dataset.publisher_id,
            "dataset": dataset.code,
            "venue": dataset.venue,
            "description": dataset.description,
        })
    });
    Json(all.collect())
}

/// With dates, only the datasets that have data between them.
pub(super) async fn list_datasets(State(catalogue): Shared, fields: Fields) -> Result<Json<Value>, Refusal> {
    let (start, end) = days(&fields)?;
    let overlap = |first, last| start.is_none_or(|start| start < last) && end.is_none_or(|end| first < end);
    Ok(Json(catalogue.iter().filter(|d| overlap(d.first, d.end)).map(|d| json!(d.code)).collect()))
}

pub(super) async fn list_schemas(State(catalogue): Shared, fields: Fields) -> Result<Json<Value>, Refusal> {
    Ok(Json(json!([fields.dataset(&catalogue)?.schema.to_string()])))
}

pub(super) async fn list_fields(fields: Fields) -> Result<Json<Value>, Refusal> {
    fields.require(&["encoding", "schema"])?;
    let encoding: Encoding = fields.one_of("encoding", "dbn")?;
    let schema: Schema = fields.one_of("schema", "trades")?;
    if encoding != Encoding::Dbn || !schema.as_str().starts_with("ohlcv-") {
        return Err(fields.invalid("schema", "only bars in dbn are listed here", "value_error.const"));
    }
    Ok(Json(OHLCV_FIELDS.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect()))
}

pub(super) async fn list_unit_prices(State(catalogue): Shared, fields: Fields) -> Result<Json<Value>, Refusal> {
    let schema = fields.dataset(&catalogue)?.schema.to_string();
    let modes = ["historical-streaming", "historical"];
    Ok(Json(modes.iter().map(|mode| json!({"mode": mode, "unit_prices": {&schema: UNIT_PRICE}})).collect()))
}

/// Unlike everywhere else, `end_date` is inclusive here. Days without a bar are not listed.
pub(super) async fn get_dataset_condition(State(catalogue): Shared, fields: Fields) -> Result<Json<Value>, Refusal> {
    let dataset = fields.dataset(&catalogue)?;
    let (start, end) = days(&fields)?;
    let wanted = |day: &_| start.is_none_or(|start| start <= *day) && end.is_none_or(|end| *day <= end);
    let with_bars: BTreeSet<_> = dataset.records().map(|record| dates::day_of(record.bar.ts_event)).filter(wanted).collect();
    let line = |day| json!({"date": day, "condition": "available", "last_modified_date": dates::next(day)});
    Ok(Json(with_bars.into_iter().map(line).collect()))
}

pub(super) async fn get_dataset_range(State(catalogue): Shared, fields: Fields) -> Result<Json<Value>, Refusal> {
    let dataset = fields.dataset(&catalogue)?;
    let (start, end) = (dates::iso(dataset.available_start()), dates::iso(dataset.available_end()));
    let schema = dataset.schema.to_string();
    Ok(Json(json!({"start": start, "end": end, "schema": {schema: {"start": start, "end": end}}})))
}

pub(super) async fn get_record_count(State(catalogue): Shared, fields: Fields) -> Result<(Warning, Json<usize>), Refusal> {
    let query = Query::read(&fields, &catalogue)?;
    Ok((Warning::of(query.dataset), Json(query.records().len())))
}

pub(super) async fn get_billable_size(State(catalogue): Shared, fields: Fields) -> Result<Json<usize>, Refusal> {
    Ok(Json(billable(&Query::read(&fields, &catalogue)?)))
}

pub(super) async fn get_cost(State(catalogue): Shared, fields: Fields) -> Result<Json<f64>, Refusal> {
    let bytes = u32::try_from(billable(&Query::read(&fields, &catalogue)?)).unwrap_or(u32::MAX);
    Ok(Json(f64::from(bytes) / f64::from(1 << 30) * UNIT_PRICE))
}

/// Uncompressed bytes of records: what the vendor bills.
fn billable(query: &Query<'_>) -> usize {
    query.records().len() * size_of::<OhlcvMsg>()
}

type Day = Option<chrono::NaiveDate>;

fn days(fields: &Fields) -> Result<(Day, Day), Refusal> {
    let read = |name: &str| {
        let refusal = || fields.invalid(name, "invalid date format", "value_error.date");
        fields.get(name).map(|text| dates::parse_date(text).ok_or_else(refusal)).transpose()
    };
    Ok((read("start_date")?, read("end_date")?))
}
