//! What a back-test is told: instrument, strategy, execution and capital, field for field as in a Bot's spec. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Instrument, InvalidField, Strategy, contracts,
    money::{Money, NOT_NEGATIVE, POSITIVE},
};

/// Everything that decides a back-test's result but for the bars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BacktestSpec {
    /// What is traded.
    pub instrument: Instrument,
    /// When to hold what.
    pub strategy: Strategy,
    /// How orders are filled and what they cost.
    pub execution: Execution,
    /// What the figures are measured against.
    pub capital: Capital,
}

/// How a back-test fills orders, and what they cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Execution {
    /// Price at which a signal is filled: `NextOpen`, the open of the bar after it, or `Close`, the close that gave it, which is
    /// optimistic: nobody can trade at a close that they have already seen.
    #[serde(default)]
    pub fill_at: FillAt,
    /// Ticks of `instrument.tickSize` by which each fill is worse than that price.
    #[schemars(range(min = 0, max = 1_000))]
    pub slippage_ticks: i32,
    /// Commission and exchange fees per contract and side, in units of `capital.currency`, for example `"0.62"`.
    #[schemars(extend("pattern" = NOT_NEGATIVE))]
    pub fee_per_contract: Money,
    /// How a bar that meets several orders is read. `WorstCase`, the only rule: where the stop and the target of a position lie
    /// within one bar, the stop was hit first; a limit is filled only where the bar trades through it; a gap fills at the open.
    #[serde(default, skip_serializing_if = "is_default")]
    pub intra_bar: IntraBar,
    /// Bars by which each decision reaches the market later than it could: a stress of the strategy, 0 without. Stops and targets of
    /// a position rest at the broker, and are not late.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(range(min = 0, max = 10))]
    pub delay_bars: i32,
}

/// How a bar that meets several orders is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum IntraBar {
    /// Stops before targets; limits only where the bar trades through them; gaps at the open; after an entry within the bar its
    /// whole range counts against the position, and only its close for it.
    #[default]
    WorstCase,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Price at which a signal is filled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FillAt {
    /// The open of the bar after the one that gave the signal.
    #[default]
    NextOpen,
    /// The close of the bar that gave the signal. Optimistic: nobody can trade at a close that they have already seen.
    Close,
}

/// The money that a Bot is measured against: the base of its drawdown and its Sharpe ratio. No margin is modelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Capital {
    /// Amount, above zero, for example `"10000"`.
    #[schemars(extend("pattern" = POSITIVE))]
    pub amount: Money,
    /// Currency of the amount, of the fees and of the contract's multiplier, for example `USD`.
    #[schemars(length(min = 3, max = 3), regex(pattern = "^[A-Z]{3}$"))]
    pub currency: String,
}

impl BacktestSpec {
    /// Checks what the types cannot say; names the first field that is wrong.
    pub fn validate(&self) -> Result<(), InvalidField> {
        self.instrument.validate()?;
        self.strategy.validate(&self.instrument)?;
        self.execution.validate()?;
        self.capital.validate()?;
        contracts::check_currency(self)
    }
}

impl Execution {
    /// Checks what the types cannot say.
    pub fn validate(&self) -> Result<(), InvalidField> {
        InvalidField::unless_within(&(0..=1_000), "execution.slippageTicks", self.slippage_ticks)?;
        InvalidField::unless_within(&(0..=10), "execution.delayBars", self.delay_bars)?;
        let fee = self.fee_per_contract;
        InvalidField::unless(
            fee >= Money::ZERO,
            "execution.feePerContract",
            fee,
            "give what one side costs; it cannot be below zero",
        )
    }
}

impl Capital {
    /// Checks what the types cannot say.
    pub fn validate(&self) -> Result<(), InvalidField> {
        InvalidField::unless(self.amount > Money::ZERO, "capital.amount", self.amount, "give an amount above zero")?;
        let code = self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_uppercase());
        InvalidField::unless(code, "capital.currency", &self.currency, "give a code of three capital letters, such as USD")
    }
}
