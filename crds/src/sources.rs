//! Which kinds of source a stage may use, which it requires, and whose rows count. In: a StagePolicy's spec. Out: rules. Pure.

use std::collections::BTreeMap;

use assayer_contract::{
    Source,
    policy::{Requirement, SourceRule},
};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DurationText, Provider, Quality};

/// Sources by kind.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    /// Prices: the bars of the Bot's own instrument.
    pub market_data: MarketData,
    /// Economic series and calendars. Absent: Bots of the stage may not use them, and likewise below.
    #[serde(default, rename = "macro", skip_serializing_if = "Option::is_none")]
    pub macros: Option<OtherSource>,
    /// Options trades and positioning, of the Bot's instrument or the proxies that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options_flow: Option<OtherSource>,
    /// Headlines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news: Option<OtherSource>,
    /// Language models. What they say is recorded and changes no order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<OtherSource>,
}

/// Rules for a kind of source beside market data.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct OtherSource {
    /// Whether the stage's gates stay closed without proof of it.
    #[schemars(with = "RequirementSchema")]
    pub requirement: Requirement,
    /// Providers that may be asked and whose rows count.
    #[schemars(length(min = 1, max = 8), extend("x-kubernetes-list-type" = "set"))]
    pub providers: Vec<Provider>,
    /// How long one answer may take. From 1s to 45s.
    #[serde(default = "max_latency")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1s') && duration(self) <= duration('45s')").message(
        "maxLatency must be from 1s to 45s"
    ))]
    pub max_latency: DurationText,
    /// How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
    /// language model or an order. From 0 to 5.
    #[serde(default = "retries")]
    #[schemars(range(min = 0, max = 5))]
    pub retries: u8,
    /// How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
    /// call tries it again. From 1s to 1h.
    #[serde(default = "cooldown")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1s') && duration(self) <= duration('1h')").message(
        "cooldown must be from 1s to 1h"
    ))]
    pub cooldown: DurationText,
}

impl Sources {
    /// The rules of all kinds but market data.
    pub(crate) fn others(&self) -> BTreeMap<Source, SourceRule> {
        let Self { macros, options_flow, news, ai, .. } = self;
        let named = [(Source::Macro, macros), (Source::OptionsFlow, options_flow), (Source::News, news), (Source::Ai, ai)];
        named.into_iter().filter_map(|(source, rule)| Some((source, rule.as_ref()?.rule()))).collect()
    }
}

impl OtherSource {
    fn rule(&self) -> SourceRule {
        rule(self.requirement, &self.providers, &self.max_latency, self.retries, &self.cooldown)
    }
}

fn rule(
    requirement: Requirement,
    providers: &[Provider],
    max_latency: &DurationText,
    retries: u8,
    cooldown: &DurationText,
) -> SourceRule {
    let providers = providers.iter().map(|provider| provider.name().to_owned()).collect();
    SourceRule { requirement, providers, max_latency: max_latency.duration(), retries, cooldown: cooldown.duration() }
}

/// Rules for market data.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[x_kube(validation = Rule::new("self.requirement != 'Required' || size(self.providers) > 0").message(
    "spec.sources.marketData.providers must name a provider where the requirement is Required"
))]
#[serde(rename_all = "camelCase")]
pub struct MarketData {
    /// Whether the stage's gates stay closed without proof of it.
    #[schemars(with = "RequirementSchema")]
    pub requirement: Requirement,
    /// Providers whose bars count.
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "set"))]
    pub providers: Vec<Provider>,
    /// What the bars must satisfy before a backtest counts. Absent: nothing, so that any bars count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    /// How long one answer may take, from the first byte sent to the last received; one that takes longer is PROVIDER_TIMEOUT.
    /// From 1s to 45s, since no call may stay open for a minute.
    #[serde(default = "max_latency")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1s') && duration(self) <= duration('45s')").message(
        "spec.sources.marketData.maxLatency must be from 1s to 45s"
    ))]
    pub max_latency: DurationText,
    /// How often the gateway repeats a call that failed, within maxLatency: only what costs nothing and changes nothing, and never a
    /// language model or an order. From 0 to 5.
    #[serde(default = "retries")]
    #[schemars(range(min = 0, max = 5))]
    pub retries: u8,
    /// How long a vendor that limits the rate without naming a time, or that failed several times in a row, is left alone before one
    /// call tries it again. From 1s to 1h.
    #[serde(default = "cooldown")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1s') && duration(self) <= duration('1h')").message(
        "cooldown must be from 1s to 1h"
    ))]
    pub cooldown: DurationText,
}

impl MarketData {
    pub(crate) fn rule(&self) -> SourceRule {
        rule(self.requirement, &self.providers, &self.max_latency, self.retries, &self.cooldown)
    }
}

fn max_latency() -> DurationText {
    DurationText::seconds(30)
}

fn retries() -> u8 {
    3
}

fn cooldown() -> DurationText {
    DurationText::seconds(60)
}

/// The schema of [`Requirement`], which the contract keeps free of schemas.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
enum RequirementSchema {
    /// Without proof of it, the stage's gates stay closed.
    Required,
    /// May be used; its absence closes nothing.
    Optional,
}
