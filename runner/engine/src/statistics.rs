//! Figures over the equity curve. In: equity at each close. Out: drawdown, Sharpe ratio, exposure. Pure.
//! Floats appear in the Sharpe ratio alone; it uses only operations that IEEE 754 rounds the same way everywhere.

use chrono::NaiveDate;
use serde::Serialize;

use crate::{Money, Overflow, decimal, decimal::NANO};

/// Trading days in a year, by convention.
const DAYS_PER_YEAR: f64 = 252.0;
/// The Sharpe ratio is rounded to this part of one: more digits would be noise, and JSON readers would disagree on the last ones.
const SHARPE_STEPS: f64 = 1e6;

/// Deepest fall of equity at the closes from its highest so far, the capital at the start included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drawdown {
    /// Size of the fall; zero if equity never fell.
    pub amount: Money,
    /// The same over the capital: a decimal of nine digits, rounded up. The exact fraction is `amount` over `capital`.
    pub fraction: String,
}

/// Mean over standard deviation of the daily changes of equity over the capital, times √252.
///
/// A day is the trade date of a bar where the market's calendar is known, else the UTC date on which it starts; its change runs from the last close of the day before (on the first day, from the
/// capital). The deviation is the sample's (n − 1). Rounded to six digits.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sharpe {
    /// The ratio, or null.
    pub value: Option<f64>,
    /// Why the ratio is null.
    pub reason: Option<SharpeUnknown>,
    /// Number of daily changes.
    pub days: usize,
}

/// Why there is no Sharpe ratio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SharpeUnknown {
    /// One daily change has no deviation.
    FewerThanTwoDays,
    /// All daily changes are equal, for instance all zero.
    NoVariance,
}

/// How long a position was held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exposure {
    /// Bars through which a position was held, from open to close.
    pub bars: usize,
    /// The same over all bars: a decimal of nine digits, rounded up.
    pub fraction: String,
}

/// What a curve shows.
pub(crate) struct CurveFigures {
    pub(crate) max_drawdown: Drawdown,
    pub(crate) sharpe: Sharpe,
    pub(crate) exposure: Exposure,
    /// Change of equity on each day.
    pub(crate) daily: Vec<Money>,
}

/// Equity at each close, digested as it comes.
pub(crate) struct Curve {
    capital: Money,
    peak: Money,
    deepest: Money,
    held: usize,
    bars: usize,
    day: Option<NaiveDate>,
    day_start: Money,
    latest: Money,
    changes: Vec<Money>,
}

impl Curve {
    pub(crate) fn new(capital: Money) -> Self {
        let (day, changes) = (None, Vec::new());
        Self { capital, peak: capital, deepest: Money::ZERO, held: 0, bars: 0, day, day_start: capital, latest: capital, changes }
    }

    /// A curve that has ended: its deepest fall, the bars of all `bars` through which a position was held, the changes of its days.
    pub(crate) fn of(capital: Money, deepest: Money, held: usize, bars: usize, changes: Vec<Money>) -> Self {
        Self { deepest, held, bars, changes, ..Self::new(capital) }
    }

    /// Takes equity at the close of a bar that counts for this day; days come in order.
    pub(crate) fn push(&mut self, day: NaiveDate, equity: Money, held: bool) -> Result<(), Overflow> {
        if self.day.is_some_and(|before| before != day) {
            self.end_day()?;
        }
        self.day = Some(day);
        self.latest = equity;
        self.bars += 1;
        self.held += usize::from(held);
        self.peak = self.peak.max(equity);
        self.deepest = self.deepest.max(self.peak.minus(equity)?);
        Ok(())
    }

