//! What the proof API reads. In: a Bot's UID. Out: its last jobs, each with its rows and its session, as of one moment. Not pure.

use assayer_contract::{JobStatus, JobType, ReasonCode, RequestRow, Stage};
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// Rows of one job that are read. A job with more says how many it has.
pub const MAX_ROWS: i64 = 500;
/// How far the clocks of two processes may be apart: a job's rows are looked for from this long before its creation.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::hours(1);

/// One job with all that is known of it.
#[derive(Clone, Debug)]
pub struct JobEvidence {
    /// The job.
    pub job: JobRow,
    /// Its rows in the request log, over all sources, the oldest first; at most [`MAX_ROWS`].
    pub requests: Vec<RequestRow>,
    /// How many there are.
    pub requests_total: i64,
    /// What its runner posted, if it did.
    pub session: Option<SessionRow>,
}

/// A job.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JobRow {
    /// UUIDv7.
    pub id: Uuid,
    /// What it does.
    pub job_type: JobType,
    /// Stage of the release.
    pub stage: Stage,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it failed; null where it did not, or where a newer version wrote a reason that this one does not know.
    pub reason_code: Option<ReasonCode>,
    /// The same in a sentence.
    pub message: Option<String>,
    /// The cycle; every row of the job carries it.
    pub trace_id: Uuid,
    /// The slot of the cadence that it fills.
    pub due_slot: DateTime<Utc>,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When a pod took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// After this it is closed as JOB_TIMEOUT.
    pub deadline: DateTime<Utc>,
    /// The Kubernetes Job.
    pub job_name: String,
    /// Symbol of the Bot's instrument when the job was planned.
    pub instrument: String,
    /// Hash of the strategy when the job was planned.
    pub strategy_hash: String,
    /// Hash of the policy that it ran under.
    pub policy_hash: String,
    /// `metadata.generation` of the Bot that the job was planned from.
    pub bot_generation: i64,
}

/// A backtest session.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SessionRow {
    /// UUIDv7.
    pub id: Uuid,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    /// The rows that fed it, in the order of their use.
    pub request_ids: Vec<Uuid>,
    /// Hash of the bars.
    pub data_hash: String,
    /// Hash of the strategy and its parameters.
    pub strategy_hash: String,
    /// Hash of everything that went in.
    pub inputs_hash: String,
    /// Version of the engine that computed the result.
    pub engine_version: String,
    /// Number of bars.
    pub bars: i64,
    /// Start of the first bar.
    pub first_bar: DateTime<Utc>,
    /// Start of the last bar.
    pub last_bar: DateTime<Utc>,
    /// What the engine computed: fees, net, drawdown, Sharpe ratio. Money is in decimal strings, in the Bot's currency.
    pub result: Value,
    /// Hash of the whole result, trades included, in canonical JSON.
    pub result_hash: String,
    /// Those of `request_ids` that are no successful row of this very job. Empty if the session holds.
    pub unresolved_request_ids: Vec<Uuid>,
}

/// The columns of [`JobRow`] as they are stored.
struct Raw {
    id: Uuid,
    job_type: String,
    stage: String,
    status: String,
    reason_code: Option<String>,
    message: Option<String>,
    trace_id: Uuid,
    due_slot: DateTime<Utc>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    deadline: DateTime<Utc>,
    job_name: String,
    instrument: String,
    strategy_hash: String,
    policy_hash: String,
    bot_generation: i64,
}

impl TryFrom<Raw> for JobRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: raw.id,
            job_type: word("bot_jobs.job_type", &raw.job_type)?,
            stage: word("bot_jobs.stage", &raw.stage)?,
            status: word("bot_jobs.status", &raw.status)?,
            reason_code: raw.reason_code.and_then(|code| code.parse().ok()),
            message: raw.message,
            trace_id: raw.trace_id,
            due_slot: raw.due_slot,
            created_at: raw.created_at,
            started_at: raw.started_at,
            completed_at: raw.completed_at,
            deadline: raw.deadline,
            job_name: raw.job_name,
            instrument: raw.instrument,
            strategy_hash: raw.strategy_hash,
            policy_hash: raw.policy_hash,
            bot_generation: raw.bot_generation,
        })
    }
}

