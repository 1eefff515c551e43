//! `StagePolicy`: the rules of one stage. Cluster-scoped, so that who may edit a Bot may not thereby edit its gate. Pure.

use assayer_contract::{
    Source, Stage, canonical_hash,
    policy::{Policy, StageRules, StopPolicy},
};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    DurationText, PolicyError, Quality, Research, Sources,
    ai::{self, Ai},
    research::{self, research_is_whole, suggestions_need_a_model},
    source_rules::{
        cycles_are_of_lab, lab_has_bars, lab_has_cycles, lab_has_no_broker, only_lab_simulates, trading_needs_a_broker,
        trading_needs_prices,
    },
};

/// The rules of one stage. There is exactly one for each stage: its name is the stage in lower case. This version runs Bots in LAB;
/// of the other stages it tells which sources would have to be proven.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "assayer.dev",
    version = "v1alpha1",
    kind = "StagePolicy",
    plural = "stagepolicies",
    derive = "PartialEq",
    doc = "The rules of one stage: which sources must be proven, how often Bots work, what promotion requires.",
    shortname = "stagepolicy",
    category = "assayer",
    annotation("helm.sh/resource-policy", "keep"),
    printcolumn(name = "Stage", type_ = "string", json_path = ".spec.stage", description = "The stage that it rules"),
    printcolumn(
        name = "MarketData",
        type_ = "string",
        json_path = ".spec.sources.marketData.requirement",
        description = "Whether market data must be proven"
    ),
    printcolumn(
        name = "Broker",
        type_ = "string",
        json_path = ".spec.sources.broker.requirement",
        description = "Whether a broker must be proven"
    ),
    printcolumn(
        name = "Stop",
        type_ = "string",
        json_path = ".spec.stopPolicy",
        description = "How far the Bots of the stage are stopped"
    ),
    printcolumn(
        name = "Backtest",
        type_ = "string",
        json_path = ".spec.cadence.backtest",
        description = "Time between backtests; empty where this version runs no Bot"
    ),
    printcolumn(
        name = "Sessions",
        type_ = "integer",
        json_path = ".spec.promotion.requires.sessions",
        description = "Completed sessions that promotion requires"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    validation = Rule::new("self.metadata.name == self.spec.stage.lowerAscii()")
        .message("metadata.name must be spec.stage in lower case, so that each stage has one policy")
)]
#[cfg_attr(test, x_kube(cel))]
#[x_kube(
    validation = lab_has_no_broker(),
    validation = lab_has_bars(),
    validation = only_lab_simulates(),
    validation = trading_needs_prices(),
    validation = trading_needs_a_broker(),
    validation = lab_has_cycles(),
    validation = cycles_are_of_lab(),
    validation = research_is_whole(),
    validation = suggestions_need_a_model()
)]
#[serde(rename_all = "camelCase")]
pub struct StagePolicySpec {
    /// The stage that these rules bind. This version runs Bots in LAB only.
    pub stage: Stage,
    /// What a Bot's evidence must cover.
    pub sources: Sources,
    /// How often a Bot works. LAB alone has it, and needs it, and likewise below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
    /// A job that takes longer is closed as JOB_TIMEOUT. From 5s to 24h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('24h')").message(
        "spec.jobTimeout must be from 5s to 24h"
    ))]
    pub job_timeout: Option<DurationText>,
    /// How Bots search by themselves for something better than their strategy. Absent: they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub research: Option<Research>,
    /// What the Bots of the stage may use together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budgets: Option<Budgets>,
    /// What the Bots of the stage may ask of language models. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<Ai>,
    /// Stops every Bot of the stage; a Bot's own `stopPolicy` can only be stricter.
    #[serde(default)]
    pub stop_policy: StopPolicy,
    /// What a Bot must have shown before it leaves the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
}

/// How often a Bot works.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Cadence {
    /// Time between two backtests of a Bot. From 5s to 168h.
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('168h')").message(
        "spec.cadence.backtest must be from 5s to 168h"
    ))]
    pub backtest: DurationText,
    /// After this long a backtest is repeated as an audit though nothing is new: the same bars must give the same result. Until then a
    /// slot without a bar that was completed since, and without a search, stays empty: NO_NEW_INFORMATION. From 5s to 168h. Absent: every
    /// slot is filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('168h')").message(
        "spec.cadence.audit must be from 5s to 168h"
    ))]
    pub audit: Option<DurationText>,
    /// Time between two improvements of a Bot: one begins in the first backtest's cycle after it. From 5s to 168h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('168h')").message(
        "spec.cadence.improve must be from 5s to 168h"
    ))]
    pub improve: Option<DurationText>,
    /// Time between two evolutions of a Bot, likewise. From 5s to 168h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('168h')").message(
        "spec.cadence.evolve must be from 5s to 168h"
    ))]
    pub evolve: Option<DurationText>,
}

