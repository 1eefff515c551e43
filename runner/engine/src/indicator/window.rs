//! Rolling sums and extremes over the last bars, exact. Pure.

use std::collections::VecDeque;

use crate::Price;

/// Sum of the last `length` prices.
#[derive(Clone, Debug)]
pub(crate) struct RollingSum {
    length: usize,
    prices: VecDeque<Price>,
    sum: i128,
}

impl RollingSum {
    pub(crate) fn new(length: usize) -> Self {
        Self { length, prices: VecDeque::with_capacity(length), sum: 0 }
    }

    /// Takes one more price; the sum once there are `length` of them. At most 1,000 prices of 64 bits: 128 bits hold any sum.
    pub(crate) fn push(&mut self, price: Price) -> Option<i128> {
        self.prices.push_back(price);
        self.sum += i128::from(price.nanos());
        if self.prices.len() > self.length {
            self.sum -= self.prices.pop_front().map_or(0, |old| i128::from(old.nanos()));
        }
        (self.prices.len() == self.length).then_some(self.sum)
    }
}

/// Greatest of the last `length` values; for the least, `std::cmp::Reverse`. Constant time a value, on average.
#[derive(Clone, Debug)]
pub(crate) struct RollingMax<T> {
    length: usize,
    seen: usize,
    /// Candidates, each with its position: values fall from front to back, so the front is the greatest.
    falling: VecDeque<(usize, T)>,
}

impl<T: Ord + Copy> RollingMax<T> {
    pub(crate) fn new(length: usize) -> Self {
        Self { length, seen: 0, falling: VecDeque::new() }
    }

    /// The greatest of the last `length` values; `None` while there are fewer.
    pub(crate) fn get(&self) -> Option<T> {
        self.falling.front().filter(|_| self.seen >= self.length).map(|&(_, value)| value)
    }

    pub(crate) fn push(&mut self, value: T) {
        while self.falling.pop_back_if(|(_, older)| *older <= value).is_some() {}
        self.falling.push_back((self.seen, value));
        self.seen += 1;
        let first = self.seen.saturating_sub(self.length);
        while self.falling.pop_front_if(|(position, _)| *position < first).is_some() {}
    }
}
