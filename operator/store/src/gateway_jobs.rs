//! What the gateway reads and adds of jobs. In: a Kubernetes Job's name, reports and sessions of its pod. Out: the job's row;
//! events and sessions are added, never changed. The controller alone writes `bot_jobs`.

mod lookup;

pub use lookup::{by_job_name, of_cycle};

use assayer_contract::{
    JobReport, JobStatus, JobType, Outcome, RequestRow, SessionReport, Stage, kept,
    policy::{AiRules, AllowedSources},
    research::SuggestionsWanted,
    simulated,
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, log::rows};

/// A job as the gateway needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayJob {
    /// The row in `bot_jobs`.
    pub id: Uuid,
    /// The cycle.
    pub trace_id: Uuid,
    /// What it does.
    pub job_type: JobType,
    /// Stage of the release that it works for.
    pub stage: Stage,
    /// Where it stands by the controller's book.
    pub status: JobStatus,
    /// Whether its runner has reported its end already.
    pub ended: bool,
    /// Jobs of its cycle that come after it.
    pub remaining: u32,
    /// Namespace of the Bot.
    pub bot_namespace: String,
    /// Name of the Bot.
    pub bot_name: String,
    /// UID of the Bot.
    pub bot_id: Uuid,
    /// The slot that it fills.
    pub due_slot: DateTime<Utc>,
    /// After this it may do nothing.
    pub deadline: DateTime<Utc>,
    /// Symbol of the Bot's instrument.
    pub instrument: String,
    /// Hash of the strategy that it was planned with.
    pub strategy_hash: String,
    /// Root of the Bot's instrument; `None` of jobs that were planned by the version before.
    pub root: Option<String>,
    /// Family of that strategy.
    pub family: String,
    /// Trials that it may make; `None` where it makes none.
    pub trials_granted: Option<i32>,
    /// Looks at the hold-out in a quarter over all Bots of the root; `None` where it gets none.
    pub holdout_reads: Option<i32>,
    /// What its stage may pay for bars in one UTC day, in USD.
    pub max_data_usd_per_day: Decimal,
    /// What it may ask of language models.
    pub ai: AiRules,
    /// What it may ask of each kind of source.
    pub sources: AllowedSources,
    /// What the runner is told.
    pub body: Value,
}

impl GatewayJob {
    /// Whether the job may still act.
    pub fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.ended || self.status.is_final() || now >= self.deadline
    }

    /// What it may ask a language model for; none of a job that may ask none. An error where its body says what nobody can read.
    pub fn suggestions_wanted(&self) -> Result<Option<SuggestionsWanted>, StoreError> {
        Ok(self.body.get("suggestions").map(SuggestionsWanted::deserialize).transpose()?)
    }
}

/// The pod that acts for a job.
#[derive(Clone, Copy, Debug)]
pub struct Pod<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its UID.
    pub uid: &'a str,
}

/// What became of a report or session: the same one may be posted again after a lost answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It stands under this id, now or since an earlier post of the same content.
    Stands(Uuid),
    /// Another one stands already.
    Conflict,
    /// It names this request, which is no successful call of the job.
    NotEvidence(Uuid),
}

/// Notes that the pod has taken the job; once a pod.
pub async fn started(pool: &PgPool, event_id: Uuid, job_id: Uuid, pod: Pod<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into job_events (id, job_id, kind, pod, pod_uid)
         select $1, $2, 'STARTED', $3, $4
         where not exists (select from job_events where job_id = $2 and kind = 'STARTED' and pod_uid = $4)",
        event_id,
        job_id,
        pod.name,
        pod.uid
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Notes how the job ended. A job ends once.
pub async fn ended(pool: &PgPool, event_id: Uuid, job_id: Uuid, pod: Pod<'_>, report: &JobReport) -> Result<Added, StoreError> {
    let kind = if report.succeeded { "SUCCEEDED" } else { "FAILED" };
    let reason = report.reason_code.map(|reason| reason.to_string());
    let done = sqlx::query!(
        "insert into job_events (id, job_id, kind, reason_code, message, pod, pod_uid) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (job_id) where kind in ('SUCCEEDED', 'FAILED') do nothing",
        event_id,
        job_id,
        kind,
        reason,
        storable(&report.message),
        pod.name,
        pod.uid
    )
    .execute(pool)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Added::Stands(event_id));
    }
    let standing = sqlx::query!(
        "select id, kind, reason_code, pod_uid from job_events where job_id = $1 and kind in ('SUCCEEDED', 'FAILED')",
        job_id
    )
    .fetch_one(pool)
    .await?;
    let same = standing.kind == kind && standing.reason_code == reason && standing.pod_uid == pod.uid;
    Ok(if same { Added::Stands(standing.id) } else { Added::Conflict })
}

