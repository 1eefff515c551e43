//! Strategies. In: closed bars, one by one. Out: the position to hold from now on, and how to trade it. Pure.

mod bollinger_fade;
mod donchian_breakout;
mod entry;
mod exits;
mod family;
mod filter;
mod graph;
mod hours;
mod keltner;
mod momentum;
mod opening_range;
mod rsi_reversion;
mod sizing;
mod sma_cross;
mod squeeze;
mod strip;
mod vwap_fade;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bollinger_fade::BollingerFade;
pub use donchian_breakout::DonchianBreakout;
pub use entry::{Entry, EntryOrder};
pub use exits::{Distance, Exits, SessionEnd};
pub use family::Family;
pub(crate) use filter::Regime;
pub use graph::Graph;
pub mod nodes {
    //! What a node of a [`Graph`](super::Graph) may be.
    pub use super::graph::{Length, Less, Node, One, Several, Than, Times, Window};
}
pub use filter::{Filter, SessionFilter, Tercile, TrendFilter, TrendSide, VolatilityFilter};
pub use hours::Hours;
pub use keltner::Keltner;
pub use momentum::Momentum;
pub use opening_range::OpeningRange;
pub use rsi_reversion::RsiReversion;
pub use sizing::{RiskSizing, Sizing};
pub use sma_cross::SmaCross;
pub use squeeze::Squeeze;
pub use vwap_fade::VwapFade;

use crate::{Bar, Instrument, InvalidField, Moment, Overflow, indicator::Atr};

/// Bounds of every window, in bars.
const WINDOW: std::ops::RangeInclusive<i32> = 2..=1_000;

/// When to hold what: exactly one family with its parameters, and what goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "family::Written", into = "family::Written")]
pub struct Strategy {
    /// What decides which side is wanted.
    pub family: Family,
    /// How a position is entered; `None`: with a market order.
    pub entry: Option<Entry>,
    /// What ends a position besides the family.
    pub exits: Option<Exits>,
    /// How many contracts are held; `None`: one.
    pub sizing: Option<Sizing>,
    /// When a position may be entered; `None`: always.
    pub filter: Option<Filter>,
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

/// The side that a strategy wants to hold after a bar's close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// No position.
    Flat,
    /// Bought.
    Long,
    /// Sold.
    Short,
}

/// A strategy's family at work: what it remembers of the bars that it has seen.
#[derive(Clone, Debug)]
pub struct Signals(family::State);

impl From<Family> for Strategy {
    /// The family alone: one contract, market orders, no filter, no exits but its own.
    fn from(family: Family) -> Self {
        Self { family, entry: None, exits: None, sizing: None, filter: None }
    }
}

impl Strategy {
    /// Checks what the types cannot say, for this instrument.
    pub fn validate(&self, instrument: &Instrument) -> Result<(), InvalidField> {
        self.family.validate(instrument)?;
        self.entry.as_ref().map_or(Ok(()), Entry::validate)?;
        self.exits.as_ref().map_or(Ok(()), |exits| exits.validate(instrument))?;
        let has_stop = self.exits.as_ref().is_some_and(|exits| exits.stop.is_some());
        self.sizing.as_ref().map_or(Ok(()), |sizing| sizing.validate(has_stop))?;
        self.filter.as_ref().map_or(Ok(()), |filter| filter.validate(instrument))
    }

    /// Bars that must have closed before there is a first signal: the longest of family, exits and filter.
    pub fn warm_up_bars(&self) -> usize {
        let exits = self.exits.as_ref().and_then(Exits::needs_atr).map_or(0, Atr::warm_up);
        let filter = self.filter.as_ref().map_or(0, Filter::warm_up_bars);
        self.family.warm_up_bars().max(exits).max(filter)
    }

    /// Whether bars must be placed in their sessions.
    pub fn needs_sessions(&self) -> bool {
        let exits = self.exits.as_ref().is_some_and(|exits| exits.session_end.is_some());
        let filter = self.filter.as_ref().is_some_and(|filter| filter.session.is_some());
        self.family.needs_sessions() || exits || filter
    }

    /// The family before its first bar.
    pub fn start(&self, instrument: &Instrument) -> Signals {
        Signals(self.family.start(instrument))
    }

    /// The average true range that the exits are measured in, if they are.
    pub(crate) fn atr(&self) -> Option<Atr> {
        self.exits.as_ref().and_then(Exits::needs_atr).map(Atr::new)
    }

    /// The filter before its first bar, if there is one.
    pub(crate) fn regime(&self) -> Option<Regime> {
        self.filter.as_ref().map(Regime::new)
    }
}

impl Signals {
    /// Takes the bar that has just closed, with its place in its session if that is known; `None` while warming up.
    pub fn on_close(&mut self, bar: &Bar, moment: Option<&Moment>) -> Result<Option<Target>, Overflow> {
        self.0.on_close(bar, moment)
    }
}

/// A window's length; `validate` has refused what is not positive.
fn bars(window: i32) -> usize {
    usize::try_from(window).unwrap_or(0)
}
