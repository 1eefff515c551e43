//! What a reader of a provider's proof relies on, on a history made by hand.

use chrono::TimeDelta;

use super::*;
use crate::proof::tests::{BOT, job, request, session};

fn page(limit: i64) -> Page {
    Page { provider: "databento".to_owned(), bot_id: None, before: None, limit }
}

fn an_hour_ago() -> DateTime<Utc> {
    Utc::now() - TimeDelta::hours(1)
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn each_row_is_found_with_the_sessions_that_name_it_as_the_api_role_may_read_them(pool: PgPool) {
    let job = job(&pool).await;
    let good = request(&pool, &job, "success").await;
    let refused = request(&pool, &job, "refused").await;
    session(&pool, &job, &[good]).await;
    let reader = sqlx::postgres::PgPoolOptions::new().max_connections(1);
    let reader = reader.connect_with((*pool.connect_options()).clone()).await.unwrap();
    sqlx::query("set role assayer_api").execute(&reader).await.unwrap();

    let evidence = read(&reader, &page(50), an_hour_ago()).await.unwrap();

    assert_eq!(evidence.rows.iter().map(|row| row.row.id).collect::<Vec<_>>(), [refused, good]);
    assert_eq!(evidence.rows[0].job_status, Some(JobStatus::Running));
    assert_eq!(evidence.sessions.len(), 1);
    assert_eq!(evidence.sessions[0].request_ids, [good]);
    assert!(evidence.sessions[0].missing_request_ids.is_empty());
    assert_eq!((evidence.searched, evidence.dangling.len(), evidence.more), (1, 0, false));
    let one = |outcome| OutcomeCount { outcome, reason_code: None, count: 1 };
    assert_eq!(evidence.counts, [one(Outcome::Refused), one(Outcome::Success)]);
    assert!(evidence.last_success_at.is_some());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_session_that_names_a_missing_row_is_found_even_where_none_of_its_rows_exists(pool: PgPool) {
    let (half, none) = (job(&pool).await, job(&pool).await);
    let good = request(&pool, &half, "success").await;
    let (lost, gone) = (Uuid::now_v7(), Uuid::now_v7());
    session(&pool, &half, &[good, lost]).await;
    session(&pool, &none, &[gone]).await;

    let evidence = read(&pool, &page(50), an_hour_ago()).await.unwrap();

    assert_eq!(evidence.sessions.iter().map(|s| s.missing_request_ids.clone()).collect::<Vec<_>>(), [vec![lost]]);
    let dangling: Vec<_> = evidence.dangling.iter().map(|s| (s.job_id, s.missing_request_ids.clone())).collect();
    assert_eq!(dangling, [(none.id, vec![gone]), (half.id, vec![lost])]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn pages_follow_one_another_without_a_gap_and_hold_one_bot_or_all(pool: PgPool) {
    let job = job(&pool).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(request(&pool, &job, "success").await);
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut next = page(2);
    loop {
        let evidence = read(&pool, &next, an_hour_ago()).await.unwrap();
        seen.extend(evidence.rows.iter().map(|row| row.row.id));
        next.before = seen.last().copied();
        if !evidence.more {
            break;
        }
    }
    assert_eq!(seen, ids);

    let of_bot = |bot_id| Page { bot_id: Some(bot_id), ..page(50) };
    assert_eq!(read(&pool, &of_bot(BOT), an_hour_ago()).await.unwrap().rows.len(), 5);
    let stranger = read(&pool, &of_bot(Uuid::from_u128(8)), an_hour_ago()).await.unwrap();
    assert!(stranger.rows.is_empty() && stranger.counts.is_empty() && stranger.last_success_at.is_none());
    let other = Page { provider: "another".to_owned(), ..page(50) };
    assert!(read(&pool, &other, an_hour_ago()).await.unwrap().rows.is_empty());
}
