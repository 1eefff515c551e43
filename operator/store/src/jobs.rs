//! Jobs as the controller keeps them. In: what was planned, and what the gateway noted of each job. Out: rows of `bot_jobs`.

use std::str::FromStr;

use assayer_contract::{JobStatus, JobType, ReasonCode, Sha256Hash, Stage};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// A job to be written.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// UUIDv7.
    pub id: Uuid,
    /// The Bot's UID.
    pub bot_id: Uuid,
    /// The Bot's namespace.
    pub bot_namespace: String,
    /// The Bot's name.
    pub bot_name: String,
    /// Stage of the release.
    pub stage: Stage,
    /// What it does.
    pub job_type: JobType,
    /// UUIDv7 of the cycle.
    pub trace_id: Uuid,
    /// The slot that it fills.
    pub due_slot: DateTime<Utc>,
    /// Name of the Kubernetes Job.
    pub job_name: String,
    /// Symbol of the Bot's instrument.
    pub instrument: String,
    /// Hash of the strategy with its parameters.
    pub strategy_hash: Sha256Hash,
    /// The strategy in JSON: one key, the family.
    pub strategy: Value,
    /// Hash of the policy that binds it.
    pub policy_hash: Sha256Hash,
    /// The Bot's generation.
    pub bot_generation: i64,
    /// What the runner is told.
    pub body: Value,
    /// Now.
    pub created_at: DateTime<Utc>,
    /// After this it is closed.
    pub deadline: DateTime<Utc>,
}

/// A row of `bot_jobs`.
#[derive(Clone, Debug, PartialEq)]
pub struct BotJob {
    /// Its id.
    pub id: Uuid,
    /// The Bot's UID.
    pub bot_id: Uuid,
    /// The Bot's namespace.
    pub bot_namespace: String,
    /// The Bot's name.
    pub bot_name: String,
    /// What it does.
    pub job_type: JobType,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it failed. `None` as well where a newer version wrote a reason that this one does not know.
    pub reason: Option<ReasonCode>,
    /// The same in a sentence.
    pub message: Option<String>,
    /// The trace of its cycle.
    pub trace_id: Uuid,
    /// Name of the Kubernetes Job.
    pub job_name: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When a pod took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// After this it is closed.
    pub deadline: DateTime<Utc>,
}

/// The columns of [`BotJob`] as they are stored.
struct Raw {
    id: Uuid,
    bot_id: Uuid,
    bot_namespace: String,
    bot_name: String,
    job_type: String,
    status: String,
    reason_code: Option<String>,
    message: Option<String>,
    trace_id: Uuid,
    job_name: String,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    deadline: DateTime<Utc>,
}

impl TryFrom<Raw> for BotJob {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: raw.id,
            bot_id: raw.bot_id,
            bot_namespace: raw.bot_namespace,
            bot_name: raw.bot_name,
            job_type: word("bot_jobs.job_type", &raw.job_type)?,
            status: word("bot_jobs.status", &raw.status)?,
            reason: raw.reason_code.and_then(|code| code.parse().ok()),
            message: raw.message,
            trace_id: raw.trace_id,
            job_name: raw.job_name,
            created_at: raw.created_at,
            started_at: raw.started_at,
            completed_at: raw.completed_at,
            deadline: raw.deadline,
        })
    }
}

fn word<T: FromStr>(column: &'static str, value: &str) -> Result<T, StoreError> {
    value.parse().map_err(|_| StoreError::UnknownWord { column, value: value.to_owned() })
}

fn jobs(rows: Vec<Raw>) -> Result<Vec<BotJob>, StoreError> {
    rows.into_iter().map(BotJob::try_from).collect()
}

/// Writes the job unless its slot is filled or the Bot has an open job; says whether it did.
pub async fn enqueue(pool: &PgPool, job: &NewJob) -> Result<bool, StoreError> {
    let family = job.strategy.as_object().and_then(|families| families.keys().next()).map_or("", String::as_str);
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "insert into strategies (hash, family, spec) values ($1, $2, $3) on conflict do nothing",
        job.strategy_hash.to_string(),
        family,
        job.strategy
    )
    .execute(&mut *tx)
    .await?;
    let done = sqlx::query!(
        "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, trace_id, due_slot, job_name,
             instrument, strategy_hash, policy_hash, bot_generation, body, created_at, deadline)
         select $1, $2, $3, $4, $5, $6, 'QUEUED', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
         where not exists (select from bot_jobs where bot_id = $2 and completed_at is null)
         on conflict do nothing",
        job.id,
        job.bot_id,
        job.bot_namespace,
        job.bot_name,
        job.stage.to_string(),
        job.job_type.to_string(),
        job.trace_id,
        job.due_slot,
        job.job_name,
        job.instrument,
        job.strategy_hash.to_string(),
        job.policy_hash.to_string(),
        job.bot_generation,
        job.body,
        job.created_at,
        job.deadline
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected() == 1)
}

/// Every job that has not ended.
pub async fn open(pool: &PgPool) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where completed_at is null order by id"
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// The Bot's job that has not ended.
pub async fn open_of(pool: &PgPool, bot_id: Uuid) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where bot_id = $1 and completed_at is null order by id desc limit 1",
        bot_id
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}

