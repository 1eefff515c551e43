//! What JSON APIs have in common. A provider is a [`Vendor`]: facts, endpoints, errors; all else follows from them. Pure.

mod answer;
mod bars;
mod classify;
mod content;
mod count;
mod endpoint;
mod number;
mod unambiguous;
mod vendor;

pub(crate) use answer::{id, object, said, seconds};
pub(crate) use bars::{BarLength, bars, only_asked};
pub(crate) use classify::time;
pub(crate) use count::{about, counted, json, list, list_of, one, parse};
pub(crate) use endpoint::{ANY, Asks, Count, Counts, Endpoint, Fact, Takes, body_only};
pub(crate) use number::Number;
pub(crate) use vendor::{Errors, Vendor};

/// The largest error that is read.
const LARGEST_ERROR: usize = 1 << 20;

/// An error answer, if it is JSON; a parsed one takes many times its own room, so that none is read that is no error's size.
pub(crate) fn error(body: &[u8]) -> Option<serde_json::Value> {
    if body.len() > LARGEST_ERROR { None } else { serde_json::from_slice(body).ok() }
}
