//! Tokens where vendors count them in different ways, and answers that are none.

use assayer_contract::ReasonCode;
use assayer_providers::find;
use serde_json::json;

use super::{INFERENCES, post};

#[test]
fn reasoning_is_counted_once_whether_the_vendor_counts_it_among_the_completion_or_beside_it() {
    let call = post("xai", "chat/completions", "", br#"{"model":"m","messages":[]}"#).unwrap();
    let out = |sent: u32, came: u32, reasoning: u32, total: u32| {
        let body = json!({"model": "m", "choices": [], "usage": {"prompt_tokens": sent, "completion_tokens": came, "total_tokens": total,
            "completion_tokens_details": {"reasoning_tokens": reasoning}}});
        find("xai").unwrap().measure(&call, body.to_string().as_bytes(), &mut ()).unwrap().tokens_out
    };
    assert_eq!(out(32, 9, 94, 135), Some(103));
    assert_eq!(out(686, 123, 112, 809), Some(123));
    assert_eq!(out(u32::MAX, u32::MAX, u32::MAX, 5), Some(u32::MAX.into()));
}

#[test]
fn what_an_answer_does_not_say_is_not_known_and_what_it_says_wrongly_is_no_answer() {
    let measure = |vendor: &str, path: &str, body: &str| {
        let inference = INFERENCES.iter().find(|(name, own, _)| *name == vendor && *own == path).unwrap();
        let call = post(vendor, path, "", inference.2.as_bytes()).unwrap();
        find(vendor).unwrap().measure(&call, body.as_bytes(), &mut ())
    };
    let none = measure("openai", "chat/completions", r#"{"model":"m","choices":[]}"#).unwrap();
    assert_eq!((none.tokens_in, none.tokens_out, none.items), (None, None, Some(0)));
    let blocked = measure(
        "gemini",
        "v1beta/models/m:generateContent",
        r#"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}"#,
    )
    .unwrap();
    assert_eq!((blocked.tokens_in, blocked.tokens_out, blocked.items, blocked.model), (Some(4), Some(0), Some(0), None));
    let tools = r#"{"candidates":[{}],"usageMetadata":{"promptTokenCount":4,"toolUsePromptTokenCount":3,"candidatesTokenCount":2,"thoughtsTokenCount":1,"totalTokenCount":10}}"#;
    let tools = measure("gemini", "v1beta/models/m:generateContent", tools).unwrap();
    assert_eq!((tools.tokens_in, tools.tokens_out), (Some(7), Some(3)));
    for (vendor, path, body, reason) in [
        ("openai", "chat/completions", r#"{"model":"m"}"#, ReasonCode::ProviderError),
        (
            "openai",
            "chat/completions",
            r#"{"model":"m","choices":[],"usage":{"prompt_tokens":-1,"completion_tokens":1,"total_tokens":0}}"#,
            ReasonCode::ProviderError,
        ),
        ("openai", "chat/completions", r#"{"request_id":"x"}"#, ReasonCode::ProviderError),
        ("openai", "responses", r#"{"model":"m","status":"in_progress","output":[]}"#, ReasonCode::DataQuality),
        ("openai", "responses", r#"{"model":"m","status":"completed","out"#, ReasonCode::DataTruncated),
        ("anthropic", "v1/messages", r#"{"model":"m","content":[]}"#, ReasonCode::ProviderError),
        ("anthropic", "v1/messages", "event: message_start", ReasonCode::ProviderError),
        ("gemini", "v1beta/models/m:generateContent", "{}", ReasonCode::ProviderError),
    ] {
        let error = measure(vendor, path, body).unwrap_err();
        assert_eq!(error.reason_code(), reason, "{vendor} {body}: {error}");
        assert!(error.to_string().len() < 300);
    }
    let long = format!(r#"{{"model":"m","choices":"{}"}}"#, "SECRET PLAN ".repeat(1_000));
    assert!(measure("openai", "chat/completions", &long).unwrap_err().to_string().len() < 1_000);
}
