//! The JSON answers, as Databento documents them. In: a body. Out: whether it is one. Unknown fields are let through. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};

use super::endpoints::Answer;
use crate::MeasureError;

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
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct Resolution {
    result: BTreeMap<String, Vec<Interval>>,
    partial: Vec<String>,
    not_found: Vec<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "that the fields are there is what is checked")]
struct Interval {
    d0: String,
    d1: String,
    s: String,
}

/// Checks that the whole body is the endpoint's documented answer.
pub(super) fn check(answer: Answer, body: &[u8]) -> Result<(), MeasureError> {
    match answer {
        Answer::Publishers => parse::<Vec<Publisher>>(body),
        Answer::Names => parse::<Vec<String>>(body),
        Answer::Fields => parse::<Vec<Field>>(body),
        Answer::UnitPrices => parse::<Vec<UnitPrices>>(body),
        Answer::Conditions => parse::<Vec<Condition>>(body),
        Answer::DatasetRange => parse::<DatasetRange>(body),
        Answer::Integer => parse::<u64>(body),
        Answer::Number => parse::<f64>(body),
        Answer::Resolution => parse::<Resolution>(body),
        Answer::Records => Err(MeasureError::Malformed("records are no JSON".to_owned())),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<(), MeasureError> {
    serde_json::from_slice::<T>(body).map(|_| ()).map_err(|error| {
        if error.is_eof() { MeasureError::Truncated(error.to_string()) } else { MeasureError::Malformed(error.to_string()) }
    })
}
