//! `Bot`: one trading strategy on one instrument. Pure.

use std::collections::BTreeMap;

use assayer_contract::{Source, policy::StopPolicy, wire};
use assayer_engine::{BacktestSpec, Capital, Execution, Instrument, InvalidField, Strategy};
use chrono::{DateTime, Utc};
use kube::{CustomResource, KubeSchema, ResourceExt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BotStatus, Provider};

/// One strategy on one instrument. It begins in LAB and climbs by proof alone.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "assayer.dev",
    version = "v1alpha1",
    kind = "Bot",
    namespaced,
    status = "BotStatus",
    derive = "PartialEq",
    doc = "A trading bot: one strategy on one instrument. What it may do next is computed from the request log alone.",
    shortname = "bot",
    category = "assayer",
    selectable = ".status.stage",
    annotation("helm.sh/resource-policy", "keep"),
    printcolumn(name = "Stage", type_ = "string", json_path = ".status.stage", description = "Rung of the ladder"),
    printcolumn(name = "Activity", type_ = "string", json_path = ".status.activity.state", description = "What it does now"),
    printcolumn(
        name = "Proof",
        type_ = "string",
        json_path = ".status.proof",
        description = "Sources proven by rows of the last completed cycle"
    ),
    printcolumn(
        name = "Promotable",
        type_ = "string",
        json_path = r#".status.conditions[?(@.type=="Promotable")].status"#,
        description = "Whether every gate to the next stage is proven"
    ),
    printcolumn(
        name = "Blocked-By",
        type_ = "string",
        json_path = r#".status.conditions[?(@.type=="Promotable")].reason"#,
        description = "The first gate that is not proven"
    ),
    printcolumn(name = "Age", type_ = "date", json_path = ".metadata.creationTimestamp"),
    printcolumn(
        name = "Last-Job",
        type_ = "string",
        json_path = ".status.lastJob.status",
        priority = 1,
        description = "How the newest finished job ended"
    ),
    printcolumn(
        name = "Since",
        type_ = "date",
        json_path = ".status.activity.since",
        priority = 1,
        description = "Since when it does what it does now"
    ),
    validation = Rule::new("size(self.metadata.name) <= 40").message("metadata.name must have at most 40 characters")
)]
#[x_kube(validation = Rule::new("!has(oldSelf.resetAt) || (has(self.resetAt) && self.resetAt >= oldSelf.resetAt)").message(
    "spec.resetAt only moves forward: what counts from then on cannot be made to count from earlier"
))]
#[cfg_attr(test, x_kube(cel))]
#[serde(rename_all = "camelCase")]
pub struct BotSpec {
    /// What is traded. It cannot be changed: another instrument is another Bot, with its own evidence.
    #[x_kube(validation = Rule::new("self == oldSelf").message(
        "spec.instrument cannot be changed: the Bot's evidence belongs to its instrument; create another Bot"
    ))]
    pub instrument: Instrument,
    /// When to hold what: exactly one family with its parameters. A changed strategy starts its count of sessions anew.
    #[x_kube(validation = Rule::new("!has(self.smaCross) || self.smaCross.fast < self.smaCross.slow").message(
        "spec.strategy.smaCross.fast must be below slow"
    ))]
    #[x_kube(validation = Rule::new("!has(self.donchianBreakout) || self.donchianBreakout.exit <= self.donchianBreakout.entry").message(
        "spec.strategy.donchianBreakout.exit must be at most entry"
    ))]
    #[x_kube(validation = Rule::new("!has(self.entry) || has(self.entry.limitTicks) == (self.entry.order == 'StopLimit')").message(
        "spec.strategy.entry.limitTicks belongs to order StopLimit, which needs it"
    ))]
    #[x_kube(validation = Rule::new("!has(self.sizing) || !has(self.sizing.risk) || (has(self.exits) && has(self.exits.stop))").message(
        "spec.strategy.sizing.risk needs spec.strategy.exits.stop, whose distance is the risk of a contract"
    ))]
    pub strategy: Strategy,
    /// How backtests fill orders, and what an order costs.
    pub execution: Execution,
    /// The money that the Bot is measured against.
    pub capital: Capital,
    /// Symbols that stand for the instrument where a source does not know it, such as SPY for MES.
    #[serde(default, skip_serializing_if = "Proxies::is_empty")]
    pub proxies: Proxies,
    /// Which language model evolutions of this Bot ask for strategies to breed from, where the stage's policy has
    /// `research.aiSuggestions`. Absent: none is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new(
        "self.provider in ['anthropic', 'gemini', 'groq', 'openRouter', 'openai', 'xai']"
    ).message("spec.suggestions.provider must be one of language models: anthropic, gemini, groq, openRouter, openai or xai"))]
    pub suggestions: Option<Adviser>,
    /// Stops the Bot. What binds is the stricter of this and the stage's policy.
    #[serde(default)]
    pub stop_policy: StopPolicy,
    /// When the Bot was last reset: what it is judged by is counted from here on, and what was before stays written and counts for nothing.
    /// It only moves forward, to the time of the change, and needs the verb `reset` on bots beside `patch`. It clears no latch, no loss
    /// budget, no count of looks at a hold-out and no trial of a lineage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset_at: Option<DateTime<Utc>>,
}

/// A language model that is asked for strategies.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Adviser {
    /// The vendor.
    pub provider: Provider,
    /// The model, as the vendor names it.
    #[schemars(length(min = 1, max = 100), regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._:/-]*$"))]
    pub model: String,
}

/// Symbols that stand for the Bot's instrument, by kind of source.
#[derive(Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proxies {
    /// Whose options are looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(min = 1, max = 16), regex(pattern = r"^[A-Z0-9.^=-]+$")))]
    pub options_flow: Vec<String>,
    /// Whose news is read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8), inner(length(min = 1, max = 16), regex(pattern = r"^[A-Z0-9.^=-]+$")))]
    pub news: Vec<String>,
}

impl Proxies {
    /// By kind of source.
    pub fn by_source(&self) -> BTreeMap<Source, Vec<String>> {
        BTreeMap::from([(Source::OptionsFlow, self.options_flow.clone()), (Source::News, self.news.clone())])
    }

    fn is_empty(&self) -> bool {
        self.options_flow.is_empty() && self.news.is_empty()
    }
}

impl Bot {
    /// The run that was last asked for: the trace that its job has, or will have. An annotation that is no UUID asks for nothing.
    pub fn run_requested(&self) -> Option<Uuid> {
        self.annotations().get(wire::RUN_REQUESTED_ANNOTATION)?.parse().ok()
    }
}

impl BotSpec {
    /// The body of a backtest of this Bot, checked field by field.
    pub fn backtest(&self) -> Result<BacktestSpec, InvalidField> {
        let spec = BacktestSpec {
            instrument: self.instrument.clone(),
            strategy: self.strategy.clone(),
            execution: self.execution.clone(),
            capital: self.capital.clone(),
        };
        spec.validate()?;
        Ok(spec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::CustomResourceExt;
    use serde_json::{Value, json};

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
}