/// Namespace and name of a Bot when its newest job was planned; it may have been deleted since.
pub async fn bot_name(pool: &PgPool, bot_id: Uuid) -> Result<Option<(String, String)>, StoreError> {
    let row = sqlx::query!("select bot_namespace, bot_name from bot_jobs where bot_id = $1 order by id desc limit 1", bot_id)
        .fetch_optional(pool)
        .await?;
    Ok(row.map(|row| (row.bot_namespace, row.bot_name)))
}

/// One job of the Bot with its rows and its session, as of one moment.
pub async fn job(pool: &PgPool, bot_id: Uuid, job_id: Uuid) -> Result<Option<JobEvidence>, StoreError> {
    let mut snapshot = pool.begin_with("begin isolation level repeatable read, read only").await?;
    let job = sqlx::query_as!(
        Raw,
        "select id, job_type, stage, status, reason_code, message, trace_id, due_slot, created_at, started_at, completed_at,
             deadline, job_name, instrument, strategy_hash, policy_hash, bot_generation
         from bot_jobs where bot_id = $1 and id = $2",
        bot_id,
        job_id
    )
    .fetch_optional(&mut *snapshot)
    .await?;
    match job {
        Some(job) => Ok(Some(with_rows(&mut snapshot, job).await?)),
        None => Ok(None),
    }
}

async fn with_rows(snapshot: &mut PgConnection, job: Raw) -> Result<JobEvidence, StoreError> {
    let job = JobRow::try_from(job)?;
    let (requests, requests_total) = requests(snapshot, &job).await?;
    let session = session(snapshot, job.id).await?;
    Ok(JobEvidence { job, requests, requests_total, session })
}

/// The Bot's newest `limit` jobs, the newest first, as of one moment.
pub async fn last_jobs(pool: &PgPool, bot_id: Uuid, limit: i64) -> Result<Vec<JobEvidence>, StoreError> {
    let mut snapshot = pool.begin_with("begin isolation level repeatable read, read only").await?;
    let jobs = sqlx::query_as!(
        Raw,
        "select id, job_type, stage, status, reason_code, message, trace_id, due_slot, created_at, started_at, completed_at,
             deadline, job_name, instrument, strategy_hash, policy_hash, bot_generation
         from bot_jobs where bot_id = $1 order by id desc limit $2",
        bot_id,
        limit
    )
    .fetch_all(&mut *snapshot)
    .await?;
    let mut evidence = Vec::with_capacity(jobs.len());
    for job in jobs {
        evidence.push(with_rows(&mut snapshot, job).await?);
    }
    Ok(evidence)
}

/// The trace finds the rows by an index, and the time leaves out the partitions of days before the job.
async fn requests(connection: &mut PgConnection, job: &JobRow) -> Result<(Vec<RequestRow>, i64), StoreError> {
    // Numerics as text: a float would lose digits.
    let rows = sqlx::query!(
        r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!",
               count(*) over () as "total!"
           from requests r where r.trace_id = $1 and r.job_id = $2 and r.id >= uuid_floor($3) order by r.id limit $4"#,
        job.trace_id,
        job.id,
        job.created_at - CLOCK_TOLERANCE,
        MAX_ROWS
    )
    .fetch_all(connection)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    let rows = rows.into_iter().map(|row| serde_json::from_value(row.row)).collect::<Result<_, _>>()?;
    Ok((rows, total))
}

async fn session(connection: &mut PgConnection, job_id: Uuid) -> Result<Option<SessionRow>, StoreError> {
    Ok(sqlx::query_as!(
        SessionRow,
        r#"select id, created_at, request_ids, data_hash, strategy_hash, inputs_hash, engine_version, bars, first_bar, last_bar,
               result, result_hash,
               array(select named from unnest(request_ids) with ordinality as list (named, place) where not exists (
                   select from requests r where r.id = named and r.job_id = s.job_id and r.trace_id = s.trace_id
                       and r.outcome in ('success', 'served')) order by place) as "unresolved_request_ids!"
           from backtest_sessions s where job_id = $1"#,
        job_id
    )
    .fetch_optional(connection)
    .await?)
}

#[cfg(test)]
#[path = "proof_tests.rs"]
pub(crate) mod tests;
