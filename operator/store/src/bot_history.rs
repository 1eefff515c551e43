//! What a Bot has done. In: its UID, a page. Out: its jobs with what came of them, its rounds of research with their trials, a session. Not
//! pure.

use assayer_contract::{JobStatus, JobType, ReasonCode, Stage, research::Suggestions};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize as _, Serialize};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// A job of a cycle with what came of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryJob {
    /// UUIDv7 of its row in `bot_jobs`.
    pub id: Uuid,
    /// What it does.
    pub job_type: JobType,
    /// Its place in the cycle, from 0.
    pub place: i16,
    /// Stage of the release.
    pub stage: Stage,
    /// Where it stands.
    pub status: JobStatus,
    /// Why it failed; null where it did not, or where a newer version wrote a reason that this one does not know.
    pub reason_code: Option<ReasonCode>,
    /// The same in a sentence.
    pub message: Option<String>,
    /// The cycle; its jobs and their rows share it.
    pub trace_id: Uuid,
    /// The slot of the cadence that it fills; of one that was asked for, when it was planned.
    pub due_slot: DateTime<Utc>,
    /// Whether somebody asked for it: it fills no slot.
    pub requested: bool,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When a pod took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// The Kubernetes Job.
    pub job_name: String,
    /// Hash of the strategy when the job was planned.
    pub strategy_hash: String,
    /// Hash of the policy that it ran under.
    pub policy_hash: String,
    /// What its backtest computed; null where it is none, or posted none.
    pub session: Option<SessionFigures>,
    /// What its research found; null where it is none, or posted nothing.
    pub research: Option<ResearchFigures>,
}

/// What a backtest computed, without its trades.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionFigures {
    /// Number of bars.
    pub bars: i64,
    /// Start of the first bar.
    pub first_bar: DateTime<Utc>,
    /// Start of the last bar.
    pub last_bar: DateTime<Utc>,
    /// Figures as the engine named them. Money is in decimal strings, in the Bot's currency.
    pub result: Value,
    /// Hash of the whole result, trades included.
    pub result_hash: String,
}

/// What a round of research found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResearchFigures {
    /// Trials that it added.
    pub trials: i32,
    /// Whether something better than the Bot's own was found.
    pub improved: bool,
    /// Hash of the strategy that passed every gate; null where none did.
    pub challenger: Option<String>,
}

/// Jobs older than `before`, the newest first.
pub async fn jobs(pool: &PgPool, bot_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<HistoryJob>, StoreError> {
    let rows = sqlx::query!(
        r#"select j.id, j.job_type, j.place, j.stage, j.status, j.reason_code, j.message, j.trace_id, j.due_slot, j.requested, j.created_at,
               j.started_at, j.completed_at, j.job_name, j.strategy_hash, j.policy_hash,
               s.bars as "bars?", s.first_bar as "first_bar?", s.last_bar as "last_bar?", s.result - 'trades' as "result?",
               s.result_hash as "result_hash?", f.trials as "trials?", f.improved as "improved?", f.challenger as "challenger?"
           from bot_jobs j left join backtest_sessions s on s.job_id = j.id left join research_reports f on f.job_id = j.id
           where j.bot_id = $1 and j.id < $2 order by j.id desc limit $3"#,
        bot_id,
        before.unwrap_or(Uuid::max()),
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let session = (row.bars, row.first_bar, row.last_bar, row.result, row.result_hash);
            Ok(HistoryJob {
                id: row.id,
                job_type: word("bot_jobs.job_type", &row.job_type)?,
                place: row.place,
                stage: word("bot_jobs.stage", &row.stage)?,
                status: word("bot_jobs.status", &row.status)?,
                reason_code: row.reason_code.and_then(|code| code.parse().ok()),
                message: row.message,
                trace_id: row.trace_id,
                due_slot: row.due_slot,
                requested: row.requested,
                created_at: row.created_at,
                started_at: row.started_at,
                completed_at: row.completed_at,
                job_name: row.job_name,
                strategy_hash: row.strategy_hash,
                policy_hash: row.policy_hash,
                session: match session {
                    (Some(bars), Some(first_bar), Some(last_bar), Some(result), Some(result_hash)) => {
                        Some(SessionFigures { bars, first_bar, last_bar, result, result_hash })
                    }
                    _ => None,
                },
                research: row.trials.zip(row.improved).map(|(trials, improved)| ResearchFigures {
                    trials,
                    improved,
                    challenger: row.challenger,
                }),
            })
        })
        .collect()
}

