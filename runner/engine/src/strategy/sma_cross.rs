//! Two simple moving averages of closes. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow, indicator::RollingSum};

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

    /// Averages are compared as at work, by one number that each close moves by what enters and leaves both windows.
    fn wishes(&self, closes: &[i64]) -> Option<Vec<(usize, Target)>> {
        let [fast, slow] = [self.fast, self.slow].map(bars);
        let [by_slow, by_fast] = [self.slow, self.fast].map(i64::from);
        let sum = |closes: &[i64]| closes.iter().sum::<i64>();
        let first = sum(closes.get(slow - fast..slow)?) * by_slow - sum(closes.get(..slow)?) * by_fast;
        let leave = closes.get(slow - fast..)?.iter().zip(closes);
        let windows = closes.get(slow..)?.iter().zip(leave);
        let moves =
            windows.map(|(enters, (from_fast, from_slow))| (enters - from_fast) * by_slow - (enters - from_slow) * by_fast);
        let long = |above: i64| if above > 0 { Target::Long } else { Target::Flat };
        Some(match self.direction {
            Direction::LongOnly => changes(slow - 1, first, moves, long),
            Direction::LongShort => changes(slow - 1, first, moves, |above| if above < 0 { Target::Short } else { long(above) }),
        })
    }

    fn start(&self, _: &Instrument) -> State {
        State { family: self.clone(), fast: RollingSum::new(bars(self.fast)), slow: RollingSum::new(bars(self.slow)) }
    }
}

/// Where the side changes, beginning with none, of a number that is `above` at the close `place` and moves with each close after it.
fn changes(
    mut place: usize,
    mut above: i64,
    moves: impl Iterator<Item = i64>,
    side: impl Fn(i64) -> Target,
) -> Vec<(usize, Target)> {
    let mut wanted = side(above);
    let mut changes: Vec<_> = (wanted != Target::Flat).then_some((place, wanted)).into_iter().collect();
    moves.for_each(|moved| {
        (place, above) = (place + 1, above + moved);
        let side = side(above);
        if side != wanted {
            wanted = side;
            changes.push((place, side));
        }
    });
    changes
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
