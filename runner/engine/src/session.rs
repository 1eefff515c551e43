//! Where in its trade date a bar lies. In: a calendar and the bars' times. Out: trade dates, and the time to their ends. Pure.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::calendar::{Calendar, CalendarError, Session};

/// The trade date of a bar, and its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The market's own date: CME's begins at 17:00 in Chicago on the day before.
    pub trade_date: NaiveDate,
    /// Place between the first and the last moment of trading of the trade date.
    pub all: Span,
    /// Place in the day's regular hours, if the bar meets them.
    pub regular: Option<Span>,
}

/// Place of a bar's end, when the bar may be used, in nanoseconds. Negative where a bar begins before the hours or ends after them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The hours' beginning, in nanoseconds since 1970 UTC.
    pub open: i64,
    /// From the hours' beginning to the bar's end.
    pub elapsed: i64,
    /// From the bar's end to the hours' end.
    pub left: i64,
}

/// Trade dates in order, asked for bars in order.
#[derive(Clone, Debug)]
pub struct Clock {
    days: Vec<Day>,
    place: usize,
}

#[derive(Clone, Debug)]
struct Day {
    trade_date: NaiveDate,
    all: (i64, i64),
    /// With a holiday that belongs to it, a trade date has regular hours twice.
    regular: Vec<(i64, i64)>,
}

impl Clock {
    /// For bars that start in this range.
    pub fn new(calendar: Calendar, first: DateTime<Utc>, last: DateTime<Utc>) -> Result<Self, CalendarError> {
        // A trade date is at most four days long, with the holidays that belong to it, and is wanted whole.
        let around = TimeDelta::days(5);
        let whole = first.checked_sub_signed(around).zip(last.checked_add_signed(around));
        let (from, until) = whole.unwrap_or((first, last));
        let sessions = calendar.sessions(from, until).or_else(|_| calendar.sessions(first, last + TimeDelta::days(1)))?;
        Ok(Self { days: days(&sessions), place: 0 })
    }

    /// Each trade date with its first moment of trading and the first after it, in order.
    pub(crate) fn trade_dates(&self) -> impl Iterator<Item = (NaiveDate, i64, i64)> {
        self.days.iter().map(|Day { trade_date, all: (open, close), .. }| (*trade_date, *open, *close))
    }

    /// The place of the bar from `start` to before `end`, in nanoseconds since 1970 UTC; none outside of all sessions.
    pub fn at(&mut self, start: i64, end: i64) -> Option<Moment> {
        while self.days.get(self.place).is_some_and(|day| day.all.1 <= start) {
            self.place += 1;
        }
        let day = self.days.get(self.place).filter(|day| day.all.0 < end)?;
        let span = |(open, close): (i64, i64)| Span { open, elapsed: end.saturating_sub(open), left: close.saturating_sub(end) };
        let regular = day.regular.iter().find(|(open, close)| *open < end && start < *close).copied().map(span);
        Some(Moment { trade_date: day.trade_date, all: span(day.all), regular })
    }
}

/// The sessions of each trade date as one.
fn days(sessions: &[Session]) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    let join = |(open, close): (i64, i64), session: &Session| (open.min(session.open), close.max(session.close));
    for session in sessions {
        let own = (session.open, session.close);
        match days.last_mut().filter(|day| day.trade_date == session.trade_date) {
            Some(day) => {
                day.all = join(day.all, session);
                day.regular.extend(session.regular.then_some(own));
            }
            None => days.push(Day {
                trade_date: session.trade_date,
                all: own,
                regular: session.regular.then_some(own).into_iter().collect(),
            }),
        }
    }
    days
}
