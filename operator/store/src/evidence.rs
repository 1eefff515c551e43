//! What the log says of one Bot, read for the judge. In: the Bot's UID and the hash of its present strategy. Out: rows.

use assayer_contract::{JobType, RequestRow, Sha256Hash};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    StoreError,
    jobs::{self, BotJob},
    log::rows,
    planner::{self, EndedJob},
};

/// The rows that a judgement rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct BotEvidence {
    /// The job that is queued or running.
    pub open_job: Option<BotJob>,
    /// The backtests that ended last, the newest first.
    pub recent: Vec<EndedJob>,
    /// Backtests of all Bots that are queued or running.
    pub open_backtests: i64,
    /// The newest job that has ended.
    pub last_job: Option<BotJob>,
    /// Its rows in the request log, in the order of their ids.
    pub last_rows: Vec<RequestRow>,
    /// Stored sessions of jobs that succeeded with the present strategy.
    pub sessions: i64,
}

/// Reads the evidence of one Bot.
pub async fn read(pool: &PgPool, bot_id: Uuid, strategy: Sha256Hash) -> Result<BotEvidence, StoreError> {
    let last_job = jobs::last_of(pool, bot_id).await?;
    let last_rows = match &last_job {
        Some(job) => rows::of_job(pool, job.trace_id, job.id).await?,
        None => Vec::new(),
    };
    let sessions = sqlx::query_scalar!(
        r#"select count(*) as "count!" from backtest_sessions s join bot_jobs j on j.id = s.job_id
           where s.bot_id = $1 and s.strategy_hash = $2 and j.strategy_hash = $2 and j.status = 'SUCCEEDED'"#,
        bot_id,
        strategy.to_string()
    )
    .fetch_one(pool)
    .await?;
    Ok(BotEvidence {
        open_job: jobs::open_of(pool, bot_id).await?,
        recent: planner::recent(pool, JobType::Backtest, &[bot_id]).await?.remove(&bot_id).unwrap_or_default(),
        open_backtests: planner::count_open(pool, JobType::Backtest).await?,
        last_job,
        last_rows,
        sessions,
    })
}
