//! Averages that remember everything: exponential, and the relative strength that stands on Wilder's. Pure.

use super::{SCALE, wilder::Wilder};
use crate::Price;

/// Nano units in one.
const NANOS: i128 = 1_000_000_000;

/// Exponential average of prices: the mean of the first `length`, then each time two of `length` + 1 parts the newest.
#[derive(Clone, Debug)]
pub(crate) struct Ema {
    length: i128,
    seen: i128,
    /// While there are fewer than `length`: their sum; then the average times [`SCALE`].
    value: i128,
}

impl Ema {
    pub(crate) fn new(length: usize) -> Self {
        Self { length: i128::try_from(length).unwrap_or(1).max(1), seen: 0, value: 0 }
    }

    /// The average in nano units times [`SCALE`], once there is one.
    pub(crate) fn push(&mut self, price: Price) -> Option<i128> {
        self.push_number(i128::from(price.nanos()) * SCALE)
    }

    /// The same of any number of at most 100 bits, in its own unit.
    pub(crate) fn push_number(&mut self, number: i128) -> Option<i128> {
        self.seen += 1;
        if self.seen <= self.length {
            self.value += number;
            if self.seen < self.length {
                return None;
            }
            self.value /= self.length;
        } else {
            self.value = (self.value * (self.length - 1) + 2 * number) / (self.length + 1);
        }
        Some(self.value)
    }
}

/// Wilder's relative strength index of closes. The first change needs two closes, so the first value comes with bar `length` + 1.
#[derive(Clone, Debug)]
pub(crate) struct Rsi {
    gains: Wilder,
    losses: Wilder,
    previous: Option<Price>,
}

/// Average gain and average loss; the index is 100 × gain / (gain + loss).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strength {
    pub(crate) gain: i128,
    pub(crate) loss: i128,
}

impl Strength {
    /// From 0 to 100, in nano units times [`SCALE`], exact to the nano unit; 50 where the price never moved.
    pub(crate) fn index(self) -> i128 {
        let whole = self.gain + self.loss;
        let nanos = if whole == 0 { 50 * NANOS } else { self.gain * 100 * NANOS / whole };
        nanos * SCALE
    }

    /// Whether the index is below a level; an index of a price that never moved is not.
    pub(crate) fn below(self, level: i32) -> bool {
        self.gain * 100 < i128::from(level) * (self.gain + self.loss)
    }

    /// Whether the index is as far above 100 − `level` as the other is below `level`.
    pub(crate) fn above_the_mirror_of(self, level: i32) -> bool {
        Self { gain: self.loss, loss: self.gain }.below(level)
    }
}

impl Rsi {
    pub(crate) fn new(length: usize) -> Self {
        Self { gains: Wilder::new(length), losses: Wilder::new(length), previous: None }
    }

    pub(crate) fn push(&mut self, close: Price) -> Option<Strength> {
        let change = i128::from(close.nanos()) - i128::from(self.previous.replace(close)?.nanos());
        let (gain, loss) = (self.gains.push(change.max(0)), self.losses.push((-change).max(0)));
        Some(Strength { gain: gain?, loss: loss? })
    }
}
