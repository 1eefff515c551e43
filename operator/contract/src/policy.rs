//! A stage's rules as the judge reads them. In: the StagePolicy's spec. Pure.

mod ai;
mod research;

pub use ai::{AiMode, AiRules, TokenPrice};
pub use research::{ResearchPolicy, SuggestionLimits};

use std::{collections::BTreeMap, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Freshness, QualityLimits, Sha256Hash, Source, Stage, budget::Limits, simulated};

/// Whether a stage needs a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// Without proof of it, the stage's gates stay closed.
    Required,
    /// May be used; its absence closes nothing.
    Optional,
    /// May not be used.
    Disabled,
}

/// How far a Bot is stopped. Each is stricter than the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum StopPolicy {
    /// It works.
    #[default]
    None,
    /// No cycle starts; one that is under way ends by itself.
    Hold,
    /// No cycle starts, and a job that is under way is ended at once.
    HoldAndDrain,
}

/// What may stand in for the first provider's bars where that vendor fails. Whatever stands in is labelled and proves nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Fallback {
    /// Nothing: without its vendor a job fails.
    #[default]
    None,
    /// The provider that is named second.
    AltProvider,
    /// Bars that Assayer makes up: in LAB, and only where the installation is for development and allows it.
    Sim,
}

impl Fallback {
    /// Whether nothing may stand in.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }

    /// Registry name of what stands in, given the providers that the policy names.
    pub fn provider(self, providers: &[String]) -> Option<&str> {
        match self {
            Self::None => None,
            Self::AltProvider => providers.get(1).map(String::as_str),
            Self::Sim => Some(simulated::PROVIDER),
        }
    }
}

/// Rules for one kind of source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRule {
    /// Whether it must be proven.
    pub requirement: Requirement,
    /// Providers that may be asked and whose rows count, by their registry names.
    pub providers: Vec<String>,
    /// How long one answer may take, from 1 s to 45 s.
    pub max_latency: Duration,
    /// How often the gateway repeats a call that failed, where that can do no harm: from 0 to 5.
    pub retries: u8,
    /// How long a vendor that limits the rate or fails again and again is left alone.
    pub cooldown: Duration,
    /// What may stand in for its first provider.
    pub fallback: Fallback,
    /// How long bars of days that have ended are kept and used again; none keeps none.
    pub keep_for: Option<Duration>,
    /// Why it is disabled.
    pub reason: Option<String>,
    /// When an answer counts.
    pub freshness: Freshness,
}

/// What a job may ask of one kind of source, kept with it from the moment in which it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AllowedSource {
    /// Providers, by their registry names.
    pub providers: Vec<String>,
    /// Symbols: the Bot's own and those that it names as proxies.
    pub symbols: Vec<String>,
    /// How long one answer may take, in milliseconds.
    pub max_latency_ms: u32,
    /// How often the gateway repeats a call that failed, where that can do no harm.
    #[serde(default)]
    pub retries: u8,
    /// How long a vendor that limits the rate or fails again and again is left alone, in milliseconds.
    #[serde(default = "cooldown_ms")]
    pub cooldown_ms: u32,
    /// What may stand in for the first of its providers.
    #[serde(default, skip_serializing_if = "Fallback::is_none")]
    pub fallback: Fallback,
    /// Why none may be asked, where the policy disables the source; there are no providers then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<String>,
    /// How late and how old live data may be; what is none there is left to the gateway, or not asked for.
    #[serde(default, skip_serializing_if = "LiveLimits::is_none")]
    pub live: LiveLimits,
    /// How long bars of days that have ended are kept and used again, in milliseconds; none keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_for_ms: Option<u32>,
}

/// How late and how old live data may be for a job, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveLimits {
    /// A bar that is received later after its end is delayed; none calls no bar that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_delay_ms: Option<u32>,
    /// The newest bar of an open market may have ended so long ago; of bars longer than a minute by so much more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bar_max_age_ms: Option<u32>,
    /// A session that gives no sign of life for so long is dead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat_max_age_ms: Option<u32>,
}

/// Of jobs that were planned by the version before.
fn cooldown_ms() -> u32 {
    60_000
}

/// The same of every kind; one that is not here may not be asked at all.
pub type AllowedSources = BTreeMap<Source, AllowedSource>;

