//! Counting the bars of a JSON answer. In: bars that a vendor's own form was read from. Out: figures for the row. Pure.

use std::collections::BTreeSet;

use assayer_contract::InstrumentDays;
use chrono::{DateTime, Months, TimeDelta, Utc};

use crate::{AnsweredBar, BarVisitor, Call, Measure, MeasureError, text};

/// How long a bar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BarLength {
    /// So much time.
    Time(TimeDelta),
    /// So many calendar months.
    Months(u32),
}

impl BarLength {
    /// From a number and a unit, as in `5min` or `1day`; none where the unit has no length of its own, as a session.
    pub(crate) fn parse(schema: &str) -> Option<Self> {
        let (count, unit) = schema.split_at_checked(schema.find(|c: char| !c.is_ascii_digit())?)?;
        let count: u32 = count.parse().ok().filter(|count| *count > 0)?;
        let seconds = match unit {
            "sec" | "second" => 1,
            "min" | "minute" => 60,
            "hour" => 3_600,
            "day" => 86_400,
            "week" => 604_800,
            "month" => return Some(Self::Months(count)),
            "quarter" => return Some(Self::Months(count.checked_mul(3)?)),
            "year" => return Some(Self::Months(count.checked_mul(12)?)),
            _ => return None,
        };
        TimeDelta::try_seconds(i64::from(count) * seconds).map(Self::Time)
    }

    fn after(self, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Time(length) => start.checked_add_signed(length),
            Self::Months(months) => start.checked_add_months(Months::new(months)),
        }
    }
}

/// Counts bars of the one symbol asked for, which stands for itself on all days. Bars that come newest first are turned round.
pub(crate) fn bars(call: &Call, mut bars: Vec<AnsweredBar>, length: Option<BarLength>, seen: &mut dyn BarVisitor) -> Measure {
    let time = |bar: Option<&AnsweredBar>| bar.map(|bar| bar.ts_event);
    if time(bars.first()) > time(bars.last()) {
        bars.reverse();
    }
    seen.listed(&asked(call).into_iter().collect::<Vec<_>>());
    for bar in &bars {
        seen.bar(bar);
    }
    // Whatever their order is.
    let first = bars.iter().map(|bar| bar.ts_event).min().and_then(moment);
    let last = bars.iter().map(|bar| bar.ts_event).max().and_then(moment);
    Measure {
        bar_count: i64::try_from(bars.len()).ok(),
        first_bar_ts: first,
        last_bar_ts: last,
        last_bar_end: last.zip(length).and_then(|(last, length)| length.after(last)),
        instruments: call.symbol().map(|symbol| first.zip(last).map(|range| days(symbol, range)).into_iter().collect()),
        ..Measure::default()
    }
}

/// Every one of these symbols must be one that was asked for, if any was. Vendors differ in points, hyphens and letters' size only.
pub(crate) fn only_asked<'a>(call: &Call, mut found: impl Iterator<Item = &'a str>) -> Result<(), MeasureError> {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect::<String>();
    let asked: BTreeSet<_> = call.symbols.iter().map(|symbol| plain(symbol)).collect();
    match found.find(|symbol| !asked.is_empty() && !asked.contains(&plain(symbol))) {
        Some(other) => {
            Err(MeasureError::OtherSymbol { asked: text::clean(&call.symbols.join(","), 200), found: text::clean(other, 100) })
        }
        None => Ok(()),
    }
}

/// The days of the range asked for.
fn asked(call: &Call) -> Option<InstrumentDays> {
    let (start, end) = call.start.zip(call.end).filter(|(start, end)| start < end)?;
    Some(days(call.symbol()?, (start, end.checked_sub_signed(TimeDelta::microseconds(1))?)))
}

/// From the day of the first moment to that of the last.
fn days(symbol: &str, (first, last): (DateTime<Utc>, DateTime<Utc>)) -> InstrumentDays {
    let last = last.date_naive();
    InstrumentDays { instrument: text::clean(symbol, 64), first: first.date_naive(), end: last.succ_opt().unwrap_or(last) }
}

/// Nanoseconds since 1970 as a time in whole microseconds, as the database keeps them.
fn moment(nanos: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(nanos.div_euclid(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_and_a_unit_and_a_session_has_none() {
        assert_eq!(BarLength::parse("5min"), Some(BarLength::Time(TimeDelta::minutes(5))));
        assert_eq!(BarLength::parse("1hour"), Some(BarLength::Time(TimeDelta::hours(1))));
        assert_eq!(BarLength::parse("2quarter"), Some(BarLength::Months(6)));
        for none in ["1session", "minute", "0minute", "", "99999999999day", "5"] {
            assert_eq!(BarLength::parse(none), None, "{none}");
        }
    }
}
