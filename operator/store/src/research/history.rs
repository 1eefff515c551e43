//! What research has done before. In: a lineage, or Bots with their strategies. Out: what was tried, and the last rounds.

use std::collections::{BTreeMap, BTreeSet};

use assayer_contract::{
    JobStatus, Sha256Hash,
    research::{Candidate, Figure, Lineage, Recent, Round},
};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, gateway_jobs::GatewayJob, jobs::word};

/// Rounds of a Bot that are looked back at: many more than any policy counts.
const LOOK_BACK: i64 = 500;
/// Strategies to breed from.
const CANDIDATES: i64 = 20;
/// Trials of the Bot itself that are told of.
const RECENT: i64 = 20;
/// Strategies that are not proposed again; older ones may be.
const TRIED: i64 = 20_000;

/// The last rounds of these Bots that were begun for these strategies, the newest first; a Bot without any is left out.
pub async fn rounds(pool: &PgPool, bots: &[(Uuid, Sha256Hash)]) -> Result<BTreeMap<Uuid, Vec<Round>>, StoreError> {
    let (ids, hashes): (Vec<Uuid>, Vec<String>) = bots.iter().map(|(id, hash)| (*id, hash.to_string())).unzip();
    let rows = sqlx::query!(
        r#"select b.id as "bot_id!", j.job_type, j.due_slot, j.status, coalesce(f.improved, false) as "improved!",
               f.challenger is not null as "challenger!"
           from unnest($1::uuid[], $2::text[]) as b (id, hash)
           cross join lateral (
               select id, job_type, due_slot, status from bot_jobs
               where bot_id = b.id and strategy_hash = b.hash and job_type in ('IMPROVE', 'EVOLVE') and completed_at is not null
                   and reason_code is distinct from 'CYCLE_ENDED' order by id desc limit $3
           ) j
           left join research_reports f on f.job_id = j.id
           order by b.id, j.id desc"#,
        &ids,
        &hashes,
        LOOK_BACK
    )
    .fetch_all(pool)
    .await?;
    let mut by_bot = BTreeMap::<Uuid, Vec<Round>>::new();
    for row in rows {
        by_bot.entry(row.bot_id).or_default().push(Round {
            job_type: word("bot_jobs.job_type", &row.job_type)?,
            due_slot: row.due_slot,
            succeeded: row.status == JobStatus::Succeeded.to_string(),
            improved: row.improved,
            challenger: row.challenger,
        });
    }
    Ok(by_bot)
}

/// What was tried for the instrument root and the family of a job before it was planned, by whichever Bot: the same whenever it is asked.
pub async fn lineage(pool: &PgPool, job: &GatewayJob) -> Result<Lineage, StoreError> {
    let (root, family, at) = (job.root.as_deref().unwrap_or_default(), job.family.as_str(), planned(pool, job.id).await?);
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from trials where root = $1 and family = $2 and created_at < $3"#,
        root,
        family,
        at
    );
    let trials = u64::try_from(count.fetch_one(pool).await?).unwrap_or_default();
    let best = sqlx::query!(
        r#"select strategy as "strategy!", score as "score!" from (
               select distinct on (strategy_hash) trial -> 'strategy' as strategy, score, trial_id from trials
               where root = $1 and family = $2 and created_at < $3 and score is not null order by strategy_hash, score desc
           ) t order by score desc, trial_id limit $4"#,
        root,
        family,
        at,
        CANDIDATES
    );
    let best = best.fetch_all(pool).await?.into_iter();
    let candidates = best.map(|row| Candidate { strategy: row.strategy, score: Figure::from_millionths(row.score) }).collect();
    let tried = sqlx::query_scalar!(
        // What passed every gate and was not let see the hold-out may be proposed when there is a look left.
        r#"select strategy_hash from trials t where root = $1 and family = $2 and created_at < $3
               and (trial -> 'refusal' <> 'null' or exists (
                   select from holdout_reads h where h.root = t.root and h.family = t.family and h.strategy_hash = t.strategy_hash))
           group by strategy_hash order by max(created_at) desc limit $4"#,
        root,
        family,
        at,
        TRIED
    );
    let tried: BTreeSet<Sha256Hash> =
        tried.fetch_all(pool).await?.iter().map(|hash| word("trials.strategy_hash", hash)).collect::<Result<_, _>>()?;
    // What only a round that may ask for suggestions has a use for.
    let recent = if job.body.get("suggestions").is_some() { recent(pool, job, at).await? } else { Vec::new() };
    Ok(Lineage { trials, candidates, tried, recent })
}

/// What the Bot itself tried last in this lineage, the newest first, over the training part of its bars.
async fn recent(pool: &PgPool, job: &GatewayJob, at: DateTime<Utc>) -> Result<Vec<Recent>, StoreError> {
    let newest = sqlx::query!(
        r#"select trial -> 'strategy' as "strategy!", trial -> 'inSample' as "in_sample!" from trials
           where root = $1 and family = $2 and created_at < $3 and bot_id = $4 and jsonb_typeof(trial -> 'inSample') = 'object'
           order by created_at desc, trial_id limit $5"#,
        job.root.as_deref().unwrap_or_default(),
        job.family,
        at,
        job.bot_id,
        RECENT
    );
    let rows = newest.fetch_all(pool).await?.into_iter();
    rows.map(|row| Ok(Recent { strategy: row.strategy, in_sample: serde_json::from_value(row.in_sample)? })).collect()
}

async fn planned(pool: &PgPool, job_id: Uuid) -> Result<DateTime<Utc>, StoreError> {
    Ok(sqlx::query_scalar!("select created_at from bot_jobs where id = $1", job_id).fetch_one(pool).await?)
}
