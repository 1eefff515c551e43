//! OpenRouter. In and out: see [`Vendor`]. Pure.

use assayer_contract::{ReasonCode, Source};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Category, Facts, Form, Key, Measure, SignIn, Verify,
    chat::{self, Said},
    rest::{self, Endpoint, Errors, Vendor},
};

/// OpenRouter.
pub(crate) static OPEN_ROUTER: Vendor = Vendor {
    key_beginnings: &["sk-or-"],
    refusal: Some(refusal),
    // Once a model has begun to answer, the status is 200 whatever comes of it.
    ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(|status, headers, body| chat::name_error(status, headers, body, reason)))
};

const NAME: &str = "openRouter";

static FACTS: Facts = Facts {
    name: NAME,
    title: "OpenRouter",
    category: Category::Source(Source::Ai),
    base: "https://openrouter.ai/api/v1/",
    required_keys: &[Key {
        name: "OPENROUTER_API_KEY",
        also: &[],
        form: Form {
            certain: |key| Form::is_word_of(key, NAME),
            likely: |key| {
                let digits = key.strip_prefix("sk-or-v1-").unwrap_or_default();
                digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit())
            },
            expected: "\"sk-or-v1-\" and 64 hexadecimal digits",
        },
        hint: "openrouter.ai, Settings, Keys.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Bearer,
    // The list of models needs no key.
    verify: Some(Verify { method: "GET", path: "key", query: "" }),
    // Only models whose name ends in ":free" have a limit; it depends on what was ever paid.
    limits: &[],
    request_id_header: None,
    plan: "Calls are paid by the token from prepaid credits, and a key may have a limit of its own: without credits the answer is 402, for free models as well.",
};

static ENDPOINTS: [Endpoint; 3] = [
    chat::MODELS,
    Endpoint::get(Source::Ai, "key", |_, body| {
        rest::parse::<OwnKey>(body)?;
        Ok(Measure::default())
    }),
    chat::completions(COMPLETIONS),
];

#[rustfmt::skip]
const COMPLETIONS: &[&str] = &[
    "messages", "model", "models", "prompt", "cache_control", "debug", "deferred_tools", "frequency_penalty", "image_config",
    "include_reasoning", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "metadata", "min_p", "modalities",
    "parallel_tool_calls", "plugins", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "provider",
    "reasoning", "reasoning_effort", "repetition_penalty", "response_format", "route", "seed", "service_tier", "session_id",
    "stop", "stop_server_tools_when", "stream", "stream_options", "structured_outputs", "temperature", "tool_choice", "tools",
    "top_a", "top_k", "top_logprobs", "top_p", "trace", "transforms", "usage", "user", "verbosity", "web_search_options",
];

#[derive(Deserialize)]
struct OwnKey {
    #[serde(rename = "data")]
    _data: About,
}

#[derive(Deserialize)]
struct About {
    #[serde(rename = "label")]
    _label: String,
}

/// A limit of the key is a 401 or a 403, and so is a prompt that a model's moderation stops; only the texts tell.
fn reason(said: &Said) -> Option<ReasonCode> {
    let says = |words: &str| said.message.contains(words);
    match said.status.as_u16() {
        401 | 403 if says("limit reached") || says("limit exceeded") => Some(ReasonCode::ProviderQuota),
        403 if says("flagged") || says("moderation") => Some(ReasonCode::ProviderRejectedRequest),
        _ => None,
    }
}

/// The vendor's own client wants the status as the code.
fn refusal(status: StatusCode, reason: ReasonCode, message: &str) -> Value {
    json!({"error": {"code": status.as_u16(), "message": message, "metadata": {"error_type": reason}}})
}
