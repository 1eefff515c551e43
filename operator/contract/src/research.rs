//! Research: what went before, what was tried, what it showed. In and out: JSON of jobs, trials and reports. Pure.
//!
//! Money is in decimal strings; what is not known is null. A strategy is the JSON of a Bot's `spec.strategy`.

mod figure;
mod round;
mod rules;
mod suggestions;

pub use figure::{Figure, FigureError};
pub use round::Round;
pub use rules::ResearchRules;
pub use suggestions::{MAX_SAID, RefusedSuggestion, Suggestion, Suggestions, SuggestionsWanted};

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};

use crate::{ReasonCode, Sha256Hash, quality::Ratio, verdict::Verdict};

/// How strategies are searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Display, EnumString)]
pub enum ResearchStep {
    /// Around a strategy, one parameter after the other.
    Improve,
    /// By mutation and crossover of several.
    Evolve,
}

/// What was tried before for the same instrument root and family, by whichever Bot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Lineage {
    /// All trials so far, the refused ones included.
    pub trials: u64,
    /// Strategies to breed from.
    pub candidates: Vec<Candidate>,
    /// Hashes of the strategies that were tried: none of them is proposed again.
    pub tried: BTreeSet<Sha256Hash>,
    /// What the Bot itself tried last, the newest first; told to a round that may ask for suggestions, and to no other.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Recent>,
}

/// One of a Bot's newest trials, as far as a language model may know it: over the training part of its bars alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recent {
    /// The strategy.
    pub strategy: serde_json::Value,
    /// What it did before the first test of the walk forward.
    pub in_sample: Figures,
}

/// A strategy to breed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The strategy.
    pub strategy: serde_json::Value,
    /// The `score` of its trial.
    pub score: Figure,
}

/// What a strategy did over some of the bars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Sharpe ratio of the daily changes of equity, per year; null where they do not differ.
    pub sharpe: Option<Figure>,
    /// Net of the trades entered there, in units of the capital's currency.
    pub net: String,
    /// How many were entered there.
    pub trades: u32,
    /// Trade dates.
    pub days: u32,
}

/// One strategy that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// Hash of all that went in: spec, bars, engine version, rules, step and seed. The same trial made again has the same id.
    pub trial_id: Sha256Hash,
    /// The strategy.
    pub strategy: serde_json::Value,
    /// Its hash.
    pub strategy_hash: Sha256Hash,
    /// Hashes of the strategies that it was made from.
    pub parents: Vec<Sha256Hash>,
    /// How it was made: `step smaCross.fast 20→25`.
    pub made_by: String,
    /// Before the first test of the walk forward; null where it could not be run.
    pub in_sample: Option<Figures>,
    /// Over all tests of the walk forward; null where it could not be run.
    pub out_of_sample: Option<Figures>,
    /// Deepest fall of equity over the capital, over all bars that the search sees.
    pub max_drawdown: Option<Figure>,
    /// Rules and parameters that it is made of.
    pub complexity: u32,
    /// What it is bred by: the lower Sharpe ratio of in and out of sample, less what its complexity costs.
    pub score: Option<Figure>,
    /// Why it is no challenger; null where it is.
    pub refusal: Option<Refusal>,
}

/// Most tests of a walk forward.
pub const MAX_FOLDS: usize = 20;

/// One test of the walk forward of the trial that the gates speak of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FoldResult {
    /// Start of the first bar that was trained on.
    pub train_from: DateTime<Utc>,
    /// Start of the first bar of the last day that was trained on.
    pub train_to: DateTime<Utc>,
    /// Start of the first bar of the test.
    pub test_from: DateTime<Utc>,
    /// Start of the first bar of the test's last day.
    pub test_to: DateTime<Utc>,
    /// Bars that were trained on; absent where a runner of the version before posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train_bars: Option<u32>,
    /// Bars of the test; absent where a runner of the version before posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_bars: Option<u32>,
    /// What it did in the training; absent where it could not be run, or where a runner of the version before posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_trained: Option<Figures>,
    /// What it did in the test; null where it could not be run.
    pub own: Option<Figures>,
    /// The trial that this training would have chosen; null where none could be run.
    pub chosen: Option<Sha256Hash>,
    /// What that one did in the test; null where `chosen` is.
    pub chosen_figures: Option<Figures>,
}

