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

fn asked(
    sent: &str,
    outcome: &str,
    used: Option<(i64, i64)>,
    most: Option<i64>,
    cost: Option<&str>,
) -> assayer_contract::RequestRow {
    assayer_contract::RequestRow {
        source: Some(assayer_contract::Source::Ai),
        tokens_in: used.map(|(sent, _)| sent),
        tokens_out: used.map(|(_, came)| came),
        tokens_most: most,
        ..row("chat/completions", sent, outcome, cost)
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_model_that_may_have_been_asked_counts_with_the_most_that_it_could_use(pool: PgPool) {
    let holder = acquire(&pool, "default", "one", std::time::Duration::ZERO).await.unwrap().unwrap();
    let rows = vec![
        asked("yes", "success", Some((30, 12)), Some(1_000), Some("0.5")),
        asked("unknown", "failed", None, Some(100), Some("0.25")),
        asked("yes", "failed", None, None, None),
        asked("no", "refused", None, Some(7_000), Some("8")),
        row(RANGE, "yes", "success", Some("99")),
    ];
    let open = Intent { draft: asked("unknown", "unknown", None, Some(1_000), Some("1")), deadline: Utc::now() };
    let group = Group { intents: vec![open], rows };
    let sealed = seal(&holder, head(&pool, "default").await.unwrap(), &group).unwrap();
    write(&pool, &holder, &sealed).await.unwrap();
    let since = |minutes| Utc::now() - TimeDelta::minutes(minutes);
    let used = async |stage, minutes| ai_used(&pool, stage, since(minutes), Utc::now()).await.unwrap();
    assert_eq!(used(Stage::Lab, 1).await, AiUse { tokens: 42 + 100 + 1_000, usd: "1.75".parse().unwrap() });
    assert_eq!(used(Stage::Paper, 1).await, AiUse::default());
    assert_eq!(used(Stage::Lab, -1).await, AiUse::default());
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
