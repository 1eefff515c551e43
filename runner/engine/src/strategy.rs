//! Strategies. In: closed bars, one by one. Out: the position to hold from now on. Pure.

mod donchian_breakout;
mod sma_cross;
mod window;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use donchian_breakout::DonchianBreakout;
pub use sma_cross::SmaCross;

use crate::{Bar, InvalidField};

/// Bounds of every window, in bars.
const WINDOW: std::ops::RangeInclusive<i32> = 2..=1_000;

/// When to hold what: exactly one family with its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Strategy {
    /// Long while the average of the last `fast` closes is above that of the last `slow` closes, the bar just closed included; with
    /// `LongShort` short while it is below; nothing while they are equal.
    SmaCross(SmaCross),
    /// Long when a bar closes above the highest high of the `entry` bars before it, until one closes below the lowest low of the
    /// `exit` bars before it; with `LongShort` also the mirror image.
    DonchianBreakout(DonchianBreakout),
}

/// Which sides a strategy may hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Direction {
    /// Long or nothing.
    #[default]
    LongOnly,
    /// Long, short or nothing.
    LongShort,
}

/// The position that a strategy wants after a bar's close. One contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No position.
    Flat,
    /// One contract bought.
    Long,
    /// One contract sold.
    Short,
}

/// A strategy at work: what it remembers of the bars that it has seen.
#[derive(Clone, Debug)]
pub struct Signals(State);

#[derive(Clone, Debug)]
enum State {
    SmaCross(sma_cross::State),
    DonchianBreakout(donchian_breakout::State),
}

impl Strategy {
    /// Checks what the types cannot say.
    pub fn validate(&self) -> Result<(), InvalidField> {
        match self {
            Self::SmaCross(family) => family.validate(),
            Self::DonchianBreakout(family) => family.validate(),
        }
    }

    /// Bars that must have closed before there is a first signal.
    pub fn warm_up_bars(&self) -> usize {
        match self {
            Self::SmaCross(family) => bars(family.slow),
            Self::DonchianBreakout(family) => bars(family.entry) + 1,
        }
    }

    /// The strategy before its first bar.
    pub fn start(&self) -> Signals {
        Signals(match self {
            Self::SmaCross(family) => State::SmaCross(family.start()),
            Self::DonchianBreakout(family) => State::DonchianBreakout(family.start()),
        })
    }
}

impl Signals {
    /// Takes the bar that has just closed; `None` while warming up.
    pub fn on_close(&mut self, bar: &Bar) -> Option<Target> {
        match &mut self.0 {
            State::SmaCross(state) => state.on_close(bar),
            State::DonchianBreakout(state) => state.on_close(bar),
        }
    }
}

/// A window's length; `validate` has refused what is not positive.
fn bars(window: i32) -> usize {
    usize::try_from(window).unwrap_or(0)
}
