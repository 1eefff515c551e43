//! A stage's rules as the judge reads them. In: the StagePolicy's spec. Pure.

use std::time::Duration;

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
    /// Time between two backtests of a Bot.
    pub backtest_every: Duration,
    /// After this long a job is closed as timed out.
    pub job_timeout: Duration,
    /// Completed sessions of the present strategy that promotion needs.
    pub promotion_sessions: i32,
}
