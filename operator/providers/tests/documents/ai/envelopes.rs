//! Answers in no envelope, keys in answers, and Assayer's own refusals in each vendor's envelope.

use std::time::Duration;

use assayer_contract::ReasonCode::*;
use assayer_providers::find;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::{VENDORS, openai};
use crate::tables::named;

#[test]
fn what_stands_before_a_vendor_answers_in_no_envelope_and_is_named_by_its_status() {
    let huge = format!(r#"{{"error":{{"message":"{}"}}}}"#, "x".repeat(2 << 20));
    for vendor in VENDORS {
        for (status, reason) in
            [(302, ProviderRedirect), (403, ProviderEntitlement), (429, ProviderRateLimited), (502, ProviderError)]
        {
            for body in ["<html>Attention Required!</html>", "", "null", "[]", r#"{"error":null}"#, &huge] {
                let named = named(vendor, status, body.as_bytes()).unwrap();
                assert_eq!(named.reason_code, reason, "{vendor} {status}");
                assert!(!named.error_message.is_empty() && named.error_message.chars().count() <= 1_000, "{vendor}");
            }
        }
        assert_eq!(named(vendor, 200, b"{}"), None, "{vendor}");
    }
}

#[test]
fn no_part_of_a_key_that_a_vendor_repeats_is_kept() {
    for key in [
        "sk-proj-****************************MxYA",
        "sk-ant-api03-Ab_c-d",
        "gsk_0123456789abcdef",
        "xai-0123456789ab",
        "AIza0123456789",
        "gs***tF",
    ] {
        let body = json!({"error": {"message": format!("Incorrect API key provided: {key}. See {key}"), "code": "invalid_api_key", "type": "authentication_error"}});
        for vendor in VENDORS {
            let named = named(vendor, 401, body.to_string().as_bytes()).unwrap();
            assert_eq!(named.error_message, "Incorrect API key provided: [redacted]. See [redacted]", "{vendor}");
        }
    }
}

#[test]
fn milliseconds_to_wait_are_understood() {
    let headers = HeaderMap::from_iter([("retry-after-ms".parse().unwrap(), HeaderValue::from_static("1500"))]);
    let body = openai("Later.", "requests", Some("rate_limit_exceeded")).to_string();
    let named = find("openai").unwrap().name_error(StatusCode::TOO_MANY_REQUESTS, &headers, body.as_bytes()).unwrap();
    assert_eq!(named.wait, Some(Duration::from_millis(1_500)));
}

#[test]
fn a_refusal_comes_in_the_envelope_that_the_vendors_own_client_reads() {
    for (vendor, envelope) in [
        ("openai", json!({"error": {"message": "not yours", "type": "gateway_refusal", "param": null, "code": "NOT_ALLOWED"}})),
        ("groq", json!({"error": {"message": "not yours", "type": "gateway_refusal", "param": null, "code": "NOT_ALLOWED"}})),
        ("xai", json!({"error": {"message": "not yours", "type": "gateway_refusal", "param": null, "code": "NOT_ALLOWED"}})),
        ("openRouter", json!({"error": {"code": 403, "message": "not yours", "metadata": {"error_type": "NOT_ALLOWED"}}})),
        (
            "anthropic",
            json!({"type": "error", "request_id": null, "error": {"type": "permission_error", "message": "not yours",
                "details": {"error_code": "NOT_ALLOWED"}}}),
        ),
        (
            "gemini",
            json!({"error": {"code": 403, "message": "not yours", "status": "PERMISSION_DENIED", "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "NOT_ALLOWED", "domain": "assayer.dev"}]}}),
        ),
    ] {
        let (media_type, body) = find(vendor).unwrap().refusal(StatusCode::FORBIDDEN, NotAllowed, "not yours");
        assert_eq!(media_type, "application/json", "{vendor}");
        assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), envelope, "{vendor}");
    }
}
