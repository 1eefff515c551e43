//! Which days a search sees, and which of them it tries on. In: the day of each bar, rules. Out: folds, in days. Pure.

use std::ops::Range;

use assayer_contract::ResearchRules;
use assayer_engine::{Bar, Bars};
use assayer_significance::{Fold, Invalid, walk_forward};
use chrono::NaiveDate;

/// Days of the bars that a search sees, and the tests of its walk forward.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    /// Start of each day's first bar, in nanoseconds since 1970 UTC.
    starts: Vec<i64>,
    pub(crate) folds: Vec<Fold>,
}

/// Bars that a search may see: all but the newest.
pub(crate) fn visible(bars: usize, rules: &ResearchRules) -> usize {
    let held_out = (bars as u128 * u128::from(rules.hold_out.millionths())).div_ceil(1_000_000);
    bars.saturating_sub(usize::try_from(held_out).unwrap_or(usize::MAX))
}

/// The first bar of each day; a day is over when another begins.
pub(crate) fn first_bars(days: &[NaiveDate]) -> Vec<usize> {
    let begins = |place: usize| place == 0 || days.get(place) != days.get(place - 1);
    (0..days.len()).filter(|place| begins(*place)).collect()
}

impl Timeline {
    /// Of bars that count for these days.
    pub(crate) fn new(bars: &Bars, days: &[NaiveDate], rules: &ResearchRules) -> Result<Self, Invalid> {
        let bar = |place: &usize| bars.as_slice().get(*place).map_or(0, |bar: &Bar| bar.ts_event);
        let starts: Vec<i64> = first_bars(days).iter().map(bar).collect();
        // The embargo in whole days, the last one begun included.
        let embargo = (rules.embargo_bars as usize).saturating_mul(starts.len()).div_ceil(days.len().max(1));
        let folds = walk_forward(starts.len(), rules.folds as usize, 1, embargo)?;
        Ok(Self { starts, folds })
    }

    /// Days before the first test.
    pub(crate) fn in_sample(&self) -> Range<usize> {
        self.folds.first().map_or(0..0, |fold| fold.train.clone())
    }

    /// Days of all tests.
    pub(crate) fn out_of_sample(&self) -> Range<usize> {
        let first = self.folds.first().map_or(0, |fold| fold.test.start);
        first..self.starts.len()
    }

    /// From when to before when these days last; the last day has no end.
    pub(crate) fn times(&self, days: &Range<usize>) -> Range<i64> {
        let at = |day: usize| self.starts.get(day).copied().unwrap_or(i64::MAX);
        at(days.start)..at(days.end)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use assayer_contract::quality::Ratio;

    #[test]
    fn the_newest_bars_are_held_out_rounded_up() {
        let rules = |share: &str| ResearchRules { hold_out: share.parse::<Ratio>().unwrap(), ..ResearchRules::default() };
        assert_eq!(visible(1_000, &rules("0.2")), 800);
        assert_eq!(visible(999, &rules("0.2")), 799);
        assert_eq!(visible(10, &rules("0")), 10);
        assert_eq!(visible(10, &rules("1")), 0);
    }
}
