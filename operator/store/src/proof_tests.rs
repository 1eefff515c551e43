//! What a reader of a proof relies on, on a history made by hand.

use serde_json::json;

use super::*;

pub(crate) const BOT: Uuid = Uuid::from_u128(7);

pub(crate) struct Job {
    pub(crate) id: Uuid,
    pub(crate) trace: Uuid,
}

pub(crate) async fn job(pool: &PgPool) -> Job {
    let job = Job { id: Uuid::now_v7(), trace: Uuid::now_v7() };
    sqlx::query("insert into strategies (hash, family, spec) values ('sha256:aa', 'smaCross', '{}') on conflict do nothing")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query(
        "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, trace_id, due_slot, job_name,
             instrument, strategy_hash, policy_hash, bot_generation, body, deadline)
         values ($1, $2, 'default', 'spx-cross', 'LAB', 'BACKTEST', 'RUNNING', $3, clock_timestamp(), $4, 'SPX', 'sha256:aa',
             'sha256:bb', 1, '{}', now())",
    )
    .bind(job.id)
    .bind(BOT)
    .bind(job.trace)
    .bind(job.id.to_string())
    .execute(pool)
    .await
    .unwrap();
    job
}

pub(crate) async fn request(pool: &PgPool, job: &Job, outcome: &str) -> Uuid {
    let id = Uuid::now_v7();
    let sent = if outcome == "success" { "yes" } else { "no" };
    let hash = format!("sha256:{}", "0".repeat(64));
    let row = json!({
        "id": id, "created_at": Utc::now(), "call_id": id, "attempt": 1, "sent": sent, "outcome": outcome, "gateway_set": "default",
        "writer": "w", "writer_epoch": 1, "seq": 1, "group_no": 1, "trace_id": job.trace, "job_id": job.id, "bot_id": BOT, "user_id": "u",
        "source": "marketData", "provider": "databento", "operation": "call", "method": "GET", "endpoint": "timeseries.get_range",
        "request_fingerprint": hash, "params": {}, "symbol": "SPX", "cost_usd": "0.1000", "row_digest": hash,
    });
    sqlx::query("insert into requests select * from jsonb_populate_record(null::requests, $1)")
        .bind(row)
        .execute(pool)
        .await
        .unwrap();
    id
}

pub(crate) async fn session(pool: &PgPool, job: &Job, request_ids: &[Uuid]) {
    sqlx::query(
        "insert into backtest_sessions (id, job_id, trace_id, bot_id, bot_namespace, bot_name, request_ids, data_hash, strategy_hash,
             inputs_hash, engine_version, bars, first_bar, last_bar, result, result_hash)
         values ($1, $2, $3, $4, 'default', 'spx-cross', $5, 'd', 'sha256:aa', 'i', '1', 10, now(), now(), '{}', 'r')",
    )
    .bind(Uuid::now_v7())
    .bind(job.id)
    .bind(job.trace)
    .bind(BOT)
    .bind(request_ids)
    .execute(pool)
    .await
    .unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_last_jobs_come_newest_first_each_with_its_own_rows_as_the_api_role_may_read_them(pool: PgPool) {
    // given: four jobs, of which the last has a refused and a successful row
    let mut jobs = Vec::new();
    for _ in 0..4 {
        let job = job(&pool).await;
        request(&pool, &job, "success").await;
        jobs.push(job);
    }
    let refused = request(&pool, &jobs[3], "refused").await;
    let reader = sqlx::postgres::PgPoolOptions::new().max_connections(1);
    let reader = reader.connect_with((*pool.connect_options()).clone()).await.unwrap();
    sqlx::query("set role assayer_api").execute(&reader).await.unwrap();

    // when
    let evidence = last_jobs(&reader, BOT, 3).await.unwrap();

    // then
    let ids: Vec<_> = evidence.iter().map(|e| e.job.id).collect();
    assert_eq!(ids, [jobs[3].id, jobs[2].id, jobs[1].id]);
    assert_eq!(evidence[0].requests_total, 2);
    assert_eq!(evidence[0].requests[1].id, refused);
    assert!(evidence[0].requests.iter().all(|row| row.job_id == Some(jobs[3].id)));
    assert_eq!(evidence[0].requests[0].cost_usd.as_deref(), Some("0.1000"));
    assert_eq!(evidence[1].requests_total, 1);
    assert!(evidence[0].session.is_none());
    assert_eq!(bot_name(&reader, BOT).await.unwrap(), Some(("default".to_owned(), "spx-cross".to_owned())));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_session_resolves_only_to_successful_rows_of_its_own_job(pool: PgPool) {
    let job = job(&pool).await;
    let other = self::job(&pool).await;
    let good = request(&pool, &job, "success").await;
    let refused = request(&pool, &job, "refused").await;
    let foreign = request(&pool, &other, "success").await;
    let invented = Uuid::now_v7();
    session(&pool, &job, &[good, refused, foreign, invented]).await;
    session(&pool, &other, &[foreign]).await;

    let evidence = last_jobs(&pool, BOT, 3).await.unwrap();

    assert!(evidence[0].session.as_ref().unwrap().unresolved_request_ids.is_empty());
    assert_eq!(evidence[1].session.as_ref().unwrap().unresolved_request_ids, [refused, foreign, invented]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_bot_without_jobs_has_no_evidence(pool: PgPool) {
    assert!(last_jobs(&pool, BOT, 3).await.unwrap().is_empty());
    assert_eq!(bot_name(&pool, BOT).await.unwrap(), None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_with_more_rows_than_are_read_says_how_many_it_has(pool: PgPool) {
    let job = job(&pool).await;
    for _ in 0..=MAX_ROWS {
        request(&pool, &job, "success").await;
    }
    let evidence = last_jobs(&pool, BOT, 1).await.unwrap();
    assert_eq!(evidence[0].requests.len(), usize::try_from(MAX_ROWS).unwrap());
    assert_eq!(evidence[0].requests_total, MAX_ROWS + 1);
}
