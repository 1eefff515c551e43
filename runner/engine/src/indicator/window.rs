//! Rolling sums and extremes over the last bars, exact. Pure.

use std::collections::VecDeque;

use crate::Price;

/// Sum of the last `length` whole numbers.
#[derive(Clone, Debug)]
pub(crate) struct RollingSum {
    length: usize,
    numbers: VecDeque<i128>,
    sum: i128,
}

impl RollingSum {
    pub(crate) fn new(length: usize) -> Self {
        Self { length, numbers: VecDeque::with_capacity(length), sum: 0 }
    }

    /// Takes one more price; the sum, in nano units, once there are `length` of them.
    pub(crate) fn push(&mut self, price: Price) -> Option<i128> {
        self.push_number(price.nanos().into())
    }

    /// Takes one more number; the sum once there are `length` of them. At most 1,000 numbers of 65 bits: 128 bits hold any sum.
    pub(crate) fn push_number(&mut self, number: i128) -> Option<i128> {
        self.numbers.push_back(number);
        self.sum += number;
        if self.numbers.len() > self.length {
            self.sum -= self.numbers.pop_front().unwrap_or(0);
        }
        (self.numbers.len() == self.length).then_some(self.sum)
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
