//! The JSON answers, as Databento documents them. In: a body. Out: its figures, if it is one. Unknown fields are let through. Pure.

use std::collections::BTreeMap;

use assayer_contract::InstrumentDays;
use chrono::NaiveDate;
use rust_decimal::Decimal;
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
    let none = Measure::default();
    Ok(match answer {
        Answer::Publishers => parse::<Vec<Publisher>>(body).map(|_| none)?,
        Answer::Names => parse::<Vec<String>>(body).map(|_| none)?,
        Answer::Fields => parse::<Vec<Field>>(body).map(|_| none)?,
        Answer::UnitPrices => parse::<Vec<UnitPrices>>(body).map(|_| none)?,
        Answer::Conditions => parse::<Vec<Condition>>(body).map(|_| none)?,
        Answer::DatasetRange => parse::<DatasetRange>(body).map(|_| none)?,
        Answer::Integer => parse::<u64>(body).map(|_| none)?,
        Answer::RecordCount => Measure { record_count: Some(parse::<u32>(body)?.into()), ..none },
        Answer::Price => Measure { quoted_usd: Some(price(body)?), ..none },
        Answer::Resolution => Measure { instruments: parse::<Resolution>(body)?.instruments(call)?, ..none },
        Answer::Records => return Err(MeasureError::Malformed("records are no JSON".to_owned())),
    })
}

/// A price in USD: a number that is not negative. Its shortest decimal spelling is taken, so that it says what the vendor said.
fn price(body: &[u8]) -> Result<Decimal, MeasureError> {
    let number: f64 = parse(body)?;
    let odd = || MeasureError::Malformed(format!("{number} is no price"));
    let price: Decimal = number.to_string().parse().map_err(|_| odd())?;
    if price.is_sign_negative() && !price.is_zero() { Err(odd()) } else { Ok(price) }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, MeasureError> {
    serde_json::from_slice(body).map_err(|error| {
        if error.is_eof() { MeasureError::Truncated(error.to_string()) } else { MeasureError::Malformed(error.to_string()) }
    })
}
