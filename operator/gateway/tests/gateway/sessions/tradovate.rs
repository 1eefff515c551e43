//! Sessions with Tradovate.

use assayer_contract::{Operation, Outcome, ReasonCode, Sent};
use assayer_gateway::forward::Need;
use assayer_providers::Credentials;
use assayer_stand_ins::{faults::Kind, tradovate};
use assayer_store::PgPool;
use chrono::TimeDelta;
use futures::future::join_all;
use http::{Method, StatusCode};
use serde_json::Value;

use super::row;
use crate::{
    broker::{Broker, PASSWORD},
    world,
};

const SEC: &str = "f03741b6-f634-48d6-9308-c8fb871150c2";
const OTHER: &str = "0c1d2e3f-f634-48d6-9308-c8fb871150c2";
const LOGIN: &str = "auth/accesstokenrequest";
const RENEWAL: &str = "auth/renewaccesstoken";

fn of_sec(sec: &str) -> Credentials {
    let keys = [
        ("ENV", "demo"),
        ("USERNAME", "a-trader-of-mine"),
        ("PASSWORD", PASSWORD),
        ("APP_ID", "assayer-tests"),
        ("APP_VERSION", "1.0"),
        ("CID", "8"),
        ("SEC", sec),
        ("DEVICE_ID", "123e4567-e89b-12d3-a456-426614174000"),
    ];
    Credentials::new(keys.map(|(name, value)| (format!("TRADOVATE_{name}"), value.into())))
}

async fn tradovate(pool: &PgPool) -> Broker {
    tradovate_of(pool, TimeDelta::minutes(80)).await
}

