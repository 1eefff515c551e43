//! How the Bots of LAB search by themselves. In: a StagePolicy's spec. Out: when, and within what. Pure.

use assayer_contract::{
    budget::ResearchLimits,
    policy::{ResearchPolicy, SuggestionLimits},
    research::ResearchRules,
};
use kube::core::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    PolicyError,
    stage_policy::{Budgets, Cadence},
};

/// How Bots search by themselves for something better than their strategy: when they improve it and when they evolve another, and what a
/// strategy must show before it may challenge. What is found waits as a candidate and changes nothing that runs.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Research {
    /// After so many improvements an evolution is due.
    #[serde(default = "rounds")]
    #[schemars(range(min = 1, max = 100))]
    pub improve_rounds_before_evolve: u32,
    /// After so many improvements in a row that found nothing better by `minImprovement` an evolution is due as well.
    #[serde(default = "stalled")]
    #[schemars(range(min = 1, max = 100))]
    pub evolve_when_stalled_for: u32,
    /// After so many evolutions in a row without a challenger the strategy is searched no more.
    #[serde(default = "retired")]
    #[schemars(range(min = 1, max = 100))]
    pub retire_after_failed_evolutions: u32,
    /// Has evolutions of Bots that name a model in `spec.suggestions` ask it once for strategies to breed from. Advisory: what it says goes
    /// the way of every other strategy. Absent: no model is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_suggestions: Option<AiSuggestions>,
    /// What a search tries and what its result must pass.
    #[serde(flatten)]
    pub rules: ResearchRules,
}

/// How much an evolution may ask of a language model.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AiSuggestions {
    /// Strategies in one round, at most; each that is accepted takes one of its trials.
    #[serde(default = "suggestions")]
    #[schemars(range(min = 1, max = 16))]
    pub max_per_round: u32,
    /// Tokens of the answer, at most. With the prompt they count against `spec.ai.dailyTokens`.
    #[serde(default = "answer_tokens")]
    #[schemars(range(min = 256, max = 32_768))]
    pub max_tokens: u32,
}

fn suggestions() -> u32 {
    4
}

fn answer_tokens() -> u32 {
    2_048
}

fn rounds() -> u32 {
    4
}

fn stalled() -> u32 {
    2
}

fn retired() -> u32 {
    5
}

/// What a search needs is there as a whole, or not at all: a budget that nothing obeys would be a lie.
pub(crate) fn research_is_whole() -> Rule {
    Rule::new(
        "[has(self.cadence) && has(self.cadence.improve), has(self.cadence) && has(self.cadence.evolve),
          has(self.budgets) && has(self.budgets.maxImprovementsPerHour), has(self.budgets) && has(self.budgets.maxEvolutionsPerHour),
          has(self.budgets) && has(self.budgets.maxTrialsPerDayPerRoot),
          has(self.budgets) && has(self.budgets.holdoutReadsPerQuarterPerRoot)].all(there, there == has(self.research))",
    )
    .message(
        "spec.research needs spec.cadence.improve, spec.cadence.evolve and spec.budgets.maxImprovementsPerHour, maxEvolutionsPerHour, maxTrialsPerDayPerRoot and holdoutReadsPerQuarterPerRoot, which mean nothing without it",
    )
}

/// A model that may not be asked suggests nothing.
pub(crate) fn suggestions_need_a_model() -> Rule {
    Rule::new(
        "!has(self.research) || !has(self.research.aiSuggestions) || (has(self.ai) && self.ai.mode == 'Advisory'
          && has(self.sources.ai) && self.sources.ai.requirement != 'Disabled')",
    )
    .message("spec.research.aiSuggestions needs spec.ai.mode Advisory and a spec.sources.ai that is not Disabled")
}

/// The rules as the planner reads them; `None` where Bots do not search.
pub(crate) fn policy(
    research: Option<&Research>,
    cadence: &Cadence,
    budgets: &Budgets,
) -> Result<Option<ResearchPolicy>, PolicyError> {
    let Some(research) = research else { return Ok(None) };
    let missing = PolicyError::Missing;
    Ok(Some(ResearchPolicy {
        improve_every: cadence.improve.as_ref().ok_or(missing("cadence.improve"))?.duration(),
        evolve_every: cadence.evolve.as_ref().ok_or(missing("cadence.evolve"))?.duration(),
        improve_rounds_before_evolve: research.improve_rounds_before_evolve,
        evolve_when_stalled_for: research.evolve_when_stalled_for,
        retire_after_failed_evolutions: research.retire_after_failed_evolutions,
        limits: ResearchLimits {
            improvements_per_hour: budgets.max_improvements_per_hour.ok_or(missing("budgets.maxImprovementsPerHour"))?,
            evolutions_per_hour: budgets.max_evolutions_per_hour.ok_or(missing("budgets.maxEvolutionsPerHour"))?,
            trials_per_day_per_root: budgets.max_trials_per_day_per_root.ok_or(missing("budgets.maxTrialsPerDayPerRoot"))?,
            holdout_reads_per_quarter_per_root: budgets
                .holdout_reads_per_quarter_per_root
                .ok_or(missing("budgets.holdoutReadsPerQuarterPerRoot"))?,
            trials_per_round: research.rules.trials_per_job,
        },
        rules: research.rules.clone(),
        ai_suggestions: research
            .ai_suggestions
            .as_ref()
            .map(|asked| SuggestionLimits { max_per_round: asked.max_per_round, max_tokens: asked.max_tokens }),
    }))
}
