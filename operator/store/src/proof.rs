//! What the proof API reads. In: a Bot's UID. Out: its last jobs, each with its rows and its session, as of one moment. Not pure.

use assayer_contract::RequestRow;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::StoreError;

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

/// A row of `bot_jobs`, whose migration says what each column means.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the columns are documented once, in the table's migration")]
pub struct JobRow {
    pub id: Uuid,
    pub job_type: String,
    pub stage: String,
    pub status: String,
    pub reason_code: Option<String>,
    pub message: Option<String>,
    pub trace_id: Uuid,
    pub due_slot: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub deadline: DateTime<Utc>,
    pub job_name: String,
    pub instrument: String,
    pub strategy_hash: String,
    pub policy_hash: String,
    pub bot_generation: i64,
}

/// A row of `backtest_sessions`, whose migration says what each column means.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the columns are documented once, in the table's migration")]
pub struct SessionRow {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub request_ids: Vec<Uuid>,
    pub data_hash: String,
    pub strategy_hash: String,
    pub inputs_hash: String,
    pub engine_version: String,
    pub bars: i64,
    pub first_bar: DateTime<Utc>,
    pub last_bar: DateTime<Utc>,
    pub result: Value,
    pub result_hash: String,
    /// Those of `request_ids` that are no successful row of this very job. Empty if the session holds.
    pub unresolved_request_ids: Vec<Uuid>,
}

/// Namespace and name of a Bot when its newest job was planned; it may have been deleted since.
pub async fn bot_name(pool: &PgPool, bot_id: Uuid) -> Result<Option<(String, String)>, StoreError> {
    let row = sqlx::query!("select bot_namespace, bot_name from bot_jobs where bot_id = $1 order by id desc limit 1", bot_id)
        .fetch_optional(pool)
        .await?;
    Ok(row.map(|row| (row.bot_namespace, row.bot_name)))
}

/// The Bot's newest `limit` jobs, the newest first, as of one moment.
pub async fn last_jobs(pool: &PgPool, bot_id: Uuid, limit: i64) -> Result<Vec<JobEvidence>, StoreError> {
    let mut snapshot = pool.begin_with("begin isolation level repeatable read, read only").await?;
    let jobs = sqlx::query_as!(
        JobRow,
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
        let (requests, requests_total) = requests(&mut snapshot, &job).await?;
        let session = session(&mut snapshot, job.id).await?;
        evidence.push(JobEvidence { job, requests, requests_total, session });
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
