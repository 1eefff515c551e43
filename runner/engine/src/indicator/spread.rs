//! Mean and deviation of the last numbers, without dividing or rooting. Pure.

use std::collections::VecDeque;

use crate::Overflow;

const OVERFLOW: Overflow = Overflow("a deviation of prices");

/// Sums of the last `length` whole numbers and of their squares.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    length: i128,
    numbers: VecDeque<i128>,
    sum: i128,
    squares: i128,
}

/// Mean and population deviation σ of n numbers, each times n: mean·n, and (σ·n)².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deviation {
    pub(crate) mean: i128,
    pub(crate) squared: i128,
}

impl Spread {
    pub(crate) fn new(length: usize) -> Self {
        let length = i128::try_from(length).unwrap_or(i128::MAX);
        Self { length, numbers: VecDeque::new(), sum: 0, squares: 0 }
    }

    /// Takes one more number, once there are `length` of them with their mean and deviation. In ticks of a market that exists
    /// nothing here comes near 128 bits; what does not fit is an error.
    pub(crate) fn push(&mut self, number: i128) -> Result<Option<Deviation>, Overflow> {
        let square = |number: i128| number.checked_mul(number).ok_or(OVERFLOW);
        self.numbers.push_back(number);
        self.sum += number;
        self.squares = self.squares.checked_add(square(number)?).ok_or(OVERFLOW)?;
        let count = |numbers: &VecDeque<i128>| i128::try_from(numbers.len()).unwrap_or(i128::MAX);
        if count(&self.numbers) > self.length
            && let Some(old) = self.numbers.pop_front()
        {
            self.sum -= old;
            self.squares -= square(old)?;
        }
        if count(&self.numbers) < self.length {
            return Ok(None);
        }
        let squared = self.squares.checked_mul(self.length).and_then(|all| all.checked_sub(self.sum.checked_mul(self.sum)?));
        Ok(Some(Deviation { mean: self.sum, squared: squared.ok_or(OVERFLOW)? }))
    }
}

/// `factor`² × `squared` / 10,000 compared with `distance`² — whether a distance is longer than `factor` hundredths of a deviation.
pub(crate) fn is_beyond(distance: i128, factor: i32, squared: i128) -> Result<bool, Overflow> {
    let factor = i128::from(factor);
    let distance = distance.checked_mul(100).and_then(|distance| distance.checked_mul(distance)).ok_or(OVERFLOW)?;
    Ok(distance > squared.checked_mul(factor * factor).ok_or(OVERFLOW)?)
}
