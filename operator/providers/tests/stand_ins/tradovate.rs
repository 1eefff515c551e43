//! Tradovate: what it has in common with the others, its sessions, and its penalties.

use std::time::Duration;

use assayer_contract::ReasonCode;
use assayer_providers::{Credentials, Login, NotOpened, Session, SignedIn, find};
use assayer_stand_ins::faults::{Fault, Kind};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{Contract, Sample, World};

const fn get(path: &'static str, query: &'static str, items: i64) -> Sample {
    Sample { method: "GET", path, query, body: "", items: Some(items) }
}

const fn post(path: &'static str, body: &'static str) -> Sample {
    Sample { method: "POST", path, query: "", body, items: Some(1) }
}

const GOOD: &[(&str, &str)] = &[
    ("TRADOVATE_ENV", "demo"),
    ("TRADOVATE_USERNAME", "a-trader-of-mine"),
    ("TRADOVATE_PASSWORD", "correct horse battery"),
    ("TRADOVATE_APP_ID", "assayer-tests"),
    ("TRADOVATE_APP_VERSION", "1.0"),
    ("TRADOVATE_CID", "8"),
    ("TRADOVATE_SEC", "f03741b6-f634-48d6-9308-c8fb871150c2"),
    ("TRADOVATE_DEVICE_ID", "123e4567-e89b-12d3-a456-426614174000"),
];

pub(crate) const CONTRACT: Contract = Contract {
    name: "tradovate",
    good: GOOD,
    key: "f03741b6-f634-48d6-9308-c8fb871150c2",
    unknown: &[
        GOOD[0],
        GOOD[1],
        GOOD[2],
        GOOD[3],
        GOOD[4],
        GOOD[5],
        ("TRADOVATE_SEC", "ffffffff-f634-48d6-9308-c8fb871150c2"),
        GOOD[7],
    ],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::Locked, ReasonCode::ProviderRateLimited),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::Ticket, ReasonCode::ProviderRateLimited),
        (Kind::Captcha, ReasonCode::ProviderCaptcha),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ErrorInSuccess, ReasonCode::ProviderRejectedRequest),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("auth/me", "", 1),
        get("account/list", "", 1),
        get("contract/find", "name=MESZ6", 1),
        post("order/placeorder", MARKET),
        post("order/placeorder", LIMIT),
        get("order/list", "", 2),
        get("order/item", "id=9001", 1),
        post("order/modifyorder", r#"{"orderId":9004,"orderQty":1,"orderType":"Limit","price":4001,"isAutomated":true}"#),
        post("order/cancelorder", r#"{"orderId":9004,"isAutomated":true}"#),
        get("command/list", "", 4),
        get("fill/list", "", 1),
        get("position/list", "", 1),
        get("executionReport/list", "", 2),
        post("cashBalance/getcashbalancesnapshot", r#"{"accountId":1001}"#),
        get("cashBalance/getcashbalancesnapshot", "accountId=1001", 1),
    ],
};

const PLACE: (&str, &str, &str) = ("POST", "order/placeorder", "");
const MARKET: &str = r#"{"accountId":1001,"action":"Buy","symbol":"MESZ6","orderQty":2,"orderType":"Market","isAutomated":true}"#;
const LIMIT: &str =
    r#"{"accountId":1001,"action":"Buy","symbol":"MESZ6","orderQty":1,"orderType":"Limit","price":4000,"isAutomated":true}"#;

fn session() -> &'static dyn Session {
    find("tradovate").unwrap().session().unwrap()
}

fn credentials() -> Credentials {
    Credentials::new(GOOD.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))))
}

async fn login(world: &World) -> SignedIn {
    let login = session().login(&credentials(), None).unwrap();
    let token = world.open(session(), &login, SignedIn::default()).await.unwrap();
    session().sign_in(&credentials(), &token.secret).unwrap()
}

async fn is_open(world: &World, signed: &SignedIn) -> bool {
    world.send(signed.clone(), ("GET", "auth/me", ""), "").await.0.is_success()
}

fn penalise(world: &World, seconds: u64) {
    let order = json!({"fault": Kind::Ticket, "times": 1, "retry_after_s": seconds});
    world.shell.faults.replace(vec![serde_json::from_value::<Fault>(order).unwrap()]).unwrap();
}

