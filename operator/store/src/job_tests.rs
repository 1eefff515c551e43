//! What the controller relies on, against a real Postgres.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use assayer_contract::{
    JobReport, JobStatus, JobType, ReasonCode, RequestRow, SessionReport, Sha256Hash, Source, Stage,
    budget::Limits,
    policy::{AllowedSource, AllowedSources, Fallback},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::{
    cycles::{Enqueued, NewCycle, enqueue as enqueue_cycle},
    evidence,
    gateway_jobs::{Added, Pod, add_session, by_job_name, ended as report_end, started as report_start},
    jobs::{NewJob, open},
    log::{Group, epoch::acquire, group},
    planner, requested,
};

#[path = "partition_tests.rs"]
mod partitions;

const POD: Pod<'_> = Pod { name: "pod", uid: "uid" };

fn at(seconds: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::seconds(seconds)
}

fn new_job(bot_id: u128, due_slot: DateTime<Utc>) -> NewJob {
    let id = Uuid::now_v7();
    NewJob {
        id,
        bot_id: Uuid::from_u128(bot_id),
        bot_namespace: "default".into(),
        bot_name: "spx-cross".into(),
        stage: Stage::Lab,
        job_type: JobType::Backtest,
        trace_id: Uuid::now_v7(),
        place: 0,
        due_slot,
        requested: false,
        job_name: format!("job-{id}"),
        instrument: "SPX".into(),
        root: "SPX".into(),
        trials_granted: None,
        holdout_reads: None,
        strategy_hash: Sha256Hash::of(b"strategy"),
        family: "smaCross".into(),
        strategy: json!({"smaCross": {"fast": 50, "slow": 200}}),
        policy_hash: Sha256Hash::of(b"policy"),
        bot_generation: 1,
        body: json!({}),
        sources: sources(),
        max_data_usd_per_day: "2.50".into(),
        ai: assayer_contract::policy::AiRules { daily_tokens: 9, ..assayer_contract::policy::AiRules::default() },
        created_at: Utc::now(),
        deadline: at(600),
    }
}

fn sources() -> AllowedSources {
    let (providers, symbols) = (vec!["databento".into()], vec!["SPX".into()]);
    let allowed = AllowedSource {
        providers,
        symbols,
        max_latency_ms: 7_000,
        retries: 2,
        cooldown_ms: 1_000,
        fallback: Fallback::None,
        disabled: None,
        live: assayer_contract::policy::LiveLimits::default(),
        keep_for_ms: None,
    };
    AllowedSources::from([(Source::MarketData, allowed)])
}

/// A backtest alone, where there is room.
async fn enqueue(pool: &PgPool, job: &NewJob) -> Result<bool, StoreError> {
    let limits = Limits { open: 100, cpu_seconds_per_hour: None, research: None };
    let cycle = NewCycle { backtest: job.clone(), round: None, limits };
    Ok(enqueue_cycle(pool, &cycle, Utc::now()).await? == Enqueued::Written { jobs: 1, denied: None })
}

async fn enqueued(pool: &PgPool) -> NewJob {
    let job = new_job(7, at(-10));
    assert!(enqueue(pool, &job).await.unwrap());
    job
}

fn request(job: &NewJob, outcome: &str) -> RequestRow {
    let failed = outcome == "failed";
    serde_json::from_value(json!({
        "id": Uuid::now_v7(), "created_at": Utc::now(), "call_id": Uuid::now_v7(), "attempt": 1, "sent": "yes",
        "outcome": outcome, "gateway_set": "", "writer": "", "writer_epoch": 0, "seq": 0, "group_no": 0,
        "trace_id": job.trace_id, "job_id": job.id, "bot_id": job.bot_id, "user_id": "system:serviceaccount:default:assayer-runner",
        "source": "marketData", "stage": "LAB", "provider": "databento", "operation": "call", "method": "POST",
        "endpoint": "timeseries.get_range", "request_fingerprint": Sha256Hash::of(b"request"), "params": {},
        "bar_count": (!failed).then_some(5_031),
        "reason_code": failed.then_some("PROVIDER_AUTH"), "error_message": failed.then_some("Authentication failed."),
    }))
    .unwrap()
}

fn look(job: &NewJob, strategy: Sha256Hash, reset_at: Option<DateTime<Utc>>) -> evidence::Look<'static> {
    evidence::Look { bot_id: job.bot_id, strategy, reset_at, searching: None, audited: true }
}

async fn log(pool: &PgPool, rows: Vec<RequestRow>) {
    let epoch = acquire(pool, "default", "writer", Duration::ZERO).await.unwrap().unwrap();
    let head = group::head(pool, "default").await.unwrap();
    let sealed = group::seal(&epoch, head, &Group { intents: Vec::new(), rows }).unwrap();
    group::write(pool, &epoch, &sealed).await.unwrap();
}

