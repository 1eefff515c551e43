//! Ironbeam as its documents have it.

use crate::tables::{all_named, all_refused, classified, credentials, named};
use assayer_contract::{ReasonCode, Source};
use assayer_providers::{AccountKind, CredentialError, NotOpened, Session, find};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;

const GOOD: &[(&str, &str)] =
    &[("IRONBEAM_USERNAME", "51360001"), ("IRONBEAM_API_KEY", "a-key-of-ironbeam"), ("IRONBEAM_ENV", "live")];

fn session() -> &'static dyn Session {
    find("ironbeam").unwrap().session().unwrap()
}

#[test]
fn every_documented_error_has_its_class() {
    use ReasonCode::*;
    let unauthorized = r#"{"status":"ERROR","error":"Unauthorized"}"#;
    all_named(
        "ironbeam",
        &[
            (200, unauthorized, ProviderAuth, "Unauthorized"),
            (400, unauthorized, ProviderAuth, "Unauthorized"),
            (401, unauthorized, ProviderAuth, "Unauthorized"),
            (403, unauthorized, ProviderAuth, "Unauthorized"),
            (406, unauthorized, ProviderAuth, "Unauthorized"),
            // The documents' example repeats the same word for these, where the status says more.
            (429, unauthorized, ProviderRateLimited, "Unauthorized"),
            (500, unauthorized, ProviderError, "Unauthorized"),
            (403, r#"{"status":"ERROR","error":"The account may not do this"}"#, ProviderEntitlement, "may not"),
            (406, r#"{"status":"ERROR","message":"Not acceptable"}"#, ProviderRejectedRequest, "Not acceptable"),
            (400, r#"{"error1":"quantity must be positive"}"#, ProviderRejectedRequest, "positive"),
            (200, r#"{"result":{"status":"ERROR","message":"Unknown order"}}"#, ProviderRejectedRequest, "Unknown order"),
            (200, r#"{"status":"error","message":"Unknown order"}"#, ProviderRejectedRequest, "Unknown order"),
            (200, r#"{"status":"ERROR"}"#, ProviderRejectedRequest, "ERROR"),
            (200, r#"{"status":"FATAL","message":"broken"}"#, ProviderRejectedRequest, "broken"),
            (200, r#"{"status":"UNKNOWN"}"#, ProviderError, "UNKNOWN"),
            (200, r#"{"status":"ERROR","message":"Too many requests"}"#, ProviderRateLimited, "Too many"),
            (429, "", ProviderRateLimited, "429"),
            (503, "<html>down</html>", ProviderError, "down"),
        ],
    );
}

#[test]
fn good_answers_are_no_errors() {
    for body in [
        r#"{"status":"OK","message":"OK","accounts":[]}"#,
        r#"{"status":"WARNING","orders":[]}"#,
        r#"{"status":"OK","error":"","errorCode":0,"error1":null}"#,
        r#"{"accounts":[]}"#,
        "[]",
    ] {
        assert_eq!(named("ironbeam", 200, body), None, "{body}");
    }
}

#[test]
fn live_and_demo_are_the_vendors_word_and_nothing_else_is_taken_for_it() {
    let call = classified("ironbeam", "GET", "info/trader", "", "").unwrap();
    let measure = |live: &str| {
        let body = format!(r#"{{"status":"OK","accounts":["1","2"],"isLive":{live},"traderId":"T"}}"#);
        find("ironbeam").unwrap().measure(&call, body.as_bytes(), &mut ())
    };
    for (said, kind) in [("true", AccountKind::Live), ("false", AccountKind::Demo), ("\"True\"", AccountKind::Live)] {
        let measure = measure(said).unwrap();
        assert_eq!((measure.environment, measure.items), (Some(kind), Some(2)), "{said}");
    }
    for said in ["null", "1", "\"yes\"", "[]"] {
        measure(said).unwrap_err();
    }
}

#[test]
fn an_order_says_what_it_is_in_its_row() {
    let body = r#"{"accountId":"51360001","exchSym":"XCME:MES.Z26","side":"BUY","quantity":2,"orderType":"1","duration":"0"}"#;
    let call = classified("ironbeam", "POST", "order/51360001/place", "", body).unwrap();
    assert_eq!((call.source, call.changes, call.symbol()), (Some(Source::Broker), true, Some("XCME:MES.Z26")));
    let about = &call.about;
    assert_eq!(
        (about.account.as_deref(), about.action.as_deref(), about.qty.as_deref()),
        (Some("51360001"), Some("BUY"), Some("2"))
    );
    let provider = find("ironbeam").unwrap();
    let order_id = |body: &str| provider.measure(&call, body.as_bytes(), &mut ()).map(|measure| measure.order_id);
    assert_eq!(order_id(r#"{"status":"OK","orderId":"51360001-1","strategyId":1}"#), Ok(Some("51360001-1".to_owned())));
    assert_eq!(order_id(r#"{"status":"OK","strategyId":1}"#), Ok(None));
    assert!(order_id(r#"{"status":"OK"}"#).is_err());
    let cancel = classified("ironbeam", "DELETE", "order/51360001/cancel/51360001-1", "", "").unwrap();
    assert_eq!((cancel.about.order_id.as_deref(), cancel.changes), (Some("51360001-1"), true));
    // A path without variables is meant before one with them.
    let endpoint = |path| classified("ironbeam", "GET", path, "", "").unwrap().endpoint;
    assert_eq!(endpoint("order/51360001/fills"), "order/{accountId}/fills");
    assert_eq!(endpoint("order/51360001/FILLED"), "order/{accountId}/{orderStatus}");
}

#[test]
fn an_order_that_says_two_things_is_refused() {
    all_refused(
        "ironbeam",
        &[
            ("POST", "order/1/place", "", r#"{"accountId":"2","quantity":1}"#, r#"accountId is "2" in one place"#),
            ("PUT", "order/1/update/7", "", r#"{"orderId":"8","quantity":1}"#, r#"orderId is "8" in one place"#),
            ("POST", "order/1/place", "quantity=2", "{}", "send no query"),
            ("POST", "order/1/place", "", r#"{"side":"BUY","side":"SELL"}"#, "side is given more than once"),
            ("DELETE", "order/1/cancel/7", "", "{}", "send no body"),
        ],
    );
    for (method, path) in [("POST", "auth"), ("POST", "logout"), ("DELETE", "order/1/cancelMultiple")] {
        assert_eq!(classified("ironbeam", method, path, "", "").unwrap_err().reason_code, ReasonCode::EndpointUnknown, "{path}");
    }
}

#[test]
fn a_login_gives_a_token_for_an_hour_or_says_why_not_and_tells_nothing() {
    let login = session().login(&credentials(GOOD), None).unwrap();
    assert_eq!((login.method, login.path, login.base), ("POST", "auth", Some("https://live.ironbeamapi.com/v2/")));
    assert!(!format!("{login:?}").contains("a-key-of-ironbeam"));
    assert_eq!(login.body.unwrap().expose_secret(), r#"{"apiKey":"a-key-of-ironbeam","username":"51360001"}"#);
    let of_enterprise = credentials(GOOD).with("IRONBEAM_PASSWORD", "my-password".into());
    assert!(session().login(&of_enterprise, None).unwrap().body.unwrap().expose_secret().contains(r#""password":"my-password""#));
    assert!(session().renewal().is_none());

    let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
    let opened =
        |status, body: &str| session().opened(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes(), now);
    let token = opened(200, r#"{"status":"OK","message":"OK","token":"a-secret-token"}"#).unwrap();
    assert_eq!((token.expires_at - now, token.renew_at - now), (TimeDelta::hours(1), TimeDelta::minutes(45)));
    let signed = session().sign_in(&credentials(GOOD), &token.secret).unwrap();
    assert!(!format!("{token:?}{signed:?}").contains("a-secret-token"));
    let reason = |status, body| match opened(status, body) {
        Err(NotOpened::Named(named)) => named.reason_code,
        other => panic!("{other:?}"),
    };
    assert_eq!(reason(200, r#"{"status":"ERROR","message":"Account not found"}"#), ReasonCode::ProviderAuth);
    assert_eq!(reason(401, r#"{"status":"ERROR","error":"Unauthorized"}"#), ReasonCode::ProviderAuth);
    assert_eq!(reason(429, ""), ReasonCode::ProviderRateLimited);
    for body in [r#"{"status":"OK","token":"a-secret-"#, r#"{"token":"a-secret token"}"#, r#"{"status":"OK"}"#] {
        let error = opened(200, body).unwrap_err();
        assert!(!format!("{error:?}").contains("a-secret"), "{error:?}");
    }
}

#[test]
fn silence_does_not_choose_between_demo_and_live() {
    let without = credentials(&[GOOD[0], GOOD[1]]);
    assert_eq!(find("ironbeam").unwrap().check(&without), Err(CredentialError::Missing("IRONBEAM_ENV")));
    let odd = credentials(GOOD).with("IRONBEAM_ENV", "prod".into());
    assert!(matches!(find("ironbeam").unwrap().check(&odd), Err(CredentialError::Malformed { key: "IRONBEAM_ENV", .. })));
}
