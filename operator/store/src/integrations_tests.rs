//! Which rows bear on an Integration, on a log made by hand.

use assayer_contract::{Operation, Outcome};
use chrono::SubsecRound;
use serde_json::{Value, json};

use super::*;
use crate::{
    handshakes::{LastHandshake, last, was_begun},
    proof::tests::BOT,
};

pub(crate) const INTEGRATION: Uuid = Uuid::from_u128(11);

/// A row of [`INTEGRATION`], with these fields in place of a successful call's.
pub(crate) async fn row(pool: &PgPool, fields: Value) -> RequestRow {
    let id = Uuid::now_v7();
    let hash = format!("sha256:{}", "0".repeat(64));
    let mut row = json!({
        "id": id, "created_at": Utc::now().trunc_subsecs(6), "call_id": id, "attempt": 1, "sent": "yes", "outcome": "success",
        "gateway_set": "default", "writer": "w", "writer_epoch": 1, "seq": 1, "group_no": 1, "trace_id": Uuid::now_v7(),
        "user_id": "u", "source": "marketData", "provider": "databento", "operation": "call", "method": "GET",
        "endpoint": "metadata.list_datasets", "request_fingerprint": hash, "params": {}, "row_digest": hash,
        "bot_id": BOT, "job_id": Uuid::from_u128(8), "integration_id": INTEGRATION, "integration_generation": 1, "integration_namespace": "desk", "integration_name": "data",
    });
    for (field, value) in fields.as_object().unwrap() {
        row[field] = value.clone();
    }
    if row["outcome"] == "refused" {
        row["sent"] = json!("no");
    }
    if row["operation"] != "call" {
        row["bot_id"] = Value::Null;
        row["job_id"] = Value::Null;
    }
    sqlx::query("insert into requests select * from jsonb_populate_record(null::requests, $1)")
        .bind(&row)
        .execute(pool)
        .await
        .unwrap();
    serde_json::from_value(row).unwrap()
}

/// The same database, as a process may read it.
pub(crate) async fn as_role(pool: &PgPool, role: &str) -> PgPool {
    let options = (*pool.connect_options()).clone().options([("role", role)]);
    sqlx::postgres::PgPoolOptions::new().max_connections(1).connect_with(options).await.unwrap()
}

async fn of_generation(pool: &PgPool, generation: i64) -> IntegrationRows {
    newest(pool, &[(INTEGRATION, generation)], Utc::now()).await.unwrap().remove(&INTEGRATION).unwrap()
}

