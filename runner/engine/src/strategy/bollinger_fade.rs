//! Closes far from their average, taken back. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{
    Bar, Instrument, InvalidField, Moment, Multiple, Overflow, Price,
    indicator::{Spread, is_beyond},
};

/// Enters long when a bar closes more than `width` standard deviations (population) of the last `length` closes below their average;
/// exits when one closes at the average or above. With `LongShort` also the mirror image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BollingerFade {
    /// Closes in average and deviation, the bar's own included.
    #[schemars(range(min = 2, max = 1_000))]
    pub length: i32,
    /// Half the width of the band in standard deviations, such as `"2"`.
    pub width: Multiple,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for BollingerFade {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.bollingerFade.length", self.length)
    }

    fn warm_up_bars(&self) -> usize {
        bars(self.length)
    }

    fn start(&self, instrument: &Instrument) -> State {
        let closes = Spread::new(bars(self.length));
        State { family: self.clone(), tick: instrument.tick_size, closes, target: Target::Flat }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: BollingerFade,
    tick: Price,
    closes: Spread,
    target: Target,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let close = bar.close.ticks(self.tick);
        let Some(deviation) = self.closes.push(close)? else { return Ok(None) };
        let above = close * i128::from(self.family.length) - deviation.mean;
        let beyond = is_beyond(above, self.family.width.hundredths(), deviation.squared)?;
        self.target = match self.target {
            _ if beyond && above < 0 => Target::Long,
            _ if beyond && self.family.direction == Direction::LongShort => Target::Short,
            Target::Long if above >= 0 => Target::Flat,
            Target::Short if above <= 0 => Target::Flat,
            unchanged => unchanged,
        };
        Ok(Some(self.target))
    }
}
