//! What ends a position besides the family's own rules. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Hours, WINDOW, bars, hours::MINUTE, strip::without_nulls};
use crate::{Instrument, InvalidField, Moment, Multiple, Overflow, Price, indicator::SCALE};

/// Stop, target and limits of time of a position. Stop and target rest at the broker from the entry on, and one cancels the other.
/// After such an exit the same side is entered again only once the strategy has wanted something else in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(transform = without_nulls)]
pub struct Exits {
    /// Loss at which the position is closed with a stop order: distance from the price of the entry before slippage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Distance>,
    /// Profit at which the position is closed with a limit order: distance from the price of the entry before slippage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Distance>,
    /// Distance at which a stop order follows the best close since the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<Distance>,
    /// Bars through which a position is held at most; then it is closed as by a signal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000))]
    pub max_bars: Option<i32>,
    /// Closes the position before its session ends. With the next session the same side may be entered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_end: Option<SessionEnd>,
    /// Bars of the average true range (Wilder's) that `atr` is a multiple of.
    #[serde(default = "fourteen", skip_serializing_if = "is_fourteen")]
    #[schemars(range(min = 2, max = 1_000))]
    pub atr_length: i32,
}

/// Nothing is held overnight: positions are closed before the session's end, and entered within the session only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionEnd {
    /// Minutes before the session's end from which nothing is wanted; at least one bar, so that there is one to sell in.
    #[schemars(range(min = 1, max = 1_380))]
    pub minutes: i32,
    /// The session: `Regular` hours where the market has them, or `All` hours of the trade date.
    #[serde(default)]
    pub hours: Hours,
}

impl SessionEnd {
    /// Whether a position may be held after this close.
    pub(crate) fn lets_hold(&self, moment: Option<&Moment>) -> bool {
        self.hours.of(moment).is_some_and(|span| span.left > i64::from(self.minutes) * MINUTE)
    }
}

/// A distance between two prices; never less than one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Distance {
    /// In ticks of the instrument.
    Ticks(#[schemars(range(min = 1, max = 100_000))] i32),
    /// In average true ranges at the close that gave the signal, such as `"2.5"`; rounded up to whole ticks.
    Atr(Multiple),
}

const fn fourteen() -> i32 {
    14
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_fourteen(length: &i32) -> bool {
    *length == fourteen()
}

impl Default for Exits {
    /// None at all.
    fn default() -> Self {
        Self { stop: None, target: None, trail: None, max_bars: None, session_end: None, atr_length: fourteen() }
    }
}

impl Exits {
    pub(super) fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField> {
        if let Some(SessionEnd { minutes, hours }) = &self.session_end {
            hours.validate("strategy.exits.sessionEnd.hours", instrument)?;
            Hours::unless_minutes("strategy.exits.sessionEnd.minutes", *minutes, instrument)?;
        }
        let ticks = |distance: Option<Distance>| if let Some(Distance::Ticks(ticks)) = distance { ticks } else { 1 };
        InvalidField::unless_within(&(1..=100_000), "strategy.exits.stop.ticks", ticks(self.stop))?;
        InvalidField::unless_within(&(1..=100_000), "strategy.exits.target.ticks", ticks(self.target))?;
        InvalidField::unless_within(&(1..=100_000), "strategy.exits.trail.ticks", ticks(self.trail))?;
        InvalidField::unless_within(&(1..=100_000), "strategy.exits.maxBars", self.max_bars.unwrap_or(1))?;
        InvalidField::unless_within(&WINDOW, "strategy.exits.atrLength", self.atr_length)
    }

    /// Length of the average true range, if a distance is measured in it.
    pub(super) fn needs_atr(&self) -> Option<usize> {
        let atr = |distance: &Option<Distance>| matches!(distance, Some(Distance::Atr(_)));
        [self.stop, self.target, self.trail].iter().any(atr).then(|| bars(self.atr_length))
    }
}

impl Distance {
    /// In nano units of price, whole ticks; `atr` in nano units times [`SCALE`].
    pub(crate) fn nanos(self, tick: Price, atr: Option<i128>) -> Result<i64, Overflow> {
        let tick = i128::from(tick.nanos());
        let ticks = match self {
            Self::Ticks(ticks) => i128::from(ticks),
            Self::Atr(multiple) => {
                let (distance, unit) = (atr.unwrap_or(0) * i128::from(multiple.hundredths()), tick * SCALE * 100);
                (distance + unit - 1).checked_div(unit).unwrap_or(0).max(1)
            }
        };
        ticks.checked_mul(tick).and_then(|nanos| i64::try_from(nanos).ok()).ok_or(Overflow("a distance of an order"))
    }
}
