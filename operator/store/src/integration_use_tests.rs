//! What counts as use, on a log made by hand.

use assayer_contract::{Operation, Outcome, ReasonCode, Sent, Stage};
use serde_json::json;

use super::*;
use crate::{
    integration_history::{events, of_trace, verifications},
    integrations::tests::{INTEGRATION, as_role, row},
    proof::tests::{BOT, job},
};

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn only_calls_of_a_bots_job_that_worked_are_use(pool: PgPool) {
    let job = job(&pool).await;
    let by_bot = |outcome: &str| {
        let reason = (outcome == "failed").then_some("PROVIDER_AUTH");
        let sent = if outcome == "served" { "no" } else { "yes" };
        json!({"job_id": job.id, "bot_id": BOT, "bot_name": "spx-cross", "bot_namespace": "default", "trace_id": job.trace,
            "outcome": outcome, "sent": sent, "reason_code": reason, "stage": "LAB"})
    };
    row(&pool, json!({"operation": "verify"})).await;
    row(&pool, json!({"operation": "test"})).await;
    row(&pool, json!({"operation": "sign_in"})).await;
    row(&pool, json!({"job_id": null})).await;
    row(&pool, json!({"bot_id": null})).await;
    row(&pool, by_bot("failed")).await;
    let api = as_role(&pool, "assayer_api").await;
    let now = Utc::now() + TimeDelta::seconds(1);
    let used = async || of(&api, &[INTEGRATION, Uuid::nil()], now).await.unwrap();
    assert_eq!(used().await, [(INTEGRATION, Used::default()), (Uuid::nil(), Used::default())].into());

    row(&pool, by_bot("served")).await;
    let newest = row(&pool, by_bot("success")).await;
    let found = used().await.remove(&INTEGRATION).unwrap();
    assert_eq!((found.last_hour, found.last_day), (2, 2));
    let last = found.last.unwrap();
    assert_eq!((last.at, last.bot_id, last.bot_name.as_deref()), (newest.created_at, BOT, Some("spx-cross")));
    assert_eq!(last.trace_id, job.trace);
    assert_eq!(of(&api, &[INTEGRATION], now + TimeDelta::hours(2)).await.unwrap()[&INTEGRATION].last_hour, 0);

    let events = events(&api, INTEGRATION, 3, now).await.unwrap();
    assert_eq!(events.iter().map(|event| event.status).collect::<Vec<_>>(), [Outcome::Success, Outcome::Served, Outcome::Failed]);
    assert_eq!((events[0].id, events[0].stage), (newest.id, Some(Stage::Lab)));
    let (from, to) = (now - TimeDelta::minutes(30), now);
    let series = series(&api, INTEGRATION, from, to, 15).await.unwrap();
    assert_eq!(series.len(), 2);
    assert_eq!((series[0].used, series[0].failed, series[0].verified), (0, 0, 0));
    assert_eq!((series[1].used, series[1].failed, series[1].verified), (2, 1, 2));
}

/// No job of LAB reaches a broker, so that rows made by hand are what shows it: a job's call is use, with its Bot, trace and kind of
/// account; the login that it took, the handshakes and the renewals around it are none.
#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_brokers_use_is_the_call_of_a_job_and_not_the_session_that_it_goes_through(pool: PgPool) {
    let job = job(&pool).await;
    let broker = |mut fields: serde_json::Value| {
        let own = json!({"provider": "tradovate", "source": "broker", "environment": "demo", "trace_id": job.trace});
        fields.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        fields
    };
    let of_job = |outcome: &str, endpoint: &str| {
        let reason = (outcome == "failed").then_some("PROVIDER_ENTITLEMENT");
        broker(json!({"job_id": job.id, "bot_id": BOT, "bot_name": "mes-1", "bot_namespace": "default", "stage": "PAPER",
            "operation": "call", "endpoint": endpoint, "outcome": outcome, "reason_code": reason}))
    };
    let own = |operation: &str, endpoint: &str| {
        broker(json!({"operation": operation, "endpoint": endpoint, "job_id": null, "bot_id": null, "outcome": "success"}))
    };
    row(&pool, own("sign_in", "auth/accesstokenrequest")).await;
    row(&pool, own("sign_in", "auth/renewaccesstoken")).await;
    row(&pool, own("verify", "auth/me")).await;
    let denied = row(&pool, of_job("failed", "account/list")).await;
    let api = as_role(&pool, "assayer_api").await;
    let now = Utc::now() + TimeDelta::seconds(1);
    assert_eq!(of(&api, &[INTEGRATION], now).await.unwrap()[&INTEGRATION], Used::default(), "nothing was used yet");
    let listed = row(&pool, of_job("success", "position/list")).await;
    let used = of(&api, &[INTEGRATION], now).await.unwrap().remove(&INTEGRATION).unwrap();
    let last = used.last.unwrap();
    assert_eq!((used.last_hour, last.bot_id, last.trace_id), (1, BOT, job.trace));
    assert_eq!((last.at, last.bot_name.as_deref()), (listed.created_at, Some("mes-1")));
    let events = events(&api, INTEGRATION, 3, now).await.unwrap();
    let of_jobs: Vec<_> = events.iter().filter(|event| event.bot_id == Some(BOT)).map(|event| (event.id, event.stage)).collect();
    assert_eq!(of_jobs, [(listed.id, Some(Stage::Paper)), (denied.id, Some(Stage::Paper))]);
}

#[sqlx::test(migrator = "crate::MIGRATOR")]
async fn a_handshake_is_found_by_its_trace_and_purpose_and_listed_with_what_was_found(pool: PgPool) {
    let check = json!({"missing": ["A"], "malformed": [], "doubts": []});
    let refused =
        json!({"operation": "verify", "outcome": "refused", "reason_code": "INTEGRATION_KEY_MISSING", "credential_check": check});
    let made = row(&pool, refused).await;
    let pool = as_role(&pool, "assayer_api").await;
    let found = of_trace(&pool, made.trace_id, Operation::Verify).await.unwrap().unwrap();
    assert_eq!((found.id, found.status, found.reason_code), (made.id, Outcome::Refused, Some(ReasonCode::IntegrationKeyMissing)));
    assert_eq!(of_trace(&pool, made.trace_id, Operation::Test).await.unwrap(), None);
    let listed = verifications(&pool, INTEGRATION, 20, Utc::now()).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].status, listed[0].sent), (Outcome::Refused, Sent::No));
    assert_eq!(listed[0].credential_check.as_ref().unwrap().missing, ["A"]);
}
