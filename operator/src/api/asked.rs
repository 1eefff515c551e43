//! What stands in a query. In: texts. Out: numbers, ids, moments; or a refusal that names the parameter. Pure.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Refusal,
    refusal::{bad_request, shown},
};

/// How many: from 1 to `most`.
pub(crate) fn limit(text: Option<&str>, usual: i64, most: i64) -> Result<i64, Refusal> {
    let Some(text) = text else { return Ok(usual) };
    match text.parse() {
        Ok(limit) if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(bad_request(&format!("limit is {:?}: give a whole number from 1 to {most}", shown(text)))),
    }
}

/// An id.
pub(crate) fn id(parameter: &str, text: Option<&str>) -> Result<Option<Uuid>, Refusal> {
    let wrong = |text| bad_request(&format!("{parameter} is {:?}: give an id, which has 36 characters", shown(text)));
    text.map(|text| text.parse().map_err(|_| wrong(text))).transpose()
}

/// A moment.
pub(crate) fn moment(parameter: &str, text: Option<&str>) -> Result<Option<DateTime<Utc>>, Refusal> {
    let wrong = |text| bad_request(&format!("{parameter} is {:?}: give a time such as 2026-11-22T07:00:00Z", shown(text)));
    text.map(|text| text.parse().map_err(|_| wrong(text))).transpose()
}
