//! One series of a hub. In: what the vendor sent. Out: what became of it. Pure.

use assayer_engine::calendar::Calendar;
use assayer_providers::live::{Series, Step, moment};
use chrono::{DateTime, TimeDelta, Utc};
use dbn::{SType, Schema};

use super::{Came, SeriesKey};
use crate::streams::wire::Event;

/// A series, and who reads it.
pub(super) struct Member {
    pub(super) schema: Schema,
    pub(super) stype_in: SType,
    pub(super) series: Series<Came>,
    pub(super) readers: usize,
    /// Where it is to begin, if it has not begun.
    pub(super) since: Option<i64>,
    pub(super) begun: bool,
    pub(super) instrument: Option<u32>,
    /// When it trades, where that is known.
    pub(super) calendar: Option<Calendar>,
    pub(super) length: i64,
}

impl Member {
    /// Takes what the vendor sent, if it is of this series.
    pub(super) fn take(&mut self, key: &SeriesKey, event: &Event, came: Came, only: Option<Schema>) -> Option<Step> {
        match event {
            Event::Mapping { stype_in, symbol, instrument_id } if *stype_in == self.stype_in && *symbol == key.2 => {
                self.instrument = Some(*instrument_id);
                None
            }
            Event::Bar(schema, bar) if *schema == self.schema && self.instrument == Some(bar.instrument_id) => {
                self.pass_over_closed(bar.ts_event);
                Some(self.series.bar(*bar, came))
            }
            // Where the vendor does not say of which schema, it can only be the one that there is.
            Event::Ended(schema, end) if schema.or(only) == Some(self.schema) => {
                self.pass_over_closed(*end - self.length);
                Some(self.series.ended(*end, came))
            }
            Event::Skipped => {
                self.series.skipped();
                None
            }
            Event::AgedOut => {
                self.series.aged_out();
                None
            }
            _ => None,
        }
    }

    /// Whether bars are to be expected now; where nobody knows, they are.
    pub(super) fn trades(&self, now: DateTime<Utc>) -> bool {
        let sessions = self.calendar.map(|calendar| calendar.sessions(now - TimeDelta::days(1), now + TimeDelta::days(1)));
        let Some(Ok(sessions)) = sessions else { return true };
        let nanos = now.timestamp_nanos_opt().unwrap_or_default();
        sessions.iter().any(|one| one.open <= nanos && nanos < one.close)
    }

    /// Some vendors end no intervals while the market is closed, and then nothing is missing. Only whole stretches count.
    fn pass_over_closed(&mut self, start: i64) {
        let (Some(from), Some(calendar)) = (self.series.accounted().filter(|from| *from < start), self.calendar) else { return };
        if calendar.sessions(moment(from), moment(start)).is_ok_and(|sessions| sessions.is_empty()) {
            self.series.closed_until(start);
        }
    }
}
