//! What a back-test tells: trades, figures, and the hashes that make them comparable. Pure.

use assayer_contract::{Sha256Hash, hash::HashError};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    BacktestSpec, Money, Price,
    backtest::NotEntered,
    statistics::{Drawdown, Exposure, Sharpe},
};

/// Version of the engine: raised whenever the same inputs may give another result.
pub const ENGINE_VERSION: &str = "3";

/// A result and the proof of what it is the result of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BacktestReport {
    /// [`ENGINE_VERSION`] of the engine that ran.
    pub engine_version: &'static str,
    /// Hash of the strategy and its parameters.
    pub strategy_hash: Sha256Hash,
    /// Hash of the bars and of what they are bars of.
    pub data_hash: Sha256Hash,
    /// Hash of everything that went in: data, strategy, instrument, execution, capital, engine version.
    pub inputs_hash: Sha256Hash,
    /// Hash of `result` in canonical JSON.
    pub result_hash: Sha256Hash,
    /// The result.
    pub result: BacktestResult,
}

/// Trades and figures of one back-test. Money is in units of `currency`; what is not known is null, with its reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BacktestResult {
    /// Number of bars.
    pub bars: usize,
    /// Start of the first bar.
    pub first_bar: DateTime<Utc>,
    /// Start of the last bar.
    pub last_bar: DateTime<Utc>,
    /// Currency of every amount.
    pub currency: String,
    /// Equity before the first bar.
    pub capital: Money,
    /// Equity after the last bar: capital plus net.
    pub final_equity: Money,
    /// Sum of the trades' gross.
    pub gross: Money,
    /// Sum of the trades' fees.
    pub fees: Money,
    /// Sum of the trades' net.
    pub net: Money,
    /// How many trades there were.
    pub trade_counts: TradeCounts,
    /// Positions that were wanted and not entered, by the reason.
    pub not_entered: NotEntered,
    /// Deepest fall of equity.
    pub max_drawdown: Drawdown,
    /// Return for risk.
    pub sharpe: Sharpe,
    /// How long a position was held.
    pub exposure: Exposure,
    /// Where the series went over to another contract, in order; absent where it is of one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rolls: Vec<RolledOver>,
    /// Every trade, in order of its exit.
    pub trades: Vec<Trade>,
}

/// A change of contract in a continuous series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RolledOver {
    /// Start of the first bar of the new contract.
    pub time: DateTime<Utc>,
    /// The provider's id of the contract before.
    pub from: u32,
    /// The provider's id of the contract from here on.
    pub to: u32,
    /// First open of the new contract less last close of the old: what the indicators do not see.
    pub gap: Price,
}

/// Numbers of trades. A trade with a net of exactly zero is neither won nor lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeCounts {
    /// All trades.
    pub total: usize,
    /// Bought first.
    pub long: usize,
    /// Sold first.
    pub short: usize,
    /// Net above zero.
    pub won: usize,
    /// Net below zero.
    pub lost: usize,
}

impl TradeCounts {
    pub(crate) fn of(trades: &[Trade]) -> Self {
        let count = |test: fn(&Trade) -> bool| trades.iter().filter(|trade| test(trade)).count();
        Self {
            total: trades.len(),
            long: count(|trade| trade.side == Side::Long),
            short: count(|trade| trade.side == Side::Short),
            won: count(|trade| trade.net > Money::ZERO),
            lost: count(|trade| trade.net < Money::ZERO),
        }
    }
}

/// Contracts bought and sold, or sold and bought back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trade {
    /// Which came first.
    pub side: Side,
    /// How many contracts.
    pub contracts: i32,
    /// When the entry was filled: the open of a bar, or its end, when a fill within it is known.
    pub entry_time: DateTime<Utc>,
    /// Price of the entry, slippage included.
    pub entry_price: Price,
    /// When the exit was filled.
    pub exit_time: DateTime<Utc>,
    /// Price of the exit, slippage included.
    pub exit_price: Price,
    /// Profit before fees; a loss is negative.
    pub gross: Money,
    /// Fees of both sides.
    pub fees: Money,
    /// Gross less fees.
    pub net: Money,
    /// Why it ended.
    pub exit_reason: ExitReason,
}

/// Side of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Side {
    /// Bought first.
    Long,
    /// Sold first.
    Short,
}

impl Side {
    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Long => Self::Short,
            Self::Short => Self::Long,
        }
    }
}

/// Why a trade ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ExitReason {
    /// The strategy wanted no position.
    Signal,
    /// The strategy wanted the other side.
    Reversal,
    /// The stop of `strategy.exits` was met.
    Stop,
    /// The stop was met where `strategy.exits.trail` had drawn it.
    TrailingStop,
    /// The target of `strategy.exits` was met.
    Target,
    /// Held for `strategy.exits.maxBars`.
    TimeStop,
    /// The session of `strategy.exits.sessionEnd` was about to end.
    SessionEnd,
    /// The contract gave way to the next, in which the position was opened anew.
    Roll,
    /// The bars ended; closed at the last bar's close.
    EndOfData,
}

/// What the inputs hash covers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inputs<'a> {
    pub(crate) engine_version: &'static str,
    pub(crate) data_hash: Sha256Hash,
    #[serde(flatten)]
    pub(crate) spec: &'a BacktestSpec,
}

impl Inputs<'_> {
    pub(crate) fn hash(&self) -> Result<Sha256Hash, HashError> {
        assayer_contract::hash::canonical_hash(self)
    }
}
