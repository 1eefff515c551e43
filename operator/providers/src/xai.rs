//! xAI. In and out: see [`Vendor`]. Pure.

use assayer_contract::{ReasonCode, Source};

use crate::{
    Category, Facts, Form, Key, SignIn, Verify,
    chat::{self, Said},
    rest::{Endpoint, Errors, Vendor},
};

/// xAI.
pub(crate) static XAI: Vendor = Vendor {
    key_beginnings: &["xai-"],
    refusal: Some(chat::refusal),
    ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(|status, headers, body| chat::name_error(status, headers, body, reason)))
};

const NAME: &str = "xai";

static FACTS: Facts = Facts {
    name: NAME,
    title: "xAI",
    category: Category::Source(Source::Ai),
    base: "https://api.x.ai/v1/",
    required_keys: &[Key {
        name: "XAI_API_KEY",
        also: &[],
        form: Form {
            certain: |key| Form::is_word_of(key, NAME),
            likely: |key| key.starts_with("xai-"),
            expected: "a key that begins with \"xai-\"",
        },
        hint: "console.x.ai, API Keys.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Bearer,
    verify: Some(Verify { method: "GET", path: "models", query: "" }),
    // They depend on model and team, and only the vendor's console tells them.
    limits: &[],
    request_id_header: Some("x-request-id"),
    plan: "Calls are paid by the token from a team's credits: a new team without any is told 403, one that has used them up 429. What the key's own permissions leave out is 403 as well.",
};

static ENDPOINTS: [Endpoint; 2] = [chat::MODELS, chat::completions(COMPLETIONS)];

#[rustfmt::skip]
const COMPLETIONS: &[&str] = &[
    "messages", "model", "deferred", "frequency_penalty", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "n",
    "parallel_tool_calls", "presence_penalty", "reasoning_effort", "response_format", "search_parameters", "seed",
    "service_tier", "stop", "stream", "stream_options", "temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user",
    "web_search_options",
];

/// A key that is not good is a 400 like any mistake in the request, and spent credits are a 403 or a 429; only the texts tell.
fn reason(said: &Said) -> Option<ReasonCode> {
    let says = |words: &str| said.message.contains(words);
    match said.status.as_u16() {
        400 if says("Incorrect API key") => Some(ReasonCode::ProviderAuth),
        403 | 429 if says("credits") || says("spending limit") => Some(ReasonCode::ProviderQuota),
        403 if says("blocked") => Some(ReasonCode::ProviderAccountLocked),
        _ => None,
    }
}
