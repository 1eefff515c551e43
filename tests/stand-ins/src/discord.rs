//! Discord's webhooks as their documentation describes them. In: requests of any client. Out: answers and errors; nothing is shown to
//! anybody. The key is the token, the last part of the path.

use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::Keys;
use crate::ledger::Parameters;
use crate::shell::Vendor;

/// Discord with webhooks of these tokens.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/api/webhooks/{id}/{token}", get(webhook).post(execute))
        .route("/api/{version}/webhooks/{id}/{token}", get(webhook_of_version).post(execute))
        .layer(from_fn_with_state(keys, sign_in))
        .fallback(|| async { error(StatusCode::NOT_FOUND, 0, "404: Not Found") });
    Vendor { router, key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    let path = head.uri.path();
    path.contains("/webhooks/").then(|| path.rsplit('/').next().unwrap_or_default().to_owned())
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match key(&head) {
        Some(token) if keys.accept(&token) => next.run(Request::from_parts(head, body)).await,
        _ => error(StatusCode::UNAUTHORIZED, 50_027, "Invalid Webhook Token"),
    }
}

fn error(status: StatusCode, code: u32, message: &str) -> Response {
    (status, Json(json!({"message": message, "code": code}))).into_response()
}

async fn webhook(Path((id, token)): Path<(String, String)>) -> Json<Value> {
    described(&id, &token)
}

async fn webhook_of_version(Path((_, id, token)): Path<(String, String, String)>) -> Json<Value> {
    described(&id, &token)
}

fn described(id: &str, token: &str) -> Json<Value> {
    Json(json!({"id": id, "type": 1, "name": "stand-in", "avatar": null, "channel_id": "200000000000000001",
        "guild_id": "200000000000000002", "application_id": null, "token": token,
        "url": format!("https://discord.com/api/webhooks/{id}/{token}")}))
}

async fn execute(Query(params): Query<Parameters>, Json(message): Json<Value>) -> Response {
    let content = message.get("content").and_then(Value::as_str).unwrap_or_default();
    let embeds = message.get("embeds").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if content.is_empty() && embeds.is_empty() {
        return error(StatusCode::BAD_REQUEST, 50_006, "Cannot send an empty message");
    }
    if content.chars().count() > 2_000 || embeds.len() > 10 {
        let wrong =
            json!({"content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]}});
        let body = json!({"code": 50_035, "errors": wrong, "message": "Invalid Form Body"});
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    if params.get("wait").map(String::as_str) != Some("true") {
        return StatusCode::NO_CONTENT.into_response();
    }
    Json(json!({"id": "300000000000000001", "type": 0, "content": content, "channel_id": "200000000000000001", "embeds": embeds,
        "mentions": [], "mention_everyone": false, "webhook_id": "100000000000000001"}))
    .into_response()
}

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        // As if it had been deleted, which is another error than a token that was never good.
        Kind::Unauthorized => error(StatusCode::NOT_FOUND, 10_015, "Unknown Webhook"),
        Kind::Forbidden => error(StatusCode::FORBIDDEN, 50_013, "Missing Permissions"),
        Kind::BadRequest => error(StatusCode::BAD_REQUEST, 50_006, "Cannot send an empty message"),
        Kind::RateLimited => {
            let body = json!({"message": "You are being rate limited.", "retry_after": f64::from(u32::try_from(retry_after_s).ok()?) + 0.57,
                "global": false});
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, (retry_after_s + 1).to_string())], Json(body)).into_response()
        }
        Kind::ServerError => error(StatusCode::INTERNAL_SERVER_ERROR, 0, "500: Internal Server Error"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "upstream connect error").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}