/// What the Bots of a stage may use together.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(clippy::struct_field_names, reason = "as they are spelt in a policy")]
pub struct Budgets {
    /// Cycles, each of which begins with a backtest, that may be queued or running at once; a Bot that is due beyond them waits, the
    /// longest waiting first.
    #[schemars(range(min = 1, max = 10_000))]
    pub max_concurrent_backtests: u32,
    /// What all backtests of the stage may pay vendors for bars in one UTC day, in USD. A vendor is asked for the price before
    /// each call that costs; a call beyond this is not made, and the Bot says what it would have cost. "0" buys nothing.
    #[schemars(regex(pattern = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"))]
    pub max_data_usd_per_day: String,
    /// What all Bots of the stage may pay for language models in one UTC day, in USD, by the prices of `spec.ai.prices` or the price
    /// that a vendor says itself. A call that could go beyond is not made, nor one of a model without a price. Absent: their tokens
    /// alone are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]{1,9}(\.[0-9]{1,6})?$"))]
    pub max_ai_usd_per_day: Option<String>,
    /// Seconds of one processor that the cycles of one hour may use. A cycle counts with the whole time that it may take until it has
    /// ended, then with the time that it took. Absent: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10_000_000))]
    pub max_cpu_seconds_per_hour: Option<u32>,
    /// Improvements of all Bots that may be planned within an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100_000))]
    pub max_improvements_per_hour: Option<u32>,
    /// Evolutions of all Bots that may be planned within an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100_000))]
    pub max_evolutions_per_hour: Option<u32>,
    /// Trials of all Bots of one instrument root in one UTC day: they share the data, and each trial is a chance to be lucky.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000_000))]
    pub max_trials_per_day_per_root: Option<u32>,
    /// Looks at the held-out bars by all Bots of one instrument root in one quarter (UTC).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 10_000))]
    pub holdout_reads_per_quarter_per_root: Option<u32>,
}

/// The way to the next stage.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Promotion {
    /// Every line of it must be proven.
    pub requires: PromotionRequires,
}

/// What promotion requires.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromotionRequires {
    /// Completed backtest sessions of the present strategy.
    #[schemars(range(min = 1, max = 10_000))]
    pub sessions: i32,
}

impl StagePolicySpec {
    /// The rules as the judge reads them, of a stage at which Bots run.
    pub fn policy(&self) -> Result<Policy, PolicyError> {
        let Self { cadence, job_timeout, budgets, promotion, .. } = self;
        let budgets = budgets.as_ref().ok_or(PolicyError::Missing("budgets"))?;
        let market_data = &self.sources.market_data;
        let cadence = cadence.as_ref().ok_or(PolicyError::Missing("cadence"))?;
        Ok(Policy {
            stage: self.stage,
            hash: canonical_hash(self)?,
            market_data: market_data.rule(),
            market_data_quality: market_data.quality.as_ref().map(Quality::limits).transpose()?,
            sources: self.sources.others(),
            backtest_every: cadence.backtest.duration(),
            audit_every: cadence.audit.as_ref().map(DurationText::duration),
            job_timeout: job_timeout.as_ref().ok_or(PolicyError::Missing("jobTimeout"))?.duration(),
            stop: self.stop_policy,
            max_data_usd_per_day: budgets.max_data_usd_per_day.clone(),
            ai: ai::rules(self.ai.as_ref(), budgets.max_ai_usd_per_day.as_ref()),
            max_concurrent_backtests: budgets.max_concurrent_backtests,
            max_cpu_seconds_per_hour: budgets.max_cpu_seconds_per_hour,
            research: research::policy(self.research.as_ref(), cadence, budgets)?,
            promotion_sessions: promotion.as_ref().ok_or(PolicyError::Missing("promotion"))?.requires.sessions,
        })
    }

    /// What the stage demands of its sources, whether or not Bots run there.
    pub fn rules(&self) -> Result<StageRules, PolicyError> {
        let cycle = match self.stage {
            Stage::Lab => self.policy().map(|policy| Some(policy.backtest_every + policy.job_timeout))?,
            _ => None,
        };
        let mut sources = self.sources.others();
        sources.insert(Source::MarketData, self.sources.market_data.rule());
        Ok(StageRules { stage: self.stage, sources, stop: self.stop_policy, cycle })
    }
}

#[cfg(test)]
#[path = "stage_policy_tests.rs"]
mod tests;