/// What a stage demands of its sources, whether or not Bots run there yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageRules {
    /// The stage.
    pub stage: Stage,
    /// Rules by kind of source; one that is not here may not be used.
    pub sources: BTreeMap<Source, SourceRule>,
    /// How far the stage's Bots are stopped.
    pub stop: StopPolicy,
    /// How long a Bot's cycle may take from slot to end; none where this version runs no Bot.
    pub cycle: Option<Duration>,
}

/// What binds a Bot at one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The stage.
    pub stage: Stage,
    /// Hash of the StagePolicy's spec; every job names the policy that it ran under.
    pub hash: Sha256Hash,
    /// Rules for market data.
    pub market_data: SourceRule,
    /// What bars must satisfy before a backtest counts; `None` asks for nothing.
    pub market_data_quality: Option<QualityLimits>,
    /// Rules for the other kinds of source; one that is not here may not be used.
    pub sources: BTreeMap<Source, SourceRule>,
    /// Time between two backtests of a Bot.
    pub backtest_every: Duration,
    /// After this long a backtest is repeated though nothing is new; `None`: in every slot.
    pub audit_every: Option<Duration>,
    /// After this long a job is closed as timed out.
    pub job_timeout: Duration,
    /// How far the stage's Bots are stopped.
    pub stop: StopPolicy,
    /// Cycles of all Bots of the stage that may be open at once.
    pub max_concurrent_backtests: u32,
    /// Seconds of one processor that the cycles of one hour may use.
    pub max_cpu_seconds_per_hour: Option<u32>,
    /// When its Bots search by themselves; `None`: they do not.
    pub research: Option<ResearchPolicy>,
    /// What the stage may pay for bars in one UTC day, in USD: a decimal number.
    pub max_data_usd_per_day: String,
    /// What its Bots may ask of language models.
    pub ai: AiRules,
    /// Completed sessions of the present strategy that promotion needs.
    pub promotion_sessions: i32,
}

impl Policy {
    /// What its cycles may use together.
    pub fn limits(&self) -> Limits {
        Limits {
            open: self.max_concurrent_backtests,
            cpu_seconds_per_hour: self.max_cpu_seconds_per_hour,
            research: self.research.as_ref().map(|research| research.limits),
        }
    }

    /// The rules of every kind of source that may be used, market data first.
    pub fn rules(&self) -> impl Iterator<Item = (Source, &SourceRule)> {
        std::iter::once((Source::MarketData, &self.market_data)).chain(self.sources.iter().map(|(source, rule)| (*source, rule)))
    }

    /// What a job of a Bot with this symbol, and these proxies by kind, may ask.
    pub fn allowed(&self, symbol: &str, proxies: &BTreeMap<Source, Vec<String>>) -> AllowedSources {
        let allowed = |(source, rule): (Source, &SourceRule)| {
            let others = proxies.get(&source).into_iter().flatten().cloned();
            let symbols = std::iter::once(symbol.to_owned()).chain(others).collect();
            let (max_latency_ms, cooldown_ms, retries) = (millis(rule.max_latency), millis(rule.cooldown), rule.retries);
            let disabled = rule.disabled(source, self.stage);
            let providers = if disabled.is_some() { Vec::new() } else { rule.providers.clone() };
            let (live, fallback, keep_for_ms) = (LiveLimits::from(&rule.freshness), rule.fallback, rule.keep_for.map(millis));
            let allowed =
                AllowedSource { providers, symbols, max_latency_ms, retries, cooldown_ms, fallback, disabled, live, keep_for_ms };
            (source, allowed)
        };
        self.rules().map(allowed).collect()
    }
}

impl AllowedSource {
    /// What may stand in for the first provider, by its registry name.
    pub fn alternative(&self) -> Option<&str> {
        self.fallback.provider(&self.providers)
    }
}

impl LiveLimits {
    fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl From<&Freshness> for LiveLimits {
    fn from(freshness: &Freshness) -> Self {
        Self {
            max_delay_ms: freshness.max_delay.map(millis),
            bar_max_age_ms: freshness.bar_max_age.map(millis),
            heartbeat_max_age_ms: freshness.heartbeat_max_age.map(millis),
        }
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

impl SourceRule {
    /// That the policy of the stage disables the source, in a sentence with its reason; `None` where it does not.
    pub fn disabled(&self, source: Source, stage: Stage) -> Option<String> {
        let reason = self.reason.as_deref().unwrap_or("it gives no reason");
        let disabled = self.requirement == Requirement::Disabled;
        disabled.then(|| format!("sources.{source} is Disabled in the StagePolicy of {stage}: {reason}"))
    }
}
