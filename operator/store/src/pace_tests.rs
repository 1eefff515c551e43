//! What a gateway knows of a credential when it begins, against a real Postgres.

use std::time::Duration;

use assayer_contract::{RequestRow, Sha256Hash};
use serde_json::json;

use super::*;
use crate::log::{
    Group,
    epoch::acquire,
    group::{head, seal, write},
};

const INTEGRATION: Uuid = Uuid::from_u128(7);

fn row(sent: &str, outcome: &str, operation: &str, retry_after_s: Option<i64>) -> RequestRow {
    let job = (operation == "call").then_some(Uuid::from_u128(1));
    let failed = outcome == "failed";
    serde_json::from_value(json!({
        "id": Uuid::now_v7(), "created_at": Utc::now(), "call_id": Uuid::now_v7(), "attempt": 1, "sent": sent, "outcome": outcome,
        "gateway_set": "", "writer": "", "writer_epoch": 0, "seq": 0, "group_no": 0, "trace_id": Uuid::nil(), "job_id": job,
        "bot_id": job, "user_id": "u", "source": "macro", "provider": "fred", "operation": operation, "method": "GET",
        "endpoint": "series", "request_fingerprint": Sha256Hash::of(b""), "params": {}, "integration_id": INTEGRATION,
        "reason_code": failed.then_some("PROVIDER_RATE_LIMITED"), "retry_after_s": retry_after_s,
    }))
    .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_may_have_reached_the_vendor_counts_for_whatever_purpose_and_the_longest_wish_stands(pool: PgPool) {
    let holder = acquire(&pool, "default", "one", Duration::ZERO).await.unwrap().unwrap();
    let rows = vec![
        row("yes", "success", "call", None),
        row("yes", "success", "verify", None),
        row("yes", "failed", "call", Some(90)),
        row("unknown", "unknown", "call", None),
        row("no", "refused", "call", None),
        row("yes", "failed", "verify", Some(5)),
    ];
    let sealed = seal(&holder, head(&pool, "default").await.unwrap(), &Group { intents: Vec::new(), rows }).unwrap();
    write(&pool, &holder, &sealed).await.unwrap();
    let now = Utc::now();
    let earlier = async |integration, most| earlier(&pool, integration, now - TimeDelta::hours(1), most, now).await.unwrap();
    let all = earlier(INTEGRATION, 100).await;
    assert_eq!(all.sent_at.len(), 5);
    let wish = all.left_alone.unwrap();
    assert_eq!((wish.until - now).num_seconds(), 90 - 1);
    assert_eq!(wish.reason, Some(ReasonCode::ProviderRateLimited));
    assert_eq!(earlier(INTEGRATION, 2).await.sent_at.len(), 2);
    assert_eq!(earlier(Uuid::from_u128(8), 100).await, Earlier::default());
}