/// A round of research with its whole report.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundRow {
    /// Its job.
    pub job_id: Uuid,
    /// What the job did.
    pub job_type: JobType,
    /// When the report was stored.
    pub created_at: DateTime<Utc>,
    /// The cycle.
    pub trace_id: Uuid,
    /// The instrument root whose data it studied.
    pub root: String,
    /// The family that it searched.
    pub family: String,
    /// Trials that it added.
    pub trials: i32,
    /// Whether something better than the Bot's own was found.
    pub improved: bool,
    /// Hash of the strategy that passed every gate; null where none did.
    pub challenger: Option<String>,
    /// Hash of the Bot's strategy when the round was planned.
    pub strategy_hash: String,
    /// What a language model was asked for and what came of it; null where none was to be asked.
    pub suggestions: Option<Suggestions>,
    /// What the runner reported: seed, hashes, each gate with its verdict.
    pub report: Value,
}

/// A round as its columns are.
pub(crate) struct RawRound {
    pub(crate) job_id: Uuid,
    pub(crate) job_type: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) trace_id: Uuid,
    pub(crate) root: String,
    pub(crate) family: String,
    pub(crate) trials: i32,
    pub(crate) improved: bool,
    pub(crate) challenger: Option<String>,
    pub(crate) strategy_hash: String,
    pub(crate) report: Value,
}

impl TryFrom<RawRound> for RoundRow {
    type Error = StoreError;

    fn try_from(row: RawRound) -> Result<Self, StoreError> {
        Ok(Self {
            job_id: row.job_id,
            job_type: word("bot_jobs.job_type", &row.job_type)?,
            created_at: row.created_at,
            trace_id: row.trace_id,
            root: row.root,
            family: row.family,
            trials: row.trials,
            improved: row.improved,
            challenger: row.challenger,
            strategy_hash: row.strategy_hash,
            suggestions: row.report.get("suggestions").map(Suggestions::deserialize).transpose()?,
            report: row.report,
        })
    }
}

/// Rounds whose job is older than `before`, the newest first; or the one of a job.
pub async fn rounds(
    pool: &PgPool,
    bot_id: Uuid,
    job_id: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<RoundRow>, StoreError> {
    let rows = sqlx::query_as!(
        RawRound,
        r#"select f.job_id, j.job_type, f.created_at, f.trace_id, f.root, f.family, f.trials, f.improved, f.challenger, j.strategy_hash,
               f.report
           from bot_jobs j join research_reports f on f.job_id = j.id
           where j.bot_id = $1 and j.id < $2 and ($3::uuid is null or j.id = $3) order by j.id desc limit $4"#,
        bot_id,
        before.unwrap_or(Uuid::max()),
        job_id,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(RoundRow::try_from).collect()
}

/// The trials of a job, the best first; those that could not be run last. And how many there are.
pub async fn trials(pool: &PgPool, job_id: Uuid, limit: i64) -> Result<(Vec<Value>, i64), StoreError> {
    let rows = sqlx::query!(
        r#"select trial, count(*) over () as "total!" from trials where job_id = $1 order by score desc nulls last, trial_id limit $2"#,
        job_id,
        limit
    )
    .fetch_all(pool)
    .await?;
    let total = rows.first().map_or(0, |row| row.total);
    Ok((rows.into_iter().map(|row| row.trial).collect(), total))
}

/// What a backtest of a Bot posted, with its trades.
#[derive(Clone, Debug)]
pub struct WholeSession {
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    /// The cycle.
    pub trace_id: Uuid,
    /// The rows that fed it, in the order of their use.
    pub request_ids: Vec<Uuid>,
    /// Hash of the bars.
    pub data_hash: String,
    /// Hash of the strategy and its parameters.
    pub strategy_hash: String,
    /// Hash of everything that went in.
    pub inputs_hash: String,
    /// Version of the engine.
    pub engine_version: String,
    /// Number of bars.
    pub bars: i64,
    /// Start of the first bar.
    pub first_bar: DateTime<Utc>,
    /// Start of the last bar.
    pub last_bar: DateTime<Utc>,
    /// The whole result.
    pub result: Value,
    /// Hash of it.
    pub result_hash: String,
    /// The bars as a chart shows them; null of a session of the version before.
    pub bar_buckets: Option<Value>,
    /// Hash of those.
    pub bar_buckets_hash: Option<String>,
}

/// The session that a job of this Bot posted, if it did.
pub async fn session(pool: &PgPool, bot_id: Uuid, job_id: Uuid) -> Result<Option<WholeSession>, StoreError> {
    Ok(sqlx::query_as!(
        WholeSession,
        "select created_at, trace_id, request_ids, data_hash, strategy_hash, inputs_hash, engine_version, bars, first_bar, last_bar, result,
             result_hash, bar_buckets, bar_buckets_hash
         from backtest_sessions where job_id = $1 and bot_id = $2",
        job_id,
        bot_id
    )
    .fetch_optional(pool)
    .await?)
}

#[cfg(test)]
#[path = "bot_history_tests.rs"]
mod tests;
