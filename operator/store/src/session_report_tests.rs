//! What a reader of a session's report relies on, on a cycle made by hand.

use serde_json::json;

use super::*;
use crate::proof::tests::{BOT, Job, job};

async fn round(pool: &PgPool, job: &Job) {
    sqlx::query(
        "insert into research_reports (job_id, trace_id, bot_id, root, family, trials, improved, report)
         values ($1, $2, $3, 'SPX', 'smaCross', 4, false, '{\"gates\": []}')",
    )
    .bind(job.id)
    .bind(job.trace)
    .bind(BOT)
    .execute(pool)
    .await
    .unwrap();
}

async fn trial(pool: &PgPool, job: &Job, score: Option<i64>, reason: Option<&str>) {
    let refusal = reason.map(|reason| json!({"reasonCode": reason, "message": ""}));
    sqlx::query(
        "insert into trials (trial_id, job_id, bot_id, root, family, strategy_hash, score, trial)
         values ($1, $2, $3, 'SPX', 'smaCross', $1, $4, $5)",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(job.id)
    .bind(BOT)
    .bind(score)
    .bind(json!({ "refusal": refusal }))
    .execute(pool)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_cycle_has_its_own_rounds_alone(pool: PgPool) {
    let (own, other) = (job(&pool).await, job(&pool).await);
    for job in [&own, &other] {
        round(&pool, job).await;
    }
    let rounds = rounds_of_cycle(&pool, BOT, own.trace).await.unwrap();
    assert_eq!(rounds.iter().map(|round| round.job_id).collect::<Vec<_>>(), [own.id]);
    assert!(rounds_of_cycle(&pool, Uuid::from_u128(8), own.trace).await.unwrap().is_empty(), "another Bot's");
    assert_eq!(rounds_planned(&pool, BOT, own.trace).await.unwrap(), 0, "a backtest is no round");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn every_score_is_in_one_bin_and_what_has_none_is_counted(pool: PgPool) {
    let job = job(&pool).await;
    assert_eq!(scores(&pool, job.id).await.unwrap(), None);
    for score in [-1_000_000, -1_000_000, 0, 1_000_000] {
        trial(&pool, &job, Some(score), Some("NO_IMPROVEMENT")).await;
    }
    trial(&pool, &job, None, Some("ENGINE_ERROR")).await;
    let found = scores(&pool, job.id).await.unwrap().unwrap();
    assert_eq!((found.low, found.high, found.unscored), (-1_000_000, 1_000_000, 1));
    assert_eq!((found.counts.len(), found.counts.iter().sum::<i64>()), (20, 4));
    assert_eq!((found.counts[0], found.counts[9], found.counts[19]), (2, 1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn equal_scores_are_one_bin(pool: PgPool) {
    let job = job(&pool).await;
    for _ in 0..3 {
        trial(&pool, &job, Some(i64::MAX), None).await;
    }
    let found = scores(&pool, job.id).await.unwrap().unwrap();
    assert_eq!((found.low, found.high, found.counts[0]), (i64::MAX, i64::MAX, 3));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn refusals_are_counted_by_reason_and_a_challenger_has_none(pool: PgPool) {
    let job = job(&pool).await;
    for reason in [Some("TOO_FEW_TRADES"), Some("NO_IMPROVEMENT"), Some("TOO_FEW_TRADES"), None] {
        trial(&pool, &job, Some(1), reason).await;
    }
    let told = refusals(&pool, job.id).await.unwrap();
    let told: Vec<_> = told.iter().map(|(reason, count)| (reason.as_deref(), *count)).collect();
    assert_eq!(told, [(Some("TOO_FEW_TRADES"), 2), (Some("NO_IMPROVEMENT"), 1), (None, 1)]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_strategy_of_a_hash_is_found(pool: PgPool) {
    job(&pool).await;
    assert_eq!(strategy(&pool, "sha256:aa").await.unwrap().map(|row| row.family), Some("smaCross".to_owned()));
    assert_eq!(strategy(&pool, "sha256:none").await.unwrap(), None);
}
