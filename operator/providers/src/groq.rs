//! Groq. In and out: see [`Vendor`]. Pure.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};

use crate::{
    Category, Facts, Form, Key, Limit, SignIn, Verify,
    chat::{self, Said},
    rest::{Endpoint, Errors, Vendor},
};

/// Groq.
pub(crate) static GROQ: Vendor = Vendor {
    key_beginnings: &["gsk_"],
    refusal: Some(chat::refusal),
    ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(|status, headers, body| chat::name_error(status, headers, body, reason)))
};

const NAME: &str = "groq";

static FACTS: Facts = Facts {
    name: NAME,
    title: "Groq",
    category: Category::Source(Source::Ai),
    // The vendor's own client is given the host, and begins its paths with "openai/v1/".
    base: "https://api.groq.com/",
    required_keys: &[Key {
        name: "GROQ_API_KEY",
        also: &[],
        form: Form {
            certain: |key| key.starts_with("gsk_") && Form::is_word_of(key, NAME),
            likely: |key| key.len() >= 44 && key.bytes().skip(4).all(|b| b.is_ascii_alphanumeric()),
            expected: "at least 44 letters and digits that begin with \"gsk_\"",
        },
        hint: "console.groq.com, API Keys.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Bearer,
    verify: Some(Verify { method: "GET", path: "openai/v1/models", query: "" }),
    // Of the free plan; by the day and by tokens there are others for each model, which the answers' x-ratelimit-* headers tell.
    limits: &[Limit { requests: 30, per: Duration::from_mins(1) }],
    request_id_header: Some("x-request-id"),
    plan: "The free plan has few requests a minute and a day for each model; the flex tier needs a paid plan. An organisation that has reached its own spend limit is told 400 blocked_api_access.",
};

static ENDPOINTS: [Endpoint; 2] = [
    Endpoint { path: "openai/v1/models", ..chat::MODELS },
    Endpoint { path: "openai/v1/chat/completions", ..chat::completions(COMPLETIONS) },
];

#[rustfmt::skip]
const COMPLETIONS: &[&str] = &[
    "messages", "model", "citation_options", "compound_custom", "disable_tool_validation", "documents", "exclude_domains",
    "frequency_penalty", "function_call", "functions", "include_domains", "include_reasoning", "logit_bias", "logprobs",
    "max_completion_tokens", "max_tokens", "metadata", "n", "parallel_tool_calls", "presence_penalty", "reasoning_effort",
    "reasoning_format", "response_format", "search_settings", "seed", "service_tier", "stop", "store", "stream",
    "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user",
];

/// What only Groq says.
fn reason(said: &Said) -> Option<ReasonCode> {
    Some(match said.code.as_str() {
        "blocked_api_access" => ReasonCode::ProviderQuota,
        "organization_restricted" => ReasonCode::ProviderAccountLocked,
        // With status 498.
        "capacity_exceeded" => ReasonCode::ProviderError,
        _ => return None,
    })
}
