//! What a research step may try, and what its result must pass. In: the StagePolicy's `research`. Pure: no floats, so it can be hashed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Figure;
use crate::quality::Ratio;

/// How a Bot's strategy is searched for, and what a strategy must show before it may challenge the Bot's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ResearchRules {
    /// Strategies that one job tries at most.
    #[schemars(range(min = 4, max = 2_000))]
    pub trials_per_job: u32,
    /// Whether evolving may leave the lineage's family of strategies.
    pub other_families: bool,
    /// Share of the bars, the newest, that no search sees.
    pub hold_out: Ratio,
    /// Tests of the walk forward.
    #[schemars(range(min = 2, max = 20))]
    pub folds: u32,
    /// Tests that must have earned something.
    #[schemars(range(min = 1, max = 20))]
    pub folds_positive: u32,
    /// Bars left out between what is chosen by and what is tried on: the longest time that a position is held.
    #[schemars(range(min = 0, max = 100_000))]
    pub embargo_bars: u32,
    /// By how much the median Sharpe ratio of a strategy and its neighbours, out of sample, must be above that of the Bot's own.
    pub min_improvement: Figure,
    /// Trades out of sample, at least.
    #[schemars(range(min = 1, max = 100_000))]
    pub oos_trades: u32,
    /// Probability that the Sharpe ratio is more than the best of so many trials by luck, at least.
    pub deflated_sharpe: Ratio,
    /// Probability of backtest overfitting, at most.
    pub pbo: Ratio,
    /// Chance that the best of trials without skill looks as good, at most.
    pub spa_p: Ratio,
    /// Share of the strategy's neighbours that must earn something out of sample.
    pub plateau: Ratio,
    /// What fees and slippage are multiplied with in the stress that must still earn something.
    #[schemars(range(min = 1, max = 10))]
    pub cost_multiple: u32,
    /// Bars by which decisions are late in the stress that must still earn something.
    #[schemars(range(min = 1, max = 10))]
    pub late_bars: u32,
    /// Share of the net that one trade may bring, at most.
    pub max_trade_share_of_pnl: Ratio,
    /// Deepest fall of equity over the capital, at most.
    pub max_drawdown: Ratio,
    /// Regimes, of three of volatility by two of direction, that a twentieth of the trades out of sample was entered in each, at least.
    #[schemars(range(min = 1, max = 6))]
    pub regimes: u32,
    /// Chance that the same moves in another order earn as much, at most.
    pub permutation_p: Ratio,
    /// Places at which everything is computed again from the bars until there, and must be the same.
    #[schemars(range(min = 1, max = 100))]
    pub prefix_checks: u32,
    /// Sharpe ratio over the held-out bars, which must be above this.
    pub hold_out_sharpe: Figure,
    /// Trades over the held-out bars, at least.
    #[schemars(range(min = 1, max = 100_000))]
    pub hold_out_trades: u32,
}

impl Default for ResearchRules {
    /// Those that the installed policy of LAB has.
    fn default() -> Self {
        let ratio = |millionths| Ratio::from_millionths(millionths).unwrap_or_default();
        Self {
            trials_per_job: 60,
            other_families: false,
            hold_out: ratio(200_000),
            folds: 6,
            folds_positive: 4,
            embargo_bars: 100,
            min_improvement: Figure::from_millionths(100_000),
            oos_trades: 200,
            deflated_sharpe: ratio(950_000),
            pbo: ratio(200_000),
            spa_p: ratio(50_000),
            plateau: ratio(700_000),
            cost_multiple: 2,
            late_bars: 1,
            max_trade_share_of_pnl: ratio(200_000),
            max_drawdown: ratio(200_000),
            regimes: 3,
            permutation_p: ratio(50_000),
            prefix_checks: 8,
            hold_out_sharpe: Figure::default(),
            hold_out_trades: 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_survive_being_written_and_read_and_what_is_left_out_is_the_default() {
        let rules = ResearchRules { folds: 8, ..ResearchRules::default() };
        let written = serde_json::to_value(&rules).unwrap();
        assert_eq!(written["deflatedSharpe"], "0.95");
        assert_eq!(serde_json::from_value::<ResearchRules>(written).unwrap(), rules);
        let read: ResearchRules = serde_json::from_value(serde_json::json!({"folds": 8})).unwrap();
        assert_eq!(read, rules);
    }
}
