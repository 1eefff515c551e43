//! Cycles as they are planned. In: a backtest, the round that may follow it, the limits of their stage. Out: rows, within the limits.
//!
//! What is used is counted from rows in the transaction that adds to it, one transaction at a time: whoever leads, or thinks so, no limit
//! is exceeded.

use assayer_contract::{
    JobType, ReasonCode, Stage,
    budget::{Limits, Usage},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{
    StoreError,
    jobs::{self, NewJob},
};

/// Held by every transaction that uses up what is limited; any number that nobody else takes.
pub(crate) const BUDGETS_LOCK: i64 = 0x4153_5359_5242_4447;

/// A cycle to be written.
#[derive(Clone, Debug)]
pub struct NewCycle {
    /// Its first job.
    pub backtest: NewJob,
    /// The round that is due after it.
    pub round: Option<NewJob>,
    /// What the stage may use.
    pub limits: Limits,
}

/// What became of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enqueued {
    /// It is written.
    Written {
        /// Its backtest, without a round where none was due.
        jobs: usize,
        /// Why the round that was due is not in it.
        denied: Option<ReasonCode>,
    },
    /// Its slot is filled, the run that was asked for has its row, or the Bot has an open cycle.
    Taken,
    /// The limits leave no room.
    NoRoom(ReasonCode),
}

/// Writes the cycle unless its slot is filled, the Bot has an open one, or there is no room. A round that does not fit in is left out.
pub async fn enqueue(pool: &PgPool, cycle: &NewCycle, now: DateTime<Utc>) -> Result<Enqueued, StoreError> {
    let NewCycle { backtest, round, limits } = cycle;
    let mut tx = pool.begin().await?;
    lock(&mut tx).await?;
    let open = sqlx::query_scalar!(
        r#"select exists (select from bot_jobs where bot_id = $1 and completed_at is null) as "open!""#,
        backtest.bot_id
    );
    if open.fetch_one(&mut *tx).await? {
        return Ok(Enqueued::Taken);
    }
    if backtest.requested && is_answered(&mut tx, backtest.trace_id).await? {
        return Ok(Enqueued::Taken);
    }
    let usage = usage(&mut tx, backtest.stage, &backtest.root, now).await?;
    if let Err(reason) = limits.admit(&usage, seconds(backtest)) {
        return Ok(Enqueued::NoRoom(reason));
    }
    if !jobs::write(&mut tx, backtest).await? {
        return Ok(Enqueued::Taken);
    }
    let granted = round.as_ref().map(|round| (round, limits.grant(&usage, round.job_type, seconds(round))));
    let (jobs, denied) = match granted {
        Some((round, Ok(trials))) => {
            let written = jobs::write(&mut tx, &with_trials(round, trials)).await?;
            (1 + usize::from(written), None)
        }
        Some((_, Err(reason))) => (1, Some(reason)),
        None => (1, None),
    };
    tx.commit().await?;
    Ok(Enqueued::Written { jobs, denied })
}

/// Whether a run that was asked for has its row. A trace that any other job has is taken as well: rows of two cycles never share one.
async fn is_answered(connection: &mut PgConnection, trace_id: Uuid) -> Result<bool, StoreError> {
    let answered = sqlx::query_scalar!(r#"select exists (select from bot_jobs where trace_id = $1) as "answered!""#, trace_id);
    Ok(answered.fetch_one(connection).await?)
}

/// The round with the trials that it was granted, in its rules as well.
fn with_trials(round: &NewJob, trials: u32) -> NewJob {
    let mut round = NewJob { trials_granted: i32::try_from(trials).ok(), ..round.clone() };
    if let Some(rules) = round.body.get_mut("rules").and_then(Value::as_object_mut) {
        rules.insert("trialsPerJob".to_owned(), trials.into());
    }
    round
}

/// How long the cycle may take, up to the end of this job.
fn seconds(job: &NewJob) -> i64 {
    (job.deadline - job.created_at).num_seconds()
}

pub(crate) async fn lock(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!("select pg_advisory_xact_lock($1)", BUDGETS_LOCK).execute(connection).await?;
    Ok(())
}

/// What the cycles of a stage use, and the trials of one instrument root. A job that ended before a pod took it used nothing; a pod may
/// use one processor.
pub async fn usage(connection: &mut PgConnection, stage: Stage, root: &str, now: DateTime<Utc>) -> Result<Usage, StoreError> {
    let row = sqlx::query!(
        r#"with jobs as (
               select j.*, j.completed_at is null or exists (select from job_events e where e.job_id = j.id and e.kind = 'STARTED') as counts
               from bot_jobs j where j.stage = $1 and (j.created_at > $3::timestamptz - interval '1 hour' or j.completed_at is null)
           ), cycles as (
               select extract(epoch from case when bool_or(completed_at is null) then max(deadline) else max(completed_at) end
                   - coalesce(min(started_at), min(coalesce(suspended_until, created_at))))::bigint as seconds
               from jobs where counts group by trace_id
           )
           select (select count(distinct trace_id) from bot_jobs where completed_at is null) as "open!",
               (select coalesce(sum(seconds), 0)::bigint from cycles) as "cpu_seconds!",
               (select count(*) from jobs where counts and job_type = $4) as "improvements!",
               (select count(*) from jobs where counts and job_type = $5) as "evolutions!",
               (select count(*) from trials where root = $2
                   and created_at >= date_trunc('day', $3::timestamptz, 'UTC')) as "made!",
               (select coalesce(sum(greatest(j.trials_granted - (select count(*) from trials t where t.job_id = j.id), 0)), 0)::bigint
                   from bot_jobs j where j.root = $2 and j.completed_at is null and j.trials_granted is not null) as "reserved!""#,
        stage.to_string(),
        root,
        now,
        JobType::Improve.to_string(),
        JobType::Evolve.to_string()
    )
    .fetch_one(connection)
    .await?;
    Ok(Usage {
        open: row.open,
        cpu_seconds: row.cpu_seconds,
        improvements: row.improvements,
        evolutions: row.evolutions,
        trials: row.made + row.reserved,
    })
}
