//! What the gateway and the controller rely on of events and sessions, against a real Postgres.

use std::time::Duration;

use assayer_contract::{
    BarBucket, BarBuckets, JobReport, Outcome, ReasonCode, RequestRow, Sent, SessionReport, Sha256Hash, canonical_hash,
};
use chrono::{SubsecRound, TimeDelta, Utc};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{Added, GatewayJob, Pod, add_session, by_job_name, ended, started};
use crate::log::{
    Group, epoch,
    group::{head, seal, write},
    tests::row,
};

const POD: Pod<'static> = Pod { name: "pod", uid: "uid" };

async fn job(pool: &PgPool) -> GatewayJob {
    sqlx::query("insert into strategies (hash, family, spec) values ('sha256:s', 'smaCross', '{}') on conflict do nothing")
        .execute(pool)
        .await
        .unwrap();
    let name = format!("eurusd-{}", Uuid::now_v7());
    sqlx::query(
        "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, trace_id, due_slot, job_name, instrument,
             strategy_hash, policy_hash, bot_generation, body, deadline)
         values ($1, $2, 'default', 'eurusd', 'LAB', 'BACKTEST', 'QUEUED', $3, now(), $4, 'EURUSD', 'sha256:s', 'p', 1, '{}',
             now() + interval '10 minutes')",
    )
    .bind(Uuid::now_v7())
    .bind(Uuid::new_v4())
    .bind(Uuid::now_v7())
    .bind(&name)
    .execute(pool)
    .await
    .unwrap();
    by_job_name(pool, "default", &name).await.unwrap().unwrap()
}

async fn called(pool: &PgPool, job: &GatewayJob, outcome: Outcome) -> Uuid {
    written(pool, job, row(outcome, Sent::Yes)).await
}

/// Bars that were served of something else than a vendor's answer.
async fn served(pool: &PgPool, job: &GatewayJob, provider: &str, of: Option<Uuid>) -> Uuid {
    let (provider, endpoint) = (provider.to_owned(), "bars".to_owned());
    written(pool, job, RequestRow { provider, endpoint, fallback_of: of, ..row(Outcome::Served, Sent::No) }).await
}

async fn written(pool: &PgPool, job: &GatewayJob, row: RequestRow) -> Uuid {
    let call = RequestRow { trace_id: job.trace_id, job_id: Some(job.id), ..row };
    let id = call.id;
    let epoch = epoch::acquire(pool, "default", "a", Duration::ZERO).await.unwrap().unwrap();
    let group = Group { intents: Vec::new(), rows: vec![call] };
    write(pool, &epoch, &seal(&epoch, head(pool, "default").await.unwrap(), &group).unwrap()).await.unwrap();
    id
}

