//! What a request to Databento asks for. In: the request. Out: the call, or why it is refused. Pure.
//!
//! Whatever could be read in two ways is refused, so that the row says what the vendor will do.

use std::{borrow::Cow, collections::BTreeMap};

use assayer_contract::Source;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::{Value, json};

use super::{
    NAME,
    endpoints::{self, Answer, Endpoint},
};
use crate::{About, Call, Charge, Refused, Request, text};

/// What the vendor takes where `symbols` is left out.
const ALL_SYMBOLS: &str = "ALL_SYMBOLS";
/// The most symbols that the vendor takes at once.
const MOST_SYMBOLS: usize = 2_000;

/// Schemas of bars whose length is known.
const BAR_SCHEMAS: [&str; 4] = ["ohlcv-1s", "ohlcv-1m", "ohlcv-1h", "ohlcv-1d"];
/// Fewer digits than these are no nanoseconds of any year with data.
const FEWEST_NANO_DIGITS: usize = 16;

/// Fields by name. Only `symbols` may come more than once.
type Fields<'a> = BTreeMap<Cow<'a, str>, Vec<Cow<'a, str>>>;

pub(super) fn classify(request: &Request<'_>) -> Result<Call, Refused> {
    let endpoint = endpoints::find(request.method, request.path).ok_or_else(|| Refused::unknown(NAME, request))?;
    build(endpoint, request).map_err(|message| Refused::invalid(NAME, request, endpoint.name(), &message))
}

fn build(endpoint: &'static Endpoint, request: &Request<'_>) -> Result<Call, String> {
    let fields = fields(endpoint, request)?;
    let records = endpoint.answer == Answer::Records;
    if records {
        measurable(&fields)?;
    }
    let schema = one(&fields, "schema").map(str::to_owned).or_else(|| records.then(|| "trades".to_owned()));
    Ok(Call {
        provider: NAME,
        source: Some(Source::MarketData),
        method: endpoint.method,
        path: endpoint.path.to_owned(),
        endpoint: endpoint.name(),
        request_fingerprint: request.fingerprint(NAME),
        params: params(&fields),
        symbols: if endpoint.takes_symbols() { symbols(&fields)? } else { Vec::new() },
        dataset: one(&fields, "dataset").map(str::to_owned),
        yields_bars: records && schema.as_deref().is_some_and(|name| BAR_SCHEMAS.contains(&name)),
        schema,
        start: moment(&fields, ["start", "start_date"])?,
        end: moment(&fields, ["end", "end_date"])?,
        charge: if records { Charge::Quoted } else { Charge::Free },
        changes: false,
        cancels: false,
        about: About::default(),
    })
}

/// The request's fields: of the query for GET, of the form for POST, and none in the other place.
fn fields<'a>(endpoint: &Endpoint, request: &Request<'a>) -> Result<Fields<'a>, String> {
    let form = match endpoint.method {
        "GET" if !request.body.is_empty() => return Err("its fields belong in the query: send no body".to_owned()),
        "GET" => request.query.as_bytes(),
        _ if !request.query.is_empty() => return Err("its fields belong in the form: send no query".to_owned()),
        _ => request.body,
    };
    if !request.body.is_empty() && !request.essence().is_some_and(|e| e.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    {
        return Err("the body must be application/x-www-form-urlencoded".to_owned());
    }
    let mut fields = Fields::new();
    for (name, value) in form_urlencoded::parse(form) {
        if !endpoint.fields.contains(&name.as_ref()) {
            return Err(format!("\"{}\" is not one of its fields: {}", text::clean(&name, 40), endpoint.fields.join(", ")));
        }
        let values = fields.entry(name).or_default();
        values.push(value);
    }
    match fields.iter().find(|(name, values)| *name != "symbols" && values.len() > 1) {
        Some((name, values)) => Err(format!("{name} is given {} times: give it once", values.len())),
        None => Ok(fields),
    }
}

fn one<'a>(fields: &'a Fields<'_>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(|values| values.first()).map(AsRef::as_ref)
}

/// Only whole zstd frames of DBN can be counted and checked for their end, and only by the number of their instrument.
fn measurable(fields: &Fields<'_>) -> Result<(), String> {
    for (name, needed, default) in
        [("encoding", "dbn", "csv"), ("compression", "zstd", "none"), ("stype_out", "instrument_id", "instrument_id")]
    {
        let value = one(fields, name).unwrap_or(default);
        if value != needed {
            return Err(format!("{name} is \"{}\": the gateway measures \"{needed}\" only", text::clean(value, 40)));
        }
    }
    Ok(())
}

fn symbols(fields: &Fields<'_>) -> Result<Vec<String>, String> {
    let Some(values) = fields.get("symbols") else { return Ok(vec![ALL_SYMBOLS.to_owned()]) };
    let symbols: Vec<_> = values.iter().flat_map(|value| value.split(',')).map(|symbol| symbol.trim().to_owned()).collect();
    if symbols.iter().any(String::is_empty) {
        return Err("symbols holds an empty symbol".to_owned());
    }
    if symbols.len() > MOST_SYMBOLS {
        return Err(format!("symbols holds {} symbols: at most {MOST_SYMBOLS} are taken", symbols.len()));
    }
    Ok(symbols)
}

/// The fields as an object of strings, each at most 1,000 characters.
fn params(fields: &Fields<'_>) -> Value {
    let text_of = |values: &Vec<Cow<'_, str>>| text::clean(&values.join(","), text::LONGEST);
    fields.iter().map(|(name, values)| (name.to_string(), json!(text_of(values)))).collect::<serde_json::Map<_, _>>().into()
}

/// The first of these fields that is there, as a time in whole microseconds.
fn moment(fields: &Fields<'_>, names: [&str; 2]) -> Result<Option<DateTime<Utc>>, String> {
    let Some((name, value)) = names.iter().find_map(|name| one(fields, name).map(|value| (name, value))) else {
        return Ok(None);
    };
    let malformed = || format!("{name} is \"{}\": give nanoseconds since 1970 or an ISO 8601 time", text::clean(value, 40));
    time(value).ok_or_else(malformed).map(Some)
}

fn time(value: &str) -> Option<DateTime<Utc>> {
    if value.len() >= FEWEST_NANO_DIGITS && value.bytes().all(|b| b.is_ascii_digit()) {
        return DateTime::from_timestamp_micros(value.parse::<i64>().ok()?.div_euclid(1_000));
    }
    let naive = NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(value, "%Y-%m-%dT%H:%M"))
        .or_else(|_| NaiveDate::parse_from_str(value, "%Y-%m-%d").map(|day| day.and_time(chrono::NaiveTime::MIN)));
    let time =
        naive.map(|time| time.and_utc()).or_else(|_| DateTime::parse_from_rfc3339(value).map(|time| time.to_utc())).ok()?;
    DateTime::from_timestamp_micros(time.timestamp_micros())
}