/// Why a strategy is no challenger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The reason.
    pub reason_code: ReasonCode,
    /// What was measured, in a sentence.
    pub message: String,
}

/// What a strategy must pass before it may challenge a Bot's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Display, EnumString)]
pub enum Gate {
    /// Its neighbourhood is better than that of the Bot's strategy.
    Improvement,
    /// Nothing that it decided changes when later bars are taken away.
    LookAhead,
    /// It decides nothing before its warm-up has ended, and something from then on.
    WarmUp,
    /// Enough trades out of sample.
    Trades,
    /// Enough tests of the walk forward earned something.
    Folds,
    /// Its Sharpe ratio is more than the best of all trials by luck.
    DeflatedSharpe,
    /// What is best in one half of the days is good in the other.
    Overfitting,
    /// The best of the trials beats cash by more than luck.
    SuperiorAbility,
    /// It earns with higher costs.
    CostStress,
    /// It earns when its decisions are late.
    OneBarLate,
    /// Its neighbours earn.
    Plateau,
    /// No single trade carries the net.
    OneTrade,
    /// Its equity did not fall too deep.
    Drawdown,
    /// It was tried in several kinds of markets.
    Regimes,
    /// It earns more than over the same moves in another order.
    Permutation,
    /// It earns over bars that no search has seen.
    HoldOut,
}

/// What one gate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateResult {
    /// Which gate.
    pub gate: Gate,
    /// Only `Proven` opens it.
    pub verdict: Verdict,
    /// What was measured; null where it could not be.
    pub measured: Option<String>,
    /// What is required.
    pub required: String,
    /// Why it is closed; null where it is open.
    pub reason_code: Option<ReasonCode>,
    /// Why nothing could be measured; null where it was.
    pub unknown: Option<String>,
}

/// A strategy that has passed every gate but the hold-out, which is read with a permit only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Challenger {
    /// Its trial.
    pub trial_id: Sha256Hash,
    /// The strategy.
    pub strategy: serde_json::Value,
    /// Its hash.
    pub strategy_hash: Sha256Hash,
}

/// What one research step showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResearchReport {
    /// How was searched.
    pub step: ResearchStep,
    /// What everything random followed from, in decimal digits.
    pub seed: String,
    /// Version of the engine.
    pub engine_version: String,
    /// Hash of the bars that the search saw.
    pub data_hash: Sha256Hash,
    /// Hash of the rules.
    pub rules_hash: Sha256Hash,
    /// Every strategy that was tried, in the order of trying; the first is the Bot's own.
    pub trials: Vec<Trial>,
    /// Different ideas among those, by their returns; null where that could not be told.
    pub ideas: Option<u32>,
    /// Trials that the deflated Sharpe ratio assumed: the ideas and every earlier trial of the lineage.
    pub assumed_trials: u64,
    /// The trial that the gates speak of; null where nothing was better than the Bot's own.
    pub best: Option<Sha256Hash>,
    /// What each gate says of it.
    pub gates: Vec<GateResult>,
    /// The best, where every gate is open.
    pub challenger: Option<Challenger>,
    /// What a language model was asked for and what came of it; absent where none was to be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestions: Option<Suggestions>,
    /// Each test of the walk forward of the best, at most [`MAX_FOLDS`]; null where there is no best, and absent where a runner of the
    /// version before posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folds: Option<Vec<FoldResult>>,
}

impl GateResult {
    /// Whether the gate is open.
    pub fn is_open(&self) -> bool {
        self.verdict == Verdict::Proven
    }
}

/// A share as a figure.
impl From<Ratio> for Figure {
    fn from(ratio: Ratio) -> Self {
        Self::from_millionths(ratio.millionths().into())
    }
}
