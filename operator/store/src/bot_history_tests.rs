//! What a reader of a Bot's history relies on, on a history made by hand.

use super::*;
use crate::proof::tests::{BOT, job, request, session as posted};

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn jobs_come_newest_first_page_by_page_with_what_came_of_them(pool: PgPool) {
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(job(&pool).await);
    }
    let fed = request(&pool, &made[4], "success").await;
    posted(&pool, &made[4], &[fed]).await;
    let first = jobs(&pool, BOT, None, 3).await.unwrap();
    let second = jobs(&pool, BOT, Some(first[2].id), 3).await.unwrap();
    let ids: Vec<_> = first.iter().chain(&second).map(|job| job.id).collect();
    assert_eq!(ids, made.iter().rev().map(|job| job.id).collect::<Vec<_>>());
    assert_eq!(first[0].session.as_ref().map(|session| session.bars), Some(10));
    assert!(first[1].session.is_none() && first[0].research.is_none(), "what was not posted is not there");
    assert!(session(&pool, BOT, made[4].id).await.unwrap().is_some());
    assert!(session(&pool, Uuid::from_u128(8), made[4].id).await.unwrap().is_none(), "another Bot's job has no session here");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn rounds_have_their_trials_the_best_first(pool: PgPool) {
    let job = job(&pool).await;
    sqlx::query(
        "insert into research_reports (job_id, trace_id, bot_id, root, family, trials, improved, report)
         values ($1, $2, $3, 'SPX', 'smaCross', 3, true, '{\"gates\": []}')",
    )
    .bind(job.id)
    .bind(job.trace)
    .bind(BOT)
    .execute(&pool)
    .await
    .unwrap();
    for (id, score) in [("a", None), ("b", Some(1_i64)), ("c", Some(2))] {
        sqlx::query(
            "insert into trials (trial_id, job_id, bot_id, root, family, strategy_hash, score, trial)
             values ($1, $2, $3, 'SPX', 'smaCross', $1, $4, jsonb_build_object('trialId', $1))",
        )
        .bind(id)
        .bind(job.id)
        .bind(BOT)
        .bind(score)
        .execute(&pool)
        .await
        .unwrap();
    }
    let rounds = rounds(&pool, BOT, Some(job.id), None, 10).await.unwrap();
    assert_eq!((rounds.len(), rounds[0].trials, rounds[0].improved), (1, 3, true));
    let (best, total) = trials(&pool, job.id, 2).await.unwrap();
    let ids: Vec<_> = best.iter().map(|trial| trial["trialId"].as_str().unwrap()).collect();
    assert_eq!((ids, total), (vec!["c", "b"], 3));
    assert!(super::rounds(&pool, Uuid::from_u128(8), Some(job.id), None, 10).await.unwrap().is_empty());
}