async fn tradovate_of(pool: &PgPool, life: TimeDelta) -> Broker {
    let vendor = |shell: assayer_stand_ins::shell::Shell| {
        shell.keys.replace([SEC.to_owned()]);
        tradovate::with_sessions_of(life, shell.keys)
    };
    Broker::start(pool, "tradovate", "v1/", vendor).await
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn twenty_calls_at_once_take_one_login_which_is_a_row_of_its_own(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    let answers = join_all((0..20).map(|_| broker.get("account/list", &credentials))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    assert_eq!((broker.received(LOGIN).len(), broker.received("account/list").len()), (1, 20));
    let sign_ins = broker.sign_ins().await;
    let [row] = sign_ins.as_slice() else { panic!("{sign_ins:?}") };
    assert_eq!((row.outcome, row.sent, row.http_status), (Outcome::Success, Sent::Yes, Some(200)));
    assert_eq!((row.job_id, row.bot_id, row.user_id.as_str()), (None, None, broker.world.caller.user.as_str()), "who caused it");
    assert_eq!((row.trace_id, row.endpoint.as_str()), (broker.world.caller.job.trace_id, LOGIN));
    assert_eq!((row.response_digest, &row.params), (None, &serde_json::json!({"secret_version": "1"})));
    broker.the_vendors_count_is_the_logs().await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn handshakes_use_the_session_that_is_open_and_open_one_only_where_none_is(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    for need in [Need::Kept, Need::Kept, Need::Asked, Need::Kept] {
        let rows = broker.handshake(need, &credentials).await;
        let verify = rows.last().unwrap();
        assert_eq!(
            (verify.operation, verify.outcome, verify.endpoint.as_str()),
            (Operation::Verify, Outcome::Success, "auth/me")
        );
        assert_eq!(verify.environment.as_deref(), Some("demo"));
    }
    assert_eq!((broker.received(LOGIN).len(), broker.received("auth/me").len()), (1, 4));
    // A Secret that was written anew with the same keys in it is the same credential.
    let mut broker = broker;
    broker.rewritten();
    assert_eq!(broker.get("account/list", &credentials).await.status, StatusCode::OK);
    assert_eq!(broker.received(LOGIN).len(), 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_wrong_password_is_told_by_a_good_status_and_is_not_tried_again_until_the_secret_changes(pool: PgPool) {
    let mut broker = tradovate(&pool).await;
    let rows = broker.handshake(Need::Kept, &of_sec(OTHER)).await;
    let [verify, sign_in] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((sign_in.operation, sign_in.outcome, sign_in.http_status), (Operation::SignIn, Outcome::Failed, Some(200)));
    assert_eq!((sign_in.reason_code, sign_in.user_id.as_str()), (Some(ReasonCode::ProviderAuth), world::USER));
    assert!(sign_in.error_message.as_deref().unwrap().starts_with("Incorrect username or password"), "{sign_in:?}");
    assert_eq!((verify.outcome, verify.sent, verify.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::ProviderAuth)));
    for need in [Need::Kept, Need::Asked] {
        let rows = broker.handshake(need, &of_sec(OTHER)).await;
        assert_eq!((rows.len(), rows[0].reason_code), (1, Some(ReasonCode::ProviderAuth)), "{rows:?}");
    }
    let answer = broker.get("account/list", &of_sec(OTHER)).await;
    let refused = row(&broker, &answer).await;
    assert_eq!((answer.status, refused.outcome, refused.sent), (StatusCode::UNAUTHORIZED, Outcome::Refused, Sent::No));
    assert!(refused.error_message.as_deref().unwrap().contains("the next try is not before"), "{refused:?}");
    assert_eq!(broker.received(LOGIN).len(), 1);
    // The gateway starts anew, and what is in the log still holds.
    broker.restarted().await;
    let rows = broker.handshake(Need::Kept, &of_sec(OTHER)).await;
    assert!(rows[0].error_message.as_deref().unwrap().contains("when the Secret changes"), "{rows:?}");
    assert_eq!(broker.received(LOGIN).len(), 1);
    broker.rewritten();
    let rows = broker.handshake(Need::Kept, &of_sec(SEC)).await;
    assert_eq!(rows.last().unwrap().outcome, Outcome::Success);
    assert_eq!((broker.received(LOGIN).len(), broker.received("auth/me").len()), (2, 1));
    broker.the_vendors_count_is_the_logs().await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_penalised_login_waits_and_is_sent_again_with_its_ticket(pool: PgPool) {
    let broker = tradovate(&pool).await;
    broker.fail(LOGIN, Kind::Ticket, 1);
    let credentials = of_sec(SEC);
    let answers = join_all((0..5).map(|_| broker.get("account/list", &credentials))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    let sign_ins = broker.sign_ins().await;
    let [first, second] = sign_ins.as_slice() else { panic!("{sign_ins:?}") };
    assert_eq!((first.reason_code, first.error_code.as_deref()), (Some(ReasonCode::ProviderRateLimited), Some("p-ticket")));
    assert_eq!((first.retry_after_s, first.attempt), (Some(1), 1));
    assert_eq!((second.outcome, second.attempt, second.call_id), (Outcome::Success, 2, first.call_id));
    assert!(second.created_at - first.completed_at.unwrap() >= TimeDelta::seconds(1));
    broker.the_vendors_count_is_the_logs().await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_captcha_stops_everything_for_an_hour_and_says_what_a_person_can_do(pool: PgPool) {
    let broker = tradovate(&pool).await;
    broker.fail(LOGIN, Kind::Captcha, 1);
    for need in [Need::Kept, Need::Asked] {
        let rows = broker.handshake(need, &of_sec(SEC)).await;
        assert_eq!(rows.last().unwrap().reason_code, Some(ReasonCode::ProviderCaptcha));
    }
    let answer = broker.get("account/list", &of_sec(SEC)).await;
    assert_eq!((answer.status, row(&broker, &answer).await.sent), (StatusCode::TOO_MANY_REQUESTS, Sent::No));
    let sign_ins = broker.sign_ins().await;
    assert_eq!((sign_ins.len(), sign_ins[0].retry_after_s, broker.shell.ledger.since(0).count), (1, Some(3_600), 1));
    assert!(ReasonCode::ProviderCaptcha.suggested_fix().contains("Sign in at the vendor's own site"));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_penalty_in_place_of_an_answer_leaves_the_vendor_alone_for_its_time_and_repeats_nothing(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    broker.fail("account/list", Kind::Ticket, 1);
    let answer = broker.get("account/list", &credentials).await;
    let penalised = row(&broker, &answer).await;
    assert_eq!((penalised.outcome, penalised.reason_code), (Outcome::Failed, Some(ReasonCode::ProviderRateLimited)));
    assert_eq!((penalised.error_code.as_deref(), penalised.retry_after_s), (Some("p-ticket"), Some(1)));
    let refused = broker.get("position/list", &credentials).await;
    let refused = row(&broker, &refused).await;
    assert_eq!((refused.sent, refused.reason_code), (Sent::No, Some(ReasonCode::ProviderRateLimited)));
    assert_eq!(broker.received("list").len(), 1);
    world::eventually(async || broker.get("position/list", &credentials).await.status == StatusCode::OK).await;
    assert_eq!((broker.received(LOGIN).len(), broker.received("account/list").len()), (1, 1));
    broker.the_vendors_count_is_the_logs().await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_session_that_the_vendor_ended_is_opened_once_more_and_the_read_repeated(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    assert_eq!(broker.get("account/list", &credentials).await.status, StatusCode::OK);
    end_sessions(&broker).await;
    let answers = join_all((0..6).map(|_| broker.get("position/list", &credentials))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK), "{:?}", answers[0].status);
    let second = row(&broker, &answers[0]).await;
    assert_eq!((second.outcome, second.attempt), (Outcome::Success, 2));
    let first = broker.rows().await.into_iter().find(|row| row.id == second.call_id).unwrap();
    assert_eq!(
        (first.outcome, first.http_status, first.reason_code),
        (Outcome::Failed, Some(401), Some(ReasonCode::ProviderAuth))
    );
    assert_eq!(broker.sign_ins().await.len(), 2);
}

/// Another program signs in twice with the same credential.
async fn end_sessions(broker: &Broker) {
    let body = serde_json::json!({"name": "a-trader-of-mine", "password": PASSWORD, "appId": "other", "appVersion": "1.0",
        "deviceId": "other", "cid": 8, "sec": SEC});
    for _ in 0..2 {
        let login = reqwest::Client::new().post(format!("{}{LOGIN}", broker.base)).json(&body);
        login.send().await.unwrap().error_for_status().unwrap();
    }
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn sessions_that_are_ended_over_and_over_are_not_opened_over_and_over(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    let mut reasons = Vec::new();
    for _ in 0..5 {
        let answer = broker.get("account/list", &credentials).await;
        reasons.push(row(&broker, &answer).await.reason_code);
        end_sessions(&broker).await;
    }
    assert_eq!(broker.sign_ins().await.len(), 3);
    assert_eq!(reasons, [None, None, None, Some(ReasonCode::ProviderAuth), Some(ReasonCode::SignInLimit)]);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_is_refused_to_a_new_token_too_costs_one_login_and_not_one_each_time(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    let order = serde_json::json!([{"match": {"path": "account/list"}, "fault": "unauthorized"}]);
    broker.shell.faults.replace(serde_json::from_value(order).unwrap()).unwrap();
    for _ in 0..6 {
        assert_eq!(broker.get("account/list", &credentials).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(broker.get("position/list", &credentials).await.status, StatusCode::OK);
    }
    assert_eq!((broker.received(LOGIN).len(), broker.received("account/list").len()), (2, 7));
    broker.the_vendors_count_is_the_logs().await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_session_is_prolonged_before_it_ends_and_its_old_token_is_used_no_more(pool: PgPool) {
    let broker = tradovate_of(&pool, TimeDelta::seconds(6)).await;
    let credentials = of_sec(SEC);
    world::eventually(async || {
        assert_eq!(broker.get("account/list", &credentials).await.status, StatusCode::OK);
        broker.received(RENEWAL).len() == 2
    })
    .await;
    assert_eq!(broker.received(LOGIN).len(), 1);
    let rows = broker.rows().await;
    assert!(rows.iter().all(|row| row.outcome == Outcome::Success && row.attempt == 1));
    let renewals: Vec<_> = rows.iter().filter(|row| row.endpoint == RENEWAL).collect();
    assert_eq!((renewals.len(), renewals[0].operation, renewals[0].response_digest), (2, Operation::SignIn, None));
    broker.the_vendors_count_is_the_logs().await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_login_whose_gateway_dies_is_closed_as_unknown(pool: PgPool) {
    let broker = tradovate(&pool).await;
    broker.fail(LOGIN, Kind::Hang, 0);
    let credentials = of_sec(SEC);
    {
        let call = broker.get("account/list", &credentials);
        let arrived = world::eventually(async || !broker.received(LOGIN).is_empty());
        tokio::select! { _ = call => panic!("no answer was given"), () = arrived => {} }
    }
    let _successor = broker.successor().await;
    world::eventually(async || !broker.sign_ins().await.is_empty()).await;
    let sign_in = broker.sign_ins().await.remove(0);
    assert_eq!(
        (sign_in.outcome, sign_in.sent, sign_in.reason_code),
        (Outcome::Unknown, Sent::Unknown, Some(ReasonCode::UnknownOutcome))
    );
    assert_eq!((sign_in.writer.as_str(), sign_in.endpoint.as_str()), ("successor", LOGIN));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn neither_a_secret_nor_a_token_nor_a_ticket_is_in_the_log(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let credentials = of_sec(SEC);
    broker.fail(LOGIN, Kind::Ticket, 0);
    broker.handshake(Need::Asked, &credentials).await;
    end_sessions(&broker).await;
    broker.get("account/list", &credentials).await;
    broker.get("account/list", &of_sec(OTHER)).await;
    // The stand-in's tokens begin with its key in hexadecimal digits.
    let token = SEC.bytes().fold(String::new(), |token, byte| format!("{token}{byte:02x}"));
    for table in ["requests", "intents"] {
        let all: Vec<Value> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select to_jsonb(t) from {table} t"))).fetch_all(&pool).await.unwrap();
        let text = serde_json::to_string(&all).unwrap();
        assert!(text.contains(LOGIN));
        for secret in [SEC, OTHER, PASSWORD, token.as_str(), "a-trader-of-mine"] {
            assert!(!text.contains(secret), "{table} has {secret}");
        }
    }
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_job_of_no_stage_that_trades_changes_nothing_at_a_broker(pool: PgPool) {
    let broker = tradovate(&pool).await;
    let order = r#"{"accountId":1001,"action":"Buy","symbol":"MESZ6","orderQty":2,"orderType":"Market","isAutomated":true}"#;
    let answer = broker.send(Method::POST, "order/placeorder", order, &of_sec(SEC)).await;
    assert_eq!((answer.status, broker.shell.ledger.since(0).count), (StatusCode::FORBIDDEN, 0));
}
