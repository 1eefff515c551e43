//! Facts read from rows. Nothing in here is taken from what a runner says of itself, but for a job's own reason to fail. Pure.

use assayer_contract::{
    BarQuality, JobStatus, JobType, Operation, Outcome, ReasonCode, Release, RequestRow, Sent, Source, budget::Usage,
    research::Round, simulated,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    cadence::Ended,
    information::{Done, Tested},
    readiness::{Impediment, Readiness},
};

/// What could be read of a Bot's evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one a judgement, never kept")]
pub enum Evidence {
    /// The log cannot be read now; why.
    Unreadable(String),
    /// The log was read.
    Read(Facts),
}

/// What the rows say of a Bot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The job that is queued or running.
    pub open_job: Option<JobFact>,
    /// Why that job's pod has not started.
    pub pod_waits: Option<PodWaits>,
    /// The Bot's jobs that ended last, the newest first.
    pub recent: Vec<Ended>,
    /// Whether somebody asked for a run that has no row yet.
    pub run_requested: bool,
    /// Backtests of all Bots that are queued or running.
    pub open_backtests: i64,
    /// What research of the stage uses, and of the Bot's instrument root; `None` where its policy limits none.
    pub usage: Option<Usage>,
    /// The improvements and evolutions of its present strategy that ended last, the newest first.
    pub rounds: Vec<Round>,
    /// The newest session of its present strategy.
    pub tested: Option<Tested>,
    /// What is in the way of starting one, or does not fully work, what blocks first.
    pub impediments: Vec<Impediment>,
    /// The newest finished job with all rows of its trace.
    pub last_cycle: Option<Cycle>,
    /// What plans of the namespace's vendors do not cover.
    pub denied: Vec<Denied>,
    /// Stored sessions of jobs that succeeded with the Bot's present strategy, those of the same evidence together.
    pub sessions: Vec<SessionFact>,
}

/// Why the pod of a queued job has not started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodWaits {
    /// `JOB_SUSPENDED` before a queue lets it start, else `JOB_QUEUED`.
    pub reason: ReasonCode,
    /// The same in the cluster's own words.
    pub message: String,
}

impl Facts {
    /// What the Bot has done, as far as it bears on whether more is to be found.
    pub fn done(&self) -> Done<'_> {
        Done { recent: &self.recent, rounds: &self.rounds, tested: self.tested.as_ref() }
    }

    /// Why no job of the Bot may start, if so.
    pub fn blocked(&self) -> Option<&Impediment> {
        self.impediments.iter().find(|one| one.readiness == Readiness::Blocked)
    }
}

/// A vendor whose plan does not cover what was asked of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Registry name of the vendor.
    pub provider: String,
    /// Why.
    pub reason: ReasonCode,
    /// The same in a sentence.
    pub message: String,
}

/// Sessions that were fed by bars of which the rows say the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionFact {
    /// How many sessions.
    pub count: i64,
    /// Bars that the gateway counted for each.
    pub bars: i64,
    /// Records that the vendor said the same range has.
    pub record_count: Option<i64>,
    /// What the gateway measured in the bars.
    pub quality: Option<BarQuality>,
    /// Whether anything stood in for a vendor in their jobs.
    pub fallback: bool,
}

/// One job with its rows in the request log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The job.
    pub job: JobFact,
    /// Its rows, in the order of their ids.
    pub rows: Vec<RowFact>,
}

impl Cycle {
    /// The newest answer that stood in for a vendor, if any did.
    pub fn stood_in(&self) -> Option<&RowFact> {
        let answered = |row: &&RowFact| matches!(row.outcome, Outcome::Success | Outcome::Served);
        self.rows.iter().rev().filter(answered).find(|row| row.fallback_of.is_some())
    }
}

impl RowFact {
    /// Whether what stood in was made up by Assayer itself.
    pub fn is_simulated(&self) -> bool {
        self.provider == simulated::PROVIDER
    }
}

