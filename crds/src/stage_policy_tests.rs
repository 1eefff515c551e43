//! Specs against the rules of the custom resource.

#[path = "stage_policy_number_tests.rs"]
mod numbers;
#[path = "stage_policy_source_tests.rs"]
mod sources;

use super::*;
use assayer_contract::policy::Requirement;
use serde_json::{Value, json};
use std::time::Duration;

static QUALITY: std::sync::LazyLock<Value> = std::sync::LazyLock::new(
    || json!({"minSessions": 60, "minBarRatio": {"rth": "0.995", "eth": "0.9"}, "maxGapMinutes": 60, "maxMissingRatio": "0.001"}),
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
    assert_eq!(quality.max_missing_ratio.unwrap().to_string(), "0.001");
}

#[test]
fn a_source_that_is_named_becomes_a_rule_of_its_kind() {
    let mut spec = spec();
    spec["sources"]["macro"] = json!({"requirement": "Optional", "providers": ["fred"], "maxLatency": "3s"});
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
fn what_cannot_be_obeyed_is_refused_by_the_name_of_its_field() {
    for (pointer, value, field) in [
        ("/sources/marketData/quality", json!({"maxGapMinutes": 0}), "maxGapMinutes must be from 1 to 100000"),
        ("/sources/marketData/quality", json!({"minSessions": 0}), "minSessions must be from 1 to 10000"),
        ("/sources/marketData/quality", json!({"minBarRatio": {"rth": "1.5"}}), "rth must be from 0 to 1"),
        ("/sources/marketData/quality", json!({"maxMissingRatio": "0.0000001"}), "maxMissingRatio must be from 0 to 1"),
        ("/sources/marketData/quality", json!({"minBarRatio": {"eth": "-1"}}), "eth must be from 0 to 1"),
        (
            "/sources/marketData",
            json!({"requirement": "Required", "providers": ["databento"], "maxDelay": "25h"}),
            "spec.sources.marketData.maxDelay must be from 1s to 24h",
        ),
        (
            "/sources/marketData",
            json!({"requirement": "Required", "providers": ["databento"], "barMaxAge": "60s"}),
            "spec.sources.marketData.barMaxAge must be from 61s to 1h",
        ),
        (
            "/sources/marketData",
            json!({"requirement": "Required", "providers": ["databento"], "heartbeatMaxAge": "10s"}),
            "spec.sources.marketData.heartbeatMaxAge must be from 15s to 5m",
        ),
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

fn trading(stage: &str) -> Value {
    json!({
        "stage": stage,
        "sources": {
            "marketData": {"requirement": "Required", "providers": ["databento"]},
            "broker": {"requirement": "Required", "providers": ["tradovate"], "maxLatency": "2s"},
        },
        "stopPolicy": "Hold",
    })
}

fn refusal(mut spec: Value, change: impl Fn(&mut Value)) -> String {
    change(&mut spec);
    StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string()
}

#[test]
fn each_stage_may_have_its_policy_and_those_beyond_lab_tell_what_would_have_to_be_proven() {
    for stage in ["PAPER", "SHADOW", "CANARY", "LIVE"] {
        StagePolicySpec::validate_cel(&trading(stage), None).unwrap();
        let spec: StagePolicySpec = serde_json::from_value(trading(stage)).unwrap();
        let rules = spec.rules().unwrap();
        assert_eq!((rules.stage.to_string().as_str(), rules.stop, rules.cycle), (stage, StopPolicy::Hold, None));
        let required = |source| rules.sources[&source].requirement == Requirement::Required;
        assert!(required(Source::MarketData) && required(Source::Broker));
        assert_eq!(spec.policy().unwrap_err().to_string(), "spec.budgets is missing, which Bots of LAB need");
    }
    let lab = serde_json::from_value::<StagePolicySpec>(spec()).unwrap().rules().unwrap();
    assert_eq!(lab.cycle, Some(Duration::from_mins(30)), "20 minutes to the next slot, 10 for its job");
}

#[test]
fn lab_touches_no_broker_and_has_bars_and_every_other_stage_needs_both() {
    let broker = |requirement: &str| json!({"requirement": requirement, "providers": ["tradovate"]});
    let message = refusal(spec(), |spec| spec["sources"]["broker"] = broker("Required"));
    assert!(message.contains("spec.sources.broker.requirement must be Disabled where spec.stage is LAB"), "{message}");
    let message = refusal(spec(), |spec| spec["sources"]["marketData"]["requirement"] = json!("Disabled"));
    assert!(message.contains("spec.sources.marketData.requirement must be Required where spec.stage is LAB"), "{message}");
    let mut lab = spec();
    lab["sources"]["broker"] = json!({"requirement": "Disabled", "reason": "LAB touches no broker"});
    StagePolicySpec::validate_cel(&lab, None).unwrap();

    for stage in ["PAPER", "SHADOW", "CANARY", "LIVE"] {
        for requirement in ["Optional", "Disabled"] {
            let message = refusal(trading(stage), |spec| spec["sources"]["marketData"]["requirement"] = json!(requirement));
            assert!(message.contains("spec.sources.marketData.requirement must be Required"), "{message}");
            let message = refusal(trading(stage), |spec| spec["sources"]["broker"]["requirement"] = json!(requirement));
            assert!(message.contains("spec.sources.broker.requirement must be Required"), "{message}");
        }
        let message = refusal(trading(stage), |spec| {
            spec["sources"].as_object_mut().unwrap().remove("broker");
        });
        assert!(message.contains("spec.sources.broker.requirement must be Required"), "{message}");
    }
}

#[test]
fn cycles_are_for_lab_which_needs_them_and_nobody_else_may_promise_any() {
    for field in ["cadence", "jobTimeout", "budgets", "promotion"] {
        let message = refusal(spec(), |spec| {
            spec.as_object_mut().unwrap().remove(field);
        });
        assert!(message.contains(&format!("spec.{field}")) && message.contains("needed where spec.stage is LAB"), "{message}");
        let message = refusal(trading("PAPER"), |paper| paper[field] = spec()[field].clone());
        assert!(message.contains("this version runs no Bot at another stage"), "{message}");
    }
}

#[test]
fn the_policies_that_the_chart_installs_are_one_for_each_stage_and_pass_every_rule() {
    let values = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../charts/assayer/values.yaml"));
    let values: Value = serde_saphyr::from_str(values).unwrap();
    let policies = values["stagePolicies"].as_object().unwrap();
    let stages: std::collections::BTreeSet<Stage> = policies.keys().map(|stage| stage.parse().unwrap()).collect();
    assert_eq!(stages, <Stage as strum::IntoEnumIterator>::iter().collect());
    for (stage, rules) in policies {
        let mut spec = rules.clone();
        spec["stage"] = json!(stage);
        StagePolicySpec::validate_cel(&spec, None).unwrap();
        let rules = serde_json::from_value::<StagePolicySpec>(spec).unwrap().rules().unwrap();
        let broker = rules.sources[&Source::Broker].requirement;
        assert_eq!(broker == Requirement::Required, rules.stage != Stage::Lab, "{stage}");
    }
}

#[test]
fn suggestions_need_a_model_that_may_be_asked_and_are_bounded() {
    let mut spec = spec();
    spec["cadence"] = json!({"backtest": "20m", "improve": "20m", "evolve": "2h"});
    for (name, most) in [
        ("maxImprovementsPerHour", 3),
        ("maxEvolutionsPerHour", 1),
        ("maxTrialsPerDayPerRoot", 500),
        ("holdoutReadsPerQuarterPerRoot", 4),
    ] {
        spec["budgets"][name] = json!(most);
    }
    let suggests = |spec: &Value| {
        let policy = serde_json::from_value::<StagePolicySpec>(spec.clone()).unwrap().policy().unwrap();
        policy.research.unwrap().ai_suggestions.map(|limits| (limits.max_per_round, limits.max_tokens))
    };
    spec["research"] = json!({});
    StagePolicySpec::validate_cel(&spec, None).unwrap();
    assert_eq!(suggests(&spec), None, "off unless the policy says so");
    spec["research"] = json!({"aiSuggestions": {}});
    let needs = "spec.research.aiSuggestions needs spec.ai.mode Advisory and a spec.sources.ai that is not Disabled";
    let refused = |spec: &Value| StagePolicySpec::validate_cel(spec, None).unwrap_err().to_string();
    assert!(refused(&spec).contains(needs));
    spec["ai"] = json!({"mode": "Advisory", "dailyTokens": 1_000});
    assert!(refused(&spec).contains(needs));
    spec["sources"]["ai"] = json!({"requirement": "Disabled", "reason": "no model"});
    assert!(refused(&spec).contains(needs));
    spec["sources"]["ai"] = json!({"requirement": "Optional", "providers": ["openai"]});
    StagePolicySpec::validate_cel(&spec, None).unwrap();
    assert_eq!(suggests(&spec), Some((4, 2_048)));
    spec["ai"]["mode"] = json!("Disabled");
    assert!(refused(&spec).contains(needs));
}
