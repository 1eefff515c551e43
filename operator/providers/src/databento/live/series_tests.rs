//! Laws of a series: whatever the vendor does, a reader gets each bar once, in order, or is told what may be missing.

use assayer_contract::GapCause;
use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000_000_000;

fn bar(minute: i64) -> LiveBar {
    LiveBar { publisher_id: 1, instrument_id: 7, ts_event: minute * MINUTE, prices: [1; 4], volume: 1 }
}

fn gap(start: i64, end: i64, cause: GapCause) -> Item {
    Item::Gap(Gap { start: start * MINUTE, end: end * MINUTE, cause })
}

fn items(series: &Series<u32>, from: u64) -> Vec<Item> {
    (from..).map_while(|number| series.get(number).unwrap()).map(|placed| placed.item).collect()
}

/// A session that sent bars and ends of the minutes from 1 to 3.
fn begun() -> Series<u32> {
    let mut series = Series::new(MINUTE, 100);
    series.begin(None, 0);
    for minute in 1..=3 {
        assert_eq!((series.bar(bar(minute), 0), series.ended((minute + 1) * MINUTE, 0)), (Step::Taken, Step::Taken));
    }
    series
}

#[test]
fn what_a_replay_sends_again_is_not_given_again() {
    let mut series = begun();
    assert_eq!(series.resume(), Some(4 * MINUTE));
    series.begin(series.resume(), 1);
    for minute in 2..=3 {
        assert_eq!(series.bar(bar(minute), 1), Step::Known);
    }
    assert_eq!(series.bar(bar(4), 1), Step::Taken);
    assert_eq!(items(&series, 0), [1, 2, 3, 4].map(|minute| Item::Bar(bar(minute))));
}

#[test]
fn a_minute_that_ends_without_a_bar_is_no_gap_and_one_that_never_ends_is_asked_for_again_and_then_named() {
    let mut series = begun();
    assert_eq!(series.ended(5 * MINUTE, 0), Step::Taken);
    assert_eq!(series.bar(bar(7), 0), Step::Hole);
    assert_eq!(series.resume(), Some(5 * MINUTE));
    series.begin(series.resume(), 1);
    assert_eq!(series.bar(bar(7), 1), Step::Taken);
    assert_eq!(items(&series, 3), [gap(5, 7, GapCause::NotReplayed), Item::Bar(bar(7))]);
}

#[test]
fn what_was_skipped_is_asked_for_again_and_a_replay_closes_it() {
    let mut series = begun();
    series.skipped();
    assert_eq!(series.bar(bar(6), 0), Step::Hole);
    series.begin(series.resume(), 1);
    for minute in 4..=6 {
        assert_eq!((series.bar(bar(minute), 1), series.ended((minute + 1) * MINUTE, 1)), (Step::Taken, Step::Taken));
    }
    assert_eq!(items(&series, 0), [1, 2, 3, 4, 5, 6].map(|minute| Item::Bar(bar(minute))));
}

#[test]
fn a_replay_that_begins_too_late_is_a_gap() {
    let mut series = begun();
    series.begin(series.resume(), 1);
    assert_eq!((series.bar(bar(9), 1), series.ended(10 * MINUTE, 1)), (Step::Taken, Step::Taken));
    assert_eq!(items(&series, 3), [Item::Bar(bar(9)), gap(4, 9, GapCause::NotReplayed)]);
    // a session that may not reach back so far is known to beforehand
    let mut series = begun();
    series.begin(Some(8 * MINUTE), 1);
    assert_eq!(items(&series, 3), [gap(4, 8, GapCause::NotReplayed)]);
}

#[test]
fn a_vendor_that_never_ends_intervals_is_taken_at_its_word_over_a_replay() {
    let mut series = Series::new(MINUTE, 100);
    series.begin(None, 0);
    for minute in [1, 2, 5] {
        assert_eq!(series.bar(bar(minute), 0), Step::Taken);
    }
    series.begin(series.resume(), 1);
    assert_eq!(series.bar(bar(8), 1), Step::Taken);
    assert_eq!(items(&series, 0), [1, 2, 5, 8].map(|minute| Item::Bar(bar(minute))));
}

#[test]
fn a_bar_that_comes_after_its_minute_was_over_is_named_and_not_given_out_of_order() {
    let mut series = begun();
    assert_eq!(series.ended(5 * MINUTE, 0), Step::Taken);
    assert_eq!(series.bar(bar(4), 0), Step::Taken);
    assert_eq!(items(&series, 3), [gap(4, 5, GapCause::Late)]);
}

#[test]
fn a_vendor_that_keeps_less_is_asked_for_all_and_what_it_lacks_is_named() {
    let mut series = begun();
    series.aged_out();
    assert_eq!(series.resume(), Some(0));
    series.begin(series.resume(), 1);
    assert_eq!(series.bar(bar(9), 1), Step::Taken);
    assert_eq!(items(&series, 3), [gap(4, 9, GapCause::NotReplayed), Item::Bar(bar(9))]);
    assert_eq!(series.resume(), Some(10 * MINUTE));
}