#[tokio::test]
async fn a_third_login_closes_the_oldest_session_and_a_renewal_closes_none() {
    let world = World::new(&CONTRACT);
    let (first, second) = (login(&world).await, login(&world).await);
    assert!(is_open(&world, &first).await && is_open(&world, &second).await);
    let renewed = world.open(session(), &session().renewal().unwrap(), second.clone()).await.unwrap();
    let renewed = session().sign_in(&credentials(), &renewed.secret).unwrap();
    assert!(is_open(&world, &first).await && is_open(&world, &renewed).await && !is_open(&world, &second).await);
    let third = login(&world).await;
    assert!(!is_open(&world, &first).await && is_open(&world, &renewed).await && is_open(&world, &third).await);
    world.shell.keys.replace([]);
    assert!(!is_open(&world, &third).await, "a key that is no longer good closes its sessions");
}

#[tokio::test]
async fn any_number_of_calls_takes_one_login() {
    let world = World::new(&CONTRACT);
    for sample in CONTRACT.calls {
        assert!(world.call(GOOD, sample).await.named.is_none());
    }
    let arrived = world.shell.ledger.since(0).requests;
    let logins = arrived.iter().filter(|entry| entry.path.ends_with("auth/accesstokenrequest")).count();
    assert_eq!((logins, arrived.len()), (1, 1 + CONTRACT.calls.len()));
    let keys: std::collections::BTreeSet<_> = arrived.iter().map(|entry| entry.key.clone()).collect();
    assert_eq!(
        keys.into_iter().collect::<Vec<_>>(),
        [Some(world.shell.keys.fingerprints().remove(0))],
        "one key, by its fingerprint"
    );
    let shown = serde_json::to_string(&arrived).unwrap();
    assert!(!shown.contains("correct horse") && !shown.contains(CONTRACT.key), "{shown}");
}

#[tokio::test]
async fn a_login_that_is_penalised_is_sent_again_with_its_ticket() {
    let world = World::new(&CONTRACT);
    penalise(&world, 0);
    let first = session().login(&credentials(), None).unwrap();
    let Err(NotOpened::Again { ticket, after, .. }) = world.open(session(), &first, SignedIn::default()).await else {
        panic!("no penalty")
    };
    assert_eq!(after, Duration::ZERO);
    let again = session().login(&credentials(), Some(&ticket)).unwrap();
    assert!(world.open(session(), &again, SignedIn::default()).await.is_ok());
    let shown = serde_json::to_string(&world.shell.ledger.since(0).requests).unwrap();
    assert!(!shown.contains(&ticket), "{shown}");
}

#[tokio::test]
async fn a_penalised_order_was_not_executed_and_a_ticket_that_comes_too_early_is_worth_nothing() {
    let world = World::new(&CONTRACT);
    let signed = login(&world).await;
    for (seconds, executed) in [(0, true), (3_600, false)] {
        penalise(&world, seconds);
        let (status, headers, body) = world.send(signed.clone(), PLACE, MARKET).await;
        let named = find("tradovate").unwrap().name_error(status, &headers, &body).unwrap();
        assert_eq!((named.reason_code, named.wait), (ReasonCode::ProviderRateLimited, Some(Duration::from_secs(seconds))));
        let mut order: serde_json::Value = serde_json::from_str(MARKET).unwrap();
        order["p-ticket"] = json!(named.ticket.unwrap());
        let order = order.to_string();
        let (status, headers, body) = world.send(signed.clone(), PLACE, &order).await;
        assert_eq!(find("tradovate").unwrap().name_error(status, &headers, &body).is_none(), executed);
    }
    let (.., body) = world.send(signed, ("GET", "order/list", ""), "").await;
    let orders: Vec<serde_json::Value> = serde_json::from_slice(&body).unwrap();
    assert_eq!(orders.len(), 1, "of four requests one was executed");
}

#[tokio::test]
async fn demo_and_live_are_told_by_the_credential_alone() {
    for (env, host) in [("demo", "https://demo.tradovateapi.com/v1/"), ("live", "https://live.tradovateapi.com/v1/")] {
        let credentials = credentials().with("TRADOVATE_ENV", env.into());
        let Login { base, body, .. } = session().login(&credentials, None).unwrap();
        assert_eq!(base, Some(host));
        assert!(body.unwrap().expose_secret().contains(r#""cid":8"#));
        let signed = session().sign_in(&credentials, &"token".into()).unwrap();
        assert_eq!(signed.base.unwrap().expose_secret(), host);
        assert_eq!(signed.environment.unwrap().name(), env);
    }
}
