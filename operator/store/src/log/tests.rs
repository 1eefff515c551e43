//! What a reader of the log relies on, against a real Postgres.

use std::time::Duration;

use assayer_contract::{Operation, Outcome, RequestRow, Sent, Sha256Hash, Source, Stage};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::{
    Epoch, Group, Head, Intent, chain,
    epoch::{acquire, heartbeat, release},
    group::{head, seal, write},
    open::{closed_as_unknown, open},
    rows,
};
use crate::StoreError;

const SILENCE: Duration = Duration::from_secs(5);
const SET: &str = "default";

pub(crate) fn row(outcome: Outcome, sent: Sent) -> RequestRow {
    let null = serde_json::Value::Null;
    let mut value = json!({
        "id": Uuid::now_v7(), "created_at": Utc::now(), "call_id": Uuid::now_v7(), "attempt": 1, "sent": sent, "outcome": outcome,
        "gateway_set": "", "writer": "", "writer_epoch": 0, "seq": 0, "group_no": 0, "trace_id": Uuid::now_v7(),
        "job_id": Uuid::now_v7(), "user_id": "system:serviceaccount:default:assayer-runner", "source": Source::MarketData,
        "stage": Stage::Lab, "provider": "databento", "operation": Operation::Call, "method": "POST",
        "endpoint": "timeseries.get_range", "request_fingerprint": Sha256Hash::of(b"request"),
        "params": {"symbols": "EURUSD", "limit": 1.5}, "cost_usd": "0.1000", "series_ids": ["A", "B"],
        "first_bar_ts": "2017-01-02T00:00:00.123456789Z",
    });
    value["error_code"] = null;
    serde_json::from_value(value).unwrap()
}

fn success() -> RequestRow {
    row(Outcome::Success, Sent::Yes)
}

async fn commit(pool: &PgPool, epoch: &Epoch, group: Group) -> Result<Head, StoreError> {
    let sealed = seal(epoch, head(pool, &epoch.gateway_set).await?, &group)?;
    write(pool, epoch, &sealed).await?;
    Ok(sealed.head())
}

fn of_rows(rows: Vec<RequestRow>) -> Group {
    Group { intents: Vec::new(), rows }
}

fn of_intent(draft: RequestRow, deadline: DateTime<Utc>) -> Group {
    Group { intents: vec![Intent { draft, deadline }], rows: Vec::new() }
}

