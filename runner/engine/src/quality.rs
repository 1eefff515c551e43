//! Measures bars one by one as they come. In: the bars of a series in the order of the answer. Out: figures for the log. Pure.

use std::iter::Peekable;

use assayer_contract::{
    BarQuality, InstrumentDays,
    quality::{Bars, CalendarQuality},
};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::{
    Bar, BarSchema, Price,
    calendar::{Calendar, Session, Slot, Slots},
};

/// What is measured: a series and the range that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series<'a> {
    /// Dataset of the provider.
    pub dataset: &'a str,
    /// Symbol asked for.
    pub symbol: &'a str,
    /// Length of the bars.
    pub schema: BarSchema,
    /// Smallest step of the price, above zero.
    pub tick_size: Price,
    /// Start of the range, inclusive.
    pub start: DateTime<Utc>,
    /// End of the range, exclusive.
    pub end: DateTime<Utc>,
}

/// Counts what is there and what is missing.
#[derive(Clone, Debug)]
pub struct Meter {
    tick_size: Price,
    last: Option<i64>,
    quality: BarQuality,
    fields: Bars,
    against: Option<Against>,
}

/// Fields that a bar has: four prices and a volume.
const FIELDS: i64 = 5;

impl Meter {
    /// A meter for a series; `listed` are the days on which its symbol stands for an instrument, ascending.
    pub fn new(series: &Series<'_>, listed: &[InstrumentDays]) -> Self {
        let mut quality = BarQuality::default();
        let against = match slots(series, listed) {
            Ok((calendar, slots)) => Some(Against::new(calendar, series.schema, slots)),
            Err(unknown) => {
                quality.calendar_unknown = Some(unknown);
                None
            }
        };
        Self { tick_size: series.tick_size, last: None, quality, fields: Bars::default(), against }
    }

    /// Takes the next bar where so many of its fields are missing: at least one, so it is none to be used.
    pub fn take_incomplete(&mut self, missing: i64) {
        self.fields.expected += FIELDS;
        self.fields.present += FIELDS - missing.clamp(1, FIELDS);
    }

    /// Takes the next bar, which is complete.
    pub fn take(&mut self, bar: &Bar) {
        self.fields.expected += FIELDS;
        self.fields.present += FIELDS;
        let prices = [bar.open, bar.high, bar.low, bar.close];
        let sound = |price: &Price| *price > Price::from_nanos(0) && bar.low <= *price && *price <= bar.high;
        self.quality.ohlc_violations += i64::from(!prices.iter().all(sound));
        self.quality.off_tick += i64::from(!prices.iter().all(|price| price.is_multiple_of(self.tick_size)));
        match self.last {
            Some(last) if bar.ts_event == last => self.quality.duplicates += 1,
            Some(last) if bar.ts_event < last => self.quality.unordered += 1,
            _ => {
                self.last = Some(bar.ts_event);
                if let Some(against) = &mut self.against {
                    against.take(bar.ts_event);
                }
            }
        }
    }

    /// The figures, once the last bar has been taken.
    pub fn finish(self) -> BarQuality {
        BarQuality { calendar: self.against.map(Against::finish), fields: Some(self.fields), ..self.quality }
    }
}

/// The bars that could be there, or why nobody knows.
fn slots(series: &Series<'_>, listed: &[InstrumentDays]) -> Result<(Calendar, Peekable<Slots>), String> {
    if series.schema == BarSchema::Second {
        return Err("a second without a trade is no flaw, so bars of a second cannot be expected".to_owned());
    }
    let calendar = Calendar::of(series.dataset, series.symbol).map_err(|error| error.to_string())?;
    let mut sessions = calendar.sessions(series.start, series.end).map_err(|error| error.to_string())?;
    if !listed.is_empty() {
        sessions = sessions.iter().flat_map(|session| within(*session, listed)).collect();
    }
    let nanos = |time: DateTime<Utc>| time.timestamp_nanos_opt().ok_or_else(|| format!("{time} is out of range"));
    let slots = Slots::new(sessions, series.schema.nanos(), nanos(series.start)?, nanos(series.end)?);
    Ok((calendar, slots.peekable()))
}

/// The parts of a session on days on which the symbol stands for an instrument.
fn within(session: Session, listed: &[InstrumentDays]) -> Vec<Session> {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc().timestamp_nanos_opt().unwrap_or(i64::MAX);
    let mut parts: Vec<Session> = Vec::new();
    for days in listed {
        let (open, close) = (session.open.max(midnight(days.first)), session.close.min(midnight(days.end)));
        match parts.last_mut() {
            _ if open >= close => {}
            Some(last) if last.close == open => last.close = close,
            _ => parts.push(Session { open, close, ..session }),
        }
    }
    parts
}

/// The bars that come against those that could.
#[derive(Clone, Debug)]
struct Against {
    slots: Peekable<Slots>,
    length: i64,
    measured: CalendarQuality,
    trade_date: Option<NaiveDate>,
    missing: Option<Missing>,
}

/// A run of bars that are not there.
#[derive(Clone, Copy, Debug)]
struct Missing {
    start: i64,
    bars: i64,
}

impl Against {
    fn new(calendar: Calendar, schema: BarSchema, slots: Peekable<Slots>) -> Self {
        let measured = CalendarQuality { name: calendar.name().to_owned(), ..CalendarQuality::default() };
        Self { slots, length: schema.nanos(), measured, trade_date: None, missing: None }
    }

    fn take(&mut self, ts_event: i64) {
        while let Some(slot) = self.slots.next_if(|slot| slot.start < ts_event) {
            self.miss(slot);
        }
        match self.slots.next_if(|slot| slot.start == ts_event) {
            Some(slot) => self.find(slot),
            None => self.measured.outside += 1,
        }
    }

    fn side(&mut self, slot: Slot) -> &mut Bars {
        if slot.regular { &mut self.measured.rth } else { &mut self.measured.eth }
    }

    fn find(&mut self, slot: Slot) {
        self.end_run();
        let side = self.side(slot);
        side.present += 1;
        side.expected += 1;
        if self.trade_date != Some(slot.trade_date) {
            self.trade_date = Some(slot.trade_date);
            self.measured.sessions += 1;
        }
    }

    fn miss(&mut self, slot: Slot) {
        self.side(slot).expected += 1;
        self.missing.get_or_insert(Missing { start: slot.start, bars: 0 }).bars += 1;
    }

    fn end_run(&mut self) {
        let Some(run) = self.missing.take() else { return };
        let minutes = run.bars.saturating_mul(self.length / 60_000_000_000);
        if minutes > self.measured.longest_gap_minutes {
            self.measured.longest_gap_minutes = minutes;
            self.measured.longest_gap_start = Some(DateTime::from_timestamp_nanos(run.start));
        }
    }

    fn finish(mut self) -> CalendarQuality {
        while let Some(slot) = self.slots.next() {
            self.miss(slot);
        }
        self.end_run();
        self.measured
    }
}
