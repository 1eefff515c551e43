//! Which job a pod works on. In: its Kubernetes Job, or the cycle and the job's id. Out: the row, with what became of it so far.

use assayer_contract::{JobStatus, JobType};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use super::GatewayJob;
use crate::{StoreError, jobs::word};

/// The columns of [`GatewayJob`] as they are stored.
struct Raw {
    id: Uuid,
    trace_id: Uuid,
    job_type: String,
    stage: String,
    status: String,
    bot_namespace: String,
    bot_name: String,
    bot_id: Uuid,
    due_slot: DateTime<Utc>,
    deadline: DateTime<Utc>,
    instrument: String,
    strategy_hash: String,
    root: Option<String>,
    family: String,
    trials_granted: Option<i32>,
    holdout_reads: Option<i32>,
    sources: Value,
    max_data_usd_per_day: Decimal,
    ai: Value,
    body: Value,
    /// Whether its runner reported a success, with its result stored; none where it has reported nothing.
    done: Option<bool>,
}

impl Raw {
    /// Whether the job after it may begin.
    fn is_done(&self) -> bool {
        self.status == JobStatus::Succeeded.to_string() || (self.done == Some(true) && !self.is_closed())
    }

    fn is_closed(&self) -> bool {
        self.status.parse::<JobStatus>().is_ok_and(JobStatus::is_final)
    }

    fn job(self, remaining: usize) -> Result<GatewayJob, StoreError> {
        Ok(GatewayJob {
            id: self.id,
            trace_id: self.trace_id,
            job_type: word::<JobType>("bot_jobs.job_type", &self.job_type)?,
            stage: word("bot_jobs.stage", &self.stage)?,
            status: word("bot_jobs.status", &self.status)?,
            ended: self.done.is_some(),
            remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
            bot_namespace: self.bot_namespace,
            bot_name: self.bot_name,
            bot_id: self.bot_id,
            due_slot: self.due_slot,
            deadline: self.deadline,
            instrument: self.instrument,
            strategy_hash: self.strategy_hash,
            root: self.root,
            family: self.family,
            trials_granted: self.trials_granted,
            holdout_reads: self.holdout_reads,
            max_data_usd_per_day: self.max_data_usd_per_day,
            ai: serde_json::from_value(self.ai)?,
            sources: serde_json::from_value(self.sources)?,
            body: self.body,
        })
    }
}

/// Jobs under a condition, with what became of each so far.
macro_rules! jobs {
    ($condition:tt, $($argument:expr),+) => {
        sqlx::query_as!(
            Raw,
            "select j.id, trace_id, job_type, stage, status, bot_namespace, bot_name, bot_id, due_slot, deadline, instrument,
                strategy_hash, root, s.family, trials_granted, holdout_reads, sources, max_data_usd_per_day, ai, body,
                (select e.kind = 'SUCCEEDED' and (j.job_type <> 'BACKTEST' or exists (select from backtest_sessions b where b.job_id = j.id))
                    from job_events e where e.job_id = j.id and e.kind in ('SUCCEEDED', 'FAILED')) as done
            from bot_jobs j join strategies s on s.hash = j.strategy_hash where " + $condition,
            $($argument),+
        )
    };
}

/// The job that the pod of a Kubernetes Job works on: the first of its cycle that is not done, or the last where all are. Behind one that
/// did not succeed nothing begins.
pub async fn by_job_name(pool: &PgPool, namespace: &str, job_name: &str) -> Result<Option<GatewayJob>, StoreError> {
    let mut cycle = jobs!("bot_namespace = $1 and job_name = $2 order by place", namespace, job_name).fetch_all(pool).await?;
    let Some(last) = cycle.len().checked_sub(1) else { return Ok(None) };
    let at_work = cycle.iter().position(|job| !job.is_done()).unwrap_or(last);
    Ok(Some(cycle.swap_remove(at_work).job(last - at_work)?))
}

/// The job of this id, if it is one of the cycle.
pub async fn of_cycle(pool: &PgPool, trace_id: Uuid, job_id: Uuid) -> Result<Option<GatewayJob>, StoreError> {
    let row = jobs!("trace_id = $1 and j.id = $2", trace_id, job_id).fetch_optional(pool).await?;
    row.map(|row| row.job(0)).transpose()
}
