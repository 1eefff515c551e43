//! What the budget relies on, against a real Postgres.

use assayer_contract::Stage;
use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::log::{
    Group, Intent,
    epoch::acquire,
    group::{head, seal, write},
};

const RANGE: &str = "timeseries.get_range";

fn row(endpoint: &str, sent: &str, outcome: &str, cost: Option<&str>) -> assayer_contract::RequestRow {
    serde_json::from_value(json!({
        "id": Uuid::now_v7(), "created_at": Utc::now(), "call_id": Uuid::now_v7(), "attempt": 1, "sent": sent, "outcome": outcome,
        "gateway_set": "", "writer": "", "writer_epoch": 0, "seq": 0, "group_no": 0, "trace_id": Uuid::nil(),
        "job_id": Uuid::nil(), "stage": "LAB", "user_id": "u", "source": "marketData", "provider": "databento", "operation": "call",
        "method": "POST", "endpoint": endpoint, "request_fingerprint": assayer_contract::Sha256Hash::of(b""),
        "params": {"symbols": "SPX"}, "cost_usd": cost,
    }))
    .unwrap()
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_may_have_reached_the_vendor_counts_as_spent_and_a_quote_does_not(pool: PgPool) {
    // given: a quote; calls that were made, may have been made, and were not made; and one that is under way
    let holder = acquire(&pool, "default", "one", std::time::Duration::ZERO).await.unwrap().unwrap();
    let rows = [
        row("metadata.get_cost", "yes", "success", Some("0.25")),
        row(RANGE, "yes", "success", Some("0.25")),
        row(RANGE, "unknown", "unknown", Some("0.5")),
        row(RANGE, "no", "refused", Some("8")),
        row(RANGE, "yes", "failed", None),
    ];
    let open = Intent { draft: row(RANGE, "unknown", "unknown", Some("1")), deadline: Utc::now() + TimeDelta::minutes(1) };
    let group = Group { intents: vec![open], rows: rows.to_vec() };
    let sealed = seal(&holder, head(&pool, "default").await.unwrap(), &group).unwrap();
    write(&pool, &holder, &sealed).await.unwrap();
    // then
    let since = |minutes| Utc::now() - TimeDelta::minutes(minutes);
    assert_eq!(spent(&pool, Stage::Lab, RANGE, since(1)).await.unwrap(), "1.75".parse().unwrap());
    assert_eq!(spent(&pool, Stage::Paper, RANGE, since(1)).await.unwrap(), Decimal::ZERO);
    assert_eq!(spent(&pool, Stage::Lab, RANGE, since(-1)).await.unwrap(), Decimal::ZERO);
    let quotes = quotes(&pool, Uuid::nil(), Uuid::nil(), "databento", "metadata.get_cost").await.unwrap();
    assert_eq!(quotes, [Quote { params: json!({"symbols": "SPX"}), usd: "0.25".parse().unwrap() }]);
}
