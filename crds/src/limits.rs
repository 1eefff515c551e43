//! What a gateway enforces of all StagePolicies, as one hash. In: their specs. Out: a hash that is the same wherever it is computed. Pure.
//!
//! Covered is what a call can be refused by: who may be asked, how long, how often and how patiently, how old live data may be, what it
//! may cost, and how far the stage is stopped. What is judged after a call, such as the freshness of its answer, is not.

use std::collections::BTreeMap;

use assayer_contract::{
    HashError, Sha256Hash, Source, Stage, canonical_hash,
    policy::{LiveLimits, Requirement, SourceRule, StopPolicy},
};
use serde::Serialize;

use crate::{Ai, AiSuggestions, Budgets, StagePolicySpec};

/// What is enforced at a stage.
#[derive(Serialize)]
struct Enforced<'a> {
    sources: BTreeMap<Source, EnforcedSource>,
    budgets: Option<&'a Budgets>,
    ai: Option<&'a Ai>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai_suggestions: Option<&'a AiSuggestions>,
    stop_policy: StopPolicy,
}

/// What is enforced of one kind of source.
#[derive(Serialize)]
struct EnforcedSource {
    requirement: Requirement,
    providers: Vec<String>,
    max_latency_ms: u64,
    retries: u8,
    cooldown_ms: u64,
    live: LiveLimits,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_for_ms: Option<u64>,
}

/// The hash of what these policies have a gateway enforce; their order does not matter.
pub fn limits_hash<'a>(policies: impl IntoIterator<Item = &'a StagePolicySpec>) -> Result<Sha256Hash, HashError> {
    let all: BTreeMap<Stage, Enforced<'_>> = policies.into_iter().map(|spec| (spec.stage, enforced(spec))).collect();
    canonical_hash(&all)
}

fn enforced(spec: &StagePolicySpec) -> Enforced<'_> {
    let mut sources = spec.sources.others();
    sources.insert(Source::MarketData, spec.sources.market_data.rule());
    let sources = sources.into_iter().map(|(source, rule)| (source, of_source(rule))).collect();
    let ai_suggestions = spec.research.as_ref().and_then(|research| research.ai_suggestions.as_ref());
    Enforced { sources, budgets: spec.budgets.as_ref(), ai: spec.ai.as_ref(), ai_suggestions, stop_policy: spec.stop_policy }
}

fn of_source(rule: SourceRule) -> EnforcedSource {
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    EnforcedSource {
        live: LiveLimits::from(&rule.freshness),
        requirement: rule.requirement,
        providers: rule.providers,
        max_latency_ms: millis(rule.max_latency),
        retries: rule.retries,
        cooldown_ms: millis(rule.cooldown),
        keep_for_ms: rule.keep_for.map(millis),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn policy(stage: &str, change: impl FnOnce(&mut Value)) -> StagePolicySpec {
        let market_data = json!({"requirement": "Required", "providers": ["databento"], "cooldown": "60s"});
        let mut spec = json!({"stage": stage, "sources": {"marketData": market_data},
            "budgets": {"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "5"}});
        change(&mut spec);
        serde_json::from_value(spec).unwrap()
    }

    fn of(policies: &[&StagePolicySpec]) -> Sha256Hash {
        limits_hash(policies.iter().copied()).unwrap()
    }

    #[test]
    fn the_order_of_policies_and_what_no_call_is_refused_by_change_nothing() {
        let (lab, paper) = (policy("LAB", |_| ()), policy("PAPER", |_| ()));
        assert_eq!(of(&[&lab, &paper]), of(&[&paper, &lab]));
        let slower = policy("LAB", |spec| {
            spec["jobTimeout"] = json!("1h");
            spec["sources"]["marketData"]["cooldown"] = json!("1m");
        });
        assert_eq!(of(&[&slower]), of(&[&lab]));
    }

    #[test]
    fn every_limit_that_a_call_can_meet_changes_the_hash() {
        let lab = policy("LAB", |_| ());
        assert_ne!(of(&[&lab]), of(&[&lab, &policy("PAPER", |_| ())]));
        for (pointer, value) in [
            ("/sources/marketData/requirement", json!("Optional")),
            ("/sources/marketData/providers", json!(["massive"])),
            ("/sources/marketData/maxLatency", json!("7s")),
            ("/sources/marketData/barMaxAge", json!("90s")),
            ("/sources/marketData/retries", json!(1)),
            ("/sources/marketData/cooldown", json!("61s")),
            ("/sources/macro", json!({"requirement": "Optional", "providers": ["fred"]})),
            ("/budgets/maxDataUsdPerDay", json!("6")),
            ("/ai", json!({"mode": "Disabled"})),
            ("/research", json!({"aiSuggestions": {}})),
            ("/stopPolicy", json!("Hold")),
        ] {
            let changed = policy("LAB", |spec| {
                let (parent, field) = pointer.rsplit_once('/').unwrap();
                spec.pointer_mut(parent).unwrap()[field] = value;
            });
            assert_ne!(of(&[&changed]), of(&[&lab]), "{pointer}");
        }
    }
}
