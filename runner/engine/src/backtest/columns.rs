//! What is read of the same bars again and again. In: an instrument and bars. Out: their sessions, and where their days
//! end, for every strategy that is run over them. Pure.

use std::ops::Range;

use chrono::NaiveDate;

use super::Sessions;
use crate::{Bar, BarSchema, Bars, Clock, Instrument, calendar::CalendarError};

/// Bars made ready for many strategies.
#[derive(Clone, Debug)]
pub struct Columns {
    sessions: Sessions,
    days: Vec<usize>,
}

impl Columns {
    /// Of these bars; what is run over them later must be of the same instrument.
    pub fn of(instrument: &Instrument, bars: &Bars) -> Self {
        let sessions = Sessions::of(instrument, bars);
        let clock = sessions.0.as_ref().ok().and_then(Option::as_ref);
        let days = Days::of(clock, bars.as_slice(), instrument.schema).ends;
        Self { sessions, days }
    }

    /// The trade dates of the bars, where the strategy needs them or they are known.
    pub(super) fn clock(&self, needed: bool) -> Result<Option<&Clock>, CalendarError> {
        self.sessions.clock(needed)
    }

    /// The place after the last bar of each day, in order.
    pub(super) fn days(&self) -> &[usize] {
        &self.days
    }
}

/// The days of bars: trade dates where they are known, else UTC dates.
struct Days {
    date: Option<NaiveDate>,
    ends: Vec<usize>,
}

impl Days {
    fn of(clock: Option<&Clock>, bars: &[Bar], schema: BarSchema) -> Self {
        let mut days = Self { date: None, ends: Vec::new() };
        let (mut at, length) = (0, schema.nanos());
        let after = |at: usize, passed: &dyn Fn(&Bar) -> bool| at + leading(bars.get(at..).unwrap_or_default(), passed);
        for (date, open, close) in clock.into_iter().flat_map(Clock::trade_dates) {
            let begin = after(at, &|bar| bar.ts_event.saturating_add(length) <= open);
            let end = after(at, &|bar| bar.ts_event < close);
            days.by_utc(bars, at..begin);
            days.push(date, begin..end);
            at = end;
        }
        days.by_utc(bars, at..bars.len());
        days
    }

    fn by_utc(&mut self, bars: &[Bar], mut rest: Range<usize>) {
        while let Some(bar) = bars.get(rest.clone()).and_then(<[Bar]>::first) {
            let day = BarSchema::Day.nanos();
            let next = bar.ts_event.saturating_sub(bar.ts_event.rem_euclid(day)).saturating_add(day);
            let of = leading(bars.get(rest.clone()).unwrap_or_default(), &|bar| bar.ts_event < next).max(1);
            self.push(bar.start().date_naive(), rest.start..rest.start + of);
            rest.start += of;
        }
    }

    fn push(&mut self, date: NaiveDate, bars: Range<usize>) {
        if bars.is_empty() {
            return;
        }
        if self.date == Some(date) {
            self.ends.pop();
        }
        self.date = Some(date);
        self.ends.push(bars.end);
    }
}

/// How many of the first bars pass; those that do come before all others. Looks near the beginning first, where days end.
fn leading(bars: &[Bar], passed: &dyn Fn(&Bar) -> bool) -> usize {
    let mut reach = 1;
    while bars.get(reach).is_some_and(passed) {
        reach *= 2;
    }
    let near = bars.get(..reach).unwrap_or(bars);
    near.partition_point(passed)
}
