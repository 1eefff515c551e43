//! Brokers, messengers and storage against bodies that nobody documents: random, torn, and with their own fields in wrong forms.

use assayer_providers::{Call, NotOpened, Provider, Request, find};
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A request of one endpoint, and its good answer: provider, method, path, query, body, answer.
type Sample = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const SAMPLES: [Sample; 15] = [
    (
        "tradovate",
        "POST",
        "order/placeorder",
        "",
        r#"{"accountId":1,"action":"Buy","symbol":"MESZ6","orderQty":1,"isAutomated":true,"p-ticket":"x"}"#,
        r#"{"orderId":1}"#,
    ),
    ("tradovate", "POST", "order/cancelorder", "", r#"{"orderId":1}"#, r#"{"commandId":1}"#),
    ("tradovate", "GET", "position/list", "", "", r#"[{"id":1,"netPos":1}]"#),
    ("tradovate", "GET", "auth/me", "", "", r#"{"userId":17,"accessToken":"abc","expirationTime":"2026-11-20T13:20:00Z"}"#),
    (
        "ironbeam",
        "POST",
        "order/1/place",
        "",
        r#"{"accountId":"1","exchSym":"XCME:MES.Z26","side":"BUY","quantity":1}"#,
        r#"{"status":"OK","orderId":"1","strategyId":1}"#,
    ),
    ("ironbeam", "GET", "info/trader", "", "", r#"{"status":"OK","accounts":["1"],"isLive":false,"token":"abc"}"#),
    ("ironbeam", "DELETE", "order/1/cancel/7", "", "", r#"{"status":"OK","orders":[{"orderId":"7"}]}"#),
    (
        "discord",
        "POST",
        "",
        "wait=true",
        r#"{"content":"x","allowed_mentions":{"parse":[]}}"#,
        r#"{"id":"1","message":"x","code":1,"retry_after":1.5}"#,
    ),
    ("discord", "GET", "", "", "", r#"{"id":"1","token":"x"}"#),
    ("slack", "POST", "", "", r#"{"text":"x"}"#, "ok"),
    ("webhook", "POST", "", "", r#"{"a":{"b":[1]}}"#, "anything"),
    ("supabase", "GET", "rest/v1/notes", "select=*&id=eq.1", "", r#"[{"id":1}]"#),
    ("supabase", "POST", "rest/v1/notes", "", r#"[{"id":1}]"#, r#"[{"id":1}]"#),
    ("supabase", "PATCH", "rest/v1/notes", "id=eq.1", r#"{"id":2}"#, r#"[{"id":2}]"#),
    ("supabase", "GET", "auth/v1/health", "", "", r#"{"name":"GoTrue"}"#),
];

/// Names that some vendor gives a meaning.
const NAMES: [&str; 32] = [
    "p-ticket",
    "p-time",
    "p-captcha",
    "errorText",
    "failureReason",
    "failureText",
    "violations",
    "description",
    "ok",
    "accessToken",
    "expirationTime",
    "orderId",
    "commandId",
    "netPos",
    "userId",
    "totalCashValue",
    "status",
    "result",
    "error",
    "error1",
    "message",
    "token",
    "isLive",
    "accounts",
    "strategyId",
    "orders",
    "code",
    "retry_after",
    "errors",
    "id",
    "hint",
    "msg",
];

fn provider(name: &str) -> &'static dyn Provider {
    find(name).unwrap()
}

fn call((name, method, path, query, body, _): Sample) -> Call {
    let content_type = Some("application/json");
    provider(name).classify(&Request { method, path, query, content_type, body: body.as_bytes() }).unwrap()
}

/// Everything that a provider does with an answer.
fn answered(sample: Sample, status: u16, body: &[u8]) {
    let (provider, call) = (provider(sample.0), call(sample));
    let status = StatusCode::from_u16(status).unwrap();
    if let Ok(measure) = provider.measure(&call, body, &mut ()) {
        assert!(measure.items.is_none_or(|items| items >= 0) && measure.order_id.is_none_or(|id| id.chars().count() <= 200));
    }
    let named = provider.name_error(status, &HeaderMap::new(), body);
    assert!(status.is_success() || named.is_some(), "an error has a name");
    let now: DateTime<Utc> = "2026-11-20T12:00:00Z".parse().unwrap();
    let opened = provider.session().map(|session| session.opened(status, &HeaderMap::new(), body, now));
    if let Some(Ok(token)) = &opened {
        assert!(now < token.renew_at && token.renew_at < token.expires_at && status.is_success());
    }
    let refused = match opened {
        Some(Err(NotOpened::Named(named))) => Some(named),
        _ => None,
    };
    for named in named.into_iter().chain(refused) {
        assert!(!named.error_message.is_empty() && named.error_message.chars().count() <= 1_000);
        assert!(named.wait.is_none_or(|wait| wait.as_secs() <= 86_400));
    }
}

fn asked((name, method, path, query, ..): Sample, body: &[u8]) {
    let request = Request { method, path, query, content_type: Some("application/json"), body };
    match provider(name).classify(&request) {
        Ok(call) => assert!(serde_json::to_string(&call.params).unwrap().len() <= 8 * body.len() + 1_000),
        Err(refused) => assert!(refused.message.chars().count() <= 1_000 && !refused.message.is_empty()),
    }
}

fn sample() -> impl Strategy<Value = Sample> {
    prop::sample::select(SAMPLES.to_vec())
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![Just(200), 200..600_u16, prop::sample::select(vec![401, 403, 404, 423, 429, 500])]
}

/// Objects and lists of the vendors' own names with values of any form.
fn answer() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        prop::sample::select(vec!["", "Success", "UnknownReason", "ERROR", "1e300", "NaN", "-1", "9999-12-31T23:59:59Z"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let fields = prop::collection::vec((prop::sample::select(NAMES.to_vec()), inner.clone()), 0..6);
        let object =
            fields.prop_map(|fields| Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()));
        prop_oneof![object, prop::collection::vec(inner, 0..6).prop_map(Value::from)]
    })
}

/// The body with one byte changed, cut off or doubled.
fn torn(body: &str, at: prop::sample::Index, byte: u8, how: u8) -> Vec<u8> {
    let mut bytes = body.as_bytes().to_vec();
    let at = at.index(bytes.len().max(1));
    match how % 3 {
        0 => bytes.truncate(at),
        1 => bytes.insert(at.min(bytes.len()), byte),
        _ => bytes.iter_mut().skip(at).take(1).for_each(|old| *old = byte),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn random_answers_are_taken_without_a_panic(sample in sample(), status in status(), body in prop::collection::vec(any::<u8>(), 0..500)) {
        answered(sample, status, &body);
    }

    #[test]
    fn answers_of_the_right_names_in_wrong_forms_are_taken_without_a_panic(sample in sample(), status in status(), body in answer()) {
        answered(sample, status, body.to_string().as_bytes());
    }

    #[test]
    fn good_answers_that_are_torn_are_taken_without_a_panic(
        sample in sample(), status in status(), at: prop::sample::Index, byte: u8, how: u8,
    ) {
        answered(sample, status, &torn(sample.5, at, byte, how));
    }

    #[test]
    fn requests_of_any_body_are_understood_or_refused(
        sample in sample(), at: prop::sample::Index, byte: u8, how: u8, body in answer(), bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        asked(sample, &torn(sample.4, at, byte, how));
        asked(sample, body.to_string().as_bytes());
        asked(sample, &bytes);
    }

    #[test]
    fn requests_of_any_path_and_query_are_understood_or_refused(
        name in prop::sample::select(vec!["tradovate", "ironbeam", "discord", "slack", "webhook", "supabase"]),
        method in "GET|POST|PUT|PATCH|DELETE|.{0,5}", path in "[a-z0-9/._%{}-]{0,40}|.{0,40}", query in "[a-z=&%+*.]{0,40}|.{0,40}",
    ) {
        let request = Request { method: &method, path: &path, query: &query, content_type: None, body: b"" };
        if let Err(refused) = provider(name).classify(&request) {
            prop_assert!(refused.endpoint.chars().count() <= 200);
        }
    }
}

#[test]
fn deep_and_long_answers_are_refused_in_few_words() {
    let deep = "[".repeat(100_000);
    let long =
        json!({"errorText": "a ".repeat(1 << 16), "error": "b".repeat(1 << 16), "message": "c".repeat(1 << 16), "code": 1});
    let wide: Map<String, Value> = (0..4_000).map(|no| (format!("error{no}"), json!("x".repeat(20)))).collect();
    for sample in SAMPLES {
        for body in [deep.clone(), long.to_string(), Value::Object(wide.clone()).to_string()] {
            for status in [200, 400, 503] {
                answered(sample, status, body.as_bytes());
            }
            asked(sample, body.as_bytes());
        }
    }
}
