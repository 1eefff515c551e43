//! What is read of the same bars again and again. In: an instrument and bars. Out: their sessions, the sums of their closes, and where
//! their days end, for every strategy that is run over them. Pure.

use std::ops::Range;

use chrono::NaiveDate;

use super::Sessions;
use crate::{Bar, BarSchema, Bars, Clock, Instrument, Price, calendar::CalendarError};

/// Bars made ready for many strategies: to do this takes longer than to run one.
#[derive(Clone, Debug)]
pub struct Columns {
    sessions: Sessions,
    /// None where the series is of several contracts, or a price is too many ticks.
    sums: Option<Sums>,
    days: Vec<usize>,
}

/// Sums of closes in ticks, from which the sum of any window is one subtraction.
#[derive(Clone, Debug)]
pub(crate) struct Sums {
    tick: Price,
    /// In front of each bar, and after the last: one more than there are bars.
    before: Vec<i64>,
}

impl Columns {
    /// Of these bars; what is run over them later must be of the same instrument.
    pub fn of(instrument: &Instrument, bars: &Bars) -> Self {
        let sessions = Sessions::of(instrument, bars);
        let sums = bars.rolls().is_empty().then(|| Sums::of(instrument.tick_size, bars.as_slice())).flatten();
        let clock = sessions.0.as_ref().ok().and_then(Option::as_ref);
        let days = Days::of(clock, bars.as_slice(), instrument.schema).ends;
        Self { sessions, sums, days }
    }

    /// The trade dates of the bars, where the strategy needs them or they are known.
    pub(super) fn clock(&self, needed: bool) -> Result<Option<&Clock>, CalendarError> {
        self.sessions.clock(needed)
    }

    /// The sums for these bars of this tick size, if there are such.
    pub(super) fn sums(&self, bars: &Bars, tick: Price) -> Option<&Sums> {
        self.sums.as_ref().filter(|sums| sums.tick == tick && sums.before.len() == bars.as_slice().len() + 1)
    }

    /// The place after the last bar of each day, in order.
    pub(super) fn days(&self) -> &[usize] {
        &self.days
    }
}

impl Sums {
    /// Closes have at most so many ticks: what windows of 1,000 bars are multiplied by to be compared then fits 64 bits.
    const MOST: i64 = 1 << 40;

    fn of(tick: Price, bars: &[Bar]) -> Option<Self> {
        let mut before = Vec::with_capacity(bars.len() + 1);
        let mut sum = 0_i64;
        before.push(sum);
        for bar in bars {
            sum = sum.checked_add(in_ticks(bar.close, tick).filter(|ticks| ticks.abs() <= Self::MOST)?)?;
            before.push(sum);
        }
        Some(Self { tick, before })
    }

    /// The sums in front of each bar from this one on, and after the last.
    pub(crate) fn from(&self, bar: usize) -> &[i64] {
        self.before.get(bar..).unwrap_or_default()
    }

    /// Closes of these bars, in ticks.
    pub(super) fn closes(&self, bars: Range<usize>) -> impl Iterator<Item = i64> {
        let sums = self.before.get(bars.start..=bars.end).unwrap_or_default();
        sums.iter().zip(sums.iter().skip(1)).map(|(before, after)| after - before)
    }
}

/// A price as a whole number of ticks. Floats divide several times faster than integers, and what they say is checked.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the product is compared with the price")]
fn in_ticks(price: Price, tick: Price) -> Option<i64> {
    let ticks = (price.nanos() as f64 / tick.nanos() as f64) as i64;
    (ticks.checked_mul(tick.nanos()) == Some(price.nanos())).then_some(ticks)
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
