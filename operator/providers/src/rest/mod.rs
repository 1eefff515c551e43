//! What JSON APIs have in common. A provider lists its endpoints; classifying and counting follow from the list. Pure.

mod answer;
mod bars;
mod classify;
mod content;
mod count;
mod endpoint;
mod number;
mod unambiguous;

pub(crate) use answer::{id, object, said, seconds};
pub(crate) use bars::{BarLength, bars, only_asked};
pub(crate) use classify::{classify, time};
pub(crate) use count::{counted, json, list, list_of, one, parse};
pub(crate) use endpoint::{ANY, Asks, Endpoint, Fact, Takes, body_only};
pub(crate) use number::Number;
pub(crate) use unambiguous::unambiguous;

use assayer_contract::ReasonCode;
use http::StatusCode;

use crate::{Call, Facts, Measure, MeasureError};

/// Measures the answer of one of these endpoints.
pub(crate) fn measure(endpoints: &'static [Endpoint], call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let endpoint = endpoints.iter().find(|endpoint| endpoint.name == call.endpoint);
    let endpoint = endpoint.ok_or_else(|| MeasureError::Malformed(format!("{} is no endpoint", call.endpoint)))?;
    (endpoint.measure)(call, body)
}

/// The largest error that is read.
const LARGEST_ERROR: usize = 1 << 20;

/// An error answer, if it is JSON; a parsed one takes many times its own room, so that none is read that is no error's size.
pub(crate) fn error(body: &[u8]) -> Option<serde_json::Value> {
    if body.len() > LARGEST_ERROR { None } else { serde_json::from_slice(body).ok() }
}

/// A refusal in problem+json, for vendors whose own envelope no client insists on.
pub(crate) fn problem(facts: &Facts, status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>) {
    let body = serde_json::json!({
        "title": reason.title(), "status": status.as_u16(), "detail": message, "reasonCode": reason, "provider": facts.name,
    });
    ("application/problem+json", body.to_string().into_bytes())
}
