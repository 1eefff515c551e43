//! Short-lived extremes of the relative strength, bought with the trend. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{
    Bar, Instrument, InvalidField, Moment, Overflow,
    indicator::{RollingSum, Rsi},
};

/// Enters long when the relative strength index (Wilder's) closes below `oversold` while the bar closes above the average of the last
/// `trend` closes; exits when a bar closes above the average of the last `exit` closes. With `LongShort` also the mirror image: the
/// index above 100 − `oversold`, the close below the averages. With `length` 2 it is what is known as RSI-2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RsiReversion {
    /// Bars of the index, usually 2.
    #[schemars(range(min = 2, max = 1_000))]
    pub length: i32,
    /// Level of the index below which it is bought, usually 5 or 10.
    #[schemars(range(min = 1, max = 49))]
    pub oversold: i32,
    /// Bars in the average that tells the trend, usually 200.
    #[schemars(range(min = 2, max = 1_000))]
    pub trend: i32,
    /// Bars in the average that ends a position, usually 5.
    #[schemars(range(min = 2, max = 1_000))]
    pub exit: i32,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for RsiReversion {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.rsiReversion.length", self.length)?;
        InvalidField::unless_within(&(1..=49), "strategy.rsiReversion.oversold", self.oversold)?;
        InvalidField::unless_within(&WINDOW, "strategy.rsiReversion.trend", self.trend)?;
        InvalidField::unless_within(&WINDOW, "strategy.rsiReversion.exit", self.exit)
    }

    fn warm_up_bars(&self) -> usize {
        (bars(self.length) + 1).max(bars(self.trend)).max(bars(self.exit))
    }

    fn start(&self, _: &Instrument) -> State {
        let (trend, exit) = (RollingSum::new(bars(self.trend)), RollingSum::new(bars(self.exit)));
        State { family: self.clone(), rsi: Rsi::new(bars(self.length)), trend, exit, target: Target::Flat }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: RsiReversion,
    rsi: Rsi,
    trend: RollingSum,
    exit: RollingSum,
    target: Target,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let (strength, trend, exit) = (self.rsi.push(bar.close), self.trend.push(bar.close), self.exit.push(bar.close));
        let (Some(strength), Some(trend), Some(exit)) = (strength, trend, exit) else { return Ok(None) };
        let close = i128::from(bar.close.nanos());
        // The close against each average, without dividing.
        let (of_trend, of_exit) = (close * i128::from(self.family.trend), close * i128::from(self.family.exit));
        self.target = match self.target {
            _ if of_trend > trend && strength.below(self.family.oversold) => Target::Long,
            _ if self.family.direction == Direction::LongShort
                && of_trend < trend
                && strength.above_the_mirror_of(self.family.oversold) =>
            {
                Target::Short
            }
            Target::Long if of_exit > exit => Target::Flat,
            Target::Short if of_exit < exit => Target::Flat,
            unchanged => unchanged,
        };
        Ok(Some(self.target))
    }
}
