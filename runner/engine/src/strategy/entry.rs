//! How a position is entered. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::strip::without_nulls;
use crate::{InvalidField, Overflow, Price, Side, backtest::Working, instrument::Instrument};

/// An order that waits for its price, measured from the close that gave the signal. It is cancelled after `bars` bars, or when the
/// strategy wants something else; each change of the strategy's mind places one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = without_nulls)]
pub struct Entry {
    /// `Limit` waits for a better price, `Stop` for a worse one that confirms the move, `StopLimit` for the same with a bound.
    pub order: EntryOrder,
    /// Ticks from the close: below it for a limit to buy, above it for a stop to buy; the other way round to sell.
    #[schemars(range(min = 0, max = 10_000))]
    pub ticks: i32,
    /// Ticks beyond the stop up to which a `StopLimit` may be filled; for that order only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000))]
    pub limit_ticks: Option<i32>,
    /// Bars for which the order stands.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_000))]
    pub bars: i32,
}

/// Kind of an order that enters a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EntryOrder {
    /// Filled at its price or better, without slippage.
    Limit,
    /// Becomes a market order at its price.
    Stop,
    /// Becomes a limit at its price.
    StopLimit,
}

const fn one() -> i32 {
    1
}

impl Entry {
    pub(super) fn validate(&self) -> Result<(), InvalidField> {
        InvalidField::unless_within(&(0..=10_000), "strategy.entry.ticks", self.ticks)?;
        InvalidField::unless_within(&(1..=1_000), "strategy.entry.bars", self.bars)?;
        InvalidField::unless_within(&(0..=10_000), "strategy.entry.limitTicks", self.limit_ticks.unwrap_or(0))?;
        let fits = self.limit_ticks.is_some() == (self.order == EntryOrder::StopLimit);
        let value = self.limit_ticks.map_or_else(|| "absent".to_owned(), |ticks| ticks.to_string());
        InvalidField::unless(fits, "strategy.entry.limitTicks", value, "give it with order StopLimit, and with no other")
    }

    /// The order of this side after this close.
    pub(crate) fn order(&self, side: Side, close: Price, instrument: &Instrument) -> Result<Working, Overflow> {
        let towards = if side == Side::Long { 1 } else { -1 };
        let beyond = |from: Price, ticks: i32| from.plus_ticks(towards * ticks, instrument.tick_size);
        let bars = self.bars;
        Ok(match self.order {
            EntryOrder::Limit => Working { side, stop: None, limit: Some(beyond(close, -self.ticks)?), bars },
            EntryOrder::Stop => Working { side, stop: Some(beyond(close, self.ticks)?), limit: None, bars },
            EntryOrder::StopLimit => {
                let stop = beyond(close, self.ticks)?;
                let limit = Some(beyond(stop, self.limit_ticks.unwrap_or(0))?);
                Working { side, stop: Some(stop), limit, bars }
            }
        })
    }
}
