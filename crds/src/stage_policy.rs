//! `StagePolicy`: the rules of one stage. Cluster-scoped, so that who may edit a Bot may not thereby edit its gate. Pure.

use assayer_contract::{
    Stage, canonical_hash,
    policy::{Policy, StopPolicy},
};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    DurationText, PolicyError, Quality, Sources,
    ai::{self, Ai},
};

/// The rules of one stage. There is exactly one for each stage: its name is the stage in lower case.
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
    printcolumn(name = "Backtest", type_ = "string", json_path = ".spec.cadence.backtest", description = "Time between backtests"),
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
#[serde(rename_all = "camelCase")]
pub struct StagePolicySpec {
    /// The stage that these rules bind. This version runs LAB.
    #[x_kube(validation = Rule::new("self == 'LAB'").message("spec.stage must be LAB: this version runs no other stage"))]
    pub stage: Stage,
    /// What a Bot's evidence must cover.
    pub sources: Sources,
    /// How often a Bot works.
    pub cadence: Cadence,
    /// A job that takes longer is closed as JOB_TIMEOUT. From 5s to 24h.
    #[x_kube(validation = Rule::new("duration(self) >= duration('5s') && duration(self) <= duration('24h')").message(
        "spec.jobTimeout must be from 5s to 24h"
    ))]
    pub job_timeout: DurationText,
    /// What the Bots of the stage may use together.
    pub budgets: Budgets,
    /// What the Bots of the stage may ask of language models. Absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<Ai>,
    /// Stops every Bot of the stage; a Bot's own `stopPolicy` can only be stricter.
    #[serde(default)]
    pub stop_policy: StopPolicy,
    /// What a Bot must have shown before it leaves the stage.
    pub promotion: Promotion,
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
}

