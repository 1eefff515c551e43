//! Reading what a vendor says of itself in a JSON answer, leniently: texts may be numbers and numbers texts. Pure.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::text;

/// No vendor's word makes anybody wait longer.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// The fields at the top of an answer that is a JSON object.
pub(crate) fn object(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

/// The text in a field, or the number in it as it is spelt; none where it is empty or anything else.
pub(crate) fn said(fields: &Map<String, Value>, name: &str) -> Option<String> {
    spelt(fields.get(name)?)
}

/// An id for a row, from a text or a number; at most 200 characters.
pub(crate) fn id(value: &Value) -> Option<String> {
    spelt(value).map(|id| text::clean(&id, 200))
}

fn spelt(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// The seconds in a field, rounded up to whole ones, at most a day.
pub(crate) fn seconds(fields: &Map<String, Value>, name: &str) -> Option<Duration> {
    let seconds: f64 = said(fields, name)?.parse().ok()?;
    if seconds.is_nan() || seconds < 0.0 {
        return None;
    }
    Some(Duration::try_from_secs_f64(seconds.ceil()).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_bounded_and_never_less_than_was_asked() {
        let of = |value: &str| {
            seconds(&object(format!(r#"{{"wait":{value}}}"#).as_bytes()).unwrap(), "wait").map(|wait| wait.as_secs())
        };
        assert_eq!([of("64.57"), of("\"15\""), of("0")], [Some(65), Some(15), Some(0)]);
        assert_eq!([of("1e300"), of("-1"), of("\"NaN\""), of("\"soon\""), of("[]")], [Some(86_400), None, None, None, None]);
    }

    #[test]
    fn a_list_is_no_object() {
        assert!(object(b"[]").is_none() && object(br#"["errorText"]"#).is_none() && object(b"{\"a\":").is_none());
    }
}
