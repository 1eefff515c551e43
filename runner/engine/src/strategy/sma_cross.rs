//! Two simple moving averages of closes. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow, backtest::Sums, indicator::RollingSum};

/// Long while the average of the last `fast` closes is above that of the last `slow` closes, this bar's close included.
///
/// With `LongShort`, short while it is below. Nothing is held while both are equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SmaCross {
    /// Bars in the short average; below `slow`.
    #[schemars(range(min = 2, max = 1_000))]
    pub fast: i32,
    /// Bars in the long average.
    #[schemars(range(min = 2, max = 1_000))]
    pub slow: i32,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for SmaCross {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.smaCross.fast", self.fast)?;
        InvalidField::unless_within(&WINDOW, "strategy.smaCross.slow", self.slow)?;
        let remedy = format!("choose fewer bars than slow ({})", self.slow);
        InvalidField::unless(self.fast < self.slow, "strategy.smaCross.fast", self.fast, remedy)
    }

    fn warm_up_bars(&self) -> usize {
        bars(self.slow)
    }

    /// Averages are compared as at work, by sums that are differences of sums.
    fn wishes(&self, sums: &Sums) -> Option<Vec<(usize, Target)>> {
        let [fast, slow] = [self.fast, self.slow].map(i64::from);
        // Behind each close from the first with a whole window on; in front of its short window; in front of its long one.
        let (behind, by_fast) = (sums.from(bars(self.slow)), sums.from(bars(self.slow) - bars(self.fast)));
        let windows = behind.iter().zip(by_fast).zip(sums.from(0));
        let above = windows.map(|((end, in_fast), in_slow)| (end - in_fast) * slow - (end - in_slow) * fast);
        let closes = (bars(self.slow) - 1..).zip(above);
        let long = |above: i64| if above > 0 { Target::Long } else { Target::Flat };
        Some(match self.direction {
            Direction::LongOnly => changes(closes, long),
            Direction::LongShort => changes(closes, |above| if above < 0 { Target::Short } else { long(above) }),
        })
    }

    fn start(&self, _: &Instrument) -> State {
        State { family: self.clone(), fast: RollingSum::new(bars(self.fast)), slow: RollingSum::new(bars(self.slow)) }
    }
}

/// Where the side changes, beginning with none.
fn changes(closes: impl Iterator<Item = (usize, i64)>, side: impl Fn(i64) -> Target) -> Vec<(usize, Target)> {
    let mut wanted = Target::Flat;
    let sides = closes.map(|(place, above)| (place, side(above)));
    sides.filter(|(_, side)| std::mem::replace(&mut wanted, *side) != *side).collect()
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: SmaCross,
    fast: RollingSum,
    slow: RollingSum,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let (Some(slow), Some(fast)) = (self.slow.push(bar.close), self.fast.push(bar.close)) else { return Ok(None) };
        // Averages compared without dividing: fast/n > slow/m is fast·m > slow·n.
        let (fast, slow) = (fast * i128::from(self.family.slow), slow * i128::from(self.family.fast));
        Ok(Some(match self.family.direction {
            _ if fast > slow => Target::Long,
            Direction::LongShort if fast < slow => Target::Short,
            _ => Target::Flat,
        }))
    }
}