fn id(row: Option<RequestRow>) -> Option<Uuid> {
    row.map(|row| row.id)
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn the_newest_row_of_each_kind_is_found_under_the_present_spec_as_the_controller_may_read_it(pool: PgPool) {
    let verify = row(&pool, json!({"operation": "verify"})).await;
    let success = row(&pool, json!({})).await;
    let failure = row(&pool, json!({"outcome": "failed", "reason_code": "PROVIDER_AUTH"})).await;
    // then: neither what a Bot asked wrongly, nor what Assayer itself could not do, nor another spec's rows bear on it
    row(&pool, json!({"outcome": "failed", "reason_code": "PROVIDER_REJECTED_REQUEST"})).await;
    row(&pool, json!({"outcome": "refused", "reason_code": "SYMBOL_MISMATCH"})).await;
    row(&pool, json!({"operation": "test", "outcome": "refused", "reason_code": "CLUSTER_UNAVAILABLE"})).await;
    let other = row(&pool, json!({"integration_generation": 2})).await;
    let pool = as_role(&pool, "assayer_controller").await;
    let found = of_generation(&pool, 1).await;
    assert_eq!((id(found.verify), id(found.success), id(found.failure)), (Some(verify.id), Some(success.id), Some(failure.id)));
    assert_eq!(found.denial, None);
    assert_eq!(of_generation(&pool, 2).await, IntegrationRows { success: Some(other), ..IntegrationRows::default() });
    assert_eq!(of_generation(&pool, 3).await, IntegrationRows::default());
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_success_counts_whoever_asked_for_it(pool: PgPool) {
    for (generation, fields) in [
        (1, json!({"operation": "verify"})),
        (2, json!({"operation": "test"})),
        (3, json!({"bot_id": null, "job_id": null})),
        (4, json!({})),
    ] {
        let mut fields = fields;
        fields["integration_generation"] = json!(generation);
        let newest = row(&pool, fields).await;
        assert_eq!(id(of_generation(&pool, generation).await.success), Some(newest.id), "{generation}");
    }
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_the_plan_does_not_cover_stands_until_the_same_is_covered(pool: PgPool) {
    let bars = |outcome: &str, dataset: &str| {
        let reason = (outcome == "failed").then_some("DATA_LICENSE_REQUIRED");
        json!({"outcome": outcome, "endpoint": "timeseries.get_range", "dataset": dataset, "reason_code": reason})
    };
    let denied = row(&pool, bars("failed", "GLBX.MDP3")).await;
    row(&pool, json!({"operation": "verify"})).await;
    row(&pool, bars("success", "SAMPLE.FX")).await;
    assert_eq!(id(of_generation(&pool, 1).await.denial), Some(denied.id), "neither a handshake nor other data clears it");
    row(&pool, bars("success", "GLBX.MDP3")).await;
    assert_eq!(of_generation(&pool, 1).await.denial, None);

    let mut delayed = bars("success", "GLBX.MDP3");
    delayed["delayed"] = json!(true);
    let late = row(&pool, delayed).await;
    assert_eq!(id(of_generation(&pool, 1).await.denial), Some(late.id), "delayed data is not what was paid for either");
    row(&pool, bars("success", "GLBX.MDP3")).await;
    assert_eq!(of_generation(&pool, 1).await.denial, None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn live_bars_that_come_in_time_end_what_was_wrong_with_them_and_prove_no_credential(pool: PgPool) {
    let live = |fields: Value| {
        let mut all = json!({"endpoint": "live.ohlcv-1m", "dataset": "GLBX.MDP3", "schema": "ohlcv-1m"});
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        all
    };
    let served = |delayed: bool| {
        let reason = delayed.then_some("DATA_DELAYED");
        live(json!({"outcome": "served", "sent": "no", "delayed": delayed.then_some(true), "reason_code": reason}))
    };
    // given: the session's own row, which no job has, and what its reader was told
    let refused = json!({"outcome": "failed", "reason_code": "DATA_LICENSE_REQUIRED", "bot_id": null, "job_id": null});
    row(&pool, live(refused)).await;
    let told = row(&pool, live(json!({"outcome": "refused", "reason_code": "DATA_LICENSE_REQUIRED"}))).await;
    assert_eq!(id(of_generation(&pool, 1).await.denial), Some(told.id));
    row(&pool, served(false)).await;
    let rows = of_generation(&pool, 1).await;
    assert_eq!((rows.denial, rows.success), (None, None), "it is covered, and was no call");
    let late = row(&pool, served(true)).await;
    assert_eq!(id(of_generation(&pool, 1).await.denial), Some(late.id));
    let of_another = json!({"outcome": "served", "sent": "no", "dataset": "XNAS.ITCH"});
    row(&pool, live(of_another)).await;
    assert_eq!(id(of_generation(&pool, 1).await.denial), Some(late.id), "other data says nothing of it");
    row(&pool, served(false)).await;
    assert_eq!(of_generation(&pool, 1).await.denial, None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_call_that_succeeds_stands_for_a_handshake_and_a_vendor_is_not_called_before_it_wants(pool: PgPool) {
    let gateway = as_role(&pool, "assayer_gateway").await;
    let at = async |generation| last(&gateway, INTEGRATION, generation, Utc::now()).await.unwrap();
    assert_eq!(at(1).await, LastHandshake::default());
    let verify = row(&pool, json!({"operation": "verify", "outcome": "refused", "reason_code": "INTEGRATION_KEY_MISSING"})).await;
    assert_eq!((at(1).await.at, at(1).await.secret_version), (Some(verify.created_at), None), "no Secret was read");
    let made_with = json!({"operation": "verify", "params": {"series_id": "GNPCA", "secret_version": "a/1"}});
    row(&pool, made_with).await;
    let call = row(&pool, json!({})).await;
    assert_eq!(at(1).await.at, Some(call.created_at));
    assert_eq!(at(1).await.secret_version.as_deref(), Some("a/1"), "the newest handshake's, whoever succeeded since");
    assert_eq!(at(2).await, LastHandshake::default(), "another spec has to be tried itself");
    row(&pool, json!({"outcome": "failed", "reason_code": "PROVIDER_RATE_LIMITED", "retry_after_s": 90})).await;
    let wait = at(1).await.wait_until.unwrap() - Utc::now();
    assert!(wait > TimeDelta::seconds(80) && wait <= TimeDelta::seconds(90), "{wait}");
    assert!(at(2).await.wait_until.is_some(), "the vendor does not care about specs");
    row(&pool, json!({"outcome": "failed", "reason_code": "PROVIDER_ERROR"})).await;
    assert_eq!(at(1).await.wait_until, None);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_was_asked_for_is_begun_once_a_trace_and_purpose(pool: PgPool) {
    let gateway = as_role(&pool, "assayer_gateway").await;
    let begun = async |trace, operation| was_begun(&gateway, trace, operation, Utc::now()).await.unwrap();
    let verify = row(&pool, json!({"operation": "verify"})).await;
    assert!(begun(verify.trace_id, Operation::Verify).await);
    assert!(!begun(verify.trace_id, Operation::Test).await && !begun(Uuid::now_v7(), Operation::Verify).await);
    // given: one that is under way, or whose gateway died
    let open = RequestRow { id: Uuid::now_v7(), trace_id: Uuid::now_v7(), outcome: Outcome::Unknown, ..verify };
    sqlx::query(
        "insert into intents (id, created_at, deadline, gateway_set, writer_epoch, trace_id, draft)
         values ($1, now(), now(), 'default', 1, $2, $3)",
    )
    .bind(open.id)
    .bind(open.trace_id)
    .bind(serde_json::to_value(&open).unwrap())
    .execute(&pool)
    .await
    .unwrap();
    assert!(begun(open.trace_id, Operation::Verify).await && !begun(open.trace_id, Operation::Test).await);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn handshakes_are_listed_with_what_was_found_of_the_keys(pool: PgPool) {
    let check = json!({"missing": ["DATABENTO_API_KEY"], "malformed": [], "doubts": []});
    let refused = json!({"operation": "verify", "outcome": "refused", "credential_check": check});
    row(&pool, refused).await;
    row(&pool, json!({})).await;
    let pool = as_role(&pool, "assayer_api").await;
    let listed: Vec<(String, String, Value)> =
        sqlx::query_as("select integration_name, status, credential_check from verifications").fetch_all(&pool).await.unwrap();
    assert_eq!(listed, [("data".to_owned(), "refused".to_owned(), check)]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn what_the_gateway_asks_by_the_clock_is_denied_until_it_is_covered_and_turns_no_key_away(pool: PgPool) {
    row(&pool, json!({"operation": "verify"})).await;
    let calendar = |fields: Value| {
        let mut all = json!({"operation": "schedule", "endpoint": "economic-calendar"});
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        all
    };
    let denied = row(&pool, calendar(json!({"outcome": "failed", "reason_code": "PROVIDER_ENTITLEMENT"}))).await;
    let rows = of_generation(&pool, 1).await;
    assert_eq!(id(rows.denial), Some(denied.id));
    assert!(rows.turned_away.is_none() && rows.failure.is_none());
    row(&pool, json!({"operation": "verify"})).await;
    assert!(of_generation(&pool, 1).await.denial.is_some(), "a handshake covers nothing");
    row(&pool, calendar(json!({}))).await;
    assert!(of_generation(&pool, 1).await.denial.is_none());
}
