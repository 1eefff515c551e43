//! Anthropic: `v1/models`, `v1/messages` and `v1/messages/count_tokens`.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Answer, Ordered, Trouble, fields, given, object, of_bearer, text, tokens, told};
use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

/// Its models, each with the name that answers.
const MODELS: [(&str, &str); 2] =
    [("claude-haiku-4-5", "claude-haiku-4-5-20251001"), ("claude-haiku-4-5-20251001", "claude-haiku-4-5-20251001")];
const VERSION: &str = "anthropic-version";
const VERSIONS: [&str; 3] = ["2023-01-01", "2023-06-01", STRICT];
/// The version that takes no sampling parameters.
const STRICT: &str = "2026-10-21";
const SAMPLING: [&str; 3] = ["temperature", "top_p", "top_k"];

/// Anthropic with these keys.
pub(crate) fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/v1/models", get(models))
        .route("/v1/messages", post(messages))
        .route("/v1/messages/count_tokens", post(count_tokens))
        .route_layer(from_fn_with_state(keys, sign_in))
        .fallback(|| async { error((404, "not_found_error", "", "Not Found")) });
    Vendor { router, key, refuse, request_id: Some(HeaderName::from_static("request-id")) }
}

fn key(head: &Parts) -> Option<String> {
    of_headers(&head.headers)
}

fn of_headers(headers: &HeaderMap) -> Option<String> {
    let own = headers.get("x-api-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    own.or_else(|| of_bearer(headers))
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    match of_headers(request.headers()) {
        None => error((401, "authentication_error", "", "x-api-key header is required")),
        Some(key) if !keys.accept(&key) => error((401, "authentication_error", "", "invalid x-api-key")),
        Some(_) => match request.headers().get(VERSION).map(|version| version.to_str().unwrap_or_default()) {
            None => invalid("anthropic-version: header is required"),
            Some(version) if !VERSIONS.contains(&version) => {
                invalid(&format!("anthropic-version: \"{version}\" is not a valid version"))
            }
            Some(_) => next.run(request).await,
        },
    }
}

/// Its code, where there is one, is a detail.
fn error((status, kind, code, message): Trouble<'_>) -> Response {
    let mut error = fields(json!({"type": kind, "message": message}));
    error.extend((!code.is_empty()).then(|| ("details".to_owned(), json!({"error_code": code}))));
    (super::status(status), Json(json!({"type": "error", "error": error, "request_id": null}))).into_response()
}

fn invalid(message: &str) -> Response {
    error((400, INVALID, "", message))
}

const INVALID: &str = "invalid_request_error";
const PERMISSION: &str = "Your API key does not have permission to use the specified resource.";
const BILLING: &str = "There is an issue with your billing or payment information.";
const OWN_LIMIT: &str = "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
const RATE: &str = "This request would exceed your organization's rate limit of 50 requests per minute.";

#[rustfmt::skip]
const FAULTS: &[(Kind, Trouble<'_>)] = &[
    (Kind::Unauthorized, (401, "authentication_error", "", "invalid x-api-key")),
    (Kind::Forbidden, (403, "permission_error", "", PERMISSION)),
    (Kind::License, (403, "permission_error", "", PERMISSION)),
    (Kind::Locked, (400, INVALID, "organization_on_hold", "This organization has been disabled.")),
    (Kind::InsufficientFunds, (402, "billing_error", "", BILLING)),
    (Kind::Quota, (400, INVALID, "", OWN_LIMIT)),
    (Kind::RateLimited, (429, "rate_limit_error", "", RATE)),
    (Kind::BadRequest, (400, INVALID, "", "max_tokens: 0 is less than the minimum of 1")),
    (Kind::Overloaded, (529, "overloaded_error", "", "Overloaded")),
    (Kind::ServerError, (500, "api_error", "", "Internal server error")),
    (Kind::Unavailable, (503, "api_error", "", "Service unavailable")),
];

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    told(FAULTS, kind, retry_after_s, error)
}

async fn models() -> Response {
    let model = |(id, _): (&str, &str)| {
        json!({"type": "model", "id": id, "display_name": id, "created_at": "2025-10-01T00:00:00Z", "max_input_tokens": 200_000,
            "max_tokens": 64_000})
    };
    let all: Vec<_> = MODELS.into_iter().map(model).collect();
    Json(json!({"data": all, "has_more": false, "first_id": MODELS[0].0, "last_id": MODELS[1].0})).into_response()
}

/// The body, and the name of the model that answers it.
fn asked(headers: &HeaderMap, body: &[u8]) -> Result<(Value, &'static str), Box<Response>> {
    let Some(body) = object(body) else { return Err(Box::new(invalid("The request body is not valid JSON"))) };
    if given(&body, "messages").is_none() {
        return Err(Box::new(invalid("messages: at least one message is required")));
    }
    let strict = headers.get(VERSION).is_some_and(|version| version == STRICT);
    if let Some(name) = SAMPLING.into_iter().find(|name| strict && body.get(name).is_some()) {
        return Err(Box::new(invalid(&format!("{name}: Extra inputs are not permitted"))));
    }
    let name = text(&body, "model");
    match MODELS.into_iter().find(|(id, _)| *id == name) {
        Some((_, model)) => Ok((body, model)),
        None => Err(Box::new(error((404, "not_found_error", "", &format!("model: {name}"))))),
    }
}

async fn messages(headers: HeaderMap, ordered: Ordered, body: Bytes) -> Response {
    match answered(&headers, &ordered, &body) {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => *refusal,
    }
}

fn answered(headers: &HeaderMap, ordered: &Ordered, body: &[u8]) -> Result<Value, Box<Response>> {
    let (body, model) = asked(headers, body)?;
    let most = given(&body, "max_tokens").ok_or_else(|| Box::new(invalid("max_tokens: Field required")))?;
    if body.get("stream").and_then(Value::as_bool) == Some(true) {
        return Err(Box::new(invalid("stream: this stand-in does not stream")));
    }
    let thinks = body.get("thinking").is_some_and(|thinking| !matches!(text(thinking, "type"), "" | "disabled"));
    let answer = Answer::to(body.get("messages").unwrap_or(&Value::Null), thinks, Some(most), ordered);
    let system = given(&body, "system").map(Value::to_string).unwrap_or_default();
    let (fresh, cached) = if system.contains("cache_control") { (0, tokens(&system)) } else { (tokens(&system), 0) };
    let thinking = thinks.then(|| json!({"type": "thinking", "thinking": "…", "signature": answer.digits}));
    let content: Vec<_> = thinking.into_iter().chain([json!({"type": "text", "text": answer.text})]).collect();
    Ok(json!({"id": format!("msg_{}", answer.digits), "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": if answer.cut { "max_tokens" } else { "end_turn" }, "stop_sequence": null,
        "usage": {"input_tokens": answer.sent + fresh, "cache_creation_input_tokens": cached, "cache_read_input_tokens": 0,
            "output_tokens": answer.came + answer.thought, "service_tier": "standard"}}))
}

async fn count_tokens(headers: HeaderMap, body: Bytes) -> Response {
    match asked(&headers, &body) {
        Ok((body, _)) => {
            let of = |name| given(&body, name).map_or(0, |value| tokens(&value.to_string()));
            Json(json!({"input_tokens": of("messages") + of("system")})).into_response()
        }
        Err(refusal) => *refusal,
    }
}
