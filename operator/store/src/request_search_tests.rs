//! What somebody who looks for rows relies on, on a log made by hand.

use chrono::TimeDelta;

use super::*;
use crate::proof::tests::{BOT, job, request};

const NONE: [Uuid; 0] = [];

fn all(limit: i64) -> Search {
    let now = Utc::now();
    Search {
        by: By::Time,
        provider: None,
        source: None,
        namespaces: None,
        from: now - TimeDelta::hours(1),
        to: now + TimeDelta::hours(1),
        before: None,
        limit,
    }
}

async fn ids(pool: &PgPool, asked: Search) -> Vec<Uuid> {
    search(pool, &asked).await.unwrap().into_iter().map(|row| row.id).collect()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn rows_are_found_by_trace_bot_and_time_page_by_page(pool: PgPool) {
    let (first, second) = (job(&pool).await, job(&pool).await);
    let mut made = Vec::new();
    for of in [&first, &second, &second] {
        made.push(request(&pool, of, "success").await);
    }
    made.reverse();
    assert_eq!(ids(&pool, all(10)).await, made);
    assert_eq!(ids(&pool, Search { before: Some(made[0]), ..all(1) }).await, made[1..2]);
    assert_eq!(ids(&pool, Search { by: By::Trace(second.trace), ..all(10) }).await, made[..2]);
    assert_eq!(ids(&pool, Search { by: By::Bot(BOT), ..all(10) }).await, made);
    assert_eq!(ids(&pool, Search { by: By::Bot(Uuid::nil()), ..all(10) }).await, NONE);
    assert_eq!(ids(&pool, Search { provider: Some("fred".into()), ..all(10) }).await, NONE);
    assert_eq!(ids(&pool, Search { source: Some(Source::MarketData), ..all(10) }).await, made);
    assert_eq!(ids(&pool, Search { to: Utc::now() - TimeDelta::minutes(1), ..all(10) }).await, NONE);
    let row = one(&pool, made[0]).await.unwrap().unwrap();
    assert_eq!(row.trace_id, second.trace);
    assert!(one(&pool, Uuid::nil()).await.unwrap().is_none());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn who_may_read_some_namespaces_finds_no_row_of_another_nor_of_no_bot(pool: PgPool) {
    let job = job(&pool).await;
    let desk = request(&pool, &job, "success").await;
    request(&pool, &job, "refused").await;
    sqlx::query("update requests set bot_namespace = 'desk' where id = $1").bind(desk).execute(&pool).await.unwrap();
    for by in [By::Time, By::Trace(job.trace), By::Bot(BOT)] {
        let asked = Search { by, namespaces: Some(vec!["desk".into()]), ..all(10) };
        assert_eq!(ids(&pool, asked).await, [desk], "{by:?}");
        assert_eq!(ids(&pool, Search { by, namespaces: Some(Vec::new()), ..all(10) }).await, NONE, "{by:?}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn each_way_to_look_ends_at_an_index_in_every_partition(pool: PgPool) {
    let job = job(&pool).await;
    request(&pool, &job, "success").await;
    let ways = [
        "trace_id = '00000000-0000-0000-0000-000000000001'",
        "bot_id = '00000000-0000-0000-0000-000000000001'",
        "id >= uuid_floor(now() - interval '1 hour')",
    ];
    let mut connection = pool.acquire().await.unwrap();
    sqlx::query("set enable_seqscan = off").execute(&mut *connection).await.unwrap();
    for filter in ways {
        let explain =
            format!("explain select * from requests where {filter} and id < uuid_floor(now()) order by id desc limit 50");
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(explain)).fetch_all(&mut *connection).await.unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains("Index") && !plan.contains("Seq Scan"), "{filter}:\n{plan}");
    }
}
