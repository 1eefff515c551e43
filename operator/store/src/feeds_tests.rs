//! What is told of a feed, on a history made by hand.

use assayer_contract::ReasonCode;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::integrations::tests::{as_role, row};

fn feed(symbol: &str) -> Feed {
    Feed { namespace: "desk".into(), dataset: "SAMPLE.INDEX".into(), schema: "ohlcv-1d".into(), symbol: symbol.into() }
}

/// A job on the feed that ended so many seconds ago; its trace.
async fn ended(pool: &PgPool, feed: &Feed, seconds_ago: i32, reason: Option<ReasonCode>) -> (Uuid, Uuid) {
    sqlx::query("insert into strategies (hash, family, spec) values ('sha256:aa', 'smaCross', '{}') on conflict do nothing")
        .execute(pool)
        .await
        .unwrap();
    let (id, trace) = (Uuid::now_v7(), Uuid::now_v7());
    sqlx::query(
        "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, reason_code, trace_id, due_slot,
             job_name, instrument, strategy_hash, policy_hash, bot_generation, body, created_at, completed_at, deadline)
         values ($1, $1, $2, 'spx-cross', 'LAB', 'BACKTEST', $3, $4, $5, now(), $6, $7, 'sha256:aa', 'sha256:bb', 1,
             jsonb_build_object('instrument', jsonb_build_object('dataset', $8::text, 'schema', $9::text)),
             now() - make_interval(secs => $10 + 1), now() - make_interval(secs => $10), now())",
    )
    .bind(id)
    .bind(&feed.namespace)
    .bind(if reason.is_some() { "FAILED" } else { "SUCCEEDED" })
    .bind(reason.map(|reason| reason.to_string()))
    .bind(trace)
    .bind(id.to_string())
    .bind(&feed.symbol)
    .bind(&feed.dataset)
    .bind(&feed.schema)
    .bind(seconds_ago)
    .execute(pool)
    .await
    .unwrap();
    (id, trace)
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn of_each_feed_its_own_jobs_and_its_newest_bars_are_told_to_who_may_read(pool: PgPool) {
    let (spx, other) = (feed("SPX"), feed("NDX"));
    let (first, _) = ended(&pool, &spx, 20, None).await;
    let (second, trace) = ended(&pool, &spx, 10, Some(ReasonCode::ProviderError)).await;
    ended(&pool, &Feed { dataset: "ANOTHER".into(), ..spx.clone() }, 5, None).await;
    let of_job = json!({"trace_id": trace, "job_id": second, "outcome": "failed", "reason_code": "PROVIDER_ERROR"});
    row(&pool, of_job.clone()).await;
    let bars = json!({"bot_namespace": "desk", "dataset": "SAMPLE.INDEX", "schema": "ohlcv-1d", "symbol": "SPX",
        "bar_count": 9, "staleness_ms": 86_400_000});
    let newest_bars = row(&pool, bars).await;
    row(
        &pool,
        json!({"bot_namespace": "desk", "dataset": "SAMPLE.INDEX", "schema": "ohlcv-1d", "symbol": "SPX", "bar_count": 0}),
    )
    .await;
    for role in ["assayer_controller", "assayer_api", "assayer_gateway"] {
        let found = newest(&as_role(&pool, role).await, [&spx, &other], Utc::now()).await.unwrap();
        let of_spx = &found[&spx];
        assert_eq!(of_spx.ended.iter().map(|job| job.id).collect::<Vec<_>>(), [second, first], "{role}");
        assert_eq!(of_spx.ended[0].reason, Some(ReasonCode::ProviderError));
        assert_eq!((of_spx.ended[1].succeeded, of_spx.open.len(), of_spx.tested_at), (true, 0, None));
        let last = of_spx.bars.as_ref().unwrap();
        assert_eq!(last.request_id, newest_bars.id, "the newest answer without a bar holds none");
        assert_eq!(last.last_bar, Some(last.at - TimeDelta::days(1)));
        assert_eq!(found[&other], FeedRows::default());
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_that_another_source_failed_says_nothing_of_the_bars(pool: PgPool) {
    let spx = feed("SPX");
    let (job, trace) = ended(&pool, &spx, 10, Some(ReasonCode::ProviderError)).await;
    row(
        &pool,
        json!({"trace_id": trace, "job_id": job, "outcome": "failed", "reason_code": "PROVIDER_ERROR", "source": "macro"}),
    )
    .await;
    let found = newest(&pool, [&spx], Utc::now()).await.unwrap();
    assert_eq!(found[&spx].ended[0].reason, None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_job_that_is_open_and_the_newest_test_call_are_told(pool: PgPool) {
    let spx = feed("SPX");
    let (job, _) = ended(&pool, &spx, 10, None).await;
    sqlx::query("update bot_jobs set status = 'RUNNING', completed_at = null").execute(&pool).await.unwrap();
    let tested = row(&pool, json!({"operation": "test"})).await;
    row(&pool, json!({"operation": "test", "outcome": "failed"})).await;
    let found = newest(&pool, [&spx], Utc::now()).await.unwrap();
    assert_eq!(found[&spx].open.iter().map(|job| job.id).collect::<Vec<_>>(), [job]);
    assert_eq!(found[&spx].tested_at, Some(tested.created_at));
}
