//! Specs against the rules of the custom resource.

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
fn nothing_stands_in_for_a_vendor_unless_the_policy_names_what() {
    let market_data = |providers: Value, fallback: &str| {
        let mut spec = spec();
        spec["sources"]["marketData"] = json!({"requirement": "Required", "providers": providers, "fallback": fallback});
        spec
    };
    let read = |spec: &Value| {
        StagePolicySpec::validate_cel(spec, None).unwrap();
        let policy = serde_json::from_value::<StagePolicySpec>(spec.clone()).unwrap().policy().unwrap();
        let none = std::collections::BTreeMap::new();
        policy.allowed("SPY", &none)[&Source::MarketData].alternative().map(str::to_owned)
    };
    assert_eq!(read(&spec()), None, "the default");
    assert_eq!(read(&market_data(json!(["databento", "massive"]), "None")), None);
    assert_eq!(read(&market_data(json!(["databento", "massive"]), "AltProvider")).as_deref(), Some("massive"));
    for providers in [json!(["databento"]), json!(["massive", "databento"])] {
        let refusal = StagePolicySpec::validate_cel(&market_data(providers, "AltProvider"), None).unwrap_err().to_string();
        assert!(refusal.contains("must name databento first and the provider that stands in for it second"), "{refusal}");
    }
}

