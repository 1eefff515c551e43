//! What a browser relies on, with an API server that answers from a table.

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::api::tests::app;

const HOST: (&str, &str) = ("host", "127.0.0.1:5000");
const ORIGIN: (&str, &str) = ("origin", "http://127.0.0.1:5000");
const CONSOLE: (&str, &str) = ("x-assayer-console", "1");
const JSON: (&str, &str) = ("content-type", "application/json");

async fn ask(
    app: &axum::Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> (StatusCode, HeaderMap, Value) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let (parts, body) = app.clone().oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn signed_in(app: &axum::Router) -> String {
    let (status, headers, answer) =
        ask(app, "POST", super::PATH, &[HOST, ORIGIN, CONSOLE, JSON], &json!({"token": " good\n"})).await;
    assert_eq!((status, answer["user"].as_str()), (StatusCode::OK, Some("ann")), "{answer}");
    assert!(!answer.to_string().contains("good"), "{answer}");
    let cookie = headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains("good"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn the_cookie_is_accepted_wherever_a_bearer_token_is() {
    let app = app(false, &["desk"]);
    let cookie = signed_in(&app).await;
    let path = "/api/_proof/bot/desk/nobody";
    assert_eq!(ask(&app, "GET", path, &[("cookie", &cookie)], &Value::Null).await.0, 404, "the caller got as far as the Bot");
    assert_eq!(ask(&app, "GET", path, &[], &Value::Null).await.0, 401);
    assert_eq!(ask(&app, "GET", path, &[("cookie", "assayer=forged")], &Value::Null).await.0, 401);
    let both = [("cookie", cookie.as_str()), ("authorization", "Bearer stale")];
    assert_eq!(ask(&app, "GET", path, &both, &Value::Null).await.0, 401, "what was sent on purpose counts");
}

#[tokio::test(start_paused = true)]
async fn who_is_signed_in_is_answered_to_anyone() {
    let app = app(false, &["desk"]);
    let (status, _, answer) = ask(&app, "GET", super::PATH, &[], &Value::Null).await;
    assert_eq!(status, 200);
    assert_eq!((&answer["user"], answer["userReason"].as_str()), (&Value::Null, Some("nobody is signed in")));
    assert_eq!(answer["installation"]["environment"], "dev");
    let cookie = signed_in(&app).await;
    let (_, _, answer) = ask(&app, "GET", super::PATH, &[("cookie", &cookie)], &Value::Null).await;
    assert_eq!((answer["user"].as_str(), &answer["userReason"]), (Some("ann"), &Value::Null));
    assert!(answer["endsAt"].is_string(), "{answer}");
    let (_, _, answer) = ask(&app, "GET", super::PATH, &[("cookie", "assayer=forged")], &Value::Null).await;
    assert_eq!(answer["userReason"], "the session has ended");
}

#[tokio::test(start_paused = true)]
async fn a_write_with_a_cookie_must_come_from_the_console() {
    let app = app(false, &["desk"]);
    let cookie = signed_in(&app).await;
    let cookie = ("cookie", cookie.as_str());
    let (path, body) = ("/api/integrations/verify", json!({"namespace": "desk", "provider": "nobody"}));
    for headers in [
        vec![HOST, JSON, cookie, CONSOLE],
        vec![HOST, JSON, cookie, ORIGIN],
        vec![HOST, JSON, cookie, CONSOLE, ("origin", "http://evil.example")],
    ] {
        let (status, headers, problem) = ask(&app, "POST", path, &headers, &body).await;
        assert_eq!((status.as_u16(), problem["reasonCode"].as_str()), (403, Some("ORIGIN_UNPROVEN")), "{problem}");
        assert_eq!(headers[header::CONTENT_TYPE], "application/problem+json");
    }
    let (status, _, problem) = ask(&app, "POST", path, &[HOST, JSON, cookie, CONSOLE, ORIGIN], &body).await;
    assert_eq!((status.as_u16(), problem["reasonCode"].as_str()), (422, Some("PROVIDER_UNKNOWN")), "{problem}");
    let bearer = [HOST, JSON, ("authorization", "Bearer good")];
    assert_eq!(ask(&app, "POST", path, &bearer, &body).await.0, 422, "a bearer token is sent by nobody else's page");
}

#[tokio::test(start_paused = true)]
async fn signing_in_and_out_comes_from_the_console_and_no_token_comes_back() {
    let app = app(false, &[]);
    for (headers, body, status) in [
        (vec![HOST, JSON], json!({"token": "good"}), 403),
        (vec![HOST, JSON, CONSOLE, ("origin", "http://evil.example")], json!({"token": "good"}), 403),
        (vec![HOST, JSON, CONSOLE, ORIGIN], json!({"token": "canary"}), 401),
        (vec![HOST, JSON, CONSOLE, ORIGIN], json!("canary"), 422),
        (vec![HOST, JSON, CONSOLE, ORIGIN], json!({"token": "good", "canary": 1}), 422),
        (vec![HOST, CONSOLE, ORIGIN], json!({"token": "canary"}), 415),
    ] {
        let (answered, headers, problem) = ask(&app, "POST", super::PATH, &headers, &body).await;
        assert_eq!(answered.as_u16(), status, "{body}: {problem}");
        assert!(!headers.contains_key(header::SET_COOKIE) && !problem.to_string().contains("canary"), "{problem}");
        assert!(problem["reasonCode"].is_string(), "{problem}");
    }
    assert_eq!(ask(&app, "DELETE", super::PATH, &[HOST], &Value::Null).await.0, 403);
    let (status, headers, _) = ask(&app, "DELETE", super::PATH, &[HOST, ORIGIN, CONSOLE], &Value::Null).await;
    assert_eq!(status, 204);
    assert!(headers[header::SET_COOKIE].to_str().unwrap().starts_with("assayer=; Path=/; Max-Age=0;"));
}

#[tokio::test(start_paused = true)]
async fn a_long_token_is_kept_in_several_cookies_and_a_longer_one_is_refused() {
    let app = app(false, &["desk"]);
    let sign_in = async |bytes: usize| {
        let token = format!("good-{}", "x".repeat(bytes));
        ask(&app, "POST", super::PATH, &[HOST, ORIGIN, CONSOLE, JSON], &json!({"token": token})).await
    };
    let (status, headers, _) = sign_in(9_000).await;
    assert_eq!(status, 200);
    let given: Vec<_> = headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    let kept: Vec<_> =
        given.iter().filter(|text| !text.contains("Max-Age=0;")).map(|text| text.split(';').next().unwrap()).collect();
    assert_eq!((given.len(), kept.len()), (4, 4), "9,000 bytes are 12,000 in base64");
    let who = async |cookies: &[&str]| ask(&app, "GET", super::PATH, &[("cookie", &cookies.join("; "))], &Value::Null).await.2;
    assert_eq!(who(&kept).await["user"], "ann");
    assert_eq!(who(&kept[..3]).await["userReason"], "the session has ended", "a part is missing");
    assert_eq!(who(&[kept[0], kept[2], kept[1], kept[3]]).await["user"], "ann", "in whatever order");

    let (status, headers, problem) = sign_in(12_000).await;
    assert_eq!((status.as_u16(), problem["reasonCode"].as_str()), (422, Some("REQUEST_INVALID")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().starts_with("token: ") && !problem.to_string().contains("xxx"), "{problem}");
    assert!(!headers.contains_key(header::SET_COOKIE));
}
