//! How jobs start and end. In: what the gateway noted, the log's newest row, the time. Out: changed rows of `bot_jobs`, each to one
//! caller only.

use assayer_contract::ReasonCode;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    StoreError,
    gateway_jobs::storable,
    jobs::{BotJob, Raw, jobs},
};

/// Folds what the gateway noted into the jobs, of one Bot or of all, and closes those past their deadline. Answers with the jobs
/// that changed, each to one caller only.
pub async fn fold(pool: &PgPool, bot_id: Option<Uuid>, now: DateTime<Utc>) -> Result<Vec<BotJob>, StoreError> {
    let mut changed = started(pool, bot_id).await?;
    // A job that started and ended since the last fold is told once, as ended.
    for job in [ended(pool, bot_id).await?, timed_out(pool, bot_id, now).await?, orphaned(pool, bot_id, now).await?].concat() {
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
         returning id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline",
        bot_id
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// A success counts only with its stored session or report. Why a job failed is rather what the log says of its newest call than what the
/// runner claims.
async fn ended(pool: &PgPool, bot_id: Option<Uuid>) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "update bot_jobs j set
             status = case when e.succeeded then 'SUCCEEDED' else 'FAILED' end,
             reason_code = case when not e.succeeded then coalesce(e.row_reason, e.reason_code, 'RUNNER_FAILED') end,
             message = case when e.succeeded then null when e.row_reason is not null then coalesce(e.row_message, e.message)
                 when e.kind = 'SUCCEEDED' then 'the runner reported success without a stored result' else e.message end,
             completed_at = e.at
         from (
             select o.id, v.at, v.kind, v.reason_code, v.message, r.reason_code as row_reason, r.error_message as row_message,
                 v.kind = 'SUCCEEDED' and (exists (select from backtest_sessions s where s.job_id = o.id)
                     or exists (select from research_reports f where f.job_id = o.id)) as succeeded
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
             j.place, j.job_name, j.created_at, j.started_at, j.completed_at, j.deadline",
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
         returning id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline",
        bot_id,
        now
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// Closes the jobs of a cycle in which an earlier one did not succeed: they are not begun.
async fn orphaned(pool: &PgPool, bot_id: Option<Uuid>, now: DateTime<Utc>) -> Result<Vec<BotJob>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        "update bot_jobs j set status = 'FAILED', reason_code = 'CYCLE_ENDED', completed_at = $2,
             message = 'the ' || lower(p.job_type) || ' before it ended ' || p.status || ' with ' || p.reason_code
         from bot_jobs p
         where p.trace_id = j.trace_id and p.place < j.place and p.status in ('FAILED', 'TIMED_OUT') and j.completed_at is null
             and ($1::uuid is null or j.bot_id = $1)
         returning j.id, j.bot_id, j.bot_namespace, j.bot_name, j.job_type, j.status, j.reason_code, j.message, j.trace_id, j.place,
             j.job_name, j.created_at, j.started_at, j.completed_at, j.deadline",
        bot_id,
        now
    )
    .fetch_all(pool)
    .await?;
    jobs(rows)
}

/// Closes a job whose pod ended without a report, naming why its newest call failed if it did, else `reason`. `None` where it has
/// ended, or a report is there to be folded.
pub async fn close_unreported(
    pool: &PgPool,
    job_id: Uuid,
    reason: ReasonCode,
    message: &str,
    now: DateTime<Utc>,
) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "update bot_jobs j set status = 'FAILED', completed_at = $3, reason_code = coalesce(e.row_reason, $4),
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
             j.place, j.job_name, j.created_at, j.started_at, j.completed_at, j.deadline",
        job_id,
        storable(message),
        now,
        reason.to_string()
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}

/// Ends an open job for a reason of the controller's own. `None` where it has ended, or a report is there to be folded.
pub async fn end(
    pool: &PgPool,
    job_id: Uuid,
    reason: ReasonCode,
    message: &str,
    now: DateTime<Utc>,
) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "update bot_jobs j set status = 'FAILED', completed_at = $4, reason_code = $2, message = $3
         where id = $1 and completed_at is null
             and not exists (select from job_events v where v.job_id = j.id and v.kind in ('SUCCEEDED', 'FAILED'))
         returning id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline",
        job_id,
        reason.to_string(),
        message,
        now
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}

#[cfg(test)]
#[path = "job_tests.rs"]
mod tests;
