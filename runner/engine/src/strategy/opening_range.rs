//! Breakout of the first range of a session. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Direction, Hours, Target,
    family::{AtWork, Parameters},
    hours::MINUTE,
};
use crate::{Bar, Instrument, InvalidField, Moment, Overflow, Price};

/// Long after a bar closes above the range of the first `minutes` of the session, with `LongShort` short after one closes below it.
/// Each session stands alone: nothing is held from `flatMinutes` before its end on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpeningRange {
    /// Minutes of the range; at least one bar.
    #[schemars(range(min = 1, max = 1_380))]
    pub minutes: i32,
    /// Minutes before the session's end from which nothing is wanted; at least one bar, so that there is one to sell in.
    #[schemars(range(min = 1, max = 1_380))]
    pub flat_minutes: i32,
    /// The session: `Regular` hours where the market has them, or `All` hours of the trade date.
    #[serde(default)]
    pub hours: Hours,
    /// Sides that may be held: `LongOnly`, or `LongShort`, which also sells short.
    #[serde(default)]
    pub direction: Direction,
}

impl Parameters for OpeningRange {
    type State = State;

    fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField> {
        self.hours.validate("strategy.openingRange.hours", instrument)?;
        Hours::unless_minutes("strategy.openingRange.minutes", self.minutes, instrument)?;
        Hours::unless_minutes("strategy.openingRange.flatMinutes", self.flat_minutes, instrument)
    }

    /// What came before a session does not matter to it.
    fn warm_up_bars(&self) -> usize {
        1
    }

    fn needs_sessions(&self) -> bool {
        true
    }

    fn start(&self, _: &Instrument) -> State {
        State { family: self.clone(), session: None, range: None, target: Target::Flat }
    }
}

#[derive(Clone, Debug)]
pub(super) struct State {
    family: OpeningRange,
    /// Beginning of the session that it has seen last.
    session: Option<i64>,
    /// Highest and lowest price of the first minutes.
    range: Option<(Price, Price)>,
    target: Target,
}

impl AtWork for State {
    fn on_close(&mut self, bar: &Bar, moment: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        let span = self.family.hours.of(moment);
        let session = span.map(|span| span.open);
        if self.session != session {
            (self.session, self.range, self.target) = (session, None, Target::Flat);
        }
        let family = &self.family;
        self.target = match (span, self.range) {
            (Some(span), _) if span.elapsed <= i64::from(family.minutes) * MINUTE => {
                let (high, low) = self.range.unwrap_or((bar.high, bar.low));
                self.range = Some((high.max(bar.high), low.min(bar.low)));
                Target::Flat
            }
            (Some(span), Some(range)) if span.left > i64::from(family.flat_minutes) * MINUTE => match range {
                (high, _) if bar.close > high => Target::Long,
                (_, low) if bar.close < low && family.direction == Direction::LongShort => Target::Short,
                (_, low) if bar.close < low => Target::Flat,
                _ => self.target,
            },
            _ => Target::Flat,
        };
        Ok(Some(self.target))
    }
}
