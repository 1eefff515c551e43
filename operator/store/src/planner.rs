//! What the planner did. In: due slots and the record of a run. Out: which slots are filled; partitions of the days ahead.

use std::collections::{BTreeMap, BTreeSet};

use assayer_contract::{JobType, ReasonCode, Stage};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// One run of the planner.
#[derive(Clone, Debug)]
pub struct PlannerRun {
    /// UUIDv7.
    pub id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it had done its work.
    pub completed_at: DateTime<Utc>,
    /// Holder of the Lease.
    pub leader: String,
    /// Bots looked at.
    pub bots_seen: i32,
    /// Rows written.
    pub jobs_enqueued: i32,
    /// Kubernetes Jobs created.
    pub jobs_created: i32,
    /// Jobs enqueued, by stage.
    pub stage_breakdown: BTreeMap<Stage, i32>,
    /// Bots without a new job, by reason.
    pub skipped: BTreeMap<ReasonCode, i32>,
}

/// The Bots whose slot has a job already, of any status.
pub async fn filled(pool: &PgPool, job_type: JobType, due: &[(Uuid, DateTime<Utc>)]) -> Result<BTreeSet<Uuid>, StoreError> {
    let (bots, slots): (Vec<Uuid>, Vec<DateTime<Utc>>) = due.iter().copied().unzip();
    let rows = sqlx::query_scalar!(
        "select j.bot_id from bot_jobs j join unnest($1::uuid[], $2::timestamptz[]) as due (bot_id, slot)
             on j.bot_id = due.bot_id and j.due_slot = due.slot
         where j.job_type = $3",
        &bots,
        &slots,
        job_type.to_string()
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().collect())
}

/// Records a run.
pub async fn record(pool: &PgPool, run: &PlannerRun) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into planner_runs (id, started_at, completed_at, leader, bots_seen, jobs_enqueued, jobs_created, stage_breakdown,
             skipped)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        run.id,
        run.started_at,
        run.completed_at,
        run.leader,
        run.bots_seen,
        run.jobs_enqueued,
        run.jobs_created,
        counts(&run.stage_breakdown),
        counts(&run.skipped)
    )
    .execute(pool)
    .await?;
    Ok(())
}

fn counts<K: ToString>(counts: &BTreeMap<K, i32>) -> Value {
    counts.iter().map(|(key, count)| (key.to_string(), Value::from(*count))).collect::<serde_json::Map<_, _>>().into()
}

/// Makes the log's partitions of today and the days ahead; answers how many were missing.
pub async fn make_partitions(pool: &PgPool, days_ahead: i32) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(r#"select make_partitions($1) as "made!""#, days_ahead).fetch_one(pool).await?)
}
