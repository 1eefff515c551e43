//! How many contracts are held. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BacktestSpec, InvalidField, Multiple, Price};

/// Size of a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Sizing {
    /// Always so many contracts.
    Contracts(#[schemars(range(min = 1, max = 1_000))] i32),
    /// As many as lose no more than a part of the capital at the stop.
    Risk(RiskSizing),
}

/// As many contracts as lose no more than a part of the capital where `exits.stop` is filled at its price, rounded down. Where that is
/// none, nothing is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RiskSizing {
    /// Per cent of `capital.amount` that the stop may lose, such as `"1"`. Profits and losses do not change it.
    pub percent: Multiple,
    /// Most contracts that are held.
    #[schemars(range(min = 1, max = 1_000))]
    pub max_contracts: i32,
}

impl Sizing {
    pub(super) fn validate(&self, has_stop: bool) -> Result<(), InvalidField> {
        match self {
            Self::Contracts(contracts) => InvalidField::unless_within(&(1..=1_000), "strategy.sizing.contracts", *contracts),
            Self::Risk(RiskSizing { percent, max_contracts }) => {
                InvalidField::unless_within(&(1..=1_000), "strategy.sizing.risk.maxContracts", *max_contracts)?;
                let remedy = "set strategy.exits.stop, whose distance is the risk of a contract";
                InvalidField::unless(has_stop, "strategy.sizing.risk.percent", percent, remedy)
            }
        }
    }

    /// Contracts for a stop at this distance in nano units of price.
    pub(crate) fn contracts(&self, stop: Option<i64>, spec: &BacktestSpec) -> i32 {
        match self {
            Self::Contracts(contracts) => *contracts,
            Self::Risk(RiskSizing { percent, max_contracts }) => {
                let loss = spec.instrument.value(Price::from_nanos(stop.unwrap_or(i64::MAX))).nanos();
                // Hundredths of a per cent: ten thousandths.
                let risked = spec.capital.amount.nanos().saturating_mul(percent.hundredths().into()) / 10_000;
                let contracts = risked.checked_div(loss).unwrap_or(0);
                i32::try_from(contracts).unwrap_or(i32::MAX).min(*max_contracts)
            }
        }
    }
}
