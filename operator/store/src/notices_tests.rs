use serde_json::json;

use super::*;
use crate::integrations::tests::{INTEGRATION, as_role, row};

const BOT: Uuid = Uuid::from_u128(7);

fn change(holds: bool) -> Change<'static> {
    Change {
        object_kind: "Bot",
        object_uid: BOT,
        object_namespace: "desk",
        object_name: "bot",
        topic: "ProofComplete",
        holds,
        state: None,
        reason_code: if holds { "PROVEN" } else { "PROVIDER_AUTH" },
        message: "said",
    }
}

fn topics() -> Vec<String> {
    vec!["ProofComplete".to_owned()]
}

async fn left(pool: &PgPool) -> Vec<i64> {
    let topics = topics();
    let to = Subscription { integration_id: INTEGRATION, namespace: "desk", topics: &topics, since: DateTime::UNIX_EPOCH };
    untold(pool, &to, Utc::now()).await.unwrap().into_iter().map(|notice| notice.id).collect()
}

/// A message that tells of what is left, and how it ended.
async fn message(pool: &PgPool, fields: serde_json::Value) {
    let (trace, notices) = (Uuid::now_v7(), left(pool).await);
    claim(pool, INTEGRATION, trace, &notices).await.unwrap();
    let mut fields = fields;
    fields["operation"] = json!("notify");
    fields["trace_id"] = json!(trace);
    row(pool, fields).await;
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_change_is_written_once_whoever_sees_it_and_what_holds_is_no_news_before_it_did_not(pool: PgPool) {
    let (one, other) = (as_role(&pool, "assayer_controller").await, as_role(&pool, "assayer_controller").await);
    assert!(!note(&one, &change(true)).await.unwrap(), "it never failed");
    let (a, b) =
        tokio::join!(async { note(&one, &change(false)).await.unwrap() }, async { note(&other, &change(false)).await.unwrap() });
    assert!(a != b, "two controllers wrote it {}", u8::from(a) + u8::from(b));
    assert!(!note(&one, &change(false)).await.unwrap());
    assert!(note(&one, &change(true)).await.unwrap() && note(&other, &change(false)).await.unwrap());
    assert_eq!(left(&pool).await.len(), 3);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn each_state_of_the_system_is_written_once_and_ok_is_no_news_before_it_was_otherwise(pool: PgPool) {
    let controller = as_role(&pool, "assayer_controller").await;
    let in_state = |state| Change {
        object_kind: "System",
        object_uid: Uuid::nil(),
        topic: "System",
        state: Some(state),
        ..change(state == "OK")
    };
    let mut written = Vec::new();
    for state in ["OK", "DEGRADED", "DEGRADED", "BLOCKED", "BLOCKED", "DEGRADED", "OK", "OK"] {
        if note(&controller, &in_state(state)).await.unwrap() {
            written.push(state);
        }
    }
    assert_eq!(written, ["DEGRADED", "BLOCKED", "DEGRADED", "OK"]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_arrived_or_may_have_arrived_is_not_told_again_and_what_surely_did_not_is(pool: PgPool) {
    note(&pool, &change(false)).await.unwrap();
    let gateway = as_role(&pool, "assayer_gateway").await;
    for untaken in [
        json!({"outcome": "failed", "http_status": 429}),
        json!({"outcome": "failed", "http_status": 404}),
        json!({"outcome": "failed", "sent": "no"}),
        json!({"outcome": "refused"}),
    ] {
        message(&gateway, untaken).await;
        assert_eq!(left(&gateway).await.len(), 1, "the vendor did not take it");
    }
    claim(&gateway, INTEGRATION, Uuid::now_v7(), &left(&gateway).await).await.unwrap();
    assert_eq!(left(&gateway).await.len(), 1, "a gateway died before it began");
    message(&gateway, json!({"outcome": "unknown", "sent": "unknown"})).await;
    assert!(left(&gateway).await.is_empty(), "nobody knows");
    let last = last_message(&gateway, INTEGRATION, Utc::now()).await.unwrap();
    assert_eq!((last.arrived, last.unknown), (false, 1));

    note(&pool, &change(true)).await.unwrap();
    message(&gateway, json!({"http_status": 200})).await;
    assert!(left(&gateway).await.is_empty());
    let last = last_message(&gateway, INTEGRATION, Utc::now()).await.unwrap();
    assert_eq!((last.at.is_some(), last.arrived, last.unknown), (true, true, 0));
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_is_under_way_waits_and_what_is_of_others_is_not_told(pool: PgPool) {
    note(&pool, &change(false)).await.unwrap();
    note(&pool, &Change { object_namespace: "elsewhere", object_uid: Uuid::from_u128(8), ..change(false) }).await.unwrap();
    note(&pool, &Change { topic: "Ready", ..change(false) }).await.unwrap();
    note(&pool, &Change { object_kind: "Integration", object_uid: INTEGRATION, ..change(false) }).await.unwrap();
    let notices = left(&pool).await;
    assert_eq!(notices.len(), 1);
    let trace = Uuid::now_v7();
    claim(&pool, INTEGRATION, trace, &notices).await.unwrap();
    sqlx::query(
        "insert into intents (id, created_at, trace_id, draft, deadline, gateway_set, writer_epoch)
         values ($1, now(), $2, '{}', now() + interval '1 minute', 'default', 1)",
    )
    .bind(Uuid::now_v7())
    .bind(trace)
    .execute(&pool)
    .await
    .unwrap();
    assert!(left(&pool).await.is_empty());
}
