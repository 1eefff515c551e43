//! What budgets and cycles rely on, against a real Postgres.

#[path = "research_rows_tests.rs"]
mod rows;

use std::collections::BTreeSet;

use assayer_contract::{
    JobReport, JobStatus, JobType, ReasonCode, Stage,
    budget::{Limits, ResearchLimits},
    policy::{AiRules, AllowedSources},
};
use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};

use super::*;
use crate::{
    cycles::{Enqueued, NewCycle, enqueue},
    gateway_jobs::{Pod, by_job_name, ended, started},
    job_ends,
    jobs::NewJob,
};

const POD: Pod<'_> = Pod { name: "pod", uid: "uid" };
const RESEARCH: ResearchLimits = ResearchLimits {
    improvements_per_hour: 3,
    evolutions_per_hour: 1,
    trials_per_day_per_root: 50,
    holdout_reads_per_quarter_per_root: 2,
    trials_per_round: 20,
};

fn limits() -> Limits {
    Limits { open: 100, cpu_seconds_per_hour: None, research: Some(RESEARCH) }
}

fn job(job_type: JobType, place: i16) -> NewJob {
    let now = Utc::now();
    NewJob {
        id: Uuid::now_v7(),
        bot_id: Uuid::nil(),
        bot_namespace: "default".into(),
        bot_name: "mes".into(),
        stage: Stage::Lab,
        job_type,
        trace_id: Uuid::nil(),
        place,
        due_slot: now,
        requested: false,
        job_name: String::new(),
        instrument: "MES.v.0".into(),
        root: "MES".into(),
        trials_granted: None,
        holdout_reads: (place > 0).then_some(2),
        strategy_hash: Sha256Hash::of(b"strategy"),
        family: "smaCross".into(),
        strategy: json!({"smaCross": {"fast": 50, "slow": 200}}),
        policy_hash: Sha256Hash::of(b"policy"),
        bot_generation: 1,
        body: json!({"rules": {"trialsPerJob": 20}}),
        sources: AllowedSources::new(),
        max_data_usd_per_day: "0".into(),
        ai: AiRules::default(),
        created_at: now,
        deadline: now + TimeDelta::seconds(60 * i64::from(place + 1)),
    }
}

/// The cycle of a Bot of its own.
fn cycle(round: JobType, limits: Limits) -> NewCycle {
    let (bot_id, trace_id) = (Uuid::new_v4(), Uuid::now_v7());
    let of = |job: NewJob| NewJob { bot_id, trace_id, job_name: format!("mes-{bot_id}"), ..job };
    NewCycle { backtest: of(job(JobType::Backtest, 0)), round: Some(of(job(round, 1))), limits }
}

async fn write(pool: &PgPool, cycle: &NewCycle) -> Enqueued {
    enqueue(pool, cycle, Utc::now()).await.unwrap()
}

async fn count(pool: &PgPool, what: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {what}"))).fetch_one(pool).await.unwrap()
}

/// The twentieth passed every gate; the others are refused.
fn trial(n: u128) -> Trial {
    let refusal = (n != 20).then(|| json!({"reasonCode": "TOO_FEW_TRADES", "message": ""}));
    let hash = Sha256Hash::of(&n.to_be_bytes());
    serde_json::from_value(json!({
        "trialId": hash, "strategy": {"n": n.to_string()}, "strategyHash": hash, "parents": [], "madeBy": "test",
        "inSample": null, "outOfSample": null, "maxDrawdown": null, "complexity": 1, "score": format!("0.{n}"), "refusal": refusal,
    }))
    .unwrap()
}

fn found(challenger: Option<Sha256Hash>) -> ResearchReport {
    let hash = Sha256Hash::of(b"x");
    let challenger = challenger.map(|hash| json!({"trialId": hash, "strategy": {}, "strategyHash": hash}));
    serde_json::from_value(json!({
        "step": "Improve", "seed": "7", "engineVersion": "0.1.0", "dataHash": hash, "rulesHash": hash, "trials": [], "ideas": null,
        "assumedTrials": 1, "best": null, "gates": [], "challenger": challenger,
    }))
    .unwrap()
}

/// The pod's work on its first job, as far as rows tell.
async fn backtest_done(pool: &PgPool, cycle: &NewCycle) {
    let first = at_work(pool, cycle).await;
    started(pool, Uuid::now_v7(), first.id, POD).await.unwrap();
    sqlx::query(
        "insert into backtest_sessions (id, job_id, trace_id, bot_id, bot_namespace, bot_name, request_ids, data_hash, strategy_hash,
             inputs_hash, engine_version, bars, first_bar, last_bar, result, result_hash)
         values ($1, $2, $3, $4, 'default', 'mes', array[$1], '', '', '', '', 1, now(), now(), '{}', '')",
    )
    .bind(Uuid::now_v7())
    .bind(first.id)
    .bind(first.trace_id)
    .bind(first.bot_id)
    .execute(pool)
    .await
    .unwrap();
    report(pool, first.id, None).await;
}

async fn report(pool: &PgPool, job_id: Uuid, reason_code: Option<ReasonCode>) {
    let report = JobReport { succeeded: reason_code.is_none(), reason_code, message: String::new() };
    ended(pool, Uuid::now_v7(), job_id, POD, &report).await.unwrap();
}

