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
#[path = "bot_tests.rs"]
mod tests;
