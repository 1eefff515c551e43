//! Google Gemini. In and out: see [`Vendor`]. Pure.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use crate::{
    Category, Charge, Facts, Form, Key, Measure, MeasureError, NamedError, SignIn, Verify, chat,
    rest::{self, Endpoint, Errors, Fact, Takes, Vendor},
};

/// Google Gemini.
pub(crate) static GEMINI: Vendor =
    Vendor { key_beginnings: &["AIza"], refusal: Some(refusal), ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error)) };

const NAME: &str = "gemini";
const KEY: &str = "GEMINI_API_KEY";

static FACTS: Facts = Facts {
    name: NAME,
    title: "Google Gemini",
    category: Category::Source(Source::Ai),
    // The vendor's own client is given the host, and begins its paths with one version or the other.
    base: "https://generativelanguage.googleapis.com/",
    required_keys: &[Key {
        name: KEY,
        also: &["GOOGLE_API_KEY"],
        form: Form {
            certain: |key| Form::is_word_of(key, NAME),
            likely: |key| {
                let body = key.strip_prefix("AIza").unwrap_or_default();
                body.len() == 35 && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            },
            expected: "39 letters, digits, \"-\" and \"_\" that begin with \"AIza\"",
        },
        hint: "aistudio.google.com, Get API key.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Headers(&[("x-goog-api-key", KEY)]),
    verify: Some(Verify { method: "GET", path: "v1beta/models", query: "" }),
    // They depend on model, tier and project, and only AI Studio tells them.
    limits: &[],
    request_id_header: None,
    plan: "The free tier has few requests a minute and a day for each model, and is not offered in every country: there the answer is 400 FAILED_PRECONDITION until the project has billing. Prepaid credits that are used up are 402.",
};

static ENDPOINTS: [Endpoint; 4] = [
    models("v1beta/models"),
    generate_content("v1beta/models/{model}:generateContent"),
    models("v1/models"),
    generate_content("v1/models/{model}:generateContent"),
];

const fn models(path: &'static str) -> Endpoint {
    Endpoint {
        fields: &["pageSize", "pageToken"],
        ..Endpoint::get(Source::Ai, path, |_, body| Ok(rest::about(rest::counted(&rest::parse::<Models>(body)?.models))))
    }
}

const fn generate_content(path: &'static str) -> Endpoint {
    Endpoint {
        method: "POST",
        takes: Takes::Json,
        fields: GENERATE_CONTENT,
        asks: &[(Fact::Model, "model"), (Fact::MostTokens, "generationConfig"), (Fact::MostTokens, "generation_config")],
        digests: &["contents", "systemInstruction", "system_instruction", "tools"],
        charge: Charge::ByUse,
        ..Endpoint::get(Source::Ai, path, |_, body| generated(body))
    }
}

/// Each in both spellings that the vendor takes. Answers in pieces have an endpoint of their own, which is none of these.
#[rustfmt::skip]
const GENERATE_CONTENT: &[&str] = &[
    "contents", "tools", "toolConfig", "tool_config", "safetySettings", "safety_settings", "systemInstruction",
    "system_instruction", "generationConfig", "generation_config", "cachedContent", "cached_content", "labels", "serviceTier",
    "service_tier", "store",
];

#[derive(Deserialize)]
struct Models {
    models: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Generated {
    candidates: Option<Vec<IgnoredAny>>,
    /// There are no candidates where the prompt itself was blocked, of which this tells.
    prompt_feedback: Option<IgnoredAny>,
    usage_metadata: Option<Usage>,
    model_version: Option<String>,
}

/// Of all but the prompt's, a zero is left out. The vendor's total is the sum of the four.
#[derive(Deserialize)]
struct Usage {
    #[serde(rename = "promptTokenCount")]
    prompt: u32,
    /// Of the results of tools, which the model is given to read.
    #[serde(rename = "toolUsePromptTokenCount", default)]
    tools: u32,
    #[serde(rename = "candidatesTokenCount", default)]
    candidates: u32,
    #[serde(rename = "thoughtsTokenCount", default)]
    thoughts: u32,
}

fn generated(body: &[u8]) -> Result<Measure, MeasureError> {
    let Generated { candidates, prompt_feedback, usage_metadata, model_version } = rest::parse(body)?;
    if candidates.is_none() && prompt_feedback.is_none() {
        return Err(MeasureError::Malformed("there are neither candidates nor a promptFeedback".to_owned()));
    }
    let sum = |a: u32, b: u32| i64::from(a) + i64::from(b);
    Ok(Measure {
        model: model_version.as_deref().and_then(chat::model_of),
        tokens_in: usage_metadata.as_ref().map(|usage| sum(usage.prompt, usage.tools)),
        tokens_out: usage_metadata.as_ref().map(|usage| sum(usage.candidates, usage.thoughts)),
        ..rest::counted(&candidates.unwrap_or_default())
    })
}

/// What the error says of itself.
struct Said<'a> {
    status: StatusCode,
    /// Google's name of the status.
    name: &'a str,
    /// Why, in one word.
    why: &'a str,
    message: &'a str,
    /// Which quotas are used up.
    quotas: Vec<&'a str>,
}

impl Said<'_> {
    /// A key that is not good is a 400 like any mistake in the request, and one that has leaked a 403.
    fn reason(&self) -> ReasonCode {
        let says = |words: &str| self.message.contains(words);
        let key =
            self.why == "API_KEY_INVALID" || says("API key not valid") || says("API Key not found") || says("API key expired");
        match (self.status.as_u16(), self.name) {
            (400, _) if key => ReasonCode::ProviderAuth,
            (400, "FAILED_PRECONDITION") => ReasonCode::ProviderEntitlement,
            (403, _) if says("leaked") || says("unregistered callers") => ReasonCode::ProviderAuth,
            (429, _) if says("credits") || self.quotas.iter().any(|quota| quota.contains("PerDay")) => ReasonCode::ProviderQuota,
            (499, _) => ReasonCode::ProviderError,
            (status, _) => ReasonCode::of_vendor_status(status),
        }
    }
}

/// `"34.07s"`.
fn seconds(delay: &str) -> Option<Duration> {
    let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Google's name of a status.
fn name_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "UNAUTHENTICATED",
        402 | 429 => "RESOURCE_EXHAUSTED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        502 | 503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        500.. => "INTERNAL",
        _ => "INVALID_ARGUMENT",
    }
}

/// Some of Google's servers wrap the error into a list of one.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let answer = rest::error(body);
    let error = answer.as_ref().and_then(|answer| answer.pointer("/error").or_else(|| answer.pointer("/0/error")));
    let Some(error) = error else { return NamedError::unreadable(status, body) };
    let details = || error.get("details").and_then(Value::as_array).into_iter().flatten();
    let text = |place: &'static str| details().find_map(move |detail| detail.get(place).and_then(Value::as_str));
    let of = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
    let violations = details().filter_map(|detail| detail.get("violations").and_then(Value::as_array)).flatten();
    let quotas = violations.filter_map(|violation| violation.get("quotaId").and_then(Value::as_str)).collect();
    let said = Said { status, name: of("status"), why: text("reason").unwrap_or_default(), message: of("message"), quotas };
    let code = if said.why.is_empty() { said.name } else { said.why };
    let wait = text("retryDelay").and_then(seconds);
    NamedError { wait, ..NamedError::new(status, said.reason(), Some(code), said.message) }
}

fn refusal(status: StatusCode, reason: ReasonCode, message: &str) -> Value {
    let why = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "assayer.dev"});
    let error = json!({"code": status.as_u16(), "message": message, "status": name_of(status), "details": [why]});
    json!({"error": error})
}
