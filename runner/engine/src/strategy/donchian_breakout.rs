//! Breakout of a price channel. Pure.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow, Price, indicator::RollingMax};

/// Enters long when a bar closes above the highest high of the `entry` bars before it; exits when one closes below the lowest low
/// of the `exit` bars before it.
///
/// With `LongShort` also the mirror image: short below the lowest low of `entry` bars, out above the highest high of `exit` bars.
/// A close that leaves the entry channel on the other side turns the position round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DonchianBreakout {
    /// Bars in the channel that a close must leave to enter.
    #[schemars(range(min = 2, max = 1_000))]
    pub entry: i32,
    /// Bars in the channel that a close must leave to exit; at most `entry`.
    #[schemars(range(min = 2, max = 1_000))]
    pub exit: i32,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for DonchianBreakout {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.donchianBreakout.entry", self.entry)?;
        InvalidField::unless_within(&WINDOW, "strategy.donchianBreakout.exit", self.exit)?;
        let remedy = format!("choose at most as many bars as entry ({})", self.entry);
        InvalidField::unless(self.exit <= self.entry, "strategy.donchianBreakout.exit", self.exit, remedy)
    }

    fn warm_up_bars(&self) -> usize {
        bars(self.entry) + 1
    }

    fn start(&self, _: &Instrument) -> State {
        State {
            direction: self.direction,
            entry: Channel::new(bars(self.entry)),
            exit: Channel::new(bars(self.exit)),
            target: Target::Flat,
        }
    }
}

/// Highest high and lowest low of the bars before the present one.
#[derive(Clone, Debug)]
struct Channel {
    high: RollingMax<Price>,
    low: RollingMax<Reverse<Price>>,
}

impl Channel {
    fn new(length: usize) -> Self {
        Self { high: RollingMax::new(length), low: RollingMax::new(length) }
    }

    fn push(&mut self, bar: &Bar) {
        self.high.push(bar.high);
        self.low.push(Reverse(bar.low));
    }

    fn broken_by(&self, close: Price) -> Option<Breakout> {
        let (high, Reverse(low)) = (self.high.get()?, self.low.get()?);
        Some(Breakout { up: close > high, down: close < low })
    }
}

#[derive(Clone, Copy)]
struct Breakout {
    up: bool,
    down: bool,
}

#[derive(Clone, Debug)]
pub(super) struct State {
    direction: Direction,
    entry: Channel,
    exit: Channel,
    target: Target,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        // The present bar joins the channels only after they were read: its own high is never below its close.
        let broken = self.entry.broken_by(bar.close).zip(self.exit.broken_by(bar.close));
        self.entry.push(bar);
        self.exit.push(bar);
        let Some((entry, exit)) = broken else { return Ok(None) };
        self.target = match self.target {
            _ if entry.up => Target::Long,
            _ if entry.down && self.direction == Direction::LongShort => Target::Short,
            Target::Long if exit.down => Target::Flat,
            Target::Short if exit.up => Target::Flat,
            unchanged => unchanged,
        };
        Ok(Some(self.target))
    }
}
