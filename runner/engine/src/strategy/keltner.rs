//! Breakout of a band around an exponential average. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{
    Bar, Instrument, InvalidField, Moment, Multiple, Overflow,
    indicator::{Atr, Ema, SCALE},
};

/// Enters long when a bar closes more than `width` average true ranges above the exponential average of the closes; exits when one
/// closes below the average. With `LongShort` also the mirror image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Keltner {
    /// Bars of the exponential average.
    #[schemars(range(min = 2, max = 1_000))]
    pub length: i32,
    /// Bars of the average true range (Wilder's).
    #[schemars(range(min = 2, max = 1_000))]
    pub atr: i32,
    /// Half the width of the band in average true ranges, such as `"2"`.
    pub width: Multiple,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for Keltner {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.keltner.length", self.length)?;
        InvalidField::unless_within(&WINDOW, "strategy.keltner.atr", self.atr)
    }

    fn warm_up_bars(&self) -> usize {
        bars(self.length).max(Atr::warm_up(bars(self.atr)))
    }

    fn start(&self, _: &Instrument) -> State {
        let (ema, atr) = (Ema::new(bars(self.length)), Atr::new(bars(self.atr)));
        State { family: self.clone(), ema, atr, target: Target::Flat }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: Keltner,
    ema: Ema,
    atr: Atr,
    target: Target,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let (Some(atr), Some(ema)) = (self.atr.push(bar), self.ema.push(bar.close)) else { return Ok(None) };
        let above = (i128::from(bar.close.nanos()) * SCALE - ema) * 100;
        let band = atr * i128::from(self.family.width.hundredths());
        self.target = match self.target {
            _ if above > band => Target::Long,
            _ if above < -band && self.family.direction == Direction::LongShort => Target::Short,
            Target::Long if above < 0 => Target::Flat,
            Target::Short if above > 0 => Target::Flat,
            unchanged => unchanged,
        };
        Ok(Some(self.target))
    }
}
