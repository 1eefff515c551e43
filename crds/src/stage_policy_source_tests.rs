//! What a policy may say of its sources, and what it is refused for.

use super::*;

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
