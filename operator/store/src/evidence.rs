//! What the log says of one Bot, read for the judge. In: the Bot's UID and the hash of its present strategy. Out: rows.

use assayer_contract::{BarQuality, JobType, RequestRow, Sha256Hash, Stage, budget::Usage, research::Round};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    StoreError, cycles,
    idle_slots::{self, NewestSession},
    jobs::{self, BotJob},
    log::rows,
    planner::{self, EndedJob},
    research::rounds,
};

/// The rows that a judgement rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct BotEvidence {
    /// The job that is queued or running.
    pub open_job: Option<BotJob>,
    /// The backtests that ended last, the newest first, and the last that was asked for.
    pub recent: Vec<EndedJob>,
    /// Cycles of all Bots that have an open job.
    pub open_backtests: i64,
    /// What its stage and its instrument root use, where that was asked for.
    pub usage: Option<Usage>,
    /// The rounds of its present strategy that ended last, the newest first.
    pub rounds: Vec<Round>,
    /// The newest session of its present strategy, where that was asked for.
    pub newest_session: Option<NewestSession>,
    /// The newest job that has ended.
    pub last_job: Option<BotJob>,
    /// Its rows in the request log, in the order of their ids.
    pub last_rows: Vec<RequestRow>,
    /// Stored sessions of jobs that were planned since the reset and succeeded with the present strategy, those of the same evidence
    /// together.
    pub sessions: Vec<SessionEvidence>,
}

/// Sessions that were fed by bars of which the rows say the same.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionEvidence {
    /// How many sessions.
    pub count: i64,
    /// Bars that the gateway counted for each.
    pub bars: i64,
    /// Records that the vendor said the same range has.
    pub record_count: Option<i64>,
    /// What the gateway measured in the bars.
    pub quality: Option<BarQuality>,
    /// Whether anything stood in for a vendor in their jobs, whichever rows the sessions name.
    pub fallback: bool,
}

/// What is to be read of a Bot.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Its UID.
    pub bot_id: Uuid,
    /// Hash of its present strategy.
    pub strategy: Sha256Hash,
    /// When it was reset: what was computed by a job before counts for nothing. Its rows stay.
    pub reset_at: Option<DateTime<Utc>>,
    /// Whose use of what is limited, where its policy limits that.
    pub searching: Option<Searching<'a>>,
    /// Whether the newest session is wanted: where the policy leaves slots without anything new empty.
    pub audited: bool,
}

/// Whose use of what is limited is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Searching<'a> {
    /// Stage of the Bot.
    pub stage: Stage,
    /// Root of its instrument.
    pub root: &'a str,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Reads the evidence of one Bot.
pub async fn read(pool: &PgPool, look: Look<'_>) -> Result<BotEvidence, StoreError> {
    let Look { bot_id, strategy, reset_at, searching, audited } = look;
    let (usage, rounds) = match searching {
        Some(searching) => research(pool, bot_id, strategy, searching).await?,
        None => (None, Vec::new()),
    };
    let newest_session =
        if audited { idle_slots::newest_sessions(pool, &[(bot_id, strategy, reset_at)]).await?.remove(&bot_id) } else { None };
    let last_job = jobs::last_of(pool, bot_id).await?;
    let last_rows = match &last_job {
        Some(job) => rows::of_job(pool, job.trace_id, job.id).await?,
        None => Vec::new(),
    };
    let sessions = sessions(pool, bot_id, strategy, reset_at).await?;
    Ok(BotEvidence {
        open_job: jobs::open_of(pool, bot_id).await?,
        recent: planner::recent(pool, JobType::Backtest, &[bot_id]).await?.remove(&bot_id).unwrap_or_default(),
        open_backtests: planner::count_open(pool).await?,
        usage,
        rounds,
        newest_session,
        last_job,
        last_rows,
        sessions,
    })
}

async fn research(
    pool: &PgPool,
    bot_id: Uuid,
    strategy: Sha256Hash,
    Searching { stage, root, now }: Searching<'_>,
) -> Result<(Option<Usage>, Vec<Round>), StoreError> {
    let usage = cycles::usage(&mut *pool.acquire().await?, stage, root, now).await?;
    let rounds = rounds(pool, &[(bot_id, strategy)]).await?.remove(&bot_id).unwrap_or_default();
    Ok((Some(usage), rounds))
}

struct Group {
    count: i64,
    bars: i64,
    record_count: Option<i64>,
    quality: Option<Value>,
    fallback: bool,
}

/// The rows of bars and of the vendor's count, of the same range, are found among those that the session names.
async fn sessions(
    pool: &PgPool,
    bot_id: Uuid,
    strategy: Sha256Hash,
    reset_at: Option<DateTime<Utc>>,
) -> Result<Vec<SessionEvidence>, StoreError> {
    let groups = sqlx::query_as!(
        Group,
        r#"select count(*) as "count!", coalesce(b.bar_count, 0) as "bars!", c.record_count as "record_count?",
               b.quality as "quality?", f.used as "fallback!"
           from backtest_sessions s join bot_jobs j on j.id = s.job_id
           left join lateral (select r.bar_count, r.quality, r.start_ts, r.end_ts from requests r
               where r.id = any (s.request_ids) and r.job_id = s.job_id and r.outcome in ('success', 'served') and r.bar_count is not null
               order by r.id desc limit 1) b on true
           left join lateral (select r.record_count from requests r
               where r.id = any (s.request_ids) and r.job_id = s.job_id and r.outcome = 'success'
                   and r.record_count is not null and r.start_ts = b.start_ts and r.end_ts = b.end_ts
               order by r.id desc limit 1) c on true
           cross join lateral (select exists (select from requests r where r.trace_id = j.trace_id and r.job_id = s.job_id
                   and r.fallback_of is not null and r.outcome in ('success', 'served')) as used) f
           where s.bot_id = $1 and s.strategy_hash = $2 and j.strategy_hash = $2 and j.status = 'SUCCEEDED'
               and ($3::timestamptz is null or j.created_at >= $3)
           group by b.bar_count, c.record_count, b.quality, f.used"#,
        bot_id,
        strategy.to_string(),
        reset_at
    )
    .fetch_all(pool)
    .await?;
    let read = |quality: Value| serde_json::from_value(quality).map_err(StoreError::from);
    let session = |group: _| -> Result<_, StoreError> {
        let Group { count, bars, record_count, quality, fallback } = group;
        Ok(SessionEvidence { count, bars, record_count, quality: quality.map(read).transpose()?, fallback })
    };
    groups.into_iter().map(session).collect()
}
