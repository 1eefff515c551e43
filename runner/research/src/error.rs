//! Why there is no report. Pure.

use assayer_contract::HashError;
use assayer_engine::{BacktestError, InvalidField};
use assayer_significance::Invalid;

/// Why a step of research could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ResearchError {
    /// A rule cannot be obeyed.
    #[error(transparent)]
    Rules(#[from] InvalidField),
    /// The Bot's own strategy cannot be run over these bars.
    #[error("the Bot's own strategy: {0}")]
    Backtest(#[from] BacktestError),
    /// There are too few bars for the policy's folds and hold-out.
    #[error("the walk forward: {0}; use more bars, fewer folds, or a smaller embargo or hold-out")]
    TooFewBars(#[from] Invalid),
    /// Something has no canonical form.
    #[error(transparent)]
    Hash(#[from] HashError),
}
