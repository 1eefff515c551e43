//! Wilder's average true range. Pure.

use super::SCALE;
use crate::{Bar, Price};

/// Average true range: the mean of the first `length` true ranges, then each time (n − 1 parts the average, one part the newest).
/// The true range needs the close before, so the first value comes with bar `length` + 1.
#[derive(Clone, Debug)]
pub(crate) struct Atr {
    average: Wilder,
    previous: Option<Price>,
}

impl Atr {
    pub(crate) fn new(length: usize) -> Self {
        Self { average: Wilder::new(length), previous: None }
    }

    /// Bars that must have closed before there is a first value.
    pub(crate) const fn warm_up(length: usize) -> usize {
        length + 1
    }

    /// The average times [`SCALE`], once there is one.
    pub(crate) fn push(&mut self, bar: &Bar) -> Option<i128> {
        let previous = self.previous.replace(bar.close)?;
        self.average.push(true_range(bar, previous))
    }
}

/// From the lower of low and last close to the higher of high and last close, in nano units.
pub(crate) fn true_range(bar: &Bar, previous: Price) -> i128 {
    i128::from(bar.high.max(previous).nanos()) - i128::from(bar.low.min(previous).nanos())
}

/// Wilder's smoothing of any whole numbers.
#[derive(Clone, Debug)]
pub(crate) struct Wilder {
    length: i128,
    seen: i128,
    /// While there are fewer than `length`: their sum; then the average times [`SCALE`].
    value: i128,
}

impl Wilder {
    pub(crate) fn new(length: usize) -> Self {
        Self { length: i128::try_from(length).unwrap_or(1).max(1), seen: 0, value: 0 }
    }

    pub(crate) fn push(&mut self, number: i128) -> Option<i128> {
        self.seen += 1;
        if self.seen <= self.length {
            self.value += number * SCALE;
            if self.seen < self.length {
                return None;
            }
            self.value /= self.length;
        } else {
            self.value = (self.value * (self.length - 1) + number * SCALE) / self.length;
        }
        Some(self.value)
    }
}
