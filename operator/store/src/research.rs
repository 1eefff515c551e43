//! What research tried and found. In: trials and reports of a round, and its wish to see the hold-out. Out: rows, added and never changed;
//! what a lineage has tried; the rounds of Bots.

mod history;

pub use history::{lineage, rounds};

use assayer_contract::{
    Sha256Hash,
    research::{Gate, ResearchReport, Trial},
};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{StoreError, cycles::lock, gateway_jobs::GatewayJob};

/// What became of trials, or of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted {
    /// They stand, now or since an earlier post.
    Stand,
    /// The job has ended by the controller's book.
    Over,
    /// The job would make more trials than it was granted.
    BeyondGrant,
    /// Another report stands already, or the challenger has not seen the hold-out.
    Conflict,
}

/// Whether a round may see the hold-out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// It may; the look is counted under this id, now or since it asked before.
    Granted(Uuid),
    /// So many looks were taken in this quarter, as many as are allowed.
    Spent(i64),
    /// The job has ended by the controller's book.
    Over,
}

/// Adds those trials that are not known yet. They use up what the job was granted, in the order in which transactions that use up budgets
/// come.
pub async fn add_trials(pool: &PgPool, job: &GatewayJob, trials: &[Trial]) -> Result<Noted, StoreError> {
    let (Some(root), Some(granted)) = (&job.root, job.trials_granted) else { return Ok(Noted::BeyondGrant) };
    let mut tx = pool.begin().await?;
    lock(&mut tx).await?;
    if is_closed(&mut tx, job.id).await? {
        return Ok(Noted::Over);
    }
    for trial in trials {
        sqlx::query!(
            "insert into trials (trial_id, job_id, bot_id, root, family, strategy_hash, score, trial)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
            trial.trial_id.to_string(),
            job.id,
            job.bot_id,
            root,
            job.family,
            trial.strategy_hash.to_string(),
            trial.score.map(assayer_contract::research::Figure::millionths),
            serde_json::to_value(trial)?
        )
        .execute(&mut *tx)
        .await?;
    }
    if made(&mut tx, job.id).await? > i64::from(granted) {
        return Ok(Noted::BeyondGrant);
    }
    tx.commit().await?;
    Ok(Noted::Stand)
}

async fn is_closed(connection: &mut PgConnection, job_id: Uuid) -> Result<bool, StoreError> {
    let closed = sqlx::query_scalar!(r#"select completed_at is not null as "closed!" from bot_jobs where id = $1"#, job_id);
    Ok(closed.fetch_one(connection).await?)
}

async fn made(connection: &mut PgConnection, job_id: Uuid) -> Result<i64, StoreError> {
    let made = sqlx::query_scalar!(r#"select count(*) as "made!" from trials where job_id = $1"#, job_id);
    Ok(made.fetch_one(connection).await?)
}

/// Stores what a round found, and the challenger, if there is one, as a candidate. A challenger must have been let see the hold-out.
pub async fn add_report(pool: &PgPool, job: &GatewayJob, report: &ResearchReport) -> Result<Noted, StoreError> {
    let Some(root) = &job.root else { return Ok(Noted::Conflict) };
    let (json, challenger) = (serde_json::to_value(report)?, report.challenger.as_ref());
    let hash = challenger.map(|challenger| challenger.strategy_hash.to_string());
    let improved = report.gates.iter().any(|gate| gate.gate == Gate::Improvement && gate.is_open());
    let mut tx = pool.begin().await?;
    if let Some(hash) = &hash {
        let seen = sqlx::query_scalar!(
            r#"select exists (select from holdout_reads where job_id = $1 and strategy_hash = $2) as "seen!""#,
            job.id,
            hash
        );
        if !seen.fetch_one(&mut *tx).await? {
            return Ok(Noted::Conflict);
        }
    }
    let added = sqlx::query!(
        "insert into research_reports (job_id, trace_id, bot_id, root, family, trials, improved, challenger, report)
         select $1, $2, $3, $4, $5, (select count(*)::integer from trials where job_id = $1), $6, $7, $8 on conflict do nothing",
        job.id,
        job.trace_id,
        job.bot_id,
        root,
        job.family,
        improved,
        hash,
        json
    )
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        let standing = sqlx::query_scalar!("select report from research_reports where job_id = $1", job.id);
        return Ok(if standing.fetch_one(&mut *tx).await? == json { Noted::Stand } else { Noted::Conflict });
    }
    if let Some(challenger) = challenger {
        sqlx::query!(
            "insert into candidates (id, job_id, bot_id, root, family, strategy_hash, strategy) values ($1, $2, $3, $4, $5, $6, $7)",
            Uuid::now_v7(),
            job.id,
            job.bot_id,
            root,
            job.family,
            challenger.strategy_hash.to_string(),
            challenger.strategy
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(Noted::Stand)
}

/// Counts a look at the hold-out before it is taken, if the quarter has one left for the instrument root.
pub async fn permit_holdout(
    pool: &PgPool,
    job: &GatewayJob,
    strategy: Sha256Hash,
    now: DateTime<Utc>,
) -> Result<Permit, StoreError> {
    let (Some(root), Some(most)) = (&job.root, job.holdout_reads) else { return Ok(Permit::Spent(0)) };
    let (quarter, strategy) = (quarter(now), strategy.to_string());
    let mut tx = pool.begin().await?;
    lock(&mut tx).await?;
    if is_closed(&mut tx, job.id).await? {
        return Ok(Permit::Over);
    }
    let standing = sqlx::query_scalar!("select id from holdout_reads where job_id = $1 and strategy_hash = $2", job.id, strategy);
    if let Some(id) = standing.fetch_optional(&mut *tx).await? {
        return Ok(Permit::Granted(id));
    }
    let taken =
        sqlx::query_scalar!(r#"select count(*) as "taken!" from holdout_reads where root = $1 and quarter = $2"#, root, quarter);
    let taken = taken.fetch_one(&mut *tx).await?;
    if taken >= i64::from(most) {
        return Ok(Permit::Spent(taken));
    }
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into holdout_reads (id, quarter, root, family, job_id, bot_id, strategy_hash) values ($1, $2, $3, $4, $5, $6, $7)",
        id,
        quarter,
        root,
        job.family,
        job.id,
        job.bot_id,
        strategy
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Permit::Granted(id))
}

/// First day of the quarter, UTC.
fn quarter(now: DateTime<Utc>) -> NaiveDate {
    let date = now.date_naive();
    date.with_day(1).and_then(|first| first.with_month(date.month0() / 3 * 3 + 1)).unwrap_or(date)
}

#[cfg(test)]
#[path = "research_tests.rs"]
mod tests;
