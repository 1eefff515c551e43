//! How the strategies of a Bot descend from each other over its rounds of research. In: its UID, a page. Out: rounds; the trials of each
//! that are told of, with where their strategies were tried first. Not pure.

use assayer_contract::JobType;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// Trials of a round that are told of because they scored best.
pub const BEST: i64 = 5;

/// A round that has reported.
#[derive(Clone, Debug)]
pub struct LineageRound {
    /// Its job.
    pub job_id: Uuid,
    /// What the job did.
    pub job_type: JobType,
    /// When the report was stored.
    pub created_at: DateTime<Utc>,
    /// The cycle.
    pub trace_id: Uuid,
    /// With the family, the lineage.
    pub root: String,
    /// The family that it searched.
    pub family: String,
    /// Trials that it added.
    pub trials: i32,
    /// Trials of the lineage that were there when the round was planned, by whichever Bot.
    pub earlier_trials: i64,
    /// Hash of the Bot's strategy then.
    pub own: String,
    /// Trial that the gates spoke of.
    pub best: Option<String>,
    /// Hash of the strategy that became a candidate, by its row.
    pub candidate: Option<String>,
    /// What the gates said.
    pub gates: Option<Value>,
}

/// A trial that is told of.
#[derive(Clone, Debug)]
pub struct LineageTrial {
    /// The round.
    pub job_id: Uuid,
    /// The trial's id.
    pub trial_id: String,
    /// Hash of the strategy.
    pub strategy_hash: String,
    /// The trial.
    pub trial: Value,
    /// When its strategy was tried first in the lineage.
    pub first_at: DateTime<Utc>,
    /// By which round; none where that was another Bot's.
    pub first_job: Option<Uuid>,
}

/// Rounds whose job is older than `before`, the newest first.
pub async fn rounds(pool: &PgPool, bot_id: Uuid, before: Option<Uuid>, limit: i64) -> Result<Vec<LineageRound>, StoreError> {
    let rows = sqlx::query!(
        r#"select f.job_id, j.job_type, f.created_at, f.trace_id, f.root, f.family, f.trials, j.strategy_hash as own,
               f.report ->> 'best' as best, f.report -> 'gates' as gates, c.strategy_hash as "candidate?",
               (select count(*) from trials t where t.root = f.root and t.family = f.family and t.created_at < j.created_at) as "earlier!"
           from bot_jobs j join research_reports f on f.job_id = j.id left join candidates c on c.job_id = j.id
           where j.bot_id = $1 and j.id < $2 order by j.id desc limit $3"#,
        bot_id,
        before.unwrap_or(Uuid::max()),
        limit
    );
    let rows = rows.fetch_all(pool).await?.into_iter();
    rows.map(|row| {
        Ok(LineageRound {
            job_id: row.job_id,
            job_type: word("bot_jobs.job_type", &row.job_type)?,
            created_at: row.created_at,
            trace_id: row.trace_id,
            root: row.root,
            family: row.family,
            trials: row.trials,
            earlier_trials: row.earlier,
            own: row.own,
            best: row.best,
            candidate: row.candidate,
            gates: row.gates,
        })
    })
    .collect()
}

/// Of each of these rounds the Bot's own strategy, the [`BEST`] by score, the one that the gates spoke of, the candidate, and all that those
/// were made from in that round; within a round the best first, those that could not be run last.
pub async fn trials(pool: &PgPool, bot_id: Uuid, rounds: &[LineageRound]) -> Result<Vec<LineageTrial>, StoreError> {
    let jobs: Vec<Uuid> = rounds.iter().map(|round| round.job_id).collect();
    let own: Vec<String> = rounds.iter().map(|round| round.own.clone()).collect();
    let best: Vec<Option<String>> = rounds.iter().map(|round| round.best.clone()).collect();
    let candidates: Vec<Option<String>> = rounds.iter().map(|round| round.candidate.clone()).collect();
    let rows = sqlx::query_as!(
        LineageTrial,
        r#"with recursive told as (
               select t.job_id, t.trial_id, t.trial -> 'parents' as parents
               from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as r (job_id, own, best, candidate)
               cross join lateral (
                   (select * from trials where job_id = r.job_id and strategy_hash in (r.own, r.candidate))
                   union all (select * from trials where job_id = r.job_id and trial_id = r.best)
                   union all (select * from trials where job_id = r.job_id order by score desc nulls last, trial_id limit $6)
               ) t
               union
               select p.job_id, p.trial_id, p.trial -> 'parents'
               from told cross join lateral jsonb_array_elements_text(told.parents) as made_from (hash)
               join trials p on p.job_id = told.job_id and p.strategy_hash = made_from.hash
           )
           select t.job_id, t.trial_id, t.strategy_hash, t.trial, f.created_at as "first_at!",
               case when f.bot_id = $1 then f.job_id end as first_job
           from told join trials t on t.trial_id = told.trial_id
           cross join lateral (
               select e.created_at, e.job_id, e.bot_id from trials e
               where e.root = t.root and e.family = t.family and e.strategy_hash = t.strategy_hash order by e.created_at, e.job_id limit 1
           ) f
           order by t.job_id, t.score desc nulls last, t.trial_id"#,
        bot_id,
        &jobs,
        &own,
        &best as &[Option<String>],
        &candidates as &[Option<String>],
        BEST
    );
    Ok(rows.fetch_all(pool).await?)
}

#[cfg(test)]
#[path = "lineage_tests.rs"]
mod tests;
