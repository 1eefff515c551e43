//! What the report of one session stands on, beside the session itself. In: its Bot, job and cycle. Out: rows: the strategy, the rounds of
//! research of the same cycle, how their trials scored and why they were refused. Not pure.

use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    StoreError,
    bot_history::{RawRound, RoundRow},
};

/// Bars of a histogram of scores.
pub const SCORE_BINS: i32 = 20;

/// How the trials of a round scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    /// The lowest score, in millionths.
    pub low: i64,
    /// The highest score, in millionths.
    pub high: i64,
    /// Trials with a score from low to high, in as many parts of equal width as [`SCORE_BINS`].
    pub counts: Vec<i64>,
    /// Trials without a score.
    pub unscored: i64,
}

/// A strategy as it was planned with.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyRow {
    /// Its family.
    pub family: String,
    /// The strategy.
    pub spec: Value,
}

/// The strategy of this hash, if it is known.
pub async fn strategy(pool: &PgPool, hash: &str) -> Result<Option<StrategyRow>, StoreError> {
    Ok(sqlx::query_as!(StrategyRow, "select family, spec from strategies where hash = $1", hash).fetch_optional(pool).await?)
}

/// The Bot's rounds of this cycle that have reported, in the order in which they were planned.
pub async fn rounds_of_cycle(pool: &PgPool, bot_id: Uuid, trace_id: Uuid) -> Result<Vec<RoundRow>, StoreError> {
    let rows = sqlx::query_as!(
        RawRound,
        "select f.job_id, j.job_type, f.created_at, f.trace_id, f.root, f.family, f.trials, f.improved, f.challenger, j.strategy_hash,
             f.report
         from bot_jobs j join research_reports f on f.job_id = j.id
         where j.bot_id = $1 and j.trace_id = $2 order by j.place, j.id",
        bot_id,
        trace_id
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(RoundRow::try_from).collect()
}

/// Rounds of this cycle that were planned, whether they have reported or not.
pub async fn rounds_planned(pool: &PgPool, bot_id: Uuid, trace_id: Uuid) -> Result<i64, StoreError> {
    let planned = sqlx::query_scalar!(
        r#"select count(*) as "planned!" from bot_jobs where bot_id = $1 and trace_id = $2 and job_type <> 'BACKTEST'"#,
        bot_id,
        trace_id
    );
    Ok(planned.fetch_one(pool).await?)
}

/// How the trials of a round scored; none where none has a score.
pub async fn scores(pool: &PgPool, job_id: Uuid) -> Result<Option<Scores>, StoreError> {
    // The highest belongs to the last bin, and not to one of its own.
    let bins = sqlx::query!(
        r#"with scored as (select score from trials where job_id = $1 and score is not null),
               ends as (select min(score) as low, max(score) as high from scored)
           select width_bucket(score::numeric, low::numeric, high::numeric + 1, $2) as "bin!", count(*) as "count!", low as "low!",
               high as "high!"
           from scored cross join ends group by 1, low, high order by 1"#,
        job_id,
        SCORE_BINS
    )
    .fetch_all(pool)
    .await?;
    let Some((low, high)) = bins.first().map(|bin| (bin.low, bin.high)) else { return Ok(None) };
    let count = |bin: i32| bins.iter().find(|one| one.bin == bin).map_or(0, |one| one.count);
    let unscored =
        sqlx::query_scalar!(r#"select count(*) as "unscored!" from trials where job_id = $1 and score is null"#, job_id);
    Ok(Some(Scores { low, high, counts: (1..=SCORE_BINS).map(count).collect(), unscored: unscored.fetch_one(pool).await? }))
}

/// Why the trials of a round are no challengers, the most frequent reason first; none is that of a challenger.
pub async fn refusals(pool: &PgPool, job_id: Uuid) -> Result<Vec<(Option<String>, i64)>, StoreError> {
    let rows = sqlx::query!(
        r#"select trial -> 'refusal' ->> 'reasonCode' as reason, count(*) as "count!" from trials where job_id = $1
           group by 1 order by 2 desc, 1 nulls last"#,
        job_id
    );
    Ok(rows.fetch_all(pool).await?.into_iter().map(|row| (row.reason, row.count)).collect())
}

#[cfg(test)]
#[path = "session_report_tests.rs"]
mod tests;
