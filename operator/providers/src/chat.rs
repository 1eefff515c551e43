//! What APIs of OpenAI's shape have in common. In: bodies. Out: what they hold, and the names of their errors. Pure.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};
use rust_decimal::Decimal;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use crate::{
    Charge, Measure, MeasureError, NamedError,
    rest::{self, Count, Endpoint, Fact, Takes},
    text,
};

/// The list of models.
pub(crate) const MODELS: Endpoint =
    Endpoint::get(Source::Ai, "models", |_, body| Ok(rest::about(rest::counted(&rest::parse::<Models>(body)?.data))));

/// What a model reads. Tools are among it: besides, they may name other servers and the keys to them.
const CONTENT: &[&str] = &["messages", "input", "instructions", "prompt", "prediction", "documents", "tools", "functions"];
/// With these an answer comes in pieces, or not at once.
const WHOLE: &[&str] = &["stream", "background", "deferred"];

/// `chat/completions`, which takes these fields.
pub(crate) const fn completions(fields: &'static [&'static str]) -> Endpoint {
    inference("chat/completions", fields, |_, body| completion(body))
}

/// An endpoint at which a model is asked.
pub(crate) const fn inference(path: &'static str, fields: &'static [&'static str], measure: Count) -> Endpoint {
    Endpoint {
        method: "POST",
        takes: Takes::Json,
        fields,
        asks: &[
            (Fact::Model, "model"),
            (Fact::Model, "models"),
            (Fact::MostTokens, "max_completion_tokens"),
            (Fact::MostTokens, "max_tokens"),
            (Fact::MostTokens, "max_output_tokens"),
            (Fact::Answers, "n"),
        ],
        digests: CONTENT,
        whole: WHOLE,
        charge: Charge::ByUse,
        ..Endpoint::get(Source::Ai, path, measure)
    }
}

#[derive(Deserialize)]
struct Models {
    data: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Completion {
    model: String,
    choices: Vec<IgnoredAny>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
    completion_tokens_details: Option<Details>,
    /// In USD; OpenRouter says it.
    cost: Option<f64>,
}

#[derive(Deserialize)]
struct Details {
    reasoning_tokens: Option<u32>,
}

impl Usage {
    /// OpenAI and Groq count reasoning among the tokens of the completion; xAI counts it beside them, which shows in the total.
    fn tokens_out(&self) -> i64 {
        let [sent, came, total] = [self.prompt_tokens, self.completion_tokens, self.total_tokens].map(i64::from);
        let reasoning = self.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens).map_or(0, i64::from);
        if sent + came + reasoning == total { came + reasoning } else { came }
    }
}

fn completion(body: &[u8]) -> Result<Measure, MeasureError> {
    let Completion { model, choices, usage } = rest::parse(body)?;
    Ok(Measure {
        model: model_of(&model),
        tokens_in: usage.as_ref().map(|usage| usage.prompt_tokens.into()),
        tokens_out: usage.as_ref().map(Usage::tokens_out),
        quoted_usd: usage.and_then(|usage| usage.cost).and_then(usd),
        ..rest::counted(&choices)
    })
}

/// The name of a model, as a row has it.
pub(crate) fn model_of(name: &str) -> Option<String> {
    Some(text::clean(name, 200)).filter(|name| !name.is_empty())
}

/// A price that is one, by its shortest decimal spelling.
fn usd(cost: f64) -> Option<Decimal> {
    cost.to_string().parse::<Decimal>().ok().filter(|usd| !usd.is_sign_negative())
}

/// What an error says.
#[derive(Debug)]
pub(crate) struct Said {
    /// The answer's status; of an error in an answer that is otherwise good, the one that it names, or 500.
    pub(crate) status: StatusCode,
    /// The vendor's code; empty where it gave none.
    pub(crate) code: String,
    /// The vendor's type of error; empty where it gave none.
    pub(crate) kind: String,
    /// Its words.
    pub(crate) message: String,
}

/// Names the error of an answer. `reason` knows what the vendor means by codes that not all have.
pub(crate) fn name_error(
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    reason: fn(&Said) -> Option<ReasonCode>,
) -> Option<NamedError> {
    let found = if !status.is_success() || has_error(body) { error_in(body) } else { return None };
    let Some((error, answer)) = found else { return Some(NamedError::unreadable(meant(status, None), body)) };
    let said = said(status, &error, &answer);
    let code = if said.code.is_empty() { &said.kind } else { &said.code };
    let reason = reason(&said).unwrap_or_else(|| usual(&said));
    let wait = headers.get("retry-after-ms").and_then(|ms| ms.to_str().ok()?.parse().ok()).map(Duration::from_millis);
    Some(NamedError { wait, ..NamedError::new(said.status, reason, Some(code), &said.message) })
}

/// Whether a good answer holds an error, its own or a choice's, without holding the answer.
fn has_error(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Part {
        error: Option<IgnoredAny>,
    }
    #[derive(Deserialize)]
    struct Whole {
        error: Option<IgnoredAny>,
        #[serde(default)]
        choices: Vec<Part>,
    }
    serde_json::from_slice::<Whole>(body)
        .is_ok_and(|whole| whole.error.is_some() || whole.choices.iter().any(|choice| choice.error.is_some()))
}

/// The error of an answer, and the answer.
fn error_in(body: &[u8]) -> Option<(Value, Value)> {
    let answer = rest::error(body)?;
    let choices = answer.get("choices").and_then(Value::as_array).into_iter().flatten();
    let found = std::iter::once(&answer).chain(choices).filter_map(|part| part.get("error")).find(|error| !error.is_null())?;
    Some((found.clone(), answer))
}

/// An object with all that is said, or (at xAI) a text beside its code.
fn said(status: StatusCode, error: &Value, answer: &Value) -> Said {
    let of = |place: &Value, name: &str| match place.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (code, kind, message) = match error.as_str() {
        Some(text) => (of(answer, "code"), String::new(), text.to_owned()),
        None => (of(error, "code"), of(error, "type"), of(error, "message")),
    };
    Said { status: meant(status, code.parse().ok()), code, kind, message }
}

/// The status of an error in an answer that is otherwise good.
fn meant(status: StatusCode, code: Option<u16>) -> StatusCode {
    if !status.is_success() {
        return status;
    }
    let code = code.and_then(|code| StatusCode::from_u16(code).ok());
    code.filter(|code| code.is_client_error() || code.is_server_error()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// What the codes mean that OpenAI gave and others took over, and the statuses that few use.
fn usual(said: &Said) -> ReasonCode {
    if said.message.contains("Missing scopes") || said.message.contains("insufficient permissions") {
        return ReasonCode::ProviderEntitlement;
    }
    // An old account's quota has no code but a type.
    match [said.code.as_str(), said.kind.as_str()].map(|word| known(word, said.status)) {
        [Some(reason), _] | [None, Some(reason)] => reason,
        [None, None] => match said.status.as_u16() {
            // Of its own time-outs, and of services that the vendor depends on.
            408 | 424 | 498 | 499 => ReasonCode::ProviderError,
            status => ReasonCode::of_vendor_status(status),
        },
    }
}

fn known(word: &str, status: StatusCode) -> Option<ReasonCode> {
    Some(match word {
        "insufficient_quota" | "billing_hard_limit_reached" | "billing_not_active" => ReasonCode::ProviderQuota,
        // A request that is larger than the limit passes at no time.
        "rate_limit_exceeded" if status != StatusCode::PAYLOAD_TOO_LARGE => ReasonCode::ProviderRateLimited,
        "invalid_api_key" => ReasonCode::ProviderAuth,
        "account_deactivated" => ReasonCode::ProviderAccountLocked,
        "invalid_prompt" => ReasonCode::ProviderRejectedRequest,
        _ => return None,
    })
}

/// A refusal as OpenAI's own client reads it.
pub(crate) fn refusal(_status: StatusCode, reason: ReasonCode, message: &str) -> Value {
    json!({"error": {"message": message, "type": "gateway_refusal", "param": null, "code": reason}})
}
