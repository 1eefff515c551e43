//! Closes side by side. In: bars and a tick size. Out: whole numbers of ticks, for what looks at closes alone. Pure.

use crate::{Bar, Price};

/// The closes of a series in ticks: a bar is six numbers, and whoever reads one of them reads past five.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closes {
    tick: Price,
    ticks: Vec<i64>,
}

impl Closes {
    /// Closes have at most so many ticks: sums over windows of 1,000 bars, multiplied by other windows to be compared, then fit 64 bits.
    const MOST: i64 = 1 << 40;

    /// None where a close has more ticks than can be counted with.
    pub(super) fn of(tick: Price, bars: &[Bar]) -> Option<Self> {
        let ticks = bars.iter().map(|bar| in_ticks(bar.close, tick).filter(|ticks| ticks.abs() <= Self::MOST));
        Some(Self { tick, ticks: ticks.collect::<Option<_>>()? })
    }

    /// The first so many.
    pub(super) fn first(&self, count: usize) -> Self {
        Self { tick: self.tick, ticks: self.ticks.iter().take(count).copied().collect() }
    }

    /// Those that are counted in this tick.
    pub(super) fn by(&self, tick: Price) -> Option<&[i64]> {
        (self.tick == tick).then_some(self.ticks.as_slice())
    }
}

/// A price as a whole number of ticks. Floats divide several times faster than integers, and what they say is checked.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "the product is compared with the price")]
fn in_ticks(price: Price, tick: Price) -> Option<i64> {
    let ticks = (price.nanos() as f64 / tick.nanos() as f64) as i64;
    (ticks.checked_mul(tick.nanos()) == Some(price.nanos())).then_some(ticks)
}
