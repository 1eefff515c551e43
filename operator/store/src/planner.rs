//! What the planner reads and did. In: Bots, the record of a run. Out: their last jobs, open jobs; partitions of the days ahead.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::{JobStatus, JobType, ReasonCode, Stage};
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
    /// Bots that may not start, as `namespace/name`, by reason: at most [`MAX_NAMED`] of each are kept.
    pub why_not: BTreeMap<ReasonCode, Vec<String>>,
    /// Time between two runs.
    pub every: Duration,
}

/// Bots of one reason that a run names; `skipped` counts all.
pub const MAX_NAMED: usize = 50;

/// A job that has ended, as far as it bears on when the next is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedJob {
    /// The slot that it filled; of one that was asked for, when it was planned.
    pub due_slot: DateTime<Utc>,
    /// Whether somebody asked for it, so that it filled no slot.
    pub requested: bool,
    /// Whether it did its work.
    pub succeeded: bool,
    /// Why it failed; `None` as well where a newer version wrote a reason that this one does not know.
    pub reason: Option<ReasonCode>,
    /// The Bot's generation that it was planned from.
    pub bot_generation: i64,
    /// Hash of the policy that bound it.
    pub policy_hash: String,
}

/// Jobs of a Bot that are looked back at. More failures in a row than this do not make its wait longer.
const LOOK_BACK: i64 = 8;

/// The last jobs of these Bots that have ended, the newest first, and the last that was asked for; a Bot without any is left out.
pub async fn recent(pool: &PgPool, job_type: JobType, bots: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<EndedJob>>, StoreError> {
    let rows = sqlx::query!(
        r#"select b.id as "bot_id!", j.due_slot as "due_slot!", j.requested as "requested!", j.status as "status!",
             j.reason_code, j.bot_generation as "bot_generation!", j.policy_hash as "policy_hash!"
         from unnest($1::uuid[]) as b (id)
         cross join lateral (
             (select id, due_slot, requested, status, reason_code, bot_generation, policy_hash from bot_jobs
             where bot_id = b.id and job_type = $2 and completed_at is not null and not requested order by id desc limit $3)
             union all
             (select id, due_slot, requested, status, reason_code, bot_generation, policy_hash from bot_jobs
             where bot_id = b.id and job_type = $2 and completed_at is not null and requested order by id desc limit 1)
         ) j
         order by b.id, j.id desc"#,
        bots,
        job_type.to_string(),
        LOOK_BACK
    )
    .fetch_all(pool)
    .await?;
    let mut by_bot = BTreeMap::<Uuid, Vec<EndedJob>>::new();
    for row in rows {
        by_bot.entry(row.bot_id).or_default().push(EndedJob {
            due_slot: row.due_slot,
            requested: row.requested,
            succeeded: row.status == JobStatus::Succeeded.to_string(),
            reason: row.reason_code.and_then(|code| code.parse().ok()),
            bot_generation: row.bot_generation,
            policy_hash: row.policy_hash,
        });
    }
    Ok(by_bot)
}

/// Cycles of all Bots that have an open job.
pub async fn count_open(pool: &PgPool) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar!(r#"select count(distinct trace_id) as "count!" from bot_jobs where completed_at is null"#);
    Ok(count.fetch_one(pool).await?)
}

/// Records a run.
pub async fn record(pool: &PgPool, run: &PlannerRun) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into planner_runs (id, started_at, completed_at, leader, bots_seen, jobs_enqueued, jobs_created, stage_breakdown,
             skipped, why_not, interval_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        run.id,
        run.started_at,
        run.completed_at,
        run.leader,
        run.bots_seen,
        run.jobs_enqueued,
        run.jobs_created,
        counts(&run.stage_breakdown),
        counts(&run.skipped),
        named(&run.why_not),
        i64::try_from(run.every.as_millis()).unwrap_or(i64::MAX)
    )
    .execute(pool)
    .await?;
    Ok(())
}

fn counts<K: ToString>(counts: &BTreeMap<K, i32>) -> Value {
    counts.iter().map(|(key, count)| (key.to_string(), Value::from(*count))).collect::<serde_json::Map<_, _>>().into()
}

fn named(bots: &BTreeMap<ReasonCode, Vec<String>>) -> Value {
    let some = |bots: &Vec<String>| bots.iter().take(MAX_NAMED).map(|bot| Value::from(bot.as_str())).collect::<Vec<_>>();
    bots.iter().map(|(reason, bots)| (reason.to_string(), some(bots).into())).collect::<serde_json::Map<_, _>>().into()
}

/// Makes the log's partitions of today and the days ahead; answers how many were missing.
pub async fn make_partitions(pool: &PgPool, days_ahead: i32) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(r#"select make_partitions($1) as "made!""#, days_ahead).fetch_one(pool).await?)
}