    fn end_day(&mut self) -> Result<(), Overflow> {
        self.changes.push(self.latest.minus(self.day_start)?);
        self.day_start = self.latest;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<CurveFigures, Overflow> {
        if self.day.is_some() {
            self.end_day()?;
        }
        let fraction = fraction_rounded_up(self.deepest.nanos(), self.capital.nanos())?;
        let max_drawdown = Drawdown { amount: self.deepest, fraction };
        let exposure = Exposure { bars: self.held, fraction: fraction_rounded_up(count(self.held)?, count(self.bars)?)? };
        let sharpe = sharpe(&self.changes, self.capital);
        Ok(CurveFigures { max_drawdown, sharpe, exposure, daily: self.changes })
    }
}

fn count(number: usize) -> Result<i128, Overflow> {
    i128::try_from(number).map_err(|_| Overflow("a number of bars"))
}

/// `part / whole` as a decimal of nine digits, rounded up; neither is negative.
fn fraction_rounded_up(part: i128, whole: i128) -> Result<String, Overflow> {
    let nanos = part.checked_mul(NANO).and_then(|part| part.checked_add(whole)?.checked_sub(1)?.checked_div(whole));
    nanos.map(decimal::format).ok_or(Overflow("a fraction"))
}

fn sharpe(changes: &[Money], capital: Money) -> Sharpe {
    let days = changes.len();
    let unknown = |reason| Sharpe { value: None, reason: Some(reason), days };
    if days < 2 {
        return unknown(SharpeUnknown::FewerThanTwoDays);
    }
    // Compared as integers: the float variance of equal returns need not come out as zero.
    if changes.iter().all(|change| Some(change) == changes.first()) {
        return unknown(SharpeUnknown::NoVariance);
    }
    let returns: Vec<f64> = changes.iter().map(|change| float(change.nanos()) / float(capital.nanos())).collect();
    let n = returns.iter().fold(0.0, |n, _| n + 1.0);
    let mean = returns.iter().sum::<f64>() / n;
    let variance = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / (n - 1.0);
    if variance <= 0.0 {
        return unknown(SharpeUnknown::NoVariance);
    }
    let ratio = mean / variance.sqrt() * DAYS_PER_YEAR.sqrt();
    // Adding zero turns a negative zero into zero.
    Sharpe { value: Some((ratio * SHARPE_STEPS).round() / SHARPE_STEPS + 0.0), reason: None, days }
}

#[expect(clippy::cast_precision_loss, reason = "statistics are floats; the conversion rounds to the nearest")]
fn float(integer: i128) -> f64 {
    integer as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(points: &[(i64, i64)]) -> (Drawdown, Sharpe, Exposure) {
        let units = |amount: i64| Money::from_nanos(i128::from(amount) * NANO);
        let mut curve = Curve::new(units(100));
        for &(hour, equity) in points {
            let day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap() + chrono::TimeDelta::hours(hour);
            curve.push(day, units(equity), equity != 100).unwrap();
        }
        let CurveFigures { max_drawdown, sharpe, exposure, .. } = curve.finish().unwrap();
        (max_drawdown, sharpe, exposure)
    }

    #[test]
    fn the_sharpe_ratio_of_two_days_is_that_of_a_pocket_calculator() {
        // given: changes of 1 % and 3 %, the first day with two bars: mean 2 %, deviation √2 %, times √252 is √504
        let (_, sharpe, _) = curve(&[(0, 100), (23, 101), (24, 104)]);
        assert_eq!(sharpe, Sharpe { value: Some(22.449_944), reason: None, days: 2 });
    }

    #[test]
    fn one_day_or_equal_changes_have_no_sharpe_ratio_and_say_why() {
        assert_eq!(
            curve(&[(0, 100), (1, 103)]).1,
            Sharpe { value: None, reason: Some(SharpeUnknown::FewerThanTwoDays), days: 1 }
        );
        assert_eq!(
            curve(&[(0, 103), (24, 106), (48, 109)]).1,
            Sharpe { value: None, reason: Some(SharpeUnknown::NoVariance), days: 3 }
        );
    }

    #[test]
    fn the_drawdown_counts_from_the_capital_and_from_each_later_peak() {
        assert_eq!(curve(&[(0, 97), (1, 99)]).0, Drawdown { amount: Money::from_nanos(3 * NANO), fraction: "0.03".to_owned() });
        assert_eq!(curve(&[(0, 98), (1, 110), (2, 104), (3, 109)]).0.amount, Money::from_nanos(6 * NANO));
        assert_eq!(curve(&[(0, 101), (1, 102)]).0.fraction, "0");
    }

    #[test]
    fn a_fraction_is_never_rounded_in_favour_of_the_strategy() {
        assert_eq!(curve(&[(0, 100), (1, 101), (2, 102)]).2, Exposure { bars: 2, fraction: "0.666666667".to_owned() });
    }
}
