//! OpenAI. In and out: see [`Vendor`]. Pure.

use std::time::Duration;

use assayer_contract::Source;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Category, CredentialError, Credentials, Facts, Form, Key, Limit, Measure, MeasureError, SignIn, SignedIn, Verify, chat,
    rest::{self, Endpoint, Errors, Vendor},
    text,
};

/// OpenAI.
pub(crate) static OPENAI: Vendor = Vendor {
    // Keys of old accounts begin with `sk-` alone, as those of others do.
    key_beginnings: &["sk-proj-", "sk-svcacct-", "sk-admin-"],
    refusal: Some(chat::refusal),
    ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(|status, headers, body| chat::name_error(status, headers, body, |_| None)))
};

const NAME: &str = "openai";

const KEY: Key = Key {
    name: "OPENAI_API_KEY",
    also: &[],
    form: Form {
        certain: |key| key.starts_with("sk-") && Form::is_word_of(key, NAME),
        likely: |key| {
            let body = key.strip_prefix("sk-").unwrap_or_default();
            body.len() >= 20 && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        },
        expected: "at least 23 letters, digits, \"-\" and \"_\" that begin with \"sk-\"",
    },
    hint: "platform.openai.com, Settings, API keys.",
};

const ORGANIZATION: Key = Key {
    name: "OPENAI_ORG_ID",
    also: &["OPENAI_ORGANIZATION"],
    form: Form {
        certain: |id| Form::is_word_of(id, NAME),
        likely: |id| id.starts_with("org-"),
        expected: "an id that begins with \"org-\"",
    },
    hint: "platform.openai.com, Settings, Organization, General.",
};

const PROJECT: Key = Key {
    name: "OPENAI_PROJECT_ID",
    also: &[],
    form: Form {
        certain: |id| Form::is_word_of(id, NAME),
        likely: |id| id.starts_with("proj_"),
        expected: "an id that begins with \"proj_\"",
    },
    hint: "platform.openai.com, Settings, Project, General.",
};

static FACTS: Facts = Facts {
    name: NAME,
    title: "OpenAI",
    category: Category::Source(Source::Ai),
    base: "https://api.openai.com/v1/",
    required_keys: &[KEY],
    optional_keys: &[ORGANIZATION, PROJECT],
    sign_in: SignIn::Own(sign_in),
    verify: Some(Verify { method: "GET", path: "models", query: "" }),
    // Of the first paid tier; what a higher one allows is in the answers' x-ratelimit-* headers.
    limits: &[Limit { requests: 500, per: Duration::from_mins(1) }],
    request_id_header: Some("x-request-id"),
    plan: "Calls are paid by the token from prepaid credits: without any the answer is 429 insufficient_quota. A restricted key needs the permissions for models and for model capabilities; without them it is told of \"Missing scopes\".",
};

fn sign_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let signed = SignedIn::default().with_bearer(credentials.of(&KEY)?, &KEY)?;
    [("openai-organization", ORGANIZATION), ("openai-project", PROJECT)].iter().try_fold(signed, |signed, (header, key)| {
        credentials.of(key).map_or(Ok(signed.clone()), |value| signed.with_header(header, value, key))
    })
}

static ENDPOINTS: [Endpoint; 3] =
    [chat::MODELS, chat::completions(COMPLETIONS), chat::inference("responses", RESPONSES, |_, body| response(body))];

#[rustfmt::skip]
const COMPLETIONS: &[&str] = &[
    "messages", "model", "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs",
    "max_completion_tokens", "max_tokens", "metadata", "modalities", "moderation", "n", "parallel_tool_calls", "prediction",
    "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning_effort",
    "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature",
    "tool_choice", "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
];

#[rustfmt::skip]
const RESPONSES: &[&str] = &[
    "access_programs", "background", "background_options", "context_management", "conversation", "image", "include", "input",
    "instructions", "max_output_tokens", "max_tool_calls", "metadata", "model", "moderation", "parallel_tool_calls",
    "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning",
    "safety_identifier", "service_tier", "store", "stream", "stream_options", "temperature", "text", "tool_choice", "tools",
    "top_logprobs", "top_p", "truncation", "user",
];

#[derive(Deserialize)]
struct Response {
    model: String,
    status: String,
    output: Vec<IgnoredAny>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Usage {
    input_tokens: u32,
    /// Those of reasoning too.
    output_tokens: u32,
}

fn response(body: &[u8]) -> Result<Measure, MeasureError> {
    let Response { model, status, output, usage } = rest::parse(body)?;
    // "incomplete" has used up the tokens that it was given, and says so.
    if !matches!(status.as_str(), "completed" | "incomplete") {
        return Err(MeasureError::NotAsked { asked: "a whole response".to_owned(), found: text::clean(&status, 40) });
    }
    Ok(Measure {
        model: chat::model_of(&model),
        tokens_in: usage.as_ref().map(|usage| usage.input_tokens.into()),
        tokens_out: usage.as_ref().map(|usage| usage.output_tokens.into()),
        ..rest::counted(&output)
    })
}