#[test]
fn only_lab_may_simulate_and_only_for_the_vendor_that_runners_ask() {
    let mut lab = spec();
    lab["sources"]["marketData"]["fallback"] = json!("Sim");
    StagePolicySpec::validate_cel(&lab, None).unwrap();
    let policy = serde_json::from_value::<StagePolicySpec>(lab.clone()).unwrap().policy().unwrap();
    let allowed = policy.allowed("SPY", &std::collections::BTreeMap::new());
    assert_eq!(allowed[&Source::MarketData].alternative(), Some("sim"));
    lab["sources"]["marketData"]["providers"] = json!(["massive"]);
    let refusal = StagePolicySpec::validate_cel(&lab, None).unwrap_err().to_string();
    assert!(refusal.contains("must name databento first where fallback is Sim"), "{refusal}");
    for stage in ["PAPER", "SHADOW", "CANARY", "LIVE"] {
        let mut spec = trading(stage);
        StagePolicySpec::validate_cel(&spec, None).unwrap();
        spec["sources"]["marketData"]["fallback"] = json!("Sim");
        let refusal = StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string();
        assert!(refusal.contains("may be Sim only where spec.stage is LAB"), "{stage}: {refusal}");
    }
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
fn a_kind_of_source_takes_vendors_of_its_kind_only_and_says_which() {
    for (kind, wrong, of_its_kind) in [
        ("marketData", "fred", "databento, massive"),
        ("macro", "databento", "fmp, fred"),
        ("optionsFlow", "finnhub", "unusualWhales"),
        ("news", "openai", "alpacaNews, finnhub, marketaux, newsApi"),
        ("ai", "slack", "anthropic, gemini, groq, openRouter, openai, xai"),
        ("broker", "alpacaNews", "alpaca, ironbeam, tradovate"),
    ] {
        let message = refusal(trading("PAPER"), |spec| {
            spec["sources"][kind] = json!({"requirement": "Required", "providers": [wrong]});
        });
        assert!(message.contains(&format!("spec.sources.{kind}.providers may name {of_its_kind} only")), "{message}");
        let mut right = trading("PAPER");
        let vendors: Vec<_> = of_its_kind.split(", ").collect();
        right["sources"][kind] = json!({"requirement": "Required", "providers": vendors});
        StagePolicySpec::validate_cel(&right, None).unwrap();
    }
}

#[test]
fn a_source_names_its_vendors_or_is_disabled_and_only_then_says_why() {
    let named = refusal(spec(), |spec| spec["sources"]["news"] = json!({"requirement": "Optional"}));
    assert!(named.contains("spec.sources.news.providers must name a provider"), "{named}");
    let reason = json!({"requirement": "Optional", "providers": ["finnhub"], "reason": "too dear"});
    let misplaced = refusal(spec(), |spec| spec["sources"]["news"] = reason.clone());
    assert!(misplaced.contains("spec.sources.news.reason says why a source is Disabled"), "{misplaced}");

    let mut spec = spec();
    spec["sources"]["news"] = json!({"requirement": "Disabled", "reason": "nobody reads it"});
    StagePolicySpec::validate_cel(&spec, None).unwrap();
    let policy = serde_json::from_value::<StagePolicySpec>(spec).unwrap().policy().unwrap();
    let news = &policy.allowed("SPX", &std::collections::BTreeMap::new())[&Source::News];
    assert!(news.providers.is_empty());
    assert_eq!(news.disabled.as_deref(), Some("sources.news is Disabled in the StagePolicy of LAB: nobody reads it"));
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
fn how_old_an_answer_may_be_is_said_one_way_and_only_of_sources_of_which_rows_know_it() {
    let flow = |more: Value| {
        let mut source = json!({"requirement": "Required", "providers": ["unusualWhales"]});
        source.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        source
    };
    let mut sound = spec();
    sound["sources"]["optionsFlow"] = flow(json!({"validDuring": "rth", "freshness": {"within": "5m"}}));
    sound["sources"]["macro"] = json!({"requirement": "Required", "providers": ["fred"], "freshness": {"basis": "release"}});
    StagePolicySpec::validate_cel(&sound, None).unwrap();
    let policy = serde_json::from_value::<StagePolicySpec>(sound).unwrap().policy().unwrap();
    let of = |source| policy.sources[&source].freshness;
    assert_eq!((of(Source::OptionsFlow).within, of(Source::OptionsFlow).in_regular_hours), (Some(Duration::from_mins(5)), true));
    assert!(of(Source::Macro).until_release && of(Source::Macro).within.is_none());

    for (source, more, says) in [
        ("optionsFlow", json!({"freshness": {}}), "freshness must have either within or basis"),
        ("macro", json!({"freshness": {"within": "5m", "basis": "release"}}), "freshness must have either within or basis"),
        ("optionsFlow", json!({"freshness": {"within": "169h"}}), "freshness.within must be from 1s to 168h"),
        ("optionsFlow", json!({"freshness": {"basis": "release"}}), "freshness.basis is for macro"),
        ("news", json!({"validDuring": "rth"}), "validDuring for optionsFlow"),
    ] {
        let message = refusal(spec(), |spec| {
            spec["sources"][source] = flow(more.clone());
        });
        assert!(message.contains(says), "{message}");
    }
    let message = refusal(trading("PAPER"), |spec| spec["sources"]["broker"]["freshness"] = json!({"within": "10s"}));
    assert!(message.contains("of a broker neither is known"), "{message}");
}

#[test]
fn models_are_asked_only_where_the_policy_says_so_and_how_much() {
    use assayer_contract::policy::{AiMode, AiRules};
    let read = |spec: &Value| serde_json::from_value::<StagePolicySpec>(spec.clone()).unwrap().policy().unwrap().ai;
    let mut spec = spec();
    assert_eq!(read(&spec), AiRules::default(), "none");
    spec["ai"] = json!({"mode": "Advisory", "dailyTokens": 1_000, "prices": {"m": {"sent": "2.5", "received": "10"}}});
    spec["budgets"]["maxAiUsdPerDay"] = json!("2");
    StagePolicySpec::validate_cel(&spec, None).unwrap();
    let rules = read(&spec);
    assert_eq!((rules.mode, rules.daily_tokens), (AiMode::Advisory, 1_000));
    assert_eq!((rules.max_usd_per_day.as_deref(), rules.prices["m"].received.as_str()), (Some("2"), "10"));
    for mode in ["Veto", "Fused"] {
        spec["ai"]["mode"] = json!(mode);
        let refusal = StagePolicySpec::validate_cel(&spec, None).unwrap_err().to_string();
        assert!(refusal.contains("Veto and Fused come with the stages that obey them"), "{refusal}");
        assert_eq!(read(&spec).mode, AiMode::Disabled);
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