async fn report(pool: &PgPool, job: &NewJob, reason_code: Option<ReasonCode>) {
    let report = JobReport { succeeded: reason_code.is_none(), reason_code, message: "as the runner says".into() };
    report_end(pool, Uuid::now_v7(), job.id, POD, &report).await.unwrap();
}

async fn store_session(pool: &PgPool, job: &NewJob, request_id: Uuid) {
    let row = by_job_name(pool, "default", &job.job_name).await.unwrap().unwrap();
    let hash = Sha256Hash::of(b"any");
    let session = SessionReport {
        request_ids: vec![request_id],
        data_hash: hash,
        strategy_hash: job.strategy_hash,
        inputs_hash: hash,
        engine_version: "0.1.0".into(),
        bars: 5_031,
        first_bar: at(-100),
        last_bar: at(-50),
        result: json!({}),
        result_hash: hash,
        bar_buckets: None,
    };
    assert!(matches!(add_session(pool, Uuid::now_v7(), &row, &session).await.unwrap(), Added::Stands(_)));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_slot_gets_one_row_whoever_plans_it(pool: PgPool) {
    let slot = at(-10);
    assert!(enqueue(&pool, &new_job(7, slot)).await.unwrap());
    assert!(!enqueue(&pool, &new_job(7, slot)).await.unwrap());
    assert!(enqueue(&pool, &new_job(8, slot)).await.unwrap());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_run_that_was_asked_for_is_started_once_and_leaves_its_slot_to_be_filled(pool: PgPool) {
    let asked = NewJob { requested: true, ..new_job(7, at(-10)) };
    let (bot_id, trace) = (asked.bot_id, asked.trace_id);
    assert!(requested::answered(&pool, &[trace]).await.unwrap().is_empty());
    assert!(enqueue(&pool, &asked).await.unwrap());
    end(&pool, asked.id, ReasonCode::Stopped, "stopped", at(0)).await.unwrap().unwrap();
    for bot in [7, 8] {
        let again = NewJob { requested: true, trace_id: trace, ..new_job(bot, at(-5)) };
        assert!(!enqueue(&pool, &again).await.unwrap(), "Bot {bot} works under the same trace");
    }
    assert_eq!(requested::answered(&pool, &[trace, Uuid::now_v7()]).await.unwrap(), BTreeSet::from([trace]));
    assert_eq!(requested::job(&pool, bot_id, trace).await.unwrap().map(|job| job.id), Some(asked.id));
    assert_eq!(requested::job(&pool, Uuid::from_u128(8), trace).await.unwrap(), None, "another Bot's is none of its own");
    // Ten slots later it is still known, beside the eight newest that filled slots.
    for n in 1..=9 {
        let job = new_job(7, at(n));
        assert!(enqueue(&pool, &job).await.unwrap());
        end(&pool, job.id, ReasonCode::Stopped, "stopped", at(0)).await.unwrap().unwrap();
    }
    let recent = planner::recent(&pool, JobType::Backtest, &[bot_id]).await.unwrap().remove(&bot_id).unwrap();
    assert_eq!((recent.len(), recent.iter().filter(|job| job.requested).count()), (9, 1));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_last_jobs_of_each_bot_are_told_the_newest_first(pool: PgPool) {
    // given: two Bots with ended jobs, one of them with an open one besides, and a Bot without any
    let slot = |n: i64| DateTime::from_timestamp_millis(1_800_000_000_123 + n).unwrap();
    for (bot, n) in [(7, 0), (7, 1), (8, 2)] {
        let job = new_job(bot, slot(n));
        assert!(enqueue(&pool, &job).await.unwrap());
        end(&pool, job.id, ReasonCode::Stopped, "stopped", at(0)).await.unwrap().unwrap();
    }
    assert!(enqueue(&pool, &new_job(8, slot(3))).await.unwrap());
    // when
    let bots = [7, 8, 9].map(Uuid::from_u128);
    let recent = planner::recent(&pool, JobType::Backtest, &bots).await.unwrap();
    // then
    let slots = |bot: u128| recent.get(&Uuid::from_u128(bot)).map(|jobs| jobs.iter().map(|job| job.due_slot).collect());
    assert_eq!(slots(7), Some(vec![slot(1), slot(0)]));
    assert_eq!(slots(8), Some(vec![slot(2)]));
    assert_eq!(slots(9), None);
    assert!(recent.values().flatten().all(|job| !job.succeeded && job.reason == Some(ReasonCode::Stopped)));
    assert_eq!(planner::count_open(&pool).await.unwrap(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_that_has_reported_is_not_ended_for_another_reason(pool: PgPool) {
    let job = enqueued(&pool).await;
    report_end(&pool, Uuid::now_v7(), job.id, POD, &JobReport { succeeded: false, reason_code: None, message: String::new() })
        .await
        .unwrap();
    assert_eq!(end(&pool, job.id, ReasonCode::Stopped, "stopped", at(0)).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_bot_with_an_open_job_gets_no_second_one(pool: PgPool) {
    enqueued(&pool).await;
    assert!(!enqueue(&pool, &new_job(7, at(0))).await.unwrap());
    assert_eq!(open(&pool).await.unwrap().len(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_report_with_its_session_is_a_success_and_counts_for_the_strategy(pool: PgPool) {
    // given: a job with a successful call, a session that names it, and a report
    let job = enqueued(&pool).await;
    report_start(&pool, Uuid::now_v7(), job.id, POD).await.unwrap();
    assert_eq!(fold(&pool, None, Utc::now()).await.unwrap()[0].status, JobStatus::Running);
    let call = request(&job, "success");
    let call_id = call.id;
    log(&pool, vec![call]).await;
    store_session(&pool, &job, call_id).await;
    report(&pool, &job, None).await;

    // when
    let changed = fold(&pool, Some(job.bot_id), Utc::now()).await.unwrap();

    // then
    assert_eq!(changed.iter().map(|job| job.status).collect::<Vec<_>>(), [JobStatus::Succeeded]);
    assert!(fold(&pool, None, Utc::now()).await.unwrap().is_empty(), "a change is told once");
    let evidence = evidence::read(&pool, look(&job, job.strategy_hash, None)).await.unwrap();
    let sessions: i64 = evidence.sessions.iter().map(|session| session.count).sum();
    assert_eq!((sessions, evidence.last_rows.len(), evidence.open_job), (1, 1, None));
    assert_eq!(evidence::read(&pool, look(&job, Sha256Hash::of(b"another"), None)).await.unwrap().sessions, []);
    // What was before a reset counts for nothing, and is there: the last cycle is still what proves the sources.
    let before = evidence::read(&pool, look(&job, job.strategy_hash, Some(at(-3_600)))).await.unwrap();
    assert_eq!((before.sessions, before.newest_session.is_some()), (evidence.sessions, true));
    let reset = evidence::read(&pool, look(&job, job.strategy_hash, Some(at(1)))).await.unwrap();
    assert_eq!((reset.sessions, reset.newest_session), (vec![], None));
    assert_eq!((reset.last_rows.len(), reset.recent.len()), (1, 1));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_reported_success_without_a_session_is_a_failure(pool: PgPool) {
    let job = enqueued(&pool).await;
    report(&pool, &job, None).await;
    let changed = fold(&pool, None, Utc::now()).await.unwrap();
    assert_eq!((changed[0].status, changed[0].reason), (JobStatus::Failed, Some(ReasonCode::RunnerFailed)));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_reason_of_a_failure_is_the_logs_before_the_runners(pool: PgPool) {
    let job = enqueued(&pool).await;
    log(&pool, vec![request(&job, "success"), request(&job, "failed")]).await;
    report(&pool, &job, Some(ReasonCode::EngineError)).await;
    let changed = fold(&pool, None, Utc::now()).await.unwrap();
    assert_eq!(changed[0].reason, Some(ReasonCode::ProviderAuth));
    assert_eq!(changed[0].message.as_deref(), Some("Authentication failed."));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_failed_call_that_was_followed_by_a_good_one_is_not_the_reason(pool: PgPool) {
    let job = enqueued(&pool).await;
    log(&pool, vec![request(&job, "failed"), request(&job, "success")]).await;
    report(&pool, &job, Some(ReasonCode::EngineError)).await;
    let changed = fold(&pool, None, Utc::now()).await.unwrap();
    assert_eq!(changed[0].reason, Some(ReasonCode::EngineError));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_past_its_deadline_is_closed_once(pool: PgPool) {
    let job = enqueued(&pool).await;
    assert!(fold(&pool, None, at(599)).await.unwrap().is_empty());
    let changed = fold(&pool, None, at(601)).await.unwrap();
    assert_eq!(
        (changed[0].id, changed[0].status, changed[0].reason),
        (job.id, JobStatus::TimedOut, Some(ReasonCode::JobTimeout))
    );
    assert!(fold(&pool, None, at(602)).await.unwrap().is_empty());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_pod_that_died_silently_fails_its_job_but_a_report_comes_first(pool: PgPool) {
    let job = enqueued(&pool).await;
    report(&pool, &job, Some(ReasonCode::EngineError)).await;
    assert_eq!(close_unreported(&pool, job.id, ReasonCode::RunnerFailed, "gone", Utc::now()).await.unwrap(), None);
    fold(&pool, None, Utc::now()).await.unwrap();

    let silent = new_job(8, at(-10));
    assert!(enqueue(&pool, &silent).await.unwrap());
    let closed = close_unreported(&pool, silent.id, ReasonCode::GatewayUnreachable, "gone", Utc::now()).await.unwrap().unwrap();
    assert_eq!(
        (closed.status, closed.reason, closed.message.as_deref()),
        (JobStatus::Failed, Some(ReasonCode::GatewayUnreachable), Some("gone"))
    );
}
