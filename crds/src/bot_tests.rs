//! What a Bot's spec may and may not say.

use kube::CustomResourceExt;
use serde_json::{Value, json};

use super::*;

fn spec() -> Value {
    json!({
        "instrument": {"dataset": "SAMPLE.INDEX", "symbol": "SPX", "schema": "ohlcv-1d", "tickSize": "0.01", "multiplier": 5},
        "strategy": {"smaCross": {"fast": 20, "slow": 100}},
        "execution": {"fillAt": "NextOpen", "slippageTicks": 1, "feePerContract": "0.62"},
        "capital": {"amount": "10000", "currency": "USD"},
    })
}

fn changed(pointer: &str, value: Value) -> Value {
    let mut spec = spec();
    *spec.pointer_mut(pointer).unwrap() = value;
    spec
}

fn refusal(new: &Value, old: Option<&Value>) -> String {
    BotSpec::validate_cel(new, old).unwrap_err().to_string()
}

#[test]
fn a_sound_spec_passes_every_rule_and_becomes_the_body_of_a_backtest() {
    BotSpec::validate_cel(&spec(), None).unwrap();
    BotSpec::validate_cel(&spec(), Some(&spec())).unwrap();
    serde_json::from_value::<BotSpec>(spec()).unwrap().backtest().unwrap();
}

#[test]
fn a_fast_average_that_is_not_below_the_slow_one_is_refused_by_name() {
    let message = refusal(&changed("/strategy/smaCross/fast", json!(100)), None);
    assert!(message.contains("spec.strategy.smaCross.fast must be below slow"), "{message}");
}

#[test]
fn an_exit_channel_wider_than_the_entry_channel_is_refused_by_name() {
    let message = refusal(&changed("/strategy", json!({"donchianBreakout": {"entry": 20, "exit": 55}})), None);
    assert!(message.contains("spec.strategy.donchianBreakout.exit must be at most entry"), "{message}");
    BotSpec::validate_cel(&changed("/strategy", json!({"donchianBreakout": {"entry": 55, "exit": 20}})), None).unwrap();
}

#[test]
fn orders_exits_and_sizes_that_contradict_each_other_are_refused_by_name() {
    let strategy = |more: Value| {
        let mut strategy = json!({"smaCross": {"fast": 20, "slow": 100}});
        strategy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        changed("/strategy", strategy)
    };
    let risk = json!({"risk": {"percent": "1", "maxContracts": 2}});
    let message = refusal(&strategy(json!({"sizing": risk, "exits": {"maxBars": 3}})), None);
    assert!(message.contains("spec.strategy.sizing.risk needs spec.strategy.exits.stop"), "{message}");
    for entry in [json!({"order": "StopLimit", "ticks": 2}), json!({"order": "Limit", "ticks": 2, "limitTicks": 1})] {
        let message = refusal(&strategy(json!({"entry": entry})), None);
        assert!(message.contains("spec.strategy.entry.limitTicks"), "{message}");
    }
    let sound = strategy(json!({
        "entry": {"order": "StopLimit", "ticks": 2, "limitTicks": 1, "bars": 3},
        "exits": {"stop": {"atr": "2.5"}, "target": {"ticks": 40}, "trail": {"atr": "3"}, "maxBars": 60},
        "sizing": risk,
        "filter": {"volatility": {"atr": 14, "over": 250, "allow": ["Low", "Middle"]}, "trend": {"length": 200, "only": "With"}},
    }));
    BotSpec::validate_cel(&sound, None).unwrap();
    serde_json::from_value::<BotSpec>(sound).unwrap().backtest().unwrap();
}

#[test]
fn the_instrument_cannot_be_changed_but_the_strategy_can() {
    let message = refusal(&changed("/instrument/symbol", json!("NDX")), Some(&spec()));
    assert!(message.contains("spec.instrument cannot be changed"), "{message}");
    BotSpec::validate_cel(&changed("/strategy/smaCross/fast", json!(10)), Some(&spec())).unwrap();
}

#[test]
fn a_reset_only_moves_forward_and_is_never_taken_back() {
    let reset = |at: &str| {
        let mut spec = spec();
        spec["resetAt"] = json!(at);
        spec
    };
    let (first, second) = (reset("2026-11-22T10:00:00Z"), reset("2026-11-22T10:00:01Z"));
    for (new, old) in [(&first, None), (&first, Some(&spec())), (&first, Some(&first)), (&second, Some(&first))] {
        BotSpec::validate_cel(new, old).unwrap();
    }
    for (new, old) in [(&first, &second), (&spec(), &first)] {
        let message = refusal(new, Some(old));
        assert!(message.contains("spec.resetAt only moves forward"), "{message}");
    }
    assert_eq!(serde_json::from_value::<BotSpec>(first).unwrap().reset_at.unwrap().to_rfc3339(), "2026-11-22T10:00:00+00:00");
}

#[test]
fn only_a_language_model_may_be_asked_for_strategies() {
    let named = |provider: &str| {
        let mut spec = spec();
        spec["suggestions"] = json!({"provider": provider, "model": "gpt-5-mini"});
        spec
    };
    assert!(refusal(&named("fred"), None).contains("spec.suggestions.provider must be one of language models"));
    for provider in Provider::all().filter(|provider| provider.source() == Some(Source::Ai)) {
        BotSpec::validate_cel(&named(provider.name()), None).unwrap();
    }
}

#[test]
fn every_field_of_the_spec_says_what_it_is() {
    fn walk(schema: &Value, path: &str, silent: &mut Vec<String>) {
        for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = format!("{path}.{name}");
            if property.get("description").is_none() {
                silent.push(path.clone());
            }
            walk(property, &path, silent);
        }
    }
    let crd = serde_json::to_value(Bot::crd()).unwrap();
    let mut silent = Vec::new();
    for part in ["spec", "status"] {
        walk(
            &crd.pointer(&format!("/spec/versions/0/schema/openAPIV3Schema/properties/{part}")).unwrap().clone(),
            part,
            &mut silent,
        );
    }
    assert!(silent.is_empty(), "without a description: {silent:?}");
}
