//! What the controller says of a Bot. It mirrors the log and never decides anything by itself. Pure.
//!
//! Reason codes and job types are texts here: an older binary that met an unknown one could otherwise not list Bots at all.

use assayer_contract::{JobStatus, Stage};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// State of a Bot as its controller last observed it. At most 4 KiB.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BotStatus {
    /// The generation of the spec that this status speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Rung of the ladder that the Bot stands on.
    pub stage: Stage,
    /// What the Bot does now, and why.
    pub activity: Activity,
    /// Sources proven by rows of the last completed cycle: `MD✓` proven, `MD✗` refuted, `MD?` unknown.
    #[schemars(length(max = 64))]
    pub proof: String,
    /// How the newest finished job ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_job: Option<LastJob>,
    /// What keeps the Bot from its next stage, the first to clear first.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub blockers: Vec<Blocker>,
    /// Facts about the Bot, each True, False or Unknown.
    #[serde(default)]
    #[schemars(length(max = 32), extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
}

/// What a Bot does now.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activity {
    /// The state.
    pub state: ActivityState,
    /// Why it is in this state.
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub reason_code: String,
    /// The same in a sentence.
    #[schemars(length(max = 1_024))]
    pub message: String,
    /// Since when it is in this state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// The job at work, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_job: Option<ActiveJob>,
}

/// The states of a Bot.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
pub enum ActivityState {
    /// A backtest runs.
    Backtesting,
    /// Better parameters of its strategy are searched for.
    Improving,
    /// Another strategy of its lineage is searched for.
    Evolving,
    /// A job waits for its pod.
    Queued,
    /// Nothing runs; the reason code says why.
    Idle,
    /// A stopPolicy keeps it from working.
    Stopped,
}

/// A job that is queued or running.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveJob {
    /// Id of its row in `bot_jobs`.
    #[schemars(with = "String", length(equal = 36))]
    pub id: Uuid,
    /// What it does.
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub job_type: String,
    /// Trace that all rows of its cycle carry.
    #[schemars(with = "String", length(equal = 36))]
    pub trace_id: Uuid,
    /// When a pod took it; absent while it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
}

/// A finished job.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastJob {
    /// Id of its row in `bot_jobs`.
    #[schemars(with = "String", length(equal = 36))]
    pub id: Uuid,
    /// What it did.
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub job_type: String,
    /// How it ended.
    pub status: JobStatus,
    /// Why it failed; absent where it succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub reason_code: Option<String>,
    /// Trace that all rows of its cycle carry.
    #[schemars(with = "String", length(equal = 36))]
    pub trace_id: Uuid,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Time>,
    /// What stood in for the vendor whose bars could not be had; absent where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub fallback: Option<String>,
}

/// A gate that is not proven.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// Which gate, or why it is closed.
    #[schemars(length(max = 64), regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub reason_code: String,
    /// What is missing, with names and numbers.
    #[schemars(length(max = 1_024))]
    pub message: String,
    /// What was measured; absent where nothing measures it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub measured: Option<String>,
    /// What the policy requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub required: Option<String>,
    /// What to do about it.
    #[schemars(length(max = 256))]
    pub suggested_fix: String,
}
