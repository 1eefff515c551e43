//! Anthropic. In and out: see [`Vendor`]. Pure.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json};

use crate::{
    Category, Charge, CredentialError, Credentials, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, SignedIn,
    Verify, chat,
    rest::{self, Count, Endpoint, Errors, Fact, Takes, Vendor},
};

/// Anthropic.
pub(crate) static ANTHROPIC: Vendor = Vendor {
    key_beginnings: &["sk-ant-"],
    refusal: Some(refusal),
    ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error))
};

const NAME: &str = "anthropic";
/// The version of the API that every request asks for, whatever the caller's client would. Later ones refuse fields that this takes.
const VERSION: &str = "2023-06-01";

const KEY: Key = Key {
    name: "ANTHROPIC_API_KEY",
    also: &[],
    form: Form {
        certain: |key| key.starts_with("sk-ant-") && Form::is_word_of(key, NAME),
        likely: |key| {
            let rest = key.strip_prefix("sk-ant-api").or_else(|| key.strip_prefix("sk-ant-admin")).unwrap_or_default();
            let (version, body) = rest.split_once('-').unwrap_or_default();
            version.len() == 2
                && version.bytes().all(|b| b.is_ascii_digit())
                && body.len() >= 80
                && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        },
        expected: "a key that begins with \"sk-ant-api\"",
    },
    hint: "platform.claude.com, Settings, API keys.",
};

static FACTS: Facts = Facts {
    name: NAME,
    title: "Anthropic",
    category: Category::Source(Source::Ai),
    base: "https://api.anthropic.com/",
    required_keys: &[KEY],
    optional_keys: &[],
    sign_in: SignIn::Own(sign_in),
    verify: Some(Verify { method: "GET", path: "v1/models", query: "limit=1" }),
    // Of the first tier; what a higher one allows is in the answers' anthropic-ratelimit-* headers.
    limits: &[Limit { requests: 50, per: Duration::from_mins(1) }],
    request_id_header: Some("request-id"),
    plan: "Calls are paid by the token from prepaid credits: without any the answer is 402 billing_error or a 400 that says so. A spend limit of one's own is a 400, one of the tier a 429 without a time to wait.",
};

fn sign_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let mut signed = SignedIn::default().with_header("x-api-key", credentials.of(&KEY)?, &KEY)?;
    signed.headers.insert(HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION));
    Ok(signed)
}

static ENDPOINTS: [Endpoint; 3] = [
    Endpoint {
        fields: &["limit", "after_id", "before_id"],
        ..Endpoint::get(Source::Ai, "v1/models", |_, body| Ok(rest::about(rest::counted(&rest::parse::<Models>(body)?.data))))
    },
    Endpoint { charge: Charge::ByUse, ..asking("v1/messages", MESSAGES, |_, body| message(body)) },
    asking("v1/messages/count_tokens", COUNT_TOKENS, |_, body| {
        let Counted { input_tokens } = rest::parse(body)?;
        Ok(Measure { tokens_in: Some(input_tokens.into()), ..Measure::default() })
    }),
];

const fn asking(path: &'static str, fields: &'static [&'static str], measure: Count) -> Endpoint {
    Endpoint {
        method: "POST",
        takes: Takes::Json,
        fields,
        asks: &[(Fact::Model, "model"), (Fact::MostTokens, "max_tokens")],
        digests: &["messages", "system", "tools"],
        whole: &["stream"],
        ..Endpoint::get(Source::Ai, path, measure)
    }
}

#[rustfmt::skip]
const MESSAGES: &[&str] = &[
    "model", "max_tokens", "messages", "cache_control", "container", "context_management", "diagnostics", "inference_geo",
    "metadata", "output_config", "service_tier", "speed", "stop_sequences", "stream", "system", "temperature", "thinking",
    "tool_choice", "tools", "top_k", "top_p", "user_profile_id", "workspace_id",
];

#[rustfmt::skip]
const COUNT_TOKENS: &[&str] = &[
    "model", "messages", "cache_control", "context_management", "output_config", "speed", "system", "thinking", "tool_choice",
    "tools", "user_profile_id", "workspace_id",
];

#[derive(Deserialize)]
struct Models {
    data: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Counted {
    input_tokens: u32,
}

#[derive(Deserialize)]
struct Message {
    model: String,
    content: Vec<IgnoredAny>,
    usage: Usage,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(rename = "input_tokens")]
    sent: u32,
    #[serde(rename = "cache_creation_input_tokens")]
    cached: Option<u32>,
    #[serde(rename = "cache_read_input_tokens")]
    from_cache: Option<u32>,
    /// Those of thinking too.
    #[serde(rename = "output_tokens")]
    came: u32,
}

fn message(body: &[u8]) -> Result<Measure, MeasureError> {
    let Message { model, content, usage } = rest::parse(body)?;
    let sent = [Some(usage.sent), usage.cached, usage.from_cache];
    Ok(Measure {
        model: chat::model_of(&model),
        tokens_in: Some(sent.into_iter().flatten().map(i64::from).sum()),
        tokens_out: Some(usage.came.into()),
        ..rest::counted(&content)
    })
}

/// By the type of the error, and not by its status. Only a spend limit of one's own, and credits on old accounts, have none.
fn reason(status: StatusCode, kind: &str, detail: &str, message: &str) -> ReasonCode {
    let spent = ["usage limits", "credit balance is too low"].iter().any(|words| message.contains(words));
    match (kind, detail) {
        (_, "organization_on_hold") => ReasonCode::ProviderAccountLocked,
        (_, detail) if detail.ends_with("spend_limit_reached") => ReasonCode::ProviderQuota,
        ("billing_error", _) => ReasonCode::ProviderQuota,
        ("invalid_request_error", _) if spent => ReasonCode::ProviderQuota,
        ("authentication_error", _) => ReasonCode::ProviderAuth,
        ("permission_error", _) => ReasonCode::ProviderEntitlement,
        ("rate_limit_error", _) => ReasonCode::ProviderRateLimited,
        ("invalid_request_error" | "not_found_error" | "request_too_large", _) => ReasonCode::ProviderRejectedRequest,
        ("api_error" | "timeout_error" | "overloaded_error", _) => ReasonCode::ProviderError,
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    }
}

/// The type of a refusal, so that the vendor's own client makes of it the exception that its status has.
fn kind(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    }
}

fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Some(answer) = rest::error(body) else { return NamedError::unreadable(status, body) };
    let of = |place: &str| answer.pointer(place).and_then(Value::as_str).unwrap_or_default();
    let (kind, detail, message) = (of("/error/type"), of("/error/details/error_code"), of("/error/message"));
    let code = if detail.is_empty() { kind } else { detail };
    NamedError::new(status, reason(status, kind, detail, message), Some(code), message)
}

fn refusal(status: StatusCode, reason: ReasonCode, message: &str) -> Value {
    let error = json!({"type": kind(status), "message": message, "details": {"error_code": reason}});
    json!({"type": "error", "error": error, "request_id": null})
}