/// The Bot's newest job that has ended.
pub async fn last_of(pool: &PgPool, bot_id: Uuid) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where bot_id = $1 and completed_at is not null order by id desc limit 1",
        bot_id
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}

/// Folds what the gateway noted into the jobs, of one Bot or of all, and closes those past their deadline. Answers with the jobs
/// that changed, each to one caller only.
pub async fn fold(pool: &PgPool, bot_id: Option<Uuid>, now: DateTime<Utc>) -> Result<Vec<BotJob>, StoreError> {
    let mut changed = started(pool, bot_id).await?;
    // A job that started and ended since the last fold is told once, as ended.
    for job in [ended(pool, bot_id).await?, timed_out(pool, bot_id, now).await?].concat() {
        changed.retain(|earlier| earlier.id != job.id);
        changed.push(job);
    }
    Ok(changed)
}

async fn started(pool: &PgPool, bot_id: Option<Uuid>) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "update bot_jobs j set status = 'RUNNING', started_at = e.at
         from (select job_id, min(at) as at from job_events where kind = 'STARTED' group by job_id) e
         where e.job_id = j.id and j.status = 'QUEUED' and ($1::uuid is null or j.bot_id = $1)
         returning id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, job_name, created_at,
             started_at, completed_at, deadline",
        bot_id
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// A success counts only with its stored session. Why a job failed is rather what the log says of its newest call than what the
/// runner claims.
async fn ended(pool: &PgPool, bot_id: Option<Uuid>) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "update bot_jobs j set
             status = case when e.succeeded then 'SUCCEEDED' else 'FAILED' end,
             reason_code = case when not e.succeeded then coalesce(e.row_reason, e.reason_code, 'RUNNER_FAILED') end,
             message = case when e.succeeded then null when e.row_reason is not null then coalesce(e.row_message, e.message)
                 when e.kind = 'SUCCEEDED' then 'the runner reported success without a stored session' else e.message end,
             completed_at = e.at
         from (
             select o.id, v.at, v.kind, v.reason_code, v.message, r.reason_code as row_reason, r.error_message as row_message,
                 v.kind = 'SUCCEEDED' and exists (select from backtest_sessions s where s.job_id = o.id) as succeeded
             from bot_jobs o
             join job_events v on v.job_id = o.id and v.kind in ('SUCCEEDED', 'FAILED')
             left join lateral (
                 select l.outcome, l.reason_code, l.error_message from requests l
                 where l.trace_id = o.trace_id and l.job_id = o.id and l.id >= uuid_floor(o.created_at - interval '1 minute')
                 order by l.id desc limit 1
             ) r on r.outcome in ('failed', 'refused', 'unknown')
             where o.completed_at is null and ($1::uuid is null or o.bot_id = $1)
         ) e
         where e.id = j.id and j.completed_at is null
         returning j.id, j.bot_id, j.bot_namespace, j.bot_name, j.job_type, j.status, j.reason_code, j.message, j.trace_id,
             j.job_name, j.created_at, j.started_at, j.completed_at, j.deadline",
        bot_id
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

async fn timed_out(pool: &PgPool, bot_id: Option<Uuid>, now: DateTime<Utc>) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "update bot_jobs j set status = 'TIMED_OUT', reason_code = 'JOB_TIMEOUT', completed_at = $2,
             message = case when started_at is null then 'no pod took the job before its deadline' else 'the job ran past its deadline' end
         where completed_at is null and deadline <= $2 and ($1::uuid is null or bot_id = $1)
             and not exists (select from job_events e where e.job_id = j.id and e.kind in ('SUCCEEDED', 'FAILED'))
         returning id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, job_name, created_at,
             started_at, completed_at, deadline",
        bot_id,
        now
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// Closes a job whose pod ended without a report, naming why its newest call failed if it did. `None` where it has ended, or a
/// report is there to be folded.
pub async fn close_unreported(
    pool: &PgPool,
    job_id: Uuid,
    message: &str,
    now: DateTime<Utc>,
) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "update bot_jobs j set status = 'FAILED', completed_at = $3, reason_code = coalesce(e.row_reason, 'RUNNER_FAILED'),
             message = case when e.row_reason is null then $2 else coalesce(e.row_message, $2) end
         from (
             select o.id, r.reason_code as row_reason, r.error_message as row_message
             from bot_jobs o
             left join lateral (
                 select l.outcome, l.reason_code, l.error_message from requests l
                 where l.trace_id = o.trace_id and l.job_id = o.id and l.id >= uuid_floor(o.created_at - interval '1 minute')
                 order by l.id desc limit 1
             ) r on r.outcome in ('failed', 'refused', 'unknown')
             where o.id = $1
         ) e
         where j.id = e.id and j.completed_at is null
             and not exists (select from job_events v where v.job_id = j.id and v.kind in ('SUCCEEDED', 'FAILED'))
         returning j.id, j.bot_id, j.bot_namespace, j.bot_name, j.job_type, j.status, j.reason_code, j.message, j.trace_id,
             j.job_name, j.created_at, j.started_at, j.completed_at, j.deadline",
        job_id,
        message,
        now
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}
