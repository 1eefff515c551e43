//! Calm before a move: a Bollinger band within a Keltner channel, and what follows. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{
    Bar, Instrument, InvalidField, Moment, Multiple, Overflow, Price,
    indicator::{RollingSum, Spread, is_beyond, true_range},
};

/// A squeeze is on while `deviations` standard deviations of the last `length` closes are less than `ranges` means of their true
/// ranges. With the close that ends one, enters long if it lies above the average of those closes, with `LongShort` short if below;
/// exits when a bar closes on the other side of the average.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Squeeze {
    /// Bars in average, deviation and mean true range.
    #[schemars(range(min = 2, max = 1_000))]
    pub length: i32,
    /// Half the width of the Bollinger band in standard deviations (population), such as `"2"`.
    pub deviations: Multiple,
    /// Half the width of the Keltner channel in mean true ranges, such as `"1.5"`.
    pub ranges: Multiple,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for Squeeze {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.squeeze.length", self.length)
    }

    fn warm_up_bars(&self) -> usize {
        bars(self.length) + 1
    }

    fn start(&self, instrument: &Instrument) -> State {
        State {
            family: self.clone(),
            tick: instrument.tick_size,
            closes: Spread::new(bars(self.length)),
            ranges: RollingSum::new(bars(self.length)),
            previous: None,
            squeezed: false,
            target: Target::Flat,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: Squeeze,
    tick: Price,
    closes: Spread,
    /// True ranges in ticks.
    ranges: RollingSum,
    previous: Option<Price>,
    squeezed: bool,
    target: Target,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let tick = i128::from(self.tick.nanos()).max(1);
        let close = bar.close.ticks(self.tick);
        let range = self.previous.replace(bar.close).map(|previous| true_range(bar, previous) / tick);
        let ranges = range.and_then(|range| self.ranges.push_number(range));
        let (Some(deviation), Some(ranges)) = (self.closes.push(close)?, ranges) else { return Ok(None) };
        // Both widths times the length: the hundredths of `ranges` stand on one side, those of `deviations` on the other.
        let channel = ranges * i128::from(self.family.ranges.hundredths());
        let squeezed = is_beyond(channel, self.family.deviations.hundredths() * 100, deviation.squared)?;
        let released = std::mem::replace(&mut self.squeezed, squeezed) && !squeezed;
        let above = close * i128::from(self.family.length) - deviation.mean;
        self.target = match self.target {
            _ if released && above > 0 => Target::Long,
            _ if released && above < 0 && self.family.direction == Direction::LongShort => Target::Short,
            Target::Long if above < 0 => Target::Flat,
            Target::Short if above > 0 => Target::Flat,
            unchanged => unchanged,
        };
        Ok(Some(self.target))
    }
}
