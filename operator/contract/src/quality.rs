//! What is measured in the bars of an answer, and whether it is enough. In: figures of a row, limits of a policy. Out: what fails.
//! Pure, and in whole numbers, so that runner and judge come to the same answer from the same row.

mod join;

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the gateway measured in the bars of one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BarQuality {
    /// Bars that start when another one starts.
    pub duplicates: i64,
    /// Bars that start before the one in front of them.
    pub unordered: i64,
    /// Bars with a price that is not above zero, or a low or high that open or close goes beyond.
    pub ohlc_violations: i64,
    /// Bars with a price that is no multiple of the tick.
    pub off_tick: i64,
    /// Fields of bars that are there; none where an earlier version measured. A bar that lacks one is not used and counts as missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Bars>,
    /// How the bars compare with the sessions of their market; none where no calendar is known.
    pub calendar: Option<CalendarQuality>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_unknown: Option<String>,
}

/// Bars against a session calendar. A bar is expected wherever its time meets a session, in the range that was asked for and on
/// the days on which the symbol stands for an instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CalendarQuality {
    /// Name of the calendar.
    pub name: String,
    /// Bars in regular trading hours.
    pub rth: Bars,
    /// Bars in all other trading hours.
    pub eth: Bars,
    /// Trade dates with at least one bar.
    pub sessions: i64,
    /// Minutes of the longest run of expected bars that are not there, closed hours left out.
    pub longest_gap_minutes: i64,
    /// Where that run begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_gap_start: Option<DateTime<Utc>>,
    /// Bars outside every session.
    pub outside: i64,
}

/// How many bars, or fields of bars, there are, and how many there could be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bars {
    /// Those that are there.
    pub present: i64,
    /// Those that the calendar, or the bars, have room for.
    pub expected: i64,
}

/// From a day to before another, in UTC, a symbol stands for an instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstrumentDays {
    /// The vendor's own number or name of it.
    pub instrument: String,
    /// First day.
    pub first: NaiveDate,
    /// First day after the last.
    pub end: NaiveDate,
}

/// What bars must satisfy before a back-test counts. What is none is not asked for; duplicates, disorder, impossible bars,
/// prices off the tick and a count that differs from the vendor's never pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QualityLimits {
    /// Trade dates with bars, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_sessions: Option<i32>,
    /// Bars present of those expected in regular hours, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_rth_ratio: Option<Ratio>,
    /// Bars present of those expected in other hours, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_eth_ratio: Option<Ratio>,
    /// Longest run of missing bars, in minutes, at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_gap_minutes: Option<i32>,
    /// Fields of bars that are missing, of all that the bars have, at most; none where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_missing_ratio: Option<Ratio>,
}

impl QualityLimits {
    /// Whether bars may lack fields.
    pub fn tolerates_missing_fields(&self) -> bool {
        self.max_missing_ratio.is_some_and(|most| most != Ratio::default())
    }
}

/// What is known of the bars that fed a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered<'a> {
    /// Bars that the gateway counted.
    pub bars: i64,
    /// Records that the vendor says there are in the same range.
    pub record_count: Option<i64>,
    /// What the gateway measured.
    pub quality: Option<&'a BarQuality>,
}

/// A rule that the bars do not satisfy, or that nobody can say whether they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Whether it is known; false where something was not measured.
    pub known: bool,
    /// The rule, as the policy names it.
    pub rule: &'static str,
    /// What was measured, in at most 64 characters.
    pub measured: String,
    /// What is required, in at most 64 characters.
    pub required: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: measured {}, required {}", self.rule, self.measured, self.required)
    }
}

/// Every rule that is not satisfied, the certain ones first. Empty only if all are.
pub fn breaches(limits: &QualityLimits, delivered: Delivered<'_>) -> Vec<Breach> {
    let mut all = vec![count(delivered)];
    match delivered.quality {
        Some(quality) => {
            let none = |rule, found| (found != 0).then(|| refuted(rule, found, "0".to_owned()));
            all.extend([
                none("duplicates", quality.duplicates),
                none("unordered", quality.unordered),
                none("ohlcViolations", quality.ohlc_violations),
                none("offTick", quality.off_tick),
                missing_fields(limits.max_missing_ratio, quality.fields),
            ]);
            all.extend(by_calendar(limits, quality));
        }
        None => all.push(Some(unknown("quality", "nothing", "bars measured by the gateway"))),
    }
    let mut all: Vec<_> = all.into_iter().flatten().collect();
    all.sort_by_key(|breach| !breach.known);
    all
}

fn count(delivered: Delivered<'_>) -> Option<Breach> {
    match delivered.record_count {
        Some(count) if count == delivered.bars => None,
        Some(count) => Some(refuted("recordCount", delivered.bars, format!("{count}, as the vendor counts"))),
        None => Some(unknown("recordCount", "nothing", "the vendor's own count of the range")),
    }
}

/// Without a limit no field may be missing; what nobody counted is unknown where there is one.
fn missing_fields(most: Option<Ratio>, fields: Option<Bars>) -> Option<Breach> {
    let required = format!("<= {}", most.unwrap_or_default());
    match fields {
        Some(fields) if fields.lack_at_most(most.unwrap_or_default()) => None,
        Some(fields) => {
            let missing = Bars { present: fields.expected - fields.present, ..fields };
            Some(refuted("maxMissingRatio", missing, required))
        }
        None => most.map(|_| unknown("maxMissingRatio", "nothing", required)),
    }
}

