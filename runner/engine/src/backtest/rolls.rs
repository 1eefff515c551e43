//! Continuous series without the gaps of their rolls. In: bars, and where they go over to another contract. Out: the same bars at the
//! level of the first contract: later prices are moved, earlier ones never, so that no indicator changes when bars are added. Pure.
//!
//! The gap is the new contract's first open less the old one's last close, the only two prices that the series has. A move of the market
//! between the two is lost with it.

use crate::{Bar, Overflow, Roll, RolledOver};

pub(super) struct Rolls<'a> {
    ahead: &'a [Roll],
    /// Sum of the gaps so far, in nano units.
    gaps: i64,
    last: Option<Bar>,
    pub(super) over: Vec<RolledOver>,
}

/// A change of contract.
pub(super) struct Rolled {
    /// How much higher the new contract lies, in nano units.
    pub(super) gap: i64,
    /// The old contract's last bar.
    pub(super) before: Bar,
}

impl<'a> Rolls<'a> {
    pub(super) fn new(ahead: &'a [Roll]) -> Self {
        Self { ahead, gaps: 0, last: None, over: Vec::new() }
    }

    /// The change of contract with this bar, if there is one.
    pub(super) fn at(&mut self, index: usize, bar: &Bar) -> Result<Option<Rolled>, Overflow> {
        let Some((Roll { from, to, .. }, ahead)) = self.ahead.split_first().filter(|(roll, _)| roll.bar == index) else {
            return Ok(None);
        };
        let Some(before) = self.last else { return Ok(None) };
        let gap = bar.open.above(before.close)?;
        (self.ahead, self.gaps) = (ahead, self.gaps.checked_add(gap).ok_or(Overflow("the gaps of rolls"))?);
        self.over.push(RolledOver { time: bar.start(), from: *from, to: *to, gap: crate::Price::from_nanos(gap) });
        Ok(Some(Rolled { gap, before }))
    }

    /// The bar at the level of the first contract.
    pub(super) fn smooth(&self, bar: &Bar) -> Result<Bar, Overflow> {
        bar.moved(self.gaps.checked_neg().ok_or(Overflow("the gaps of rolls"))?)
    }

    /// Remembers the bar that has closed.
    pub(super) fn seen(&mut self, bar: &Bar) {
        self.last = Some(*bar);
    }
}
