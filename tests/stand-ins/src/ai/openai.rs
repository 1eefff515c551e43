//! OpenAI: `models`, `chat/completions` and `responses`.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::chat::{self, Dialect, INVALID};
use super::{Answer, CREATED, Trouble, X_REQUEST_ID, bearer, given, text, told};
use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

static DIALECT: Dialect = Dialect {
    models: &[("gpt-5-mini", "gpt-5-mini-2025-08-07"), ("gpt-5-mini-2025-08-07", "gpt-5-mini-2025-08-07")],
    owner: "system",
    error,
    no_key,
    thinks_beside: false,
    adds: |answer, _| {
        answer.insert("service_tier".to_owned(), json!("default"));
    },
};

/// OpenAI with these keys.
pub(crate) fn vendor(keys: Keys) -> Vendor {
    let responses = chat::guarded(&DIALECT, keys.clone(), Router::new().route("/responses", post(responses)));
    let router = chat::with_fallback(&DIALECT, chat::router(&DIALECT, keys).merge(responses));
    Vendor { router, key: bearer, refuse, request_id: Some(X_REQUEST_ID) }
}

fn error((status, kind, code, message): Trouble<'_>) -> Response {
    let code = if code.is_empty() { Value::Null } else { json!(code) };
    (super::status(status), Json(json!({"error": {"message": message, "type": kind, "param": null, "code": code}})))
        .into_response()
}

fn no_key(key: Option<&str>) -> Response {
    let Some(key) = key else {
        let words =
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.";
        return error((401, INVALID, "", words));
    };
    let (start, end) = (key.get(..8).unwrap_or_default(), key.get(key.len().saturating_sub(4)..).unwrap_or_default());
    let shown = format!("{start}{}{end}", "*".repeat(key.len().saturating_sub(12)));
    let words = format!(
        "Incorrect API key provided: {shown}. You can find your API key at https://platform.openai.com/account/api-keys."
    );
    error((401, INVALID, "invalid_api_key", &words))
}

const SCOPES: &str = "You have insufficient permissions for this operation. Missing scopes: api.model.read.";
const DEACTIVATED: &str = "The OpenAI account associated with this API key has been deactivated.";
const QUOTA: &str = "You exceeded your current quota, please check your plan and billing details.";
const RATE: &str =
    "Rate limit reached for gpt-5-mini in organization org-x on requests per min (RPM): Limit 500, Used 500, Requested 1.";
const OVERLOADED: &str = "The engine is currently overloaded, please try again later";
const TEMPERATURE: &str = "Unsupported value: 'temperature' does not support 3 with this model.";

#[rustfmt::skip]
const FAULTS: &[(Kind, Trouble<'_>)] = &[
    (Kind::Forbidden, (403, INVALID, "missing_scope", SCOPES)),
    (Kind::License, (403, "request_forbidden", "unsupported_country_region_territory", "Country, region, or territory not supported")),
    (Kind::Locked, (401, INVALID, "account_deactivated", DEACTIVATED)),
    (Kind::Quota, (429, "insufficient_quota", "insufficient_quota", QUOTA)),
    (Kind::InsufficientFunds, (429, "insufficient_quota", "insufficient_quota", QUOTA)),
    (Kind::RateLimited, (429, "requests", "rate_limit_exceeded", RATE)),
    (Kind::BadRequest, (400, INVALID, "unsupported_value", TEMPERATURE)),
    (Kind::ServerError, (500, "server_error", "", "The server had an error while processing your request. Sorry about that!")),
    (Kind::Overloaded, (503, "server_error", "", OVERLOADED)),
    (Kind::Unavailable, (503, "server_error", "", OVERLOADED)),
];

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    match kind {
        Kind::Unauthorized => Some(no_key(Some("sk-proj-0123456789abcdefghijklmnopMxYA"))),
        Kind::ErrorInSuccess => Some(
            Json(json!({"id": "resp_0", "object": "response", "created_at": CREATED, "status": "failed", "usage": null,
                "model": "gpt-5-mini-2025-08-07", "output": [], "incomplete_details": null,
                "error": {"code": "server_error", "message": "The model failed to generate a response."}}))
            .into_response(),
        ),
        kind => told(FAULTS, kind, retry_after_s, error),
    }
}

async fn responses(body: Bytes) -> Response {
    match responded(&body) {
        Ok(answer) => Json(answer).into_response(),
        Err(trouble) => *trouble,
    }
}

fn responded(body: &[u8]) -> Result<Value, Box<Response>> {
    let (body, model) = chat::asked(&DIALECT, body)?;
    let input = chat::needed(&DIALECT, &body, "input")?;
    let prompt = match given(&body, "instructions") {
        Some(instructions) => json!([instructions, input]),
        None => input.clone(),
    };
    let thinks = body.get("reasoning").is_some_and(|reasoning| !matches!(text(reasoning, "effort"), "" | "none"));
    let answer = Answer::to(&prompt, thinks, given(&body, "max_output_tokens"), &None);
    let thinking = thinks.then(|| json!({"type": "reasoning", "id": format!("rs_{}", answer.digits), "summary": []}));
    let (status, why) =
        if answer.cut { ("incomplete", json!({"reason": "max_output_tokens"})) } else { ("completed", Value::Null) };
    let message = json!({"type": "message", "id": format!("msg_{}", answer.digits), "role": "assistant", "status": status,
        "content": [{"type": "output_text", "text": answer.text, "annotations": []}]});
    let came = answer.came + answer.thought;
    Ok(
        json!({"id": format!("resp_{}", answer.digits), "object": "response", "created_at": CREATED, "status": status, "model": model,
        "error": null, "incomplete_details": why, "output": thinking.into_iter().chain([message]).collect::<Vec<_>>(),
        "usage": {"input_tokens": answer.sent, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": came,
            "output_tokens_details": {"reasoning_tokens": answer.thought}, "total_tokens": answer.sent + came}}),
    )
}
