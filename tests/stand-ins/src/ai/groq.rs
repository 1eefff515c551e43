//! Groq: `models` and `chat/completions` of OpenAI's shape.

use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Map, json};

use super::chat::{self, Dialect, INVALID};
use super::{Trouble, X_REQUEST_ID, bearer, fields, told};
use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

static DIALECT: Dialect = Dialect {
    models: &[("openai/gpt-oss-20b", "openai/gpt-oss-20b"), ("llama-3.3-70b-versatile", "llama-3.3-70b-versatile")],
    owner: "Groq",
    error,
    no_key: |_| error((401, INVALID, "invalid_api_key", "Invalid API Key")),
    thinks_beside: false,
    adds: |answer, usage| {
        usage.extend(fields(json!({"queue_time": 0.01, "prompt_time": 0.02, "completion_time": 0.1, "total_time": 0.12})));
        answer.insert("x_groq".to_owned(), json!({"id": "req_0"}));
    },
};

/// Groq with these keys.
pub(crate) fn vendor(keys: Keys) -> Vendor {
    let router = chat::with_fallback(&DIALECT, Router::new().nest("/openai/v1", chat::router(&DIALECT, keys)));
    Vendor { router, key: bearer, refuse, request_id: Some(X_REQUEST_ID) }
}

fn error((status, kind, code, message): Trouble<'_>) -> Response {
    let code = if code.is_empty() { json!({}) } else { json!({"code": code}) };
    let error: Map<_, _> = fields(json!({"message": message, "type": kind})).into_iter().chain(fields(code)).collect();
    (super::status(status), Json(json!({"error": error}))).into_response()
}

const BLOCKED: &str = "The model `openai/gpt-oss-20b` is blocked at the project level.";
const RESTRICTED: &str = "Organization has been restricted. Please reach out to support if you believe this was in error.";
const SPENT: &str = "API access is blocked: the organization has reached its spend limit.";
const RATE: &str =
    "Rate limit reached for model `openai/gpt-oss-20b` on requests per minute (RPM): Limit 30, Used 30, Requested 1.";

#[rustfmt::skip]
const FAULTS: &[(Kind, Trouble<'_>)] = &[
    (Kind::Unauthorized, (401, INVALID, "invalid_api_key", "Invalid API Key")),
    (Kind::Forbidden, (403, "permissions_error", "model_permission_blocked_project", BLOCKED)),
    (Kind::License, (403, "permissions_error", "model_permission_blocked_project", BLOCKED)),
    (Kind::Locked, (400, INVALID, "organization_restricted", RESTRICTED)),
    (Kind::Quota, (400, INVALID, "blocked_api_access", SPENT)),
    (Kind::InsufficientFunds, (400, INVALID, "blocked_api_access", SPENT)),
    (Kind::RateLimited, (429, "requests", "rate_limit_exceeded", RATE)),
    (Kind::BadRequest, (400, INVALID, "", "'temperature' must be less than or equal to 2")),
    (Kind::Overloaded, (498, "flex_tier_error", "capacity_exceeded", "Flex tier capacity exceeded. Try again later.")),
    (Kind::ServerError, (500, "internal_server_error", "", "Internal Server Error")),
    (Kind::Unavailable, (503, "service_unavailable", "", "Service Unavailable")),
];

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    told(FAULTS, kind, retry_after_s, error)
}