async fn at_work(pool: &PgPool, cycle: &NewCycle) -> GatewayJob {
    by_job_name(pool, "default", &cycle.backtest.job_name).await.unwrap().unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn two_leaders_that_plan_at_once_exceed_no_budget(pool: PgPool) {
    let narrow = Limits { open: 7, ..limits() };
    let cycles: Vec<_> = (0..24).map(|n| cycle(if n % 3 == 0 { JobType::Evolve } else { JobType::Improve }, narrow)).collect();
    // Each cycle is tried by both.
    let tries = cycles.iter().chain(&cycles).map(|cycle| write(&pool, cycle));
    let done = join_all(tries).await;
    assert_eq!(count(&pool, "bot_jobs where job_type = 'BACKTEST'").await, 7);
    assert!(count(&pool, "bot_jobs where job_type = 'IMPROVE'").await <= 3);
    assert!(count(&pool, "bot_jobs where job_type = 'EVOLVE'").await <= 1);
    let granted: i64 = sqlx::query_scalar("select sum(trials_granted) from bot_jobs").fetch_one(&pool).await.unwrap();
    assert!((20..=50).contains(&granted), "{granted} trials of 50");
    assert_eq!(done.iter().filter(|one| matches!(one, Enqueued::Written { .. })).count(), 7);
    assert!(done.contains(&Enqueued::NoRoom(ReasonCode::ConcurrencyLimit)));
    let rules: BTreeSet<i64> =
        sqlx::query_scalar("select (body #>> '{rules,trialsPerJob}')::bigint from bot_jobs where place = 1")
            .fetch_all(&pool)
            .await
            .unwrap()
            .into_iter()
            .collect();
    assert!(rules.is_subset(&BTreeSet::from([10, 20])), "a round is told what it was granted: {rules:?}");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_round_without_room_leaves_the_backtest_and_says_why(pool: PgPool) {
    for _ in 0..2 {
        assert_eq!(write(&pool, &cycle(JobType::Improve, limits())).await, Enqueued::Written { jobs: 2, denied: None });
    }
    let none = Limits { research: Some(ResearchLimits { improvements_per_hour: 2, ..RESEARCH }), ..limits() };
    let denied = Enqueued::Written { jobs: 1, denied: Some(ReasonCode::ImproveBudget) };
    assert_eq!(write(&pool, &cycle(JobType::Improve, none)).await, denied);
    // Three cycles are open that may take 60 or 120 seconds each.
    let busy = Limits { cpu_seconds_per_hour: Some(359), ..limits() };
    assert_eq!(write(&pool, &cycle(JobType::Evolve, busy)).await, Enqueued::NoRoom(ReasonCode::CpuBudget));
    let room = Limits { cpu_seconds_per_hour: Some(360), ..limits() };
    let denied = Enqueued::Written { jobs: 1, denied: Some(ReasonCode::CpuBudget) };
    assert_eq!(write(&pool, &cycle(JobType::Evolve, room)).await, denied);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_pod_works_on_one_job_of_its_cycle_after_the_other(pool: PgPool) {
    let cycle = cycle(JobType::Improve, limits());
    write(&pool, &cycle).await;
    let first = at_work(&pool, &cycle).await;
    assert_eq!((first.job_type, first.remaining), (JobType::Backtest, 1));
    backtest_done(&pool, &cycle).await;
    let second = at_work(&pool, &cycle).await;
    assert_eq!((second.job_type, second.remaining, second.family.as_str()), (JobType::Improve, 0, "smaCross"));
    assert!(!second.is_over(Utc::now()));
    started(&pool, Uuid::now_v7(), second.id, POD).await.unwrap();
    assert_eq!(add_report(&pool, &second, &found(None)).await.unwrap(), Noted::Stand);
    report(&pool, second.id, None).await;
    job_ends::fold(&pool, None, Utc::now()).await.unwrap();
    assert_eq!(count(&pool, "bot_jobs where status = 'SUCCEEDED'").await, 2);
    assert!(at_work(&pool, &cycle).await.is_over(Utc::now()), "nothing is left");
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn behind_a_failed_backtest_nothing_begins_and_what_was_reserved_is_free_again(pool: PgPool) {
    let cycle_of = || cycle(JobType::Improve, limits());
    let (one, two) = (cycle_of(), cycle_of());
    write(&pool, &one).await;
    write(&pool, &two).await;
    let backtest = at_work(&pool, &one).await;
    started(&pool, Uuid::now_v7(), backtest.id, POD).await.unwrap();
    report(&pool, backtest.id, Some(ReasonCode::ProviderAuth)).await;
    assert!(at_work(&pool, &one).await.is_over(Utc::now()), "before the controller has seen the failure");
    job_ends::end(&pool, two.backtest.id, ReasonCode::Stopped, "drained", Utc::now()).await.unwrap();
    job_ends::fold(&pool, None, Utc::now()).await.unwrap();
    let why: Vec<String> = sqlx::query_scalar("select message from bot_jobs where reason_code = 'CYCLE_ENDED' order by id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(
        why,
        ["the backtest before it ended FAILED with PROVIDER_AUTH", "the backtest before it ended FAILED with STOPPED"]
    );
    let mut connection = pool.acquire().await.unwrap();
    let used = crate::cycles::usage(&mut connection, Stage::Lab, "MES", Utc::now()).await.unwrap();
    assert_eq!((used.open, used.improvements, used.trials), (0, 0, 0));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_cycle_past_its_deadline_ends_with_all_its_jobs(pool: PgPool) {
    let cycle = cycle(JobType::Improve, limits());
    write(&pool, &cycle).await;
    let closed = job_ends::fold(&pool, None, Utc::now() + TimeDelta::seconds(61)).await.unwrap();
    let closed: Vec<_> = closed.into_iter().map(|job| (job.place, job.status, job.reason)).collect();
    let expected = [(0, JobStatus::TimedOut, Some(ReasonCode::JobTimeout)), (1, JobStatus::Failed, Some(ReasonCode::CycleEnded))];
    assert_eq!(closed, expected);
}
