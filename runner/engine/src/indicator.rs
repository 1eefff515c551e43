//! Indicators over the last bars, in integers. In: prices, one by one. Out: exact sums and extremes, averages to 2⁻²⁰ of a nano
//! unit. Pure.

mod averages;
mod spread;
#[cfg(test)]
mod tests;
mod wilder;
mod window;

pub(crate) use averages::{Ema, Rsi};
pub(crate) use spread::{Spread, is_beyond};
pub(crate) use wilder::{Atr, true_range};
pub(crate) use window::{RollingMax, RollingSum};

/// Parts of a nano unit that averages are kept in. With 64 bits of price and windows of 1,000 bars, 128 bits hold every product here.
pub(crate) const SCALE: i128 = 1 << 20;
