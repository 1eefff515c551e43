//! OpenRouter: `chat/completions` of OpenAI's shape with what it cost, `key`, and `models` for everybody.

use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::chat::{self, Dialect, Fields};
use super::{CREATED, Trouble, bearer, told};
use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

static DIALECT: Dialect = Dialect {
    models: &[("openai/gpt-5-mini", "openai/gpt-5-mini"), ("x-ai/grok-4-fast", "x-ai/grok-4-fast")],
    owner: "openrouter",
    error,
    no_key,
    thinks_beside: false,
    adds,
};

/// OpenRouter with these keys.
pub(crate) fn vendor(keys: Keys) -> Vendor {
    let closed = Router::new().route("/chat/completions", post(chat::completions).with_state(&DIALECT)).route("/key", get(key));
    let open = Router::new().route("/models", get(chat::models).with_state(&DIALECT));
    let router = chat::with_fallback(&DIALECT, chat::guarded(&DIALECT, keys, closed).merge(open));
    Vendor { router, key: bearer, refuse, request_id: None }
}

/// A millionth of a USD for each token.
fn adds(answer: &mut Fields, usage: &mut Fields) {
    let tokens = usage.get("total_tokens").and_then(Value::as_f64).unwrap_or_default();
    usage.insert("cost".to_owned(), json!(tokens / 1e6));
    answer.insert("provider".to_owned(), json!("Stand-in"));
}

async fn key() -> Response {
    Json(json!({"data": {"label": "sk-or-v1-...000", "limit": null, "limit_remaining": null, "limit_reset": null, "usage": 0.0,
        "usage_daily": 0.0, "is_free_tier": false, "is_management_key": false}}))
    .into_response()
}

/// Its codes are the statuses.
fn error((status, _, _, message): Trouble<'_>) -> Response {
    (super::status(status), Json(json!({"error": {"message": message, "code": status}}))).into_response()
}

fn no_key(key: Option<&str>) -> Response {
    error((401, "", "", if key.is_some() { "User not found." } else { "No auth credentials found" }))
}

const CREDITS: &str =
    "This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 0.";
const KEY_LIMIT: &str = "Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys";
const NO_PROVIDER: &str = "There is no available model provider that meets your routing requirements";

#[rustfmt::skip]
const FAULTS: &[(Kind, Trouble<'_>)] = &[
    (Kind::Unauthorized, (401, "", "", "User not found.")),
    (Kind::InsufficientFunds, (402, "", "", CREDITS)),
    (Kind::Quota, (403, "", "", KEY_LIMIT)),
    (Kind::Forbidden, (403, "", "", "Your chosen model requires moderation and your input was flagged")),
    (Kind::RateLimited, (429, "", "", "Rate limit exceeded: free-models-per-min.")),
    (Kind::BadRequest, (400, "", "", "openai/gpt-6 is not a valid model ID")),
    (Kind::ServerError, (500, "", "", "Internal Server Error")),
    (Kind::Overloaded, (502, "", "", "Provider returned error")),
    (Kind::Unavailable, (503, "", "", NO_PROVIDER)),
];

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    match kind {
        Kind::ErrorInSuccess => Some(
            Json(json!({"id": "gen-0", "object": "chat.completion", "created": CREATED, "model": "openai/gpt-5-mini",
                "choices": [{"index": 0, "finish_reason": "error", "message": {"role": "assistant", "content": "{\"ver"},
                    "error": {"code": 502, "message": "Upstream error from Stand-in"}}]}))
            .into_response(),
        ),
        kind => told(FAULTS, kind, retry_after_s, error),
    }
}
