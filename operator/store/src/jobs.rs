//! Jobs as the controller keeps them. In: what was planned, and what the gateway noted of each job. Out: rows of `bot_jobs`.

use std::str::FromStr;

use assayer_contract::{
    JobStatus, JobType, ReasonCode, Sha256Hash, Stage,
    policy::{AiRules, AllowedSources},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
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
    /// Its place among the jobs of its cycle, from 0.
    pub place: i16,
    /// The slot that it fills; of one that was asked for, when it was planned.
    pub due_slot: DateTime<Utc>,
    /// Whether somebody asked for it: it fills no slot, and its trace is the request's.
    pub requested: bool,
    /// Name of the Kubernetes Job.
    pub job_name: String,
    /// Symbol of the Bot's instrument.
    pub instrument: String,
    /// The instrument's root: `MES` of `MES.v.0`.
    pub root: String,
    /// Trials that it may make; `None` where it makes none.
    pub trials_granted: Option<i32>,
    /// Looks at the hold-out in a quarter over all Bots of the root; `None` where it gets none.
    pub holdout_reads: Option<i32>,
    /// Hash of the strategy with its parameters.
    pub strategy_hash: Sha256Hash,
    /// Name of the strategy's family.
    pub family: String,
    /// The strategy in JSON.
    pub strategy: Value,
    /// Hash of the policy that binds it.
    pub policy_hash: Sha256Hash,
    /// The Bot's generation.
    pub bot_generation: i64,
    /// What the runner is told.
    pub body: Value,
    /// What it may ask of each kind of source.
    pub sources: AllowedSources,
    /// What the stage may pay for bars in one UTC day, in USD: a decimal number.
    pub max_data_usd_per_day: String,
    /// What it may ask of language models.
    pub ai: AiRules,
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
    /// Its place among the jobs of its cycle, from 0.
    pub place: i16,
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
pub(crate) struct Raw {
    pub(crate) id: Uuid,
    pub(crate) bot_id: Uuid,
    pub(crate) bot_namespace: String,
    pub(crate) bot_name: String,
    pub(crate) job_type: String,
    pub(crate) status: String,
    pub(crate) reason_code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) trace_id: Uuid,
    pub(crate) place: i16,
    pub(crate) job_name: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) completed_at: Option<DateTime<Utc>>,
    pub(crate) deadline: DateTime<Utc>,
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
            place: raw.place,
            job_name: raw.job_name,
            created_at: raw.created_at,
            started_at: raw.started_at,
            completed_at: raw.completed_at,
            deadline: raw.deadline,
        })
    }
}

pub(crate) fn word<T: FromStr>(column: &'static str, value: &str) -> Result<T, StoreError> {
    value.parse().map_err(|_| StoreError::UnknownWord { column, value: value.to_owned() })
}

pub(crate) fn jobs(rows: Vec<Raw>) -> Result<Vec<BotJob>, StoreError> {
    rows.into_iter().map(BotJob::try_from).collect()
}

/// Writes the job; says whether its slot was free.
pub(crate) async fn write(connection: &mut PgConnection, job: &NewJob) -> Result<bool, StoreError> {
    sqlx::query!(
        "insert into strategies (hash, family, spec) values ($1, $2, $3) on conflict do nothing",
        job.strategy_hash.to_string(),
        job.family,
        job.strategy
    )
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query!(
        "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, trace_id, due_slot, job_name,
             instrument, strategy_hash, policy_hash, bot_generation, body, created_at, deadline, sources,
             max_data_usd_per_day, ai, place, root, trials_granted, holdout_reads, requested)
         values ($1, $2, $3, $4, $5, $6, 'QUEUED', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18::text::numeric, $19, $20,
             $21, $22, $23, $24)
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
        job.deadline,
        serde_json::to_value(&job.sources)?,
        job.max_data_usd_per_day,
        serde_json::to_value(&job.ai)?,
        job.place,
        job.root,
        job.trials_granted,
        job.holdout_reads,
        job.requested
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Every job that has not ended.
pub async fn open(pool: &PgPool) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where completed_at is null order by id, place"
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// The Bot's job that has not ended; of several in its cycle, the one that comes first.
pub async fn open_of(pool: &PgPool, bot_id: Uuid) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where bot_id = $1 and completed_at is null order by place, id desc limit 1",
        bot_id
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}

/// Notes that a cycle which no pod took was suspended until now, and moves its deadlines by the time that it has waited since it was
/// last noted. At most one write each ten seconds; false where there is nothing to write.
pub async fn suspended(pool: &PgPool, trace_id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "update bot_jobs set deadline = deadline + ($2::timestamptz - coalesce(suspended_until, created_at)), suspended_until = $2::timestamptz
         where trace_id = $1 and completed_at is null and coalesce(suspended_until, created_at) < $2::timestamptz - interval '10 seconds'
             and not exists (select from bot_jobs taken where taken.trace_id = $1 and taken.started_at is not null)",
        trace_id,
        now
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The Bot's newest backtest that has ended: it alone fetches what a cycle stands on.
pub async fn last_of(pool: &PgPool, bot_id: Uuid) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where bot_id = $1 and job_type = 'BACKTEST' and completed_at is not null order by id desc limit 1",
        bot_id
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}
