//! Tradovate as its documents have it.

use std::time::Duration;

use crate::tables::{all_named, all_refused, classified, credentials, named};
use assayer_contract::{ReasonCode, Source};
use assayer_providers::{CredentialError, NotOpened, Session, Token, find};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;

const GOOD: &[(&str, &str)] = &[
    ("TRADOVATE_ENV", "live"),
    ("TRADOVATE_USERNAME", "a-trader-of-mine"),
    ("TRADOVATE_PASSWORD", "correct horse battery"),
    ("TRADOVATE_APP_ID", "assayer-tests"),
    ("TRADOVATE_APP_VERSION", "1.0"),
    ("TRADOVATE_CID", "not-a-number"),
    ("TRADOVATE_SEC", "f03741b6-f634-48d6-9308-c8fb871150c2"),
    ("TRADOVATE_DEVICE_ID", "my-device"),
];
const TICKET: &str = r#"{"p-ticket":"a-ticket-that-opens-once","p-time":15,"p-captcha":false}"#;

fn session() -> &'static dyn Session {
    find("tradovate").unwrap().session().unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn opened(status: u16, body: &str) -> Result<Token, NotOpened> {
    session().opened(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes(), now())
}

#[test]
fn every_documented_error_has_its_class() {
    use ReasonCode::*;
    all_named(
        "tradovate",
        &[
            (401, "Access is denied", ProviderAuth, "Access is denied"),
            (
                200,
                r#"{"errorText":"Incorrect username or password. Please try again, noting that passwords are case-sensitive."}"#,
                ProviderAuth,
                "case-sensitive",
            ),
            (200, r#"{"errorText":"Access is denied"}"#, ProviderEntitlement, "denied"),
            (200, r#"{"errorText":"Operation failed","ok":false}"#, ProviderRejectedRequest, "Operation failed"),
            (200, r#"{"ok":false}"#, ProviderRejectedRequest, "not ok"),
            (
                200,
                r#"{"violations":[{"constraint":"orderQty","value":"","description":"Quantity should be specified"}]}"#,
                ProviderRejectedRequest,
                "Quantity should be specified",
            ),
            (
                200,
                r#"{"failureReason":"UnknownReason","failureText":"Access is denied"}"#,
                ProviderEntitlement,
                "Access is denied",
            ),
            (200, r#"{"failureReason":"UnknownReason","failureText":"No luck"}"#, ProviderRejectedRequest, "No luck"),
            (200, r#"{"failureReason":"Unauthorized"}"#, ProviderEntitlement, "Unauthorized"),
            (200, r#"{"failureReason":"MultipleAccountPlanRequired"}"#, ProviderEntitlement, "MultipleAccountPlan"),
            (200, r#"{"failureReason":"AccountClosed"}"#, ProviderAccountLocked, "AccountClosed"),
            (200, r#"{"failureReason":"TradingLocked"}"#, ProviderAccountLocked, "TradingLocked"),
            (200, r#"{"failureReason":"RiskCheckTimeout"}"#, ProviderError, "RiskCheckTimeout"),
            (200, r#"{"failureReason":"ExecutionProviderUnavailable"}"#, ProviderError, "Unavailable"),
            (200, r#"{"failureReason":"ExecutionProviderNotConfigured"}"#, ProviderError, "NotConfigured"),
            (200, r#"{"failureReason":"SomethingNew"}"#, ProviderRejectedRequest, "SomethingNew"),
            (200, TICKET, ProviderRateLimited, "nothing was done"),
            (200, r#"{"p-ticket":"x","p-time":60,"p-captcha":true}"#, ProviderCaptcha, "stop for an hour"),
            (423, "", ProviderRateLimited, "close to the limit"),
            (429, "", ProviderRateLimited, "stop for an hour"),
            (400, "Bad Request", ProviderRejectedRequest, "Bad Request"),
            (404, "", ProviderRejectedRequest, "404"),
            (500, "Internal Server Error", ProviderError, "Internal"),
            (503, "<html>down</html>", ProviderError, "down"),
        ],
    );
    for reason in [
        "LiquidationOnly",
        "MaxPosLimitReached",
        "NotEnoughLiquidity",
        "SessionClosed",
        "InvalidPrice",
        "InvalidContract",
        "NoQuote",
        "TooLate",
        "AnotherCommandPending",
    ] {
        let body = format!(r#"{{"failureReason":"{reason}","failureText":"no"}}"#);
        let named = named("tradovate", 200, &body).unwrap();
        assert_eq!((named.reason_code, named.error_code.as_deref()), (ReasonCode::ProviderRejectedRequest, Some(reason)));
    }
}

#[test]
fn good_answers_are_no_errors() {
    for body in [
        r#"{"orderId":1}"#,
        r#"{"orderId":1,"failureReason":"Success","failureText":""}"#,
        r#"{"userId":17,"errorText":null}"#,
        r#"{"totalCashValue":1.0,"errorText":""}"#,
        r#"{"ok":true,"violations":[]}"#,
        r#"[{"id":1,"errorText":"of another time"}]"#,
        r#"["errorText"]"#,
        "[]",
    ] {
        assert_eq!(named("tradovate", 200, body), None, "{body}");
    }
}

#[test]
fn a_penalty_says_how_long_and_gives_a_ticket_that_is_not_printed() {
    let wait = |status, body| named("tradovate", status, body).unwrap().wait;
    let penalty = named("tradovate", 200, TICKET).unwrap();
    assert_eq!((penalty.wait, penalty.ticket.as_deref()), (Some(Duration::from_secs(15)), Some("a-ticket-that-opens-once")));
    assert!(!format!("{penalty:?}").contains("opens-once") && !penalty.error_message.contains("opens-once"));
    let captcha = named("tradovate", 200, r#"{"p-ticket":"x","p-time":60,"p-captcha":true}"#).unwrap();
    assert_eq!((captcha.wait, captcha.ticket), (Some(Duration::from_hours(1)), None));
    assert_eq!(wait(200, r#"{"p-time":"2.5"}"#), Some(Duration::from_secs(3)));
    assert_eq!(wait(200, r#"{"p-ticket":"x"}"#), Some(Duration::from_mins(1)));
    assert_eq!((wait(429, ""), wait(423, "")), (Some(Duration::from_hours(1)), Some(Duration::from_mins(1))));
}

#[test]
fn an_order_says_what_it_is_in_its_row_and_its_ticket_is_not_there() {
    let body = r#"{"accountId":1001,"clOrdId":"bot-7","action":"Buy","symbol":"MESZ6","orderQty":2,"orderType":"Limit",
        "price":5000.25,"isAutomated":true,"p-ticket":"a-ticket-that-opens-once"}"#;
    let call = classified("tradovate", "POST", "order/placeorder", "", body).unwrap();
    assert_eq!((call.endpoint, call.source, call.changes), ("order/placeorder", Some(Source::Broker), true));
    assert!(!call.is_safe_to_repeat());
    assert_eq!(call.symbols, ["MESZ6"]);
    let about = &call.about;
    assert_eq!((about.account.as_deref(), about.action.as_deref(), about.qty.as_deref()), (Some("1001"), Some("Buy"), Some("2")));
    assert_eq!((about.client_order_id.as_deref(), &about.order_id), (Some("bot-7"), &None));
    assert_eq!((&call.params["price"], call.params.get("p-ticket")), (&"5000.25".into(), None));
    assert!(!format!("{call:?}").contains("opens-once"));
    let provider = find("tradovate").unwrap();
    let placed = provider.measure(&call, br#"{"orderId":4711}"#, &mut ()).unwrap();
    assert_eq!((placed.order_id.as_deref(), placed.items), (Some("4711"), Some(1)));
    provider.measure(&call, b"{}", &mut ()).unwrap_err();

    let cancel = classified("tradovate", "POST", "order/cancelorder", "", r#"{"orderId":4711,"isAutomated":true}"#).unwrap();
    assert_eq!(cancel.about.order_id.as_deref(), Some("4711"));
    assert_eq!(provider.measure(&cancel, br#"{"commandId":1}"#, &mut ()).unwrap().order_id.as_deref(), Some("4711"));
}

#[test]
fn an_order_that_hides_that_a_bot_placed_it_or_says_two_things_is_refused() {
    let place = ("POST", "order/placeorder");
    all_refused(
        "tradovate",
        &[
            (place.0, place.1, "", r#"{"symbol":"MESZ6","orderQty":1}"#, "isAutomated is missing"),
            (place.0, place.1, "", r#"{"symbol":"MESZ6","isAutomated":false}"#, "isAutomated is false"),
            (place.0, place.1, "", r#"{"symbol":"MESZ6","isAutomated":"true"}"#, r#"isAutomated is "true""#),
            (place.0, place.1, "", r#"{"orderQty":1,"orderQty":100,"isAutomated":true}"#, "orderQty is given more than once"),
            (place.0, place.1, "orderQty=1", r#"{"isAutomated":true}"#, "send no query"),
            (place.0, place.1, "", r#"{"isAutomated":true,"orderQty":"many"}"#, r#"orderQty is "many""#),
            (place.0, place.1, "", r#"{"isAutomated":true,"sec":"x"}"#, r#""sec" is not one of its fields"#),
            (place.0, place.1, "", "[]", "must be a JSON object"),
        ],
    );
    for (method, path) in
        [("POST", "auth/accesstokenrequest"), ("GET", "auth/renewaccesstoken"), ("POST", "order/liquidateposition")]
    {
        let refused = classified("tradovate", method, path, "", "").unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::EndpointUnknown, "{path}");
    }
}

#[test]
fn closed_positions_are_not_counted() {
    let call = classified("tradovate", "GET", "position/list", "", "").unwrap();
    let body = br#"[{"id":1,"netPos":0},{"id":2,"netPos":-1},{"id":3,"netPos":0.0}]"#;
    assert_eq!(find("tradovate").unwrap().measure(&call, body, &mut ()).unwrap().items, Some(1));
}

#[test]
fn a_session_lasts_as_long_as_the_vendor_says_and_is_prolonged_in_time() {
    let token = |time: &str| opened(200, &format!(r#"{{"accessToken":"abc","expirationTime":"{time}"}}"#));
    let minutes = |at: DateTime<Utc>| (at - now()).num_minutes();
    for (time, life, renewal) in [
        ("2026-11-20T13:20:00.000Z", 80, 65),
        ("2026-11-20T13:30:00Z", 90, 75),
        ("2026-11-20T13:30:00", 90, 75),
        ("2026-11-20T12:10:00Z", 10, 5),
        ("soon", 80, 65),
    ] {
        let token = token(time).unwrap();
        assert_eq!((minutes(token.expires_at), minutes(token.renew_at)), (life, renewal), "{time}");
        assert_eq!(token.secret.expose_secret(), "abc");
        assert!(!format!("{token:?}").contains("abc"));
    }
    assert_eq!(opened(200, r#"{"accessToken":"abc"}"#).unwrap().expires_at, now() + TimeDelta::minutes(80));
    assert!(matches!(token("2026-11-20T11:59:00Z"), Err(NotOpened::Named(named)) if named.error_message.contains("clock")));
}

#[test]
fn a_login_that_does_not_open_says_why_and_never_tells_the_token() {
    let reason = |status, body| match opened(status, body) {
        Err(NotOpened::Named(named)) => named.reason_code,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(200, r#"{"errorText":"Incorrect username or password."}"#), ReasonCode::ProviderAuth);
    assert_eq!(reason(200, r#"{"errorText":"The app is not registered"}"#), ReasonCode::ProviderAuth);
    assert_eq!(reason(401, "Access is denied"), ReasonCode::ProviderAuth);
    assert_eq!(reason(429, ""), ReasonCode::ProviderRateLimited);
    assert_eq!(reason(200, r#"{"p-ticket":"x","p-captcha":true}"#), ReasonCode::ProviderCaptcha);
    for body in
        [r#"{"accessToken":"a-secret-token","#, r#"{"accessToken":"a-secret\ntoken"}"#, r#"{"accessToken":["a-secret"]}"#, "[]"]
    {
        let error = opened(200, body).unwrap_err();
        assert!(matches!(&error, NotOpened::Named(named) if named.reason_code == ReasonCode::ProviderError), "{error:?}");
        assert!(!format!("{error:?}").contains("a-secret"), "{error:?}");
    }
    let again = opened(200, TICKET).unwrap_err();
    assert!(matches!(&again, NotOpened::Again { ticket, after, .. } if ticket.ends_with("opens-once") && after.as_secs() == 15));
    assert!(!format!("{again:?}").contains("opens-once"));
}

#[test]
fn a_login_takes_every_key_and_prints_none() {
    let login = session().login(&credentials(GOOD), Some("a-ticket-that-opens-once")).unwrap();
    assert!(!format!("{login:?}").contains("correct horse") && !format!("{login:?}").contains("opens-once"));
    let body: serde_json::Value = serde_json::from_str(login.body.unwrap().expose_secret()).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"name": "a-trader-of-mine", "password": "correct horse battery", "appId": "assayer-tests",
            "appVersion": "1.0", "deviceId": "my-device", "cid": "not-a-number", "sec": "f03741b6-f634-48d6-9308-c8fb871150c2",
            "p-ticket": "a-ticket-that-opens-once"})
    );
    let provider = find("tradovate").unwrap();
    for (missing, _) in GOOD {
        let others: Vec<_> = GOOD.iter().copied().filter(|(name, _)| name != missing).collect();
        assert_eq!(provider.check(&credentials(&others)), Err(CredentialError::Missing(missing)));
    }
    let odd = credentials(GOOD).with("TRADOVATE_ENV", "paper".into());
    let error = provider.check(&odd).unwrap_err();
    assert_eq!((error.reason_code(), error.to_string().contains("paper")), (ReasonCode::IntegrationKeyMalformed, false));
    assert_eq!(
        credentials(GOOD).doubts(provider.facts()).len(),
        1,
        "the number of the key is none, which is no reason to refuse it"
    );
}

#[test]
fn a_token_that_a_vendor_echoes_is_scrubbed_like_any_secret() {
    let all = credentials(GOOD).with("token", "a-secret-token".into());
    assert_eq!(all.scrub("Bearer a-secret-token of a-trader-of-mine"), "Bearer [redacted] of [redacted]");
    let signed = session().sign_in(&all, &"a-secret-token".into()).unwrap();
    assert!(!format!("{signed:?}{all:?}").contains("a-secret-token"));
    assert_eq!(find("tradovate").unwrap().sign_in(&all).unwrap_err(), CredentialError::NotSignedIn);
}
