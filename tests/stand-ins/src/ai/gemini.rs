//! Google Gemini: `models` and `models/{model}:generateContent`, in either version.

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Answer, Ordered, Trouble, fields, given, object, tokens, told};
use crate::faults::Kind;
use crate::keys::Keys;
use crate::ledger::parameters;
use crate::shell::Vendor;

/// Its models, each with the version that answers.
const MODELS: [(&str, &str); 2] = [("gemini-flash-latest", "gemini-2.5-flash"), ("gemini-2.5-flash", "gemini-2.5-flash")];

/// Gemini with these keys.
pub(crate) fn vendor(keys: Keys) -> Vendor {
    let version = Router::new().route("/models", get(models)).route("/models/{call}", post(call));
    let router = Router::new()
        .nest("/v1beta", version.clone())
        .nest("/v1", version)
        .route_layer(from_fn_with_state(keys, sign_in))
        .fallback(|| async { error((404, "NOT_FOUND", "", "Requested entity was not found.")) });
    Vendor { router, key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    let own = head.headers.get("x-goog-api-key").and_then(|key| key.to_str().ok()).map(str::to_owned);
    own.or_else(|| parameters(head.uri.query().unwrap_or_default().as_bytes()).remove("key"))
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match key(&head) {
        None => error((403, "PERMISSION_DENIED", "", UNREGISTERED)),
        Some(key) if keys.accept(&key) => next.run(Request::from_parts(head, body)).await,
        Some(_) => error(NOT_VALID),
    }
}

/// The reason, where there is one, is a detail.
fn error((status, name, reason, message): Trouble<'_>) -> Response {
    let info = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com",
        "metadata": {"service": "generativelanguage.googleapis.com"}});
    detailed((status, name, message), (!reason.is_empty()).then_some(info))
}

fn detailed((status, name, message): (u16, &str, &str), detail: Option<Value>) -> Response {
    let mut error = fields(json!({"code": status, "message": message, "status": name}));
    error.extend(detail.map(|detail| ("details".to_owned(), json!([detail]))));
    (super::status(status), Json(json!({"error": error}))).into_response()
}

const UNREGISTERED: &str = "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.";
const DISABLED: &str = "Generative Language API has not been used in project 0 before or it is disabled.";
const NOT_VALID: Trouble<'_> = (400, "INVALID_ARGUMENT", "API_KEY_INVALID", "API key not valid. Please pass a valid API key.");
const UNKNOWN_NAME: &str = "Invalid JSON payload received. Unknown name \"content\": Cannot find field.";
const OVERLOADED: &str = "The model is overloaded. Please try again later.";

#[rustfmt::skip]
const FAULTS: &[(Kind, Trouble<'_>)] = &[
    (Kind::Unauthorized, NOT_VALID),
    (Kind::Forbidden, (403, "PERMISSION_DENIED", "SERVICE_DISABLED", DISABLED)),
    (Kind::License, (400, "FAILED_PRECONDITION", "", "User location is not supported for the API use.")),
    (Kind::InsufficientFunds, (402, "RESOURCE_EXHAUSTED", "", "Your prepayment credits are depleted.")),
    (Kind::BadRequest, (400, "INVALID_ARGUMENT", "", UNKNOWN_NAME)),
    (Kind::ServerError, (500, "INTERNAL", "", "An internal error has occurred.")),
    (Kind::Overloaded, (503, "UNAVAILABLE", "", OVERLOADED)),
    (Kind::Unavailable, (503, "UNAVAILABLE", "", OVERLOADED)),
    (Kind::GatewayTimeout, (504, "DEADLINE_EXCEEDED", "", "Deadline expired before operation could complete.")),
];

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    let exhausted = |words, detail| Some(detailed((429, "RESOURCE_EXHAUSTED", words), Some(detail)));
    match kind {
        Kind::Quota => {
            let day = json!({"quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
                "quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"});
            let failure = json!({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [day]});
            exhausted("You exceeded your current quota, please check your plan and billing details.", failure)
        }
        // How long to wait is in the body, and in no header.
        Kind::RateLimited => {
            let info = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": format!("{retry_after_s}s")});
            exhausted("Resource has been exhausted (e.g. check quota).", info)
        }
        kind => told(FAULTS, kind, retry_after_s, error),
    }
}

async fn models() -> Response {
    let model = |(id, version): (&str, &str)| {
        json!({"name": format!("models/{id}"), "version": version, "displayName": id, "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536, "supportedGenerationMethods": ["generateContent"]})
    };
    Json(json!({"models": MODELS.map(model)})).into_response()
}

async fn call(Path(call): Path<String>, ordered: Ordered, body: Bytes) -> Response {
    let model = call.strip_suffix(":generateContent");
    let Some((_, version)) = MODELS.into_iter().find(|(id, _)| Some(*id) == model) else {
        let words = format!("models/{call} is not found, or is not supported for generateContent.");
        return error((404, "NOT_FOUND", "", &words));
    };
    let body = object(&body).unwrap_or_default();
    let Some(contents) = given(&body, "contents") else {
        let words = "* GenerateContentRequest.contents: contents is not specified";
        return error((400, "INVALID_ARGUMENT", "", words));
    };
    Json(generated(&body, contents, version, &ordered)).into_response()
}

/// Either spelling of a field.
fn either<'a>(body: &'a Value, camel: &str, snake: &str) -> Option<&'a Value> {
    given(body, camel).or_else(|| given(body, snake))
}

fn generated(body: &Value, contents: &Value, version: &str, ordered: &Ordered) -> Value {
    let system = either(body, "systemInstruction", "system_instruction").map(Value::to_string).unwrap_or_default();
    let config = either(body, "generationConfig", "generation_config").unwrap_or(&Value::Null);
    let thinking = config.get("thinkingConfig").and_then(|thinking| thinking.get("thinkingBudget")).and_then(Value::as_i64);
    let answer = Answer::to(contents, thinking.is_some_and(|budget| budget != 0), given(config, "maxOutputTokens"), ordered);
    let sent = answer.sent + tokens(&system);
    let mut usage = fields(json!({"promptTokenCount": sent, "candidatesTokenCount": answer.came,
        "totalTokenCount": sent + answer.came + answer.thought}));
    // A zero is left out.
    usage.extend((answer.thought > 0).then(|| ("thoughtsTokenCount".to_owned(), json!(answer.thought))));
    let reason = if answer.cut { "MAX_TOKENS" } else { "STOP" };
    let content = json!({"role": "model", "parts": [{"text": answer.text}]});
    json!({"candidates": [{"content": content, "finishReason": reason, "index": 0}],
        "usageMetadata": usage, "modelVersion": version, "responseId": answer.digits})
}
