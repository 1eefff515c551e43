//! An improvement or evolution as its runner is told of it, and what it asks on its way. Pure.

use serde::{Deserialize, Serialize};

use crate::{Lineage, ResearchRules, Sha256Hash, research::SuggestionsWanted};

/// The body of an `IMPROVE` or `EVOLVE`. It works on the bars, and from the spec, of the backtest before it in its cycle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoundBody {
    /// What it tries and what that must pass; the trials are those that it was granted.
    pub rules: ResearchRules,
    /// What everything random follows from, in decimal digits.
    pub seed: String,
    /// What was tried for the same root and family before it was planned.
    pub lineage: Lineage,
    /// What it may ask a language model for; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestions: Option<SuggestionsWanted>,
}

/// The wish to see the hold-out: the body of `POST /v1/holdout`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HoldOutRequest {
    /// The strategy that is to be tried on it, which has passed every other gate.
    pub strategy_hash: Sha256Hash,
}