/// What the Bots of a stage may use together.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[allow(clippy::struct_field_names, reason = "as they are spelt in a policy")]
#[serde(rename_all = "camelCase")]
pub struct Budgets {
    /// Backtests that may be queued or running at once; a Bot that is due beyond them waits, the longest waiting first.
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
    /// The rules as the judge reads them.
    pub fn policy(&self) -> Result<Policy, PolicyError> {
        let market_data = &self.sources.market_data;
        Ok(Policy {
            stage: self.stage,
            hash: canonical_hash(self)?,
            market_data: market_data.rule(),
            market_data_quality: market_data.quality.as_ref().map(Quality::limits).transpose()?,
            sources: self.sources.others(),
            backtest_every: self.cadence.backtest.duration(),
            job_timeout: self.job_timeout.duration(),
            stop: self.stop_policy,
            max_data_usd_per_day: self.budgets.max_data_usd_per_day.clone(),
            ai: ai::rules(self.ai.as_ref(), self.budgets.max_ai_usd_per_day.as_ref()),
            max_concurrent_backtests: self.budgets.max_concurrent_backtests,
            promotion_sessions: self.promotion.requires.sessions,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::time::Duration;

    static QUALITY: std::sync::LazyLock<Value> = std::sync::LazyLock::new(
        || json!({"minSessions": 60, "minBarRatio": {"rth": "0.995", "eth": "0.9"}, "maxGapMinutes": 60}),
    );

    fn spec() -> Value {
        json!({
            "stage": "LAB",
            "sources": {"marketData": {"requirement": "Required", "providers": ["databento"], "quality": QUALITY.clone()}},
            "cadence": {"backtest": "20m"},
            "jobTimeout": "10m",
            "budgets": {"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "5"},
            "promotion": {"requires": {"sessions": 3}},
        })
    }

    fn refusal_of(pointer: &str, value: Value) -> String {
        let mut spec = spec();
        *spec.pointer_mut(pointer).unwrap() = value;
        StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string()
    }

    #[test]
    fn a_sound_spec_passes_every_rule_and_becomes_the_policy_that_the_judge_reads() {
        StagePolicySpec::validate_cel(&spec(), None).unwrap();
        let policy = serde_json::from_value::<StagePolicySpec>(spec()).unwrap().policy().unwrap();
        assert_eq!(policy.backtest_every, Duration::from_mins(20));
        assert_eq!(policy.job_timeout, Duration::from_mins(10));
        assert_eq!(policy.market_data.max_latency, Duration::from_secs(30), "the default");
        assert_eq!(policy.market_data.providers, ["databento"]);
        assert!(policy.sources.is_empty(), "what is not named may not be used");
        assert_eq!(policy.promotion_sessions, 3);
        let quality = policy.market_data_quality.unwrap();
        assert_eq!((quality.min_sessions, quality.max_gap_minutes), (Some(60), Some(60)));
        assert_eq!(quality.min_rth_ratio.unwrap().to_string(), "0.995");
    }

    #[test]
    fn a_source_that_is_named_becomes_a_rule_of_its_kind() {
        let mut spec = spec();
        spec["sources"]["macro"] = json!({"requirement": "Optional", "providers": ["databento"], "maxLatency": "3s"});
        StagePolicySpec::validate_cel(&spec, None).unwrap();
        let policy = serde_json::from_value::<StagePolicySpec>(spec.clone()).unwrap().policy().unwrap();
        let (source, rule) = policy.sources.iter().next().unwrap();
        assert_eq!((*source, rule.max_latency), (assayer_contract::Source::Macro, Duration::from_secs(3)));
        let proxies = [(assayer_contract::Source::Macro, vec!["SPY".to_owned()])].into();
        let allowed = policy.allowed("MES.v.0", &proxies);
        assert_eq!(allowed[&assayer_contract::Source::Macro].symbols, ["MES.v.0", "SPY"]);
        assert_eq!(allowed[&assayer_contract::Source::MarketData].symbols, ["MES.v.0"]);
        spec["sources"]["macro"]["maxLatency"] = json!("46s");
        let refusal = StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string();
        assert!(refusal.contains("maxLatency must be from 1s to 45s"), "{refusal}");
    }

    #[test]
    fn a_policy_with_another_cadence_has_another_hash() {
        let read = |value: Value| serde_json::from_value::<StagePolicySpec>(value).unwrap().policy().unwrap().hash;
        let mut other = spec();
        *other.pointer_mut("/cadence/backtest").unwrap() = json!("21m");
        assert_ne!(read(spec()), read(other));
    }

    #[test]
    fn models_are_asked_only_where_the_policy_says_so_and_how_much() {
        let read = |spec: &Value| serde_json::from_value::<StagePolicySpec>(spec.clone()).unwrap().policy().unwrap().ai;
        let mut spec = spec();
        assert_eq!(read(&spec), assayer_contract::policy::AiRules::default(), "none");
        spec["ai"] = json!({"mode": "Advisory", "dailyTokens": 1_000, "prices": {"m": {"sent": "2.5", "received": "10"}}});
        spec["budgets"]["maxAiUsdPerDay"] = json!("2");
        StagePolicySpec::validate_cel(&spec, None).unwrap();
        let rules = read(&spec);
        assert_eq!((rules.mode, rules.daily_tokens), (assayer_contract::policy::AiMode::Advisory, 1_000));
        assert_eq!((rules.max_usd_per_day.as_deref(), rules.prices["m"].received.as_str()), (Some("2"), "10"));
        for mode in ["Veto", "Fused"] {
            spec["ai"]["mode"] = json!(mode);
            let refusal = StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string();
            assert!(refusal.contains("Veto and Fused come with the stages that obey them"), "{refusal}");
            assert_eq!(read(&spec).mode, assayer_contract::policy::AiMode::Disabled);
        }
    }

    #[test]
    fn how_patient_a_stage_is_with_a_vendor_is_bounded() {
        let rule = |value: Value| serde_json::from_value::<StagePolicySpec>(value).unwrap().policy().unwrap().market_data;
        assert_eq!((rule(spec()).retries, rule(spec()).cooldown), (3, Duration::from_mins(1)), "the defaults");
        let mut spec = spec();
        spec["sources"]["marketData"]["cooldown"] = json!("2h");
        let refusal = StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string();
        assert!(refusal.contains("cooldown must be from 1s to 1h"), "{refusal}");
    }

    #[test]
    fn what_cannot_be_obeyed_is_refused_by_the_name_of_its_field() {
        for (pointer, value, field) in [
            ("/sources/marketData/quality", json!({"maxGapMinutes": 0}), "maxGapMinutes must be from 1 to 100000"),
            ("/sources/marketData/quality", json!({"minSessions": 0}), "minSessions must be from 1 to 10000"),
            ("/sources/marketData/quality", json!({"minBarRatio": {"rth": "1.5"}}), "rth must be from 0 to 1"),
            ("/sources/marketData/quality", json!({"minBarRatio": {"eth": "-1"}}), "eth must be from 0 to 1"),
            ("/stage", json!("LIVE"), "spec.stage must be LAB"),
            ("/cadence/backtest", json!("1s"), "spec.cadence.backtest must be from 5s to 168h"),
            ("/cadence/backtest", json!("999h"), "spec.cadence.backtest must be from 5s to 168h"),
            ("/jobTimeout", json!("25h"), "spec.jobTimeout must be from 5s to 24h"),
            (
                "/sources/marketData",
                json!({"requirement": "Required", "providers": ["databento"], "maxLatency": "46s"}),
                "spec.sources.marketData.maxLatency must be from 1s to 45s",
            ),
            ("/sources/marketData/providers", json!([]), "spec.sources.marketData.providers must name a provider"),
        ] {
            let message = refusal_of(pointer, value);
            assert!(message.contains(field), "{message}");
        }
    }
}
