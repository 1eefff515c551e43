//! The JSON answers, as Databento documents them. In: a body. Out: whether it is one. Unknown fields are let through. Pure.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
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
        Answer::Price => price(body).map(drop),
        Answer::Resolution => parse::<Resolution>(body),
        Answer::Records => Err(MeasureError::Malformed("records are no JSON".to_owned())),
    }
}

/// A price in USD: a number that is not negative. Its shortest decimal spelling is taken, so that it says what the vendor said.
pub(super) fn price(body: &[u8]) -> Result<Decimal, MeasureError> {
    let number: f64 = read(body)?;
    let odd = || MeasureError::Malformed(format!("{number} is no price"));
    let price: Decimal = number.to_string().parse().map_err(|_| odd())?;
    if price.is_sign_negative() && !price.is_zero() { Err(odd()) } else { Ok(price) }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<(), MeasureError> {
    read::<T>(body).map(drop)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, MeasureError> {
    serde_json::from_slice(body).map_err(|error| {
        if error.is_eof() { MeasureError::Truncated(error.to_string()) } else { MeasureError::Malformed(error.to_string()) }
    })
}
