//! Which kinds of source a stage may use, which it requires, and whose rows count. In: a StagePolicy's spec. Out: rules. Pure.

use std::collections::BTreeMap;

use assayer_contract::{
    Source,
    policy::{Fallback, Requirement, SourceRule},
};
use kube::KubeSchema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    DurationText, Freshness, Hours, Provider, Quality,
    freshness::{self, only_where_it_is_known},
    source_rules::{
        alternative_named, broker_is_required_or_disabled, reason_of_disabled, simulated_for_databento, vendor_named, vendors_of,
    },
};

/// Sources by kind.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    /// Prices: the bars of the Bot's own instrument.
    #[x_kube(
        validation = vendors_of(Source::MarketData),
        validation = vendor_named(Source::MarketData),
        validation = alternative_named(),
        validation = simulated_for_databento(),
        validation = reason_of_disabled(Source::MarketData)
    )]
    pub market_data: MarketData,
    /// Economic series and calendars. Absent: Bots of the stage may not use them, and likewise below.
    #[serde(default, rename = "macro", skip_serializing_if = "Option::is_none")]
    #[x_kube(
        validation = vendors_of(Source::Macro),
        validation = vendor_named(Source::Macro),
        validation = reason_of_disabled(Source::Macro),
        validation = only_where_it_is_known(Source::Macro)
    )]
    pub macros: Option<OtherSource>,
    /// Options trades and positioning, of the Bot's instrument or the proxies that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(
        validation = vendors_of(Source::OptionsFlow),
        validation = vendor_named(Source::OptionsFlow),
        validation = reason_of_disabled(Source::OptionsFlow),
        validation = only_where_it_is_known(Source::OptionsFlow)
    )]
    pub options_flow: Option<OtherSource>,
    /// Headlines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(
        validation = vendors_of(Source::News),
        validation = vendor_named(Source::News),
        validation = reason_of_disabled(Source::News),
        validation = only_where_it_is_known(Source::News)
    )]
    pub news: Option<OtherSource>,
    /// Language models. What they say is recorded and changes no order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(
        validation = vendors_of(Source::Ai),
        validation = vendor_named(Source::Ai),
        validation = reason_of_disabled(Source::Ai),
        validation = only_where_it_is_known(Source::Ai)
    )]
    pub ai: Option<OtherSource>,
    /// Accounts, orders and fills. Disabled in LAB, Required everywhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(
        validation = vendors_of(Source::Broker),
        validation = vendor_named(Source::Broker),
        validation = reason_of_disabled(Source::Broker),
        validation = only_where_it_is_known(Source::Broker),
        validation = broker_is_required_or_disabled()
    )]
    pub broker: Option<OtherSource>,
}

/// Rules for a kind of source beside market data.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct OtherSource {
    /// Whether the stage's gates stay closed without proof of it.
    #[schemars(with = "RequirementSchema")]
    pub requirement: Requirement,
    /// Providers that may be asked and whose rows count. None where the source is Disabled.
    #[serde(default)]
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "set"))]
    pub providers: Vec<Provider>,
    /// Why it is Disabled, for people; every refusal says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub reason: Option<String>,
    /// How old an answer may be before it proves nothing any more, DATA_STALE. Absent: as old as the cycle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// When an answer must have been received to count. Absent: at any time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_during: Option<Hours>,
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
        let Self { market_data: _, macros, options_flow, news, ai, broker } = self;
        let named = [
            (Source::Macro, macros),
            (Source::OptionsFlow, options_flow),
            (Source::News, news),
            (Source::Ai, ai),
            (Source::Broker, broker),
        ];
        named.into_iter().filter_map(|(source, rule)| Some((source, rule.as_ref()?.rule()))).collect()
    }
}

