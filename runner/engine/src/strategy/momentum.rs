//! Momentum of the instrument's own past. Pure.

use std::{cmp::Ordering, collections::VecDeque};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Target, WINDOW, bars,
    family::{AtWork, Parameters},
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow, Price};

/// Long while a bar closes above the close of `lookback` bars before it; with `LongShort` short while below; nothing while equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Momentum {
    /// Bars between the two closes.
    #[schemars(range(min = 2, max = 1_000))]
    pub lookback: i32,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for Momentum {
    type State = State;

    fn validate(&self, _: &Instrument) -> Result<(), InvalidField> {
        InvalidField::unless_within(&WINDOW, "strategy.momentum.lookback", self.lookback)
    }

    fn warm_up_bars(&self) -> usize {
        bars(self.lookback) + 1
    }

    fn start(&self, _: &Instrument) -> State {
        State { family: self.clone(), closes: VecDeque::new() }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: Momentum,
    /// The last `lookback` closes.
    closes: VecDeque<Price>,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, _: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        self.closes.push_back(bar.close);
        if self.closes.len() <= bars(self.family.lookback) {
            return Ok(None);
        }
        let before = self.closes.pop_front();
        Ok(before.map(|before| match (bar.close.cmp(&before), self.family.direction) {
            (Ordering::Greater, _) => Target::Long,
            (Ordering::Less, Direction::LongShort) => Target::Short,
            _ => Target::Flat,
        }))
    }
}
