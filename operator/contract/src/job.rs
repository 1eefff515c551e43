//! Jobs: one unit of a Bot's work in one pod. In: what the controller planned. Out: what the runner is told and reports. Pure.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use uuid::Uuid;

use crate::{ReasonCode, Sha256Hash, Stage};

/// What a job does. A job of one type never does the work of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum JobType {
    /// Fetch the Bot's own bars and run its strategy over them.
    Backtest,
    /// Search for better parameters of the strategy, over the bars that the cycle's backtest has fetched.
    Improve,
    /// Search for another strategy of its lineage, over the same bars.
    Evolve,
}

/// Where a job stands. The last three are final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    /// The row exists; no pod has asked for its work yet.
    Queued,
    /// A pod has taken the work.
    Running,
    /// The work is done and its result is stored.
    Succeeded,
    /// The work ended with a reason code.
    Failed,
    /// The job ran past its time and was closed.
    TimedOut,
}

impl JobStatus {
    /// Whether nothing can change this job any more. The gateway refuses every call of such a job.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::TimedOut)
    }
}

/// What the gateway tells a pod to do: the answer of `GET /v1/job`. `B` is the body of the job's type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobAssignment<B = serde_json::Value> {
    /// The row in `bot_jobs`.
    pub job_id: Uuid,
    /// The cycle that this job belongs to; every request row of the job carries it.
    pub trace_id: Uuid,
    /// What to do.
    pub job_type: JobType,
    /// Stage of the release that the job works for.
    pub stage: Stage,
    /// Namespace of the Bot.
    pub bot_namespace: String,
    /// Name of the Bot.
    pub bot_name: String,
    /// UID of the Bot.
    pub bot_id: Uuid,
    /// The slot of the Bot's cadence that this job fills.
    pub due_slot: DateTime<Utc>,
    /// Jobs of the same cycle that come after this one, in the same pod, if it succeeds.
    #[serde(default)]
    pub remaining: u32,
    /// Typed by the job type; for `BACKTEST` the instrument, strategy, execution and capital.
    pub body: B,
}

/// How a job ended, as its runner tells: the body of `POST /v1/job/report`. A claim, not evidence: evidence is in the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobReport {
    /// True if the job did all of its work.
    pub succeeded: bool,
    /// Why it did not; `None` only where it succeeded.
    pub reason_code: Option<ReasonCode>,
    /// The same in a sentence, at most 1,000 characters.
    pub message: String,
}

/// Name of the Kubernetes Job for a Bot's due slot: the same for every leader, so a second one gets a conflict, not a second job.
///
/// At most 63 characters: the Bot's name (cut to 40), the job type's first letters and 12 hexadecimal digits of the hash of
/// (Bot UID, job type, slot).
pub fn job_name(bot_name: &str, bot_id: Uuid, job_type: JobType, due_slot: DateTime<Utc>) -> String {
    let key = format!("{bot_id}/{job_type}/{}", due_slot.timestamp_millis());
    let hash = Sha256Hash::of(key.as_bytes()).to_string();
    let digits: String = hash.chars().skip("sha256:".len()).take(12).collect();
    let name: String = bot_name.chars().take(40).collect();
    format!("{}-{}-{digits}", name.trim_end_matches(['-', '.']), job_type.label())
}

impl JobType {
    /// The spelling for names and labels: lower case, hyphens.
    pub fn label(self) -> &'static str {
        match self {
            Self::Backtest => "backtest",
            Self::Improve => "improve",
            Self::Evolve => "evolve",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_job_name_is_a_function_of_bot_type_and_slot_and_is_a_valid_name() {
        let bot = Uuid::from_u128(7);
        let slot = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let name = job_name(&"a".repeat(40), bot, JobType::Backtest, slot);
        assert_eq!(name, job_name(&"a".repeat(40), bot, JobType::Backtest, slot));
        assert_ne!(name, job_name(&"a".repeat(40), Uuid::from_u128(8), JobType::Backtest, slot));
        assert_ne!(name, job_name(&"a".repeat(40), bot, JobType::Backtest, slot + chrono::TimeDelta::milliseconds(1)));
        assert!(name.len() <= 63, "{name}");
    }
}
