//! The JSON answers, as Databento documents them. In: a body. Out: its figures, if it is one. Unknown fields are let through. Pure.

use std::collections::BTreeMap;

use assayer_contract::InstrumentDays;
use chrono::NaiveDate;
use serde::{Deserialize, de::DeserializeOwned};

use super::{endpoints::Answer, measure::MOST_INSTRUMENTS};
use crate::{Call, Measure, MeasureError, text};

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct Publisher {
    #[serde(rename = "publisher_id")]
    id: u16,
    dataset: String,
    venue: String,
    description: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct Field {
    name: String,
    r#type: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct UnitPrices {
    mode: String,
    unit_prices: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct Condition {
    date: String,
    condition: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct Range {
    start: String,
    end: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct DatasetRange {
    start: String,
    end: String,
    schema: BTreeMap<String, Range>,
}

#[derive(Deserialize)]
struct Resolution {
    result: BTreeMap<String, Vec<Interval>>,
    #[serde(rename = "partial")]
    _partial: Vec<String>,
    #[serde(rename = "not_found")]
    _not_found: Vec<String>,
}

#[derive(Deserialize)]
struct Interval {
    d0: NaiveDate,
    d1: NaiveDate,
    s: String,
}

impl Resolution {
    /// What the one symbol that was asked for stands for.
    fn instruments(self, call: &Call) -> Result<Option<Vec<InstrumentDays>>, MeasureError> {
        let found = call.symbol().and_then(|symbol| self.result.get(symbol));
        let Some(found) = found.filter(|found| found.len() <= MOST_INSTRUMENTS) else { return Ok(None) };
        if let Some(bad) = found.iter().find(|one| one.d0 >= one.d1) {
            return Err(MeasureError::Malformed(format!("an interval from {} to {}", bad.d0, bad.d1)));
        }
        let days = |one: &Interval| InstrumentDays { instrument: text::clean(&one.s, 64), first: one.d0, end: one.d1 };
        Ok(Some(found.iter().map(days).collect()))
    }
}

/// Checks that the whole body is the endpoint's documented answer, and takes its figures.
pub(super) fn measure(call: &Call, answer: Answer, body: &[u8]) -> Result<Measure, MeasureError> {
    let checked = match answer {
        Answer::Publishers => parse::<Vec<Publisher>>(body).map(drop),
        Answer::Names => parse::<Vec<String>>(body).map(drop),
        Answer::Fields => parse::<Vec<Field>>(body).map(drop),
        Answer::UnitPrices => parse::<Vec<UnitPrices>>(body).map(drop),
        Answer::Conditions => parse::<Vec<Condition>>(body).map(drop),
        Answer::DatasetRange => parse::<DatasetRange>(body).map(drop),
        Answer::Integer => parse::<u64>(body).map(drop),
        Answer::Number => parse::<f64>(body).map(drop),
        Answer::Resolution => {
            let instruments = parse::<Resolution>(body)?.instruments(call)?;
            return Ok(Measure { instruments, ..Measure::default() });
        }
        Answer::RecordCount => return Ok(Measure { record_count: Some(parse::<i64>(body)?), ..Measure::default() }),
        Answer::Records => Err(MeasureError::Malformed("records are no JSON".to_owned())),
    };
    checked.map(|()| Measure::default())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, MeasureError> {
    serde_json::from_slice::<T>(body).map_err(|error| {
        if error.is_eof() { MeasureError::Truncated(error.to_string()) } else { MeasureError::Malformed(error.to_string()) }
    })
}
