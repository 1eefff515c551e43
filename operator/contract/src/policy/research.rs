//! When a stage's Bots search by themselves. In: the StagePolicy's spec. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{budget::ResearchLimits, research::ResearchRules};

/// When Bots improve their strategy and when they evolve another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResearchPolicy {
    /// Time between two improvements of a Bot.
    pub improve_every: Duration,
    /// Time between two evolutions of a Bot.
    pub evolve_every: Duration,
    /// After so many improvements an evolution is due.
    pub improve_rounds_before_evolve: u32,
    /// After so many improvements in a row that found nothing an evolution is due as well.
    pub evolve_when_stalled_for: u32,
    /// After so many evolutions in a row that found nothing the strategy is searched no more.
    pub retire_after_failed_evolutions: u32,
    /// What all of them may use together.
    pub limits: ResearchLimits,
    /// What a search tries and what its result must pass.
    pub rules: ResearchRules,
    /// What an evolution may ask of a language model; none: nothing.
    pub ai_suggestions: Option<SuggestionLimits>,
}

/// How much an evolution may ask of a language model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuggestionLimits {
    /// Strategies in one round, at most.
    pub max_per_round: u32,
    /// Tokens of the answer, at most.
    pub max_tokens: u32,
}