fn by_calendar(limits: &QualityLimits, quality: &BarQuality) -> [Option<Breach>; 4] {
    let QualityLimits { min_sessions, min_rth_ratio, min_eth_ratio, max_gap_minutes, max_missing_ratio: _ } = *limits;
    let measured = quality.calendar.as_ref();
    let without = |rule, required: String| unknown(rule, "no session calendar", required);
    let ratio = |rule, bars: fn(&CalendarQuality) -> Bars, least: Ratio| match measured.map(bars) {
        None => Some(without(rule, format!(">= {least}"))),
        Some(bars) if bars.reach(least) => None,
        Some(bars) => Some(refuted(rule, bars, format!(">= {least}"))),
    };
    let sessions = min_sessions.and_then(|least| match measured.map(|calendar| calendar.sessions) {
        None => Some(without("minSessions", format!(">= {least}"))),
        Some(sessions) if sessions >= i64::from(least) => None,
        Some(sessions) => Some(refuted("minSessions", sessions, format!(">= {least}"))),
    });
    let gap = max_gap_minutes.and_then(|most| match measured {
        None => Some(without("maxGapMinutes", format!("<= {most}"))),
        Some(calendar) if calendar.longest_gap_minutes <= i64::from(most) => None,
        Some(calendar) => {
            let from = calendar.longest_gap_start.map(|start| format!(" from {}", start.format("%Y-%m-%dT%H:%MZ")));
            let found = format!("{}{}", calendar.longest_gap_minutes, from.unwrap_or_default());
            Some(refuted("maxGapMinutes", found, format!("<= {most}")))
        }
    });
    let rth = min_rth_ratio.and_then(|least| ratio("minBarRatio.rth", |calendar| calendar.rth, least));
    let eth = min_eth_ratio.and_then(|least| ratio("minBarRatio.eth", |calendar| calendar.eth, least));
    [rth, eth, gap, sessions]
}

fn refuted(rule: &'static str, measured: impl fmt::Display, required: String) -> Breach {
    Breach { known: true, rule, measured: measured.to_string(), required }
}

fn unknown(rule: &'static str, measured: &str, required: impl Into<String>) -> Breach {
    Breach { known: false, rule, measured: measured.to_owned(), required: required.into() }
}

impl Bars {
    /// Whether the part that is present is at least this. True where none is expected.
    pub fn reach(self, least: Ratio) -> bool {
        i128::from(self.present) * i128::from(Ratio::ONE) >= i128::from(least.0) * i128::from(self.expected)
    }

    /// Whether the part that is missing is at most this. True where none is expected.
    pub fn lack_at_most(self, most: Ratio) -> bool {
        let missing = i128::from(self.expected) - i128::from(self.present);
        missing * i128::from(Ratio::ONE) <= i128::from(most.0) * i128::from(self.expected)
    }
}

impl fmt::Display for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Cut, not rounded: 0.99499 must not read as 0.995.
        let millionths = i128::from(self.present) * i128::from(Ratio::ONE) / i128::from(self.expected.max(1));
        let (whole, rest) = (millionths / i128::from(Ratio::ONE), millionths % i128::from(Ratio::ONE));
        write!(f, "{whole}.{rest:06} ({} of {})", self.present, self.expected)
    }
}

/// A number from 0 to 1 with at most six decimals, written as text, for example `"0.995"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Ratio(u32);

impl Ratio {
    const ONE: u32 = 1_000_000;

    /// From millionths; none above one.
    pub fn from_millionths(millionths: u32) -> Option<Self> {
        (millionths <= Self::ONE).then_some(Self(millionths))
    }

    /// In millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

/// A text that is no ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a number from 0 to 1 with at most six decimals, such as \"0.995\"")]
pub struct RatioError(String);

impl FromStr for Ratio {
    type Err = RatioError;

    fn from_str(text: &str) -> Result<Self, RatioError> {
        let malformed = || RatioError(text.chars().take(40).collect());
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = !decimals.is_empty() && decimals.len() <= 6 && decimals.bytes().all(|byte| byte.is_ascii_digit());
        let millionths = match whole {
            "0" | "1" if digits => format!("{whole}{decimals:0<6}").parse().map_err(|_| malformed())?,
            _ => return Err(malformed()),
        };
        if millionths <= Self::ONE { Ok(Self(millionths)) } else { Err(malformed()) }
    }
}

impl TryFrom<String> for Ratio {
    type Error = RatioError;

    fn try_from(text: String) -> Result<Self, RatioError> {
        text.parse()
    }
}

impl From<Ratio> for String {
    fn from(ratio: Ratio) -> Self {
        ratio.to_string()
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!("{:06}", self.0 % Self::ONE);
        let decimals = decimals.trim_end_matches('0');
        let dot = if decimals.is_empty() { "" } else { "." };
        write!(f, "{}{dot}{decimals}", self.0 / Self::ONE)
    }
}

#[cfg(test)]
#[path = "quality_tests.rs"]
mod tests;
