//! The bars that sessions have room for. In: sessions and the length of a bar. Out: their starts, one by one. Pure.

use chrono::NaiveDate;

use super::Session;

/// A bar that may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its start, in nanoseconds since 1970 UTC: a whole multiple of the bar's length.
    pub start: i64,
    /// Whether it meets regular hours.
    pub regular: bool,
    /// The first trade date that it meets.
    pub trade_date: NaiveDate,
}

/// Starts of bars that meet a session, ascending, each once.
#[derive(Clone, Debug)]
pub struct Slots {
    sessions: Vec<Session>,
    /// The first session that may have room for more.
    place: usize,
    length: i64,
    next: i64,
    end: i64,
}

impl Slots {
    /// Of bars of `length` nanoseconds, above zero, that start from `start` to before `end`.
    pub fn new(sessions: Vec<Session>, length: i64, start: i64, end: i64) -> Self {
        let length = length.max(1);
        let next = start.div_euclid(length).saturating_mul(length);
        let next = if next < start { next.saturating_add(length) } else { next };
        Self { sessions, place: 0, length, next, end }
    }
}

impl Iterator for Slots {
    type Item = Slot;

    fn next(&mut self) -> Option<Slot> {
        loop {
            let session = self.sessions.get(self.place)?;
            let start = self.next.max(session.open.div_euclid(self.length).saturating_mul(self.length));
            if start >= session.close {
                self.place += 1;
                continue;
            }
            if start >= self.end {
                return None;
            }
            let after = start.saturating_add(self.length);
            self.next = after;
            let met = || self.sessions.iter().skip(self.place).take_while(|session| session.open < after);
            return Some(Slot { start, regular: met().any(|session| session.regular), trade_date: session.trade_date });
        }
    }
}
