//! Figures of returns and trades. In: daily changes of equity over the capital, trades. Out: decimals. Pure.

use assayer_contract::research::{Figure, Figures};
use assayer_engine::{Money, Overflow, Price, Trade};
use assayer_significance::Moments;

/// Trading days in a year, by convention; as in the engine's Sharpe ratio.
const DAYS_PER_YEAR: f64 = 252.0;

/// Sharpe ratio per year: mean over the sample's deviation, times √252. None where the days do not differ, or are fewer than three.
pub(crate) fn sharpe(daily: &[f64]) -> Option<f64> {
    Moments::of(daily).ok().map(|moments| moments.sharpe * DAYS_PER_YEAR.sqrt())
}

/// The same where a strategy that does not trade is worth what it earns, which is nothing.
pub(crate) fn sharpe_or_nothing(daily: &[f64]) -> f64 {
    sharpe(daily).unwrap_or(0.0)
}

/// Rounded to a millionth.
#[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates, and no figure comes near the ends")]
pub(crate) fn figure(value: f64) -> Figure {
    Figure::from_millionths((value * 1e6).round() as i64)
}

/// A count as a float.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// An amount as a float, for statistics alone.
#[expect(clippy::cast_precision_loss, reason = "statistics are floats; the conversion rounds to the nearest")]
pub(crate) fn amount(money: Money) -> f64 {
    money.nanos() as f64
}

/// A price as a float, for statistics alone.
#[expect(clippy::cast_precision_loss, reason = "statistics are floats; the conversion rounds to the nearest")]
pub(crate) fn price(price: Price) -> f64 {
    price.nanos() as f64
}

/// A count of the contract's.
pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Sum of the trades' nets.
pub(crate) fn net<'a>(trades: impl IntoIterator<Item = &'a Trade>) -> Result<Money, Overflow> {
    trades.into_iter().try_fold(Money::ZERO, |sum, trade| sum.plus(trade.net))
}

/// What these days and the trades entered on them show.
pub(crate) fn of(daily: &[f64], trades: &[&Trade]) -> Result<Figures, Overflow> {
    let net = net(trades.iter().copied())?.to_string();
    Ok(Figures { sharpe: sharpe(daily).map(figure), net, trades: count(trades.len()), days: count(daily.len()) })
}

/// The middle of the values; the mean of both where two are in the middle. None of none.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}
