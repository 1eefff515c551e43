//! Vendors of language models as their documentation describes them, without any model.
//!
//! In: requests of their clients. Out: answers that are a function of the request: a verdict made of a hash of the prompt, or the words
//! that were ordered, and tokens counted by a rule, all in README.md.

pub(crate) mod anthropic;
mod chat;
pub(crate) mod gemini;
pub(crate) mod groq;
pub(crate) mod open_router;
pub(crate) mod openai;
pub(crate) mod xai;

use axum::extract::Extension;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::faults::{Fault, Kind};

/// The time at which every answer says that it was made, in seconds since 1970.
const CREATED: i64 = 1_763_683_200;
/// Tokens that thinking takes, where it is asked for.
const THOUGHT: usize = 16;

/// The order that a request has met, if it has met any.
type Ordered = Option<Extension<Fault>>;

/// What a model says to a prompt, and what that took.
struct Answer {
    /// A verdict in JSON, or its beginning.
    text: String,
    /// Tokens of the prompt.
    sent: usize,
    /// Tokens of the text.
    came: usize,
    /// Tokens of thinking.
    thought: usize,
    /// Whether the text was cut at the tokens that it was given.
    cut: bool,
    /// The first digits of the prompt's hash, of which ids are made.
    digits: String,
}

impl Answer {
    /// The answer to a prompt, of at most so many tokens: what was ordered, else the verdict.
    fn to(prompt: &Value, thinks: bool, most: Option<&Value>, ordered: &Ordered) -> Self {
        let prompt = prompt.to_string();
        let hash = Sha256::digest(prompt.as_bytes());
        let digits = hex::encode(hash.get(..8).unwrap_or_default());
        let [first, second] = [0, 1].map(|at| hash.get(at).copied().unwrap_or_default());
        let verdict = if first % 2 == 0 { "agree" } else { "veto" };
        let confidence = f64::from(second % 100) / 100.0;
        let verdict = json!({"verdict": verdict, "confidence": confidence, "reason": format!("made of {digits}")});
        let whole = ordered.as_ref().and_then(|Extension(order)| order.text.clone()).unwrap_or_else(|| verdict.to_string());
        let most = most.and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        let cut = tokens(&whole) > most;
        let text: String = if cut { whole.chars().take(most.saturating_mul(4)).collect() } else { whole };
        let thought = if thinks { THOUGHT } else { 0 };
        Self { sent: tokens(&prompt), came: tokens(&text), text, thought, cut, digits }
    }
}

/// One for every four bytes, begun ones too.
fn tokens(text: &str) -> usize {
    text.len().div_ceil(4)
}

/// The fields of an object.
fn fields(object: Value) -> Map<String, Value> {
    if let Value::Object(fields) = object { fields } else { Map::new() }
}

/// A body, as far as it is a JSON object.
fn object(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().filter(Value::is_object)
}

/// A text of a body; empty where there is none.
fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Something of a body that is there and not empty.
fn given<'a>(body: &'a Value, name: &str) -> Option<&'a Value> {
    body.get(name).filter(|value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()))
}

fn bearer(head: &Parts) -> Option<String> {
    of_bearer(&head.headers)
}

fn of_bearer(headers: &HeaderMap) -> Option<String> {
    Some(headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.to_owned())
}

/// All but the ends of a key, as vendors repeat the one that they refuse.
fn masked(key: &str, ends: usize) -> String {
    let (start, end) = (key.get(..ends).unwrap_or_default(), key.get(key.len().saturating_sub(ends)..).unwrap_or_default());
    format!("{start}***{end}")
}

/// The same answer, with the seconds to wait.
fn wait(mut answer: Response, seconds: u64) -> Response {
    answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// An error: status, type (or Google's name of the status), code, words. What a vendor has none of is empty.
type Trouble<'a> = (u16, &'a str, &'a str, &'a str);

/// What a vendor answers to the faults that are an answer of its own; those of what stands before its API are plain text.
fn told(faults: &[(Kind, Trouble<'_>)], kind: Kind, retry_after_s: u64, error: fn(Trouble<'_>) -> Response) -> Option<Response> {
    let found = faults.iter().find(|(own, _)| *own == kind).map(|(_, trouble)| error(*trouble));
    match kind {
        Kind::RateLimited => found.map(|answer| wait(answer, retry_after_s)),
        Kind::GatewayTimeout => found.or_else(|| Some((StatusCode::GATEWAY_TIMEOUT, "upstream request timeout").into_response())),
        _ => found,
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_function_of_the_prompt() {
        let [one, same, other] =
            ["Buy EURUSD?", "Buy EURUSD?", "Buy GBPUSD?"].map(|text| Answer::to(&json!(text), false, None, &None));
        assert_eq!(one.text, same.text);
        assert_ne!(one.text, other.text);
        let verdict: Value = serde_json::from_str(&one.text).unwrap();
        assert!(["agree", "veto"].contains(&verdict["verdict"].as_str().unwrap()));
    }

    #[test]
    fn a_token_is_four_bytes_and_an_answer_ends_where_its_tokens_do() {
        assert_eq!(["", "a", "four", "fiver"].map(tokens), [0, 1, 1, 2]);
        let cut = Answer::to(&json!("Buy EURUSD?"), true, Some(&json!(3)), &None);
        assert_eq!((cut.came, cut.thought, cut.cut), (3, THOUGHT, true));
        assert_eq!(cut.sent, 4, "with its quotes the prompt has 13 bytes");
    }

    #[test]
    fn of_a_refused_key_only_the_ends_are_repeated() {
        assert_eq!(masked("gsk_0123456789", 2), "gs***89");
        assert_eq!(masked("", 2), "***");
    }
}
