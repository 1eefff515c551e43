//! `models` and `chat/completions`, as OpenAI has them and others took them over. What a vendor does in its own way is its dialect.

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Map, Value, json};

use super::{Answer, CREATED, Ordered, Trouble, bearer, fields, given, object, text};
use crate::keys::Keys;

/// The fields of an object.
pub(super) type Fields = Map<String, Value>;

/// How a vendor speaks.
pub(super) struct Dialect {
    /// Its models, each with the name that answers.
    pub(super) models: &'static [(&'static str, &'static str)],
    /// Who is said to own them.
    pub(super) owner: &'static str,
    /// Its envelope of errors.
    pub(super) error: fn(Trouble<'_>) -> Response,
    /// Its refusal of a key, or of none.
    pub(super) no_key: fn(Option<&str>) -> Response,
    /// Whether thinking is counted beside the tokens of the completion, and not among them.
    pub(super) thinks_beside: bool,
    /// What it adds to an answer, and to its usage.
    pub(super) adds: fn(&mut Fields, &mut Fields),
}

/// The two endpoints, behind a key.
pub(super) fn router(dialect: &'static Dialect, keys: Keys) -> Router {
    let open = Router::new().route("/models", get(models)).route("/chat/completions", post(completions)).with_state(dialect);
    guarded(dialect, keys, open)
}

/// Nobody comes to these endpoints without a key.
pub(super) fn guarded(dialect: &'static Dialect, keys: Keys, router: Router) -> Router {
    router.route_layer(from_fn_with_state((dialect, keys), sign_in))
}

/// Paths that the vendor does not have.
pub(super) fn with_fallback(dialect: &'static Dialect, router: Router) -> Router {
    let unknown = move || async { (dialect.error)((404, INVALID, "unknown_url", "Unknown request URL")) };
    router.fallback(unknown)
}

pub(super) const INVALID: &str = "invalid_request_error";

async fn sign_in(State((dialect, keys)): State<(&'static Dialect, Keys)>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let key = bearer(&head);
    match key.as_deref() {
        Some(key) if keys.accept(key) => next.run(Request::from_parts(head, body)).await,
        key => (dialect.no_key)(key),
    }
}

pub(super) async fn models(State(dialect): State<&'static Dialect>) -> Response {
    let model = |(id, _): &(&str, &str)| json!({"id": id, "object": "model", "created": CREATED, "owned_by": dialect.owner});
    Json(json!({"object": "list", "data": dialect.models.iter().map(model).collect::<Vec<_>>()})).into_response()
}

pub(super) async fn completions(State(dialect): State<&'static Dialect>, ordered: Ordered, body: Bytes) -> Response {
    match completed(dialect, &ordered, &body) {
        Ok(answer) => Json(answer).into_response(),
        Err(trouble) => *trouble,
    }
}

fn completed(dialect: &Dialect, ordered: &Ordered, body: &[u8]) -> Result<Value, Box<Response>> {
    let (body, model) = asked(dialect, body)?;
    let messages = needed(dialect, &body, "messages")?;
    let thinks = !matches!(text(&body, "reasoning_effort"), "" | "none");
    let answer = Answer::to(messages, thinks, given(&body, "max_completion_tokens").or(given(&body, "max_tokens")), ordered);
    let count = body.get("n").and_then(Value::as_u64).unwrap_or(1).clamp(1, 8);
    let choice = |index| {
        let message = json!({"role": "assistant", "content": answer.text, "refusal": null});
        json!({"index": index, "message": message, "logprobs": null, "finish_reason": if answer.cut { "length" } else { "stop" }})
    };
    let came = answer.came * usize::try_from(count).unwrap_or(1);
    let mut usage = fields(json!({
        "prompt_tokens": answer.sent,
        "completion_tokens": came + if dialect.thinks_beside { 0 } else { answer.thought },
        "total_tokens": answer.sent + came + answer.thought,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": answer.thought},
    }));
    let mut said = fields(json!({"id": format!("chatcmpl-{}", answer.digits), "object": "chat.completion", "created": CREATED,
        "model": model, "choices": (0..count).map(choice).collect::<Vec<_>>(), "system_fingerprint": null}));
    (dialect.adds)(&mut said, &mut usage);
    said.insert("usage".to_owned(), usage.into());
    Ok(said.into())
}

/// The body, and the name of the model that answers it.
pub(super) fn asked(dialect: &Dialect, body: &[u8]) -> Result<(Value, &'static str), Box<Response>> {
    let refuse = |trouble: Trouble<'_>| Box::new((dialect.error)(trouble));
    let Some(body) = object(body) else {
        let words = "We could not parse the JSON body of your request.";
        return Err(refuse((400, INVALID, "", words)));
    };
    let name = needed(dialect, &body, "model")?.as_str().unwrap_or_default();
    let Some((_, model)) = dialect.models.iter().find(|(id, _)| *id == name) else {
        let words = format!("The model `{name}` does not exist or you do not have access to it.");
        return Err(refuse((404, INVALID, "model_not_found", &words)));
    };
    if body.get("stream").and_then(Value::as_bool) == Some(true) {
        return Err(refuse((400, INVALID, "unsupported_value", "This stand-in does not stream.")));
    }
    Ok((body, model))
}

/// The same field of a body; without it, there is no answer.
pub(super) fn needed<'a>(dialect: &Dialect, body: &'a Value, name: &str) -> Result<&'a Value, Box<Response>> {
    given(body, name).ok_or_else(|| {
        let words = format!("Missing required parameter: '{name}'.");
        Box::new((dialect.error)((400, INVALID, "missing_required_parameter", &words)))
    })
}
