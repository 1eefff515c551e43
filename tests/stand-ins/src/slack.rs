//! Slack's incoming webhooks as their documentation describes them. In: requests of any client. Out: `ok`, or one word for what is
//! wrong; nothing is shown to anybody. The key is the last part of the path.

use axum::extract::{Request, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Router, body::Bytes};
use serde_json::Value;

use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

/// Slack with webhooks whose URLs end so.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/services/{team}/{hook}/{secret}", post(message))
        .layer(from_fn_with_state(keys, sign_in))
        .fallback(|| async { (StatusCode::NOT_FOUND, "no_team") });
    Vendor { router, key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    let path = head.uri.path();
    path.starts_with("/services/").then(|| path.rsplit('/').next().unwrap_or_default().to_owned())
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match key(&head) {
        Some(secret) if keys.accept(&secret) => next.run(Request::from_parts(head, body)).await,
        _ => (StatusCode::FORBIDDEN, "invalid_token").into_response(),
    }
}

async fn message(body: Bytes) -> Response {
    let Ok(Value::Object(message)) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "invalid_payload").into_response();
    };
    if ["text", "blocks", "attachments"].iter().all(|name| message.get(*name).is_none_or(|value| *value == "")) {
        return (StatusCode::BAD_REQUEST, "no_text").into_response();
    }
    "ok".into_response()
}

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => (StatusCode::NOT_FOUND, "no_service").into_response(),
        Kind::Forbidden => (StatusCode::FORBIDDEN, "action_prohibited").into_response(),
        Kind::Locked => (StatusCode::FORBIDDEN, "team_disabled").into_response(),
        Kind::BadRequest => (StatusCode::GONE, "channel_is_archived").into_response(),
        Kind::RateLimited => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after_s.to_string())], "rate_limited").into_response()
        }
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "rollup_error").into_response(),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}