fn session(request_ids: Vec<Uuid>) -> SessionReport {
    let hash = Sha256Hash::of(b"x");
    SessionReport {
        request_ids,
        data_hash: hash,
        strategy_hash: hash,
        inputs_hash: hash,
        engine_version: "0.1.0".to_owned(),
        bars: 3,
        first_bar: Utc::now(),
        last_bar: Utc::now(),
        result: json!({"trades": []}),
        result_hash: hash,
        bar_buckets: None,
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_is_over_when_it_has_ended_or_its_deadline_has_passed(pool: PgPool) {
    let job = job(&pool).await;
    assert!(!job.is_over(Utc::now()));
    assert!(job.is_over(Utc::now() + TimeDelta::minutes(11)));
    assert_eq!(by_job_name(&pool, "other", "eurusd").await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_starts_once_a_pod_and_ends_once(pool: PgPool) {
    let job = job(&pool).await;
    for _ in 0..2 {
        started(&pool, Uuid::now_v7(), job.id, POD).await.unwrap();
    }
    let failed = JobReport { succeeded: false, reason_code: Some(ReasonCode::ProviderAuth), message: "no\0 key".to_owned() };
    let first = ended(&pool, Uuid::now_v7(), job.id, POD, &failed).await.unwrap();
    assert_eq!(ended(&pool, Uuid::now_v7(), job.id, POD, &failed).await.unwrap(), first);
    let succeeded = JobReport { succeeded: true, reason_code: None, message: String::new() };
    assert_eq!(ended(&pool, Uuid::now_v7(), job.id, POD, &succeeded).await.unwrap(), Added::Conflict);
    let events: Vec<String> = sqlx::query_scalar("select kind from job_events order by id").fetch_all(&pool).await.unwrap();
    assert_eq!(events, ["STARTED", "FAILED"]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_session_stands_only_on_successful_calls_of_its_own_job(pool: PgPool) {
    let (own, other) = (job(&pool).await, job(&pool).await);
    let good = called(&pool, &own, Outcome::Success).await;
    let failed = called(&pool, &own, Outcome::Failed).await;
    let foreign = called(&pool, &other, Outcome::Success).await;
    for stranger in [failed, foreign, Uuid::now_v7()] {
        let added = add_session(&pool, Uuid::now_v7(), &own, &session(vec![good, stranger])).await.unwrap();
        assert_eq!(added, Added::NotEvidence(stranger));
    }
    let added = add_session(&pool, Uuid::now_v7(), &own, &session(vec![good])).await.unwrap();
    assert!(matches!(added, Added::Stands(_)));
    assert_eq!(add_session(&pool, Uuid::now_v7(), &own, &session(vec![good])).await.unwrap(), added, "posted again");
    let another = SessionReport { result_hash: Sha256Hash::of(b"y"), ..session(vec![good]) };
    assert_eq!(add_session(&pool, Uuid::now_v7(), &own, &another).await.unwrap(), Added::Conflict);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_session_keeps_its_bars_as_they_were_posted_and_one_with_others_is_another(pool: PgPool) {
    let job = job(&pool).await;
    let good = called(&pool, &job, Outcome::Success).await;
    let buckets = |close: &str| {
        let (time, price) = (Utc::now().trunc_subsecs(0), || "1.05153".to_owned());
        let (close, volume) = (close.to_owned(), "18446744073709551616".to_owned());
        let buckets =
            vec![BarBucket { from: time, to: time, bars: 3, open: price(), high: price(), low: price(), close, volume }];
        Some(BarBuckets { hash: canonical_hash(&buckets).unwrap(), buckets })
    };
    let posted = SessionReport { bar_buckets: buckets("1.05"), ..session(vec![good]) };
    let added = add_session(&pool, Uuid::now_v7(), &job, &posted).await.unwrap();
    assert!(matches!(added, Added::Stands(_)));
    assert_eq!(add_session(&pool, Uuid::now_v7(), &job, &posted).await.unwrap(), added, "posted again");
    let another = SessionReport { bar_buckets: buckets("1.06"), ..session(vec![good]) };
    assert_eq!(add_session(&pool, Uuid::now_v7(), &job, &another).await.unwrap(), Added::Conflict);

    let kept = crate::bot_history::session(&pool, job.bot_id, job.id).await.unwrap().unwrap();
    let read: Vec<BarBucket> = serde_json::from_value(kept.bar_buckets.unwrap()).unwrap();
    let posted = posted.bar_buckets.unwrap();
    assert_eq!(read, posted.buckets);
    assert_eq!(kept.bar_buckets_hash, Some(canonical_hash(&read).unwrap().to_string()));
    assert_eq!(kept.bar_buckets_hash, Some(posted.hash.to_string()));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_session_may_stand_on_simulated_bars_in_place_of_a_failed_call_of_its_job_and_on_nothing_else_that_is_served(
    pool: PgPool,
) {
    let (own, other) = (job(&pool).await, job(&pool).await);
    let (failed, good) = (called(&pool, &own, Outcome::Failed).await, called(&pool, &own, Outcome::Success).await);
    let of_another = called(&pool, &other, Outcome::Failed).await;
    let simulated = served(&pool, &own, "sim", Some(failed)).await;
    for stranger in [
        served(&pool, &own, "databento", Some(failed)).await,
        served(&pool, &own, "sim", None).await,
        served(&pool, &own, "sim", Some(good)).await,
        served(&pool, &own, "sim", Some(of_another)).await,
        served(&pool, &other, "sim", Some(of_another)).await,
    ] {
        let added = add_session(&pool, Uuid::now_v7(), &own, &session(vec![simulated, stranger])).await.unwrap();
        assert_eq!(added, Added::NotEvidence(stranger));
    }
    let added = add_session(&pool, Uuid::now_v7(), &own, &session(vec![simulated])).await.unwrap();
    assert!(matches!(added, Added::Stands(_)));
}