/// A row of `bot_jobs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobFact {
    /// Its id.
    pub id: Uuid,
    /// The trace of its cycle.
    pub trace_id: Uuid,
    /// Name of the Kubernetes Job.
    pub job_name: String,
    /// What it does.
    pub job_type: JobType,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it failed.
    pub reason: Option<ReasonCode>,
    /// The same in a sentence.
    pub message: Option<String>,
    /// When its row was written.
    pub created_at: DateTime<Utc>,
    /// When a pod took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// After this it is closed as timed out.
    pub deadline: DateTime<Utc>,
}

/// What a row in `requests` proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFact {
    /// Its id.
    pub id: Uuid,
    /// Kind of source.
    pub source: Option<Source>,
    /// Why the call was made.
    pub operation: Operation,
    /// Registry name of the vendor.
    pub provider: String,
    /// The vendor's name of the endpoint.
    pub endpoint: String,
    /// When its answer was complete, or when it was begun where that is not known.
    pub at: DateTime<Utc>,
    /// Whether it reached the vendor.
    pub sent: Sent,
    /// How it ended.
    pub outcome: Outcome,
    /// Dataset asked for.
    pub dataset: Option<String>,
    /// Symbol asked for.
    pub symbol: Option<String>,
    /// Schema asked for.
    pub schema: Option<String>,
    /// Bars that the gateway counted in the answer.
    pub bar_count: Option<i64>,
    /// Things that the answer lists; none where it speaks about its source only.
    pub items: Option<i64>,
    /// Economic series that were asked for.
    pub series: Vec<String>,
    /// Last day of the vintage that was asked for.
    pub vintage_end: Option<DateTime<Utc>>,
    /// When economic figures are released, by the vendor's word.
    pub releases: Option<Vec<Release>>,
    /// Start of the range asked for.
    pub start: Option<DateTime<Utc>>,
    /// End of the range asked for.
    pub end: Option<DateTime<Utc>>,
    /// Records that the vendor said there are, where it was asked.
    pub record_count: Option<i64>,
    /// What the gateway measured in the bars.
    pub quality: Option<BarQuality>,
    /// Milliseconds from the end of the last bar to its receipt.
    pub staleness_ms: Option<i64>,
    /// Whether the vendor says that its data is delayed.
    pub delayed: bool,
    /// Address that stood in for the vendor's own.
    pub endpoint_override: Option<String>,
    /// What the vendor warned of.
    pub vendor_warning: Option<String>,
    /// The row of an earlier answer that it was served from.
    pub served_from: Option<Uuid>,
    /// The failed row of another vendor that it stands in for.
    pub fallback_of: Option<Uuid>,
    /// Why it failed or was refused.
    pub reason: Option<ReasonCode>,
    /// What the vendor said.
    pub error_message: Option<String>,
}

impl From<RequestRow> for RowFact {
    fn from(row: RequestRow) -> Self {
        Self {
            id: row.id,
            source: row.source,
            operation: row.operation,
            provider: row.provider,
            endpoint: row.endpoint,
            at: row.completed_at.unwrap_or(row.created_at),
            sent: row.sent,
            outcome: row.outcome,
            dataset: row.dataset,
            symbol: row.symbol,
            schema: row.schema,
            bar_count: row.bar_count,
            items: row.item_count,
            series: row.series_ids.unwrap_or_default(),
            vintage_end: row.realtime_end,
            releases: row.releases,
            start: row.start_ts,
            end: row.end_ts,
            record_count: row.record_count,
            quality: row.quality,
            staleness_ms: row.staleness_ms,
            delayed: row.delayed == Some(true),
            endpoint_override: row.endpoint_override,
            vendor_warning: row.vendor_warning,
            served_from: row.served_from,
            fallback_of: row.fallback_of,
            reason: row.reason_code,
            error_message: row.error_message,
        }
    }
}
