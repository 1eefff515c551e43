//! How old the newest bars are. In: the time. Out: the one that is oldest, of those that are to be expected.

use assayer_providers::live::moment;
use chrono::{DateTime, TimeDelta, Utc};

use super::{Hub, SeriesKey, State, member::Member};

/// The newest bar of a series, which no newer one has followed.
#[derive(Debug)]
pub(in crate::streams) struct Age {
    pub(in crate::streams) symbol: String,
    /// For so long its end is over. Of a session that has just begun nothing can be late yet.
    pub(in crate::streams) over: TimeDelta,
    /// Of a bar, in nanoseconds.
    pub(in crate::streams) length: i64,
}

impl Hub {
    /// The oldest of all that are read.
    pub(in crate::streams) fn oldest_age(&self, now: DateTime<Utc>) -> Option<Age> {
        let state = self.state();
        oldest(&state, state.members.iter().filter(|(_, member)| member.readers > 0), now)
    }
}

/// The oldest of these, while their session lives and their market is open.
pub(super) fn oldest<'a>(
    state: &State,
    members: impl Iterator<Item = (&'a SeriesKey, &'a Member)>,
    now: DateTime<Utc>,
) -> Option<Age> {
    let begun = state.begun?;
    let age = |(key, member): (&SeriesKey, &Member)| {
        let end = member.series.newest_end().map_or(begun, |end| moment(end).max(begun));
        Age { symbol: key.2.clone(), over: now - end, length: member.length }
    };
    let ages = members.filter(|(_, member)| member.begun && member.trades(now)).map(age);
    ages.max_by_key(|one| one.over - TimeDelta::nanoseconds(one.length))
}
