//! What trials, lineages and looks at the hold-out rely on, against a real Postgres.

use super::*;

/// The search of a new cycle, at work.
async fn searching(pool: &PgPool) -> GatewayJob {
    let cycle = cycle(JobType::Improve, limits());
    write(pool, &cycle).await;
    backtest_done(pool, &cycle).await;
    at_work(pool, &cycle).await
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_trial_is_a_row_once_and_never_one_more_than_granted(pool: PgPool) {
    let job = searching(&pool).await;
    let trials: Vec<_> = (1..=20).map(trial).collect();
    for _ in 0..2 {
        assert_eq!(add_trials(&pool, &job, &trials).await.unwrap(), Noted::Stand, "the same again changes nothing");
    }
    assert_eq!(add_trials(&pool, &job, &[trial(21)]).await.unwrap(), Noted::BeyondGrant);
    assert_eq!(count(&pool, "trials").await, 20);
    let before = lineage(&pool, &job).await.unwrap();
    assert_eq!((before.trials, before.tried.len()), (0, 0), "a job's own trials are not before it");
    sqlx::query("update bot_jobs set created_at = now() + interval '1 second' where id = $1")
        .bind(job.id)
        .execute(&pool)
        .await
        .unwrap();
    let later = lineage(&pool, &job).await.unwrap();
    assert_eq!((later.trials, later.tried.len(), later.candidates.len()), (20, 19, 20), "who only lacks a look may come again");
    assert_eq!(later.candidates[0].strategy, json!({"n": "9"}), "the best first");
    job_ends::end(&pool, job.id, ReasonCode::Stopped, "drained", Utc::now()).await.unwrap();
    assert_eq!(add_trials(&pool, &job, &[trial(1)]).await.unwrap(), Noted::Over);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn only_a_round_that_may_ask_for_suggestions_is_told_what_its_own_bot_tried_last_and_only_of_the_training_part(
    pool: PgPool,
) {
    let mut jobs = [searching(&pool).await, searching(&pool).await];
    let with_figures = |n: u128| {
        let in_sample = json!({"sharpe": "0.5", "net": "12", "trades": 3, "days": 40});
        let mut trial = serde_json::to_value(trial(n)).unwrap();
        trial["inSample"] = in_sample;
        serde_json::from_value(trial).unwrap()
    };
    add_trials(&pool, &jobs[0], &[with_figures(1), trial(2)]).await.unwrap();
    add_trials(&pool, &jobs[1], &[with_figures(3)]).await.unwrap();
    sqlx::query("update bot_jobs set created_at = now() + interval '1 second'").execute(&pool).await.unwrap();
    assert_eq!(lineage(&pool, &jobs[0]).await.unwrap().recent, []);
    jobs[0].body["suggestions"] = json!({});
    let told = lineage(&pool, &jobs[0]).await.unwrap();
    assert_eq!((told.trials, told.recent.len()), (3, 1), "of its own Bot, and what could be run");
    let json = serde_json::to_value(&told.recent).unwrap();
    assert_eq!(json, json!([{"strategy": {"n": "1"}, "inSample": {"sharpe": "0.5", "net": "12", "trades": 3, "days": 40}}]));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_hold_out_is_seen_as_often_as_a_quarter_allows_whoever_asks(pool: PgPool) {
    let jobs = [searching(&pool).await, searching(&pool).await];
    let now = Utc::now();
    let asked = [(&jobs[0], b"a"), (&jobs[1], b"a"), (&jobs[0], b"b"), (&jobs[1], b"b")];
    let permits = join_all(asked.map(|(job, name)| permit_holdout(&pool, job, Sha256Hash::of(name), now))).await;
    let granted = permits.iter().filter(|permit| matches!(permit, Ok(Permit::Granted(_)))).count();
    assert_eq!((granted, count(&pool, "holdout_reads").await), (2, 2));
    assert!(permits.iter().any(|permit| matches!(permit, Ok(Permit::Spent(2)))));
    let hashes: Vec<(Uuid, String)> =
        sqlx::query_as("select job_id, strategy_hash from holdout_reads order by id").fetch_all(&pool).await.unwrap();
    let (job, hash) = (jobs.iter().find(|job| job.id == hashes[0].0).unwrap(), hashes[0].1.parse().unwrap());
    assert!(
        matches!(permit_holdout(&pool, job, hash, now).await.unwrap(), Permit::Granted(_)),
        "the same look again is no other"
    );
    let next_quarter = now + TimeDelta::days(100);
    assert!(matches!(permit_holdout(&pool, job, Sha256Hash::of(b"c"), next_quarter).await.unwrap(), Permit::Granted(_)));
    let unseen = found(Some(Sha256Hash::of(b"unseen")));
    assert_eq!(add_report(&pool, job, &unseen).await.unwrap(), Noted::Conflict, "no challenger without a look");
    assert_eq!(add_report(&pool, job, &found(Some(hash))).await.unwrap(), Noted::Stand);
    assert_eq!(count(&pool, "candidates").await, 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn nobody_but_the_gateway_writes_research_and_not_even_it_changes_any(pool: PgPool) {
    for role in ["assayer_controller", "assayer_api"] {
        for table in ["trials", "research_reports", "holdout_reads", "candidates"] {
            assert_eq!(rights(&pool, role, table).await, json!(["SELECT"]), "{role} {table}");
        }
    }
    assert_eq!(rights(&pool, "assayer_gateway", "trials").await, json!(["INSERT", "SELECT"]));
}

async fn rights(pool: &PgPool, role: &str, table: &str) -> Value {
    let query = "select to_jsonb(array(select r from unnest(array['DELETE', 'INSERT', 'SELECT', 'UPDATE']) r
        where has_table_privilege($1, $2, r) order by r))";
    sqlx::query_scalar(query).bind(role).bind(table).fetch_one(pool).await.unwrap()
}
