//! Counting what a JSON answer holds. In: the whole body. Out: how many things it lists, or why nobody can say. Pure.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Measure, MeasureError, text};

/// The deepest that an answer may be nested is what `serde_json` allows, 128; the largest what the gateway holds.
pub(crate) fn json(body: &[u8]) -> Result<Value, MeasureError> {
    parse(body)
}

/// The answer in the form of a type, which holds no more of it than is looked at.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, MeasureError> {
    use serde_json::error::Category;
    serde_json::from_slice(body).map_err(|error| match error.classify() {
        Category::Eof => MeasureError::Truncated(error.to_string()),
        Category::Data => MeasureError::Malformed(text::clean(&error.to_string(), 200)),
        _ => MeasureError::Malformed(format!("no JSON: {error}")),
    })
}

/// So many things.
pub(crate) fn counted<T>(things: &[T]) -> Measure {
    Measure { items: i64::try_from(things.len()).ok(), ..Measure::default() }
}

/// Of an answer that speaks about a source and holds nothing of it, such as a list of models: it proves a key, and no content.
pub(crate) fn about(measure: Measure) -> Measure {
    Measure { items: None, ..measure }
}

/// The items of the list at a place of the answer, such as `/results`; the empty place is the answer itself.
pub(crate) fn list(body: &[u8], place: &str) -> Result<(Measure, Vec<Value>), MeasureError> {
    let mut answer = json(body)?;
    match answer.pointer_mut(place).map(Value::take) {
        Some(Value::Array(items)) => Ok((counted(&items), items)),
        _ => Err(missing(place, "a list", body)),
    }
}

/// The same, each item of which has this field: a list of other things is not what was asked for.
pub(crate) fn list_of(body: &[u8], place: &str, field: &str) -> Result<(Measure, Vec<Value>), MeasureError> {
    let (measure, items) = list(body, place)?;
    match items.iter().position(|item| item.get(field).is_none()) {
        None => Ok((measure, items)),
        Some(at) => Err(MeasureError::Malformed(format!("item {at} of the list has no {field}"))),
    }
}

/// An object that has something at this place.
pub(crate) fn one(body: &[u8], place: &str) -> Result<(Measure, Value), MeasureError> {
    let mut answer = json(body)?;
    match answer.pointer_mut(place).map(Value::take) {
        Some(found) if !found.is_null() => Ok((Measure { items: Some(1), ..Measure::default() }, found)),
        _ => Err(missing(place, "anything", body)),
    }
}

fn missing(place: &str, what: &str, body: &[u8]) -> MeasureError {
    let place = if place.is_empty() { "its top" } else { place };
    MeasureError::Malformed(format!("there is not {what} at {place}: {}", text::excerpt(body)))
}