/// Stores a session whose requests are all successful calls of this very job, bars that were kept of such calls, or simulated bars that
/// stood in for one. A job has one
/// session.
pub async fn add_session(pool: &PgPool, session_id: Uuid, job: &GatewayJob, report: &SessionReport) -> Result<Added, StoreError> {
    let rows = rows::of_job(pool, job.trace_id, job.id).await?;
    let evidence: Vec<Uuid> = rows.iter().filter(|row| feeds(row, &rows)).map(|row| row.id).collect();
    if let Some(stranger) = report.request_ids.iter().find(|id| !evidence.contains(id)) {
        return Ok(Added::NotEvidence(*stranger));
    }
    let buckets = report.bar_buckets.as_ref().map(|given| serde_json::to_value(&given.buckets)).transpose()?;
    let buckets_hash = report.bar_buckets.as_ref().map(|given| given.hash.to_string());
    let done = sqlx::query!(
        "insert into backtest_sessions (id, job_id, trace_id, bot_id, bot_namespace, bot_name, request_ids, data_hash,
             strategy_hash, inputs_hash, engine_version, bars, first_bar, last_bar, result, result_hash, bar_buckets, bar_buckets_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) on conflict (job_id) do nothing",
        session_id,
        job.id,
        job.trace_id,
        job.bot_id,
        job.bot_namespace,
        job.bot_name,
        &report.request_ids,
        report.data_hash.to_string(),
        report.strategy_hash.to_string(),
        report.inputs_hash.to_string(),
        report.engine_version,
        report.bars,
        report.first_bar,
        report.last_bar,
        report.result,
        report.result_hash.to_string(),
        buckets,
        buckets_hash
    )
    .execute(pool)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(Added::Stands(session_id));
    }
    let standing = sqlx::query!(
        "select id, request_ids, inputs_hash, result_hash, bar_buckets_hash from backtest_sessions where job_id = $1",
        job.id
    )
    .fetch_one(pool)
    .await?;
    let same = standing.request_ids == report.request_ids
        && standing.bar_buckets_hash == buckets_hash
        && standing.inputs_hash == report.inputs_hash.to_string()
        && standing.result_hash == report.result_hash.to_string();
    Ok(if same { Added::Stands(standing.id) } else { Added::Conflict })
}

/// Whether the answer of a row may feed a session, by all `rows` of its job: a success, bars that the gateway kept, or simulated bars in
/// place of a call that failed. Live bars are served too, and feed none.
fn feeds(row: &RequestRow, rows: &[RequestRow]) -> bool {
    let simulated = (row.provider.as_str(), row.endpoint.as_str()) == (simulated::PROVIDER, simulated::ENDPOINT);
    let failed = |id| rows.iter().any(|row| row.id == id && !matches!(row.outcome, Outcome::Success | Outcome::Served));
    let is_kept = row.served_from.is_some() && kept::ENDPOINTS.contains(&(row.provider.as_str(), row.endpoint.as_str()));
    row.outcome == Outcome::Success
        || row.outcome == Outcome::Served && (is_kept || simulated && row.fallback_of.is_some_and(failed))
}

/// A text from a pod as Postgres can hold it, at most 1,000 characters.
pub(crate) fn storable(text: &str) -> String {
    text.chars().take(1_000).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
