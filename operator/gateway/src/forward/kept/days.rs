//! Days of bars side by side. In: what is kept, ascending. Out: how far it reaches without a hole, and what it came with. Pure.

use assayer_store::kept_bars::KeptDay;
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A row of the log whose answer had some of the days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Name {
    /// The row.
    pub(super) request_id: Uuid,
    /// When it was begun.
    pub(super) fetched_at: DateTime<Utc>,
    /// How many of the days are of it.
    pub(super) days: usize,
}

/// To where every bar from `start` on is there: a midnight, or `end` itself. A day that was not over when it was asked for counts only where
/// it was asked for to that very end, since its last bar may have been unfinished.
pub(super) fn reach(days: &[KeptDay], start: DateTime<Utc>, end: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut at = start;
    for day in days.iter().filter(|day| day.until > start) {
        let over = day.until.time() == NaiveTime::MIN || day.until == end;
        if day.from > at || !over || at >= end {
            break;
        }
        at = day.until.min(end);
    }
    (at > start).then_some(at)
}

/// The rows that the days came with, in the order of their first day; the newest day's row comes last.
pub(super) fn names(days: &[KeptDay]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for day in days {
        match names.iter_mut().find(|name| name.request_id == day.request_id) {
            Some(name) => name.days += 1,
            None => names.push(Name { request_id: day.request_id, fetched_at: day.fetched_at, days: 1 }),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(from: &str, until: &str, row: u128) -> KeptDay {
        let (from, until) = (at(from), at(until));
        KeptDay { from, until, request_id: Uuid::from_u128(row), fetched_at: until, records: Vec::new() }
    }

    const FIRST: &str = "2026-03-02T00:00:00Z";
    const SECOND: &str = "2026-03-03T00:00:00Z";
    const THIRD: &str = "2026-03-04T00:00:00Z";
    const NOON: &str = "2026-03-04T12:00:00Z";

    #[test]
    fn days_that_are_over_reach_to_a_midnight_and_no_further_than_the_first_hole() {
        let whole = [day(FIRST, SECOND, 1), day(SECOND, THIRD, 1)];
        assert_eq!(reach(&whole, at(FIRST), at(NOON)), Some(at(THIRD)));
        assert_eq!(reach(&whole, at(SECOND), at(NOON)), Some(at(THIRD)));
        assert_eq!(reach(&whole[1..], at(FIRST), at(NOON)), None, "the first day is missing");
        assert_eq!(reach(&[], at(FIRST), at(NOON)), None);
        let later = [day(FIRST, SECOND, 1), day(THIRD, "2026-03-05T00:00:00Z", 1)];
        assert_eq!(reach(&later, at(FIRST), at("2026-03-05T00:00:00Z")), Some(at(SECOND)));
    }

    #[test]
    fn a_day_that_was_not_over_counts_only_to_where_it_was_asked_for() {
        let days = [day(FIRST, SECOND, 1), day(SECOND, THIRD, 1), day(THIRD, NOON, 2)];
        assert_eq!(reach(&days, at(FIRST), at(NOON)), Some(at(NOON)));
        assert_eq!(reach(&days, at(FIRST), at("2026-03-04T13:00:00Z")), Some(at(THIRD)));
        assert_eq!(reach(&days, at(FIRST), at("2026-03-04T11:00:00Z")), Some(at(THIRD)));
        let begun_later = [day("2026-03-02T06:00:00Z", SECOND, 1)];
        assert_eq!(reach(&begun_later, at(FIRST), at(SECOND)), None);
        assert_eq!(reach(&begun_later, at("2026-03-02T06:00:00Z"), at(SECOND)), Some(at(SECOND)));
    }

    #[test]
    fn an_end_within_a_day_that_is_over_is_reached() {
        let days = [day(FIRST, SECOND, 1), day(SECOND, THIRD, 1)];
        assert_eq!(reach(&days, at(FIRST), at("2026-03-03T12:00:00Z")), Some(at("2026-03-03T12:00:00Z")));
    }

    #[test]
    fn each_row_is_named_once_with_how_many_days_it_had() {
        let days = [day(FIRST, SECOND, 1), day(SECOND, THIRD, 1), day(THIRD, NOON, 2)];
        let found: Vec<_> = names(&days).iter().map(|name| (name.request_id.as_u128(), name.days)).collect();
        assert_eq!(found, [(1, 2), (2, 1)]);
    }
}
