//! The kind of market at each close. In: bars. Out: a third of volatility and a direction, from bars that have ended. Pure.

use std::fmt;

use assayer_engine::Bar;

use crate::figures::price as nanos;

/// Bars of the range that volatility is measured over.
const RANGE: usize = 20;
/// Bars back to the close that gives the direction.
const TREND: usize = 100;

/// How far prices range, and where they come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Regime {
    /// 0 for the calmest third of all closes, 2 for the wildest.
    third: usize,
    rising: bool,
}

impl Regime {
    /// Kinds of markets.
    pub(crate) const COUNT: usize = 6;

    /// From 0, below [`Self::COUNT`].
    pub(crate) fn place(self) -> usize {
        self.third * 2 + usize::from(self.rising)
    }

    /// All, in the order of their places.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..Self::COUNT).map(|place| Self { third: place / 2, rising: place % 2 == 1 })
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calm = ["calm", "usual", "wild"].get(self.third).copied().unwrap_or_default();
        write!(f, "{calm} {}", if self.rising { "rising" } else { "falling" })
    }
}

/// The regime at each bar's close; none before there are bars enough. The thirds are of the whole series: this judges what was, and decides
/// nothing while it is going on.
pub(crate) fn regimes(bars: &[Bar]) -> Vec<Option<Regime>> {
    let spreads: Vec<Option<f64>> = (1..=bars.len()).map(|end| spread(bars.get(end.checked_sub(RANGE)?..end)?)).collect();
    let mut sorted: Vec<f64> = spreads.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let bound = |third: usize| sorted.get(sorted.len() * third / 3).copied().unwrap_or(f64::INFINITY);
    let bounds = [bound(1), bound(2)];
    let regime = |(place, spread): (usize, &Option<f64>)| {
        let (spread, before) = ((*spread)?, bars.get(place.checked_sub(TREND)?)?);
        let third = bounds.iter().filter(|bound| spread >= **bound).count();
        Some(Regime { third, rising: bars.get(place)?.close > before.close })
    };
    spreads.iter().enumerate().map(regime).collect()
}

/// Mean of the bars' ranges over the last close.
fn spread(bars: &[Bar]) -> Option<f64> {
    let sum: f64 = bars.iter().map(|bar| nanos(bar.high) - nanos(bar.low)).sum();
    Some(sum / nanos(bars.last()?.close))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;
    use crate::support::{bars_of, noise};

    #[test]
    fn what_rises_is_told_from_what_falls_and_nothing_before_there_are_bars_enough() {
        let up: Vec<i64> = (0..300).map(|place| 10_000 + place * 10).collect();
        let rising = regimes(&bars_of(&up));
        assert!(rising.iter().take(TREND).all(Option::is_none));
        assert!(rising.iter().skip(TREND).all(|regime| regime.unwrap().rising));
        let down: Vec<i64> = up.iter().rev().copied().collect();
        assert!(regimes(&bars_of(&down)).iter().flatten().all(|regime| !regime.rising));
    }

    #[test]
    fn a_third_of_the_closes_each_is_calm_usual_and_wild() {
        let found = regimes(&noise(1, 3_100));
        let count = |third| found.iter().flatten().filter(|regime| regime.third == third).count();
        for third in 0..3 {
            assert!((900..1_100).contains(&count(third)), "{third}: {}", count(third));
        }
        assert!(Regime::all().enumerate().all(|(place, regime)| regime.place() == place));
    }
}
