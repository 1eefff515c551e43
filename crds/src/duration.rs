//! Durations as people write them. In: `90s`, `20m`, `2h`. Out: a duration above zero. Pure.

use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A whole number of seconds, minutes or hours above zero; it keeps its spelling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DurationText {
    text: String,
    duration: Duration,
}

/// The text is no duration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedDuration(String);

impl DurationText {
    /// This many seconds; none count as one.
    pub fn seconds(seconds: u32) -> Self {
        let seconds = seconds.max(1);
        Self { text: format!("{seconds}s"), duration: Duration::from_secs(seconds.into()) }
    }

    /// This many minutes; none count as one.
    pub fn minutes(minutes: u32) -> Self {
        let minutes = minutes.max(1);
        Self { text: format!("{minutes}m"), duration: Duration::from_secs(u64::from(minutes) * 60) }
    }

    /// The duration, at least one second.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

impl FromStr for DurationText {
    type Err = MalformedDuration;

    fn from_str(text: &str) -> Result<Self, MalformedDuration> {
        let malformed = || MalformedDuration(text.chars().take(40).collect());
        let (number, seconds) = [("s", 1), ("m", 60), ("h", 3_600)]
            .into_iter()
            .find_map(|(unit, seconds)| text.strip_suffix(unit).map(|number| (number, seconds)))
            .ok_or_else(malformed)?;
        let plain = !number.is_empty() && !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
        let count: u32 = number.parse().ok().filter(|_| plain).ok_or_else(malformed)?;
        Ok(Self { text: text.to_owned(), duration: Duration::from_secs(u64::from(count) * seconds) })
    }
}

impl fmt::Display for MalformedDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" is not a duration: write a whole number above zero and s, m or h, such as \"20m\"", self.0)
    }
}

impl std::error::Error for MalformedDuration {}

impl TryFrom<String> for DurationText {
    type Error = MalformedDuration;

    fn try_from(text: String) -> Result<Self, MalformedDuration> {
        text.parse()
    }
}

impl From<DurationText> for String {
    fn from(duration: DurationText) -> Self {
        duration.text
    }
}

impl JsonSchema for DurationText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // Narrower than what is parsed: an object that the API server admits can always be read.
        json_schema!({ "type": "string", "maxLength": 8, "pattern": "^[1-9][0-9]{0,5}[smh]$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_minutes_and_hours_are_read() {
        for (text, seconds) in [("30s", 30), ("20m", 1_200), ("2h", 7_200)] {
            assert_eq!(text.parse::<DurationText>().unwrap().duration(), Duration::from_secs(seconds));
        }
    }

    #[test]
    fn anything_else_is_refused_and_quoted() {
        for text in ["", "0m", "5", "m", "-5m", "1.5h", "5d", "05m", "99999999999s", "+5m"] {
            let message = text.parse::<DurationText>().unwrap_err().to_string();
            assert!(message.starts_with(&format!("\"{text}\" is not a duration")), "{message}");
        }
    }
}
