//! A stage's rules as the judge reads them. In: the StagePolicy's spec. Pure.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{QualityLimits, Sha256Hash, Stage};

/// Whether a stage needs a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// Without proof of it, the stage's gates stay closed.
    Required,
    /// May be used; its absence closes nothing.
    Optional,
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

/// What binds a Bot at one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The stage.
    pub stage: Stage,
    /// Hash of the StagePolicy's spec; every job names the policy that it ran under.
    pub hash: Sha256Hash,
    /// Whether market data must be proven.
    pub market_data: Requirement,
    /// Providers whose bars count, by their registry names.
    pub market_data_providers: Vec<String>,
    /// What bars must satisfy before a backtest counts; `None` asks for nothing.
    pub market_data_quality: Option<QualityLimits>,
    /// How long one answer of a market data vendor may take, from 1 s to 45 s.
    pub market_data_max_latency: Duration,
    /// Time between two backtests of a Bot.
    pub backtest_every: Duration,
    /// After this long a job is closed as timed out.
    pub job_timeout: Duration,
    /// How far the stage's Bots are stopped.
    pub stop: StopPolicy,
    /// Backtests of all Bots of the stage that may be open at once.
    pub max_concurrent_backtests: u32,
    /// What the stage may pay for bars in one UTC day, in USD: a decimal number.
    pub max_data_usd_per_day: String,
    /// Completed sessions of the present strategy that promotion needs.
    pub promotion_sessions: i32,
}