async fn take(pool: &PgPool, writer: &str) -> Epoch {
    acquire(pool, SET, writer, Duration::ZERO).await.unwrap().unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_chain_is_gap_free_and_can_be_recomputed_from_the_rows_read_back(pool: PgPool) {
    // given: groups of one, three and two rows, written by two writers
    let first = take(&pool, "a").await;
    commit(&pool, &first, of_rows(vec![success()])).await.unwrap();
    commit(&pool, &first, of_rows(vec![success(), row(Outcome::Refused, Sent::No), row(Outcome::Unknown, Sent::Unknown)]))
        .await
        .unwrap();
    let second = take(&pool, "b").await;
    let end = commit(&pool, &second, of_rows(vec![success(), success()])).await.unwrap();
    // then: the sequence has no gap and every digest follows from the rows
    let mut previous = None;
    let mut seq = 0;
    for group in rows::groups(&pool, SET, 0, 100).await.unwrap() {
        assert_eq!(group.first_seq, seq + 1);
        let read = rows::of_sequence(&pool, SET, group.first_seq, group.last_seq).await.unwrap();
        let digests: Vec<_> = read.iter().map(|row| row.digest().unwrap()).collect();
        for (row, digest) in read.iter().zip(&digests) {
            seq += 1;
            assert_eq!((row.seq, row.group_no, row.row_digest), (seq, group.group_no, Some(*digest)));
        }
        assert_eq!(group.digest, chain::group_digest(previous.as_ref(), &digests));
        previous = Some(group.digest);
    }
    assert_eq!(end, Head { group_no: 3, seq: 6, digest: previous });
    assert_eq!(seq, 6);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_group_is_stored_once(pool: PgPool) {
    let epoch = take(&pool, "a").await;
    let sealed = seal(&epoch, Head::default(), &of_rows(vec![success(), success()])).unwrap();
    write(&pool, &epoch, &sealed).await.unwrap();
    let again = write(&pool, &epoch, &sealed).await;
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    assert_eq!(head(&pool, SET).await.unwrap(), sealed.head());
    assert_eq!(rows::of_sequence(&pool, SET, 1, 100).await.unwrap().len(), 2);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn texts_that_postgres_cannot_hold_are_cleaned_and_do_not_fail_the_group(pool: PgPool) {
    let epoch = take(&pool, "a").await;
    let mut odd = success();
    odd.error_message = Some("a\0b".repeat(5_000));
    odd.params = json!({"na\0me": ["x\0y", {"deep": "\0"}]});
    commit(&pool, &epoch, of_rows(vec![odd.clone(), success()])).await.unwrap();
    let read = rows::by_id(&pool, odd.id).await.unwrap().unwrap();
    assert_eq!(read.params, json!({"na\u{fffd}me": ["x\u{fffd}y", {"deep": "\u{fffd}"}]}));
    assert_eq!(read.error_message.as_ref().unwrap().chars().count(), 2_000);
    assert_eq!(read.row_digest, Some(read.digest().unwrap()));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn only_a_silent_or_released_writer_is_replaced(pool: PgPool) {
    let first = acquire(&pool, SET, "a", SILENCE).await.unwrap().unwrap();
    assert_eq!(acquire(&pool, SET, "b", SILENCE).await.unwrap(), None);
    assert_eq!(acquire(&pool, SET, "a", SILENCE).await.unwrap().unwrap().number, first.number + 1);
    let own = acquire(&pool, SET, "a", SILENCE).await.unwrap().unwrap();
    release(&pool, &own).await.unwrap();
    let second = acquire(&pool, SET, "b", SILENCE).await.unwrap().unwrap();
    assert_eq!(second.number, own.number + 1);
    assert!(second.predecessor_seen_at.is_some());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_old_epoch_can_neither_write_nor_beat(pool: PgPool) {
    let old = take(&pool, "a").await;
    let new = take(&pool, "b").await;
    let late = commit(&pool, &old, of_rows(vec![success()])).await;
    assert!(matches!(late, Err(StoreError::Fenced { epoch: 1, .. })), "{late:?}");
    assert!(matches!(heartbeat(&pool, &old).await, Err(StoreError::Fenced { .. })));
    heartbeat(&pool, &new).await.unwrap();
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_intent_of_an_older_epoch_is_closed_as_unknown_and_its_late_outcome_is_refused(pool: PgPool) {
    // given: one call that ended and one that hangs when the writer dies
    let old = take(&pool, "a").await;
    let deadline = Utc::now() + TimeDelta::seconds(60);
    let (hanging, ended) = (row(Outcome::Unknown, Sent::Unknown), row(Outcome::Unknown, Sent::Unknown));
    commit(&pool, &old, of_intent(hanging.clone(), deadline)).await.unwrap();
    commit(&pool, &old, of_intent(ended.clone(), deadline)).await.unwrap();
    commit(&pool, &old, of_rows(vec![RequestRow { outcome: Outcome::Success, sent: Sent::Yes, ..ended }])).await.unwrap();
    // when: a successor takes over
    let new = take(&pool, "b").await;
    let now = Utc::now();
    let since = now - TimeDelta::hours(1);
    let found = open(&pool, &new, since, now).await.unwrap();
    assert_eq!(found.iter().map(|draft| draft.id).collect::<Vec<_>>(), [hanging.id]);
    commit(&pool, &new, of_rows(found.into_iter().map(|draft| closed_as_unknown(draft, now)).collect())).await.unwrap();
    // then: the row says so, nothing is open, and the loser's outcome does not get in
    let stored = rows::by_id(&pool, hanging.id).await.unwrap().unwrap();
    assert_eq!((stored.outcome, stored.sent, stored.writer_epoch), (Outcome::Unknown, Sent::Unknown, new.number));
    assert!(open(&pool, &new, since, now).await.unwrap().is_empty());
    let late = RequestRow { outcome: Outcome::Success, sent: Sent::Yes, ..hanging };
    assert!(matches!(commit(&pool, &old, of_rows(vec![late.clone()])).await, Err(StoreError::Fenced { .. })));
    assert!(matches!(commit(&pool, &new, of_rows(vec![late])).await, Err(StoreError::Refused(_))));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn an_own_intent_is_open_only_past_its_deadline(pool: PgPool) {
    let epoch = take(&pool, "a").await;
    let now = Utc::now();
    commit(&pool, &epoch, of_intent(success(), now + TimeDelta::seconds(60))).await.unwrap();
    let since = now - TimeDelta::hours(1);
    assert!(open(&pool, &epoch, since, now).await.unwrap().is_empty());
    assert_eq!(open(&pool, &epoch, since, now + TimeDelta::seconds(61)).await.unwrap().len(), 1);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_gateways_role_can_write_the_log_but_not_change_it(pool: PgPool) {
    // given: everything that the gateway does, done with its own role
    let options = pool.connect_options().as_ref().clone().options([("role", "assayer_gateway")]);
    let pool = sqlx::postgres::PgPoolOptions::new().max_connections(2).connect_with(options).await.unwrap();
    let epoch = take(&pool, "a").await;
    heartbeat(&pool, &epoch).await.unwrap();
    commit(&pool, &epoch, of_intent(success(), Utc::now())).await.unwrap();
    commit(&pool, &epoch, of_rows(vec![success()])).await.unwrap();
    open(&pool, &epoch, Utc::now() - TimeDelta::hours(1), Utc::now()).await.unwrap();
    // then: nothing that changes or removes a row is granted
    for table in ["requests", "intents", "log_groups", "job_events", "backtest_sessions"] {
        let change = if table == "log_groups" { "digest = digest" } else { "id = id" };
        for statement in [format!("update {table} set {change}"), format!("delete from {table}"), format!("truncate {table}")] {
            let refused = sqlx::query(sqlx::AssertSqlSafe(statement.clone())).execute(&pool).await.unwrap_err();
            assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501", "{statement}");
        }
    }
}