impl OtherSource {
    fn rule(&self) -> SourceRule {
        SourceRule {
            requirement: self.requirement,
            providers: names(&self.providers),
            max_latency: self.max_latency.duration(),
            retries: self.retries,
            cooldown: self.cooldown.duration(),
            fallback: Fallback::None,
            keep_for: None,
            reason: self.reason.clone(),
            freshness: freshness::rules(self.freshness.as_ref(), self.valid_during),
        }
    }
}

fn names(providers: &[Provider]) -> Vec<String> {
    providers.iter().map(|provider| provider.name().to_owned()).collect()
}

/// Rules for market data.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct MarketData {
    /// Whether the stage's gates stay closed without proof of it.
    #[schemars(with = "RequirementSchema")]
    pub requirement: Requirement,
    /// Providers whose bars count.
    #[schemars(length(max = 8), extend("x-kubernetes-list-type" = "set"))]
    pub providers: Vec<Provider>,
    /// What may stand in for the first provider where that vendor is away, fails, is too slow or wants fewer calls or more money.
    /// AltProvider: the provider named second. Sim: bars that Assayer makes up, in LAB alone and only where the installation has
    /// environment=dev and allowSimFallback=true. A job that used either is labelled, and proves nothing and counts for no promotion.
    /// Absent: None.
    #[serde(default, skip_serializing_if = "Fallback::is_none")]
    pub fallback: Fallback,
    /// Why it is Disabled, for people; every refusal says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub reason: Option<String>,
    /// How long the newest bar may be missing from an answer that reaches to the present, in open hours of its market; more is
    /// DATA_DELAYED, and so is what the vendor itself calls delayed, and a live bar that is received so long after its end. From 1s to 24h. Absent: any delay counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1s') && duration(self) <= duration('24h')").message(
        "spec.sources.marketData.maxDelay must be from 1s to 24h"
    ))]
    pub max_delay: Option<DurationText>,
    /// How long ago the newest live bar may have ended while its market is open; more is DATA_STALE to its readers, though the session
    /// lives. Of bars that are longer than a minute, by so much more. From 61s to 1h. Absent: 75s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('61s') && duration(self) <= duration('1h')").message(
        "spec.sources.marketData.barMaxAge must be from 61s to 1h"
    ))]
    pub bar_max_age: Option<DurationText>,
    /// How long a live session may give no sign of life before it is dead, DATA_STALE to its readers, and replaced. Of several readers
    /// the strictest decides. From 15s to 5m, since the vendor is asked for a heartbeat every 5s. Absent: 30s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('15s') && duration(self) <= duration('5m')").message(
        "spec.sources.marketData.heartbeatMaxAge must be from 15s to 5m"
    ))]
    pub heartbeat_max_age: Option<DurationText>,
    /// How long bars of days that have ended are kept by the gateway and used again, so that a cycle asks its vendor, and pays, for
    /// newer ones only. They are of the same Integration, as many as the vendor counts in that cycle, or fetched anew. From 1h to 720h.
    /// Absent: every cycle fetches all of its bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[x_kube(validation = Rule::new("duration(self) >= duration('1h') && duration(self) <= duration('720h')").message(
        "spec.sources.marketData.keepFor must be from 1h to 720h"
    ))]
    pub keep_for: Option<DurationText>,
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
        SourceRule {
            requirement: self.requirement,
            providers: names(&self.providers),
            max_latency: self.max_latency.duration(),
            retries: self.retries,
            cooldown: self.cooldown.duration(),
            fallback: self.fallback,
            keep_for: self.keep_for.as_ref().map(DurationText::duration),
            reason: self.reason.clone(),
            freshness: assayer_contract::Freshness {
                max_delay: self.max_delay.as_ref().map(DurationText::duration),
                bar_max_age: self.bar_max_age.as_ref().map(DurationText::duration),
                heartbeat_max_age: self.heartbeat_max_age.as_ref().map(DurationText::duration),
                ..assayer_contract::Freshness::default()
            },
        }
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
    /// May not be used; `reason` says why.
    Disabled,
}
