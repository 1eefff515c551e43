//! How often Bots worked, on a history made by hand.

use std::collections::BTreeMap;

use assayer_contract::Stage;

use super::*;
use crate::{
    idle_slots::{self, IdleSlot},
    integrations::tests::as_role,
    planner::{PlannerRun, record},
};

const EVERY: Duration = Duration::from_mins(10);

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
}

fn asked(bot: u128, since: i64) -> Asked {
    let (bot_id, policy_hash) = (Uuid::from_u128(bot), "sha256:bb".to_owned());
    Asked { bot_id, bot: format!("desk/{bot}"), since: at(since), policy_hash, every: EVERY }
}

/// A job in the slot that begins in this minute, and ended five later.
async fn job(pool: &PgPool, bot: u128, minute: i64, reason: Option<&str>, policy: &str) {
    sqlx::query("insert into strategies (hash, family, spec) values ('sha256:aa', 'smaCross', '{}') on conflict do nothing")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query(
        "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, reason_code, trace_id, due_slot,
             job_name, instrument, strategy_hash, policy_hash, bot_generation, body, created_at, completed_at, deadline)
         values ($1, $2, 'desk', $2::text, 'LAB', 'BACKTEST', case when $3::text is null then 'SUCCEEDED' else 'FAILED' end, $3, $1, $4,
             $1::text, 'SPX', 'sha256:aa', $5, 1, '{}', $4, $4 + interval '5 minutes', $4)",
    )
    .bind(Uuid::now_v7())
    .bind(Uuid::from_u128(bot))
    .bind(reason)
    .bind(at(minute))
    .bind(policy)
    .execute(pool)
    .await
    .unwrap();
}

async fn run(pool: &PgPool, minute: i64, jobs: (i32, i32), why_not: &[(ReasonCode, &str)]) {
    let why_not = why_not.iter().map(|(reason, bot)| (*reason, vec![(*bot).to_owned()]));
    let run = PlannerRun {
        id: Uuid::now_v7(),
        started_at: at(minute),
        completed_at: at(minute),
        leader: "a".to_owned(),
        bots_seen: 2,
        jobs_enqueued: jobs.0,
        jobs_created: jobs.1,
        stage_breakdown: BTreeMap::from([(Stage::Lab, jobs.0)]),
        skipped: BTreeMap::new(),
        why_not: why_not.collect(),
        every: Duration::from_mins(1),
    };
    record(pool, &run).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_each_bot_missed_is_told_with_what_was_before_it_and_what_the_planner_wrote(pool: PgPool) {
    for minute in [0, 10, 60] {
        job(&pool, 1, minute, (minute == 10).then_some("PROVIDER_AUTH"), "sha256:bb").await;
    }
    job(&pool, 2, 0, None, "sha256:other").await;
    job(&pool, 2, 40, None, "sha256:bb").await;
    run(&pool, 30, (0, 0), &[(ReasonCode::IntegrationKeyMissing, "desk/1")]).await;
    run(&pool, 31, (0, 0), &[(ReasonCode::Backoff, "desk/3")]).await;
    let api = as_role(&pool, "assayer_api").await;
    let found = worked(&api, &[asked(1, 0), asked(2, 0), asked(3, 20)], at(65)).await.unwrap();
    let minutes = |gap: &LongGap| ((gap.from - at(0)).num_minutes(), (gap.to - at(0)).num_minutes());
    let told: Vec<_> = found
        .iter()
        .map(|bot| {
            ((bot.since - at(0)).num_minutes(), bot.filled, bot.longest.num_minutes(), bot.gaps.iter().map(minutes).collect())
        })
        .collect();
    assert_eq!(told, [(0, 3, 50, vec![(10, 60)]), (40, 1, 25, vec![]), (20, 0, 45, vec![(20, 65)])]);
    let gap = &found[0].gaps[0];
    assert_eq!(
        (gap.busy_until, gap.failed, gap.denied),
        (Some(at(15)), Some(ReasonCode::ProviderAuth), Some(ReasonCode::IntegrationKeyMissing))
    );
    let never = &found[2].gaps[0];
    assert_eq!((never.busy_until, never.failed, never.denied), (None, None, Some(ReasonCode::Backoff)));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_run_that_was_asked_for_keeps_no_slot_and_changes_nothing_else(pool: PgPool) {
    for minute in [0, 25, 60] {
        job(&pool, 1, minute, None, if minute == 25 { "sha256:other" } else { "sha256:bb" }).await;
    }
    sqlx::query("update bot_jobs set requested = true where due_slot = $1").bind(at(25)).execute(&pool).await.unwrap();
    let found = worked(&as_role(&pool, "assayer_api").await, &[asked(1, 0)], at(65)).await.unwrap();
    let gaps: Vec<_> = found[0].gaps.iter().map(|gap| (gap.from, gap.to)).collect();
    assert_eq!((found[0].since, found[0].filled, gaps), (at(0), 2, vec![(at(0), at(60))]));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_slot_without_work_keeps_the_cadence_once_however_often_it_is_written(pool: PgPool) {
    job(&pool, 1, 0, None, "sha256:bb").await;
    let idle = |minute| IdleSlot {
        bot_id: Uuid::from_u128(1),
        due_slot: at(minute),
        last_bar: at(-5),
        next_bar_at: at(90),
        audit_at: at(120),
    };
    let controller = as_role(&pool, "assayer_controller").await;
    for slots in [vec![idle(10), idle(20)], vec![idle(20), idle(30)], vec![]] {
        idle_slots::keep(&controller, &slots).await.unwrap();
    }
    job(&pool, 1, 30, None, "sha256:bb").await;
    let found = worked(&as_role(&pool, "assayer_api").await, &[asked(1, 0)], at(65)).await.unwrap();
    let gaps: Vec<_> = found[0].gaps.iter().map(|gap| (gap.from, gap.to)).collect();
    assert_eq!((found[0].filled, found[0].idle, gaps), (2, 2, vec![(at(30), at(65))]));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn runs_are_summed_and_long_times_between_two_are_named(pool: PgPool) {
    for (minute, jobs) in [(0, (9, 9)), (10, (2, 1)), (11, (0, 1)), (14, (1, 1))] {
        run(&pool, minute, jobs, &[]).await;
    }
    let api = as_role(&pool, "assayer_api").await;
    let found = totals(&api, at(5), TimeDelta::seconds(5)).await.unwrap();
    assert_eq!((found.runs, found.enqueued, found.created), (3, 3, 3));
    assert_eq!(found.newest, Some((at(14), Some(Duration::from_mins(1)))));
    assert_eq!(found.silences, [(at(11), at(14))]);
    let newest = runs(&api, 2).await.unwrap();
    assert_eq!(newest.iter().map(|run| run.completed_at).collect::<Vec<_>>(), [at(14), at(11)]);
    assert_eq!(newest[0].stage_breakdown["LAB"], 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn each_quarter_of_an_hour_has_its_jobs_and_an_empty_one_is_there_with_none(pool: PgPool) {
    for minute in [0, 1, 31] {
        job(&pool, 1, minute, None, "sha256:bb").await;
    }
    let found = buckets(&as_role(&pool, "assayer_api").await, at(0), at(44)).await.unwrap();
    assert_eq!(found.iter().map(|one| (one.jobs, one.requests)).collect::<Vec<_>>(), [(2, 0), (0, 0), (1, 0)]);
    assert_eq!(found[0].from, at(0));
}
