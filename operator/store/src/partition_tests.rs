//! What the controller leaves behind each run: its record, and partitions for the days to come.

use super::*;

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_planner_run_and_the_partitions_ahead_are_recorded_by_the_controllers_own_role(pool: PgPool) {
    let mut as_controller = pool.acquire().await.unwrap();
    sqlx::query("set role assayer_controller").execute(&mut *as_controller).await.unwrap();
    let made: i32 = sqlx::query_scalar("select make_partitions(9)").fetch_one(&mut *as_controller).await.unwrap();
    assert_eq!(made, 4, "two more days of two tables");
    assert_eq!(planner::make_partitions(&pool, 9).await.unwrap(), 0);
    let run = planner::PlannerRun {
        id: Uuid::now_v7(),
        started_at: Utc::now(),
        completed_at: Utc::now(),
        leader: "one".into(),
        bots_seen: 3,
        jobs_enqueued: 1,
        jobs_created: 1,
        stage_breakdown: BTreeMap::from([(Stage::Lab, 1)]),
        skipped: BTreeMap::from([(ReasonCode::CadenceWait, 2), (ReasonCode::IntegrationKeyMissing, 60)]),
        why_not: BTreeMap::from([(ReasonCode::IntegrationKeyMissing, (0..60).map(|n| format!("desk/bot-{n}")).collect())]),
        every: Duration::from_secs(15),
    };
    planner::record(&pool, &run).await.unwrap();
    let (stages, skipped, why_not): (Value, Value, Value) =
        sqlx::query_as("select stage_breakdown, skipped, why_not from planner_runs").fetch_one(&pool).await.unwrap();
    assert_eq!((stages, skipped), (json!({"LAB": 1}), json!({"CADENCE_WAIT": 2, "INTEGRATION_KEY_MISSING": 60})));
    let named = why_not["INTEGRATION_KEY_MISSING"].as_array().unwrap();
    assert_eq!((named.len(), &named[0]), (planner::MAX_NAMED, &json!("desk/bot-0")), "a crowd is counted and some are named");
    let last = crate::system::last_run(&pool).await.unwrap().unwrap();
    assert_eq!((last.id, last.every), (run.id, Some(run.every)));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_day_that_began_without_its_partition_gets_it_with_the_rows_that_came_in_before(pool: PgPool) {
    // given: partitions that were not made ahead, and rows of today and of a clock that jumped
    for statement in ["drop table intents_d", "drop table requests_d"] {
        let day = Utc::now().format("%Y%m%d");
        sqlx::query(sqlx::AssertSqlSafe(format!("{statement}{day}"))).execute(&pool).await.unwrap();
    }
    let job = enqueued(&pool).await;
    let far = RequestRow { id: Uuid::from_u128(u128::MAX >> 1), ..request(&job, "success") };
    let rows = vec![request(&job, "success"), request(&job, "failed"), far.clone()];
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    log(&pool, rows).await;
    assert_eq!(in_default(&pool).await, 3);

    // when
    assert_eq!(planner::make_partitions(&pool, 7).await.unwrap(), 2);

    // then: today's rows lie in today's partition, every row is there as it was, and new ones find their way
    assert_eq!(in_default(&pool).await, 1);
    let read = crate::log::rows::of_job(&pool, job.trace_id, job.id).await.unwrap();
    assert_eq!(read.iter().map(|row| row.id).collect::<BTreeSet<_>>(), ids.into_iter().collect());
    assert!(read.iter().all(|row| row.row_digest == Some(row.digest().unwrap())));
    log(&pool, vec![request(&job, "success")]).await;
    assert_eq!(in_default(&pool).await, 1);
    assert_eq!(planner::make_partitions(&pool, 7).await.unwrap(), 0);
}

async fn in_default(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from requests_default").fetch_one(pool).await.unwrap()
}