#[test]
fn a_reader_begins_after_the_bar_that_it_has_or_is_told_what_is_no_longer_there() {
    let series = begun();
    assert_eq!(series.join(Some(2 * MINUTE)), (2, None));
    assert_eq!(series.join(None), (3, None));
    let lacks = Gap { start: 0, end: MINUTE, cause: GapCause::NotHeld };
    assert_eq!(series.join(Some(-MINUTE)), (0, Some(lacks)));
    // a ring that is full forgets the oldest
    let mut series = Series::new(MINUTE, 2);
    series.begin(Some(MINUTE), 0);
    for minute in 1..=5 {
        series.bar(bar(minute), 0);
    }
    assert_eq!(series.get(2), Err(Behind));
    let lacks = Gap { start: 2 * MINUTE, end: 4 * MINUTE, cause: GapCause::NotHeld };
    assert_eq!(series.join(Some(MINUTE)), (3, Some(lacks)));
    assert_eq!(series.bar(bar(2), 1), Step::Known, "it is forgotten, not new");
}

/// What goes wrong in one session.
#[derive(Clone, Debug)]
struct Plan {
    /// Minutes until it is cut.
    lives: i64,
    /// Minutes until the next begins.
    away: i64,
    /// By how much its replay begins too early, or too late.
    overlap: i64,
    aged: i64,
    /// After how many minutes it skips how many.
    skip: Option<(i64, i64)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let skip = prop::option::weighted(0.2, (0..20_i64, 1..5_i64));
    let aged = prop_oneof![4 => Just(0_i64), 1 => 1..6_i64];
    (1..40_i64, 0..15_i64, 0..4_i64, aged, skip).prop_map(|(lives, away, overlap, aged, skip)| Plan {
        lives,
        away,
        overlap,
        aged,
        skip,
    })
}

/// A vendor: which minutes were traded, which of these are lost, and whether it ends its intervals.
#[derive(Clone, Debug)]
struct Vendor {
    traded: Vec<bool>,
    lost: Vec<bool>,
    ends: bool,
}

fn vendor() -> impl Strategy<Value = Vendor> {
    let minutes = prop::collection::vec((prop::bool::weighted(0.8), prop::bool::weighted(0.03)), 300);
    (minutes, any::<bool>()).prop_map(|(minutes, ends)| Vendor {
        traded: minutes.iter().map(|(traded, _)| *traded).collect(),
        // Without ends of intervals nobody can know that something is lost.
        lost: minutes.iter().map(|(_, lost)| *lost && ends).collect(),
        ends,
    })
}

impl Vendor {
    /// One session from `now` on; when it ended, by a cut or because a hole was found.
    fn session(&self, series: &mut Series<u32>, plan: &Plan, now: i64) -> i64 {
        let start = series.resume();
        let aged = if self.ends { plan.aged } else { 0 };
        let first = start.map_or(now, |start| (start / MINUTE + aged - plan.overlap).min(now));
        series.begin(start, 0);
        let until = (now + plan.lives).min(300);
        let mut skip = plan.skip.map(|(after, minutes)| (first + after)..(first + after + minutes));
        for minute in first.max(0)..until {
            if skip.as_ref().is_some_and(|skip| skip.contains(&minute)) {
                continue;
            }
            if skip.as_ref().is_some_and(|skip| skip.end <= minute) {
                skip = None;
                series.skipped();
            }
            if minute == now {}
            let at = usize::try_from(minute).unwrap();
            if self.lost[at] {
                continue;
            }
            let hole = self.traded[at] && series.bar(bar(minute), 0) == Step::Hole;
            if hole || self.ends && series.ended((minute + 1) * MINUTE, 0) == Step::Hole {
                return now.max(minute);
            }
        }
        until
    }
}

proptest! {
    #[test]
    fn every_bar_is_given_once_and_in_order_or_named_as_missing(vendor in vendor(), plans in prop::collection::vec(plan(), 1..30)) {
        let mut series: Series<u32> = Series::new(MINUTE, 1_000);
        let mut now = 3;
        for plan in &plans {
            now = (vendor.session(&mut series, plan, now) + plan.away).min(290);
        }
        // a hole is asked for once, so that two good sessions bring everything that there is
        let good = Plan { lives: 300, away: 0, overlap: 0, aged: 0, skip: None };
        for _ in 0..300 {
            now = vendor.session(&mut series, &good, now);
            if now >= 300 && series.resume().is_some_and(|at| at >= 295 * MINUTE) {
                break;
            }
        }
        let all = items(&series, 0);
        let given: Vec<_> = all.iter().filter_map(|item| if let Item::Bar(bar) = item { Some(bar.ts_event / MINUTE) } else { None }).collect();
        prop_assert!(given.windows(2).all(|pair| pair[0] < pair[1]), "{given:?}");
        let named = |minute: i64| all.iter().any(|item| matches!(item, Item::Gap(gap) if gap.start <= minute * MINUTE && minute * MINUTE < gap.end));
        let end = series.resume().unwrap_or_default() / MINUTE;
        let first = given.first().copied().unwrap_or(end);
        for minute in first..end {
            let at = usize::try_from(minute).unwrap();
            if vendor.traded[at] {
                prop_assert!(given.contains(&minute) || named(minute), "minute {minute} is missing without a word: {all:?}");
            }
        }
        prop_assert!(given.iter().all(|minute| vendor.traded[usize::try_from(*minute).unwrap()]));
    }
}
