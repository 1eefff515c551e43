//! Vendors of language models as their documents have them: calls, keys, measures, every documented error, and what no body can do.

mod calls;
mod envelopes;
mod errors;
mod errors_like_openai;
mod fuzz;
mod keys;
mod measures;

use assayer_contract::ReasonCode;
use assayer_providers::{Call, Refused, Request, find};
use serde_json::{Value, json};

use crate::tables::named;

const VENDORS: [&str; 6] = ["openai", "anthropic", "groq", "xai", "gemini", "openRouter"];

/// Vendor, path, a body.
const INFERENCES: [(&str, &str, &str); 7] = [
    (
        "openai",
        "chat/completions",
        r#"{"model":"m","messages":[{"role":"user","content":"SECRET PLAN"},{"role":"user","content":"?"}],"temperature":0.5,"max_tokens":9}"#,
    ),
    (
        "openai",
        "responses",
        r#"{"model":"m","input":"SECRET PLAN","instructions":"SECRET PLAN","temperature":0.5,"max_output_tokens":9}"#,
    ),
    (
        "anthropic",
        "v1/messages",
        r#"{"model":"m","messages":[{"role":"user","content":"SECRET PLAN"},{"role":"user","content":"?"}],"system":"SECRET PLAN","temperature":0.5,"top_p":1,"top_k":3,"max_tokens":9}"#,
    ),
    (
        "groq",
        "openai/v1/chat/completions",
        r#"{"model":"m","messages":[{"role":"user","content":"SECRET PLAN"},{"role":"user","content":"?"}],"temperature":0.5}"#,
    ),
    (
        "xai",
        "chat/completions",
        r#"{"model":"m","messages":[{"role":"user","content":"SECRET PLAN"},{"role":"user","content":"?"}],"temperature":0.5}"#,
    ),
    (
        "openRouter",
        "chat/completions",
        r#"{"model":"m","messages":[{"role":"user","content":"SECRET PLAN"},{"role":"user","content":"?"}],"temperature":0.5}"#,
    ),
    (
        "gemini",
        "v1beta/models/m:generateContent",
        r#"{"contents":[{"parts":[{"text":"SECRET PLAN"}]},{"parts":[{"text":"?"}]}],"systemInstruction":{"parts":[{"text":"SECRET PLAN"}]},"generationConfig":{"temperature":0.5}}"#,
    ),
];

fn post(vendor: &str, path: &str, query: &str, body: &[u8]) -> Result<Call, Refused> {
    find(vendor).unwrap().classify(&Request { method: "POST", path, query, content_type: Some("application/json"), body })
}

/// Status, body, class, the vendor's code.
type Row = (u16, Value, ReasonCode, &'static str);

fn check(provider: &str, table: Vec<Row>) {
    for (status, body, reason_code, code) in table {
        let named = named(provider, status, body.to_string().as_bytes()).unwrap_or_else(|| panic!("{provider} {body}"));
        assert_eq!(named.reason_code, reason_code, "{provider} {status} {body}");
        assert_eq!(named.error_code.as_deref().unwrap_or_default(), code, "{provider} {status} {body}");
        assert!(!named.error_message.is_empty() && !named.error_message.starts_with('{'), "{provider} {body}: {named:?}");
    }
}

fn openai(message: &str, kind: &str, code: Option<&str>) -> Value {
    json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
}

const INVALID: &str = "invalid_request_error";
const QUOTA: &str = "You exceeded your current quota, please check your plan and billing details.";
