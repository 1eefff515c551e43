//! Every error body that Databento documents, and Assayer's own refusals in the same envelope.

use assayer_contract::ReasonCode;
use assayer_providers::find;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

fn business(case: &str, message: &str, status: u16) -> String {
    json!({"detail": {"case": case, "message": message, "status_code": status, "docs": "https://databento.com/docs", "payload": {}}})
        .to_string()
}

#[test]
fn every_documented_error_has_a_reason_code_the_vendors_code_and_its_words() {
    let end = "The dataset GLBX.MDP3 has data available up to '2026-01-29 20:00:00+00:00'.";
    let fastapi = r#"{"detail":[{"loc":["body","dataset"],"msg":"field required","type":"value_error.missing"},
        {"loc":["body","symbols",0],"msg":"none is not allowed","type":"type_error"}]}"#;
    let html = "<html>\r\n<head><title>502 Bad Gateway</title></head></html>";
    let table: Vec<(u16, String, ReasonCode, Option<&str>, &str)> = vec![
        (401, r#"{"detail":"Not authenticated"}"#.into(), ReasonCode::ProviderAuth, None, "Not authenticated"),
        (
            401,
            business("auth_authentication_failed", "Authentication failed.", 401),
            ReasonCode::ProviderAuth,
            Some("auth_authentication_failed"),
            "Authentication failed.",
        ),
        (
            402,
            business("account_insufficient_funds", "Insufficient funds.", 402),
            ReasonCode::ProviderQuota,
            Some("account_insufficient_funds"),
            "Insufficient funds.",
        ),
        (
            403,
            business("auth_account_locked", "Locked.", 403),
            ReasonCode::ProviderAccountLocked,
            Some("auth_account_locked"),
            "Locked.",
        ),
        (
            403,
            business("license_not_found_unauthorized", "A live data license is required.", 403),
            ReasonCode::DataLicenseRequired,
            Some("license_not_found_unauthorized"),
            "A live data license is required.",
        ),
        (400, r#"{"detail":"Bad request"}"#.into(), ReasonCode::ProviderRejectedRequest, None, "Bad request"),
        (409, r#"{"detail":"Conflict"}"#.into(), ReasonCode::ProviderRejectedRequest, None, "Conflict"),
        (404, r#"{"detail":"Not Found"}"#.into(), ReasonCode::ProviderRejectedRequest, None, "Not Found"),
        (
            422,
            business("data_end_after_available_end", end, 422),
            ReasonCode::ProviderRange,
            Some("data_end_after_available_end"),
            end,
        ),
        (
            422,
            business("symbology_invalid_request", "Invalid symbol.", 422),
            ReasonCode::ProviderRejectedRequest,
            Some("symbology_invalid_request"),
            "Invalid symbol.",
        ),
        (
            422,
            fastapi.into(),
            ReasonCode::ProviderRejectedRequest,
            Some("value_error.missing"),
            "body.dataset: field required; body.symbols.0: none is not allowed",
        ),
        (429, r#"{"detail":"Too many requests"}"#.into(), ReasonCode::ProviderRateLimited, None, "Too many requests"),
        (500, "Internal Server Error".into(), ReasonCode::ProviderError, None, "Internal Server Error"),
        (502, html.into(), ReasonCode::ProviderError, None, "<html> <head><title>502 Bad Gateway</title></head></html>"),
        (503, String::new(), ReasonCode::ProviderError, None, "the vendor answered 503 Service Unavailable"),
        (504, r#"{"detail":"Timed out"}"#.into(), ReasonCode::ProviderError, None, "Timed out"),
        (302, String::new(), ReasonCode::ProviderRedirect, None, "the vendor answered 302 Found"),
    ];
    let of_the_range = [
        "data_start_before_available_start",
        "data_start_after_available_end",
        "data_time_range_start_on_or_after_end",
        "dataset_unavailable_range",
    ];
    let of_the_range = of_the_range.map(|case| (422, business(case, end, 422), ReasonCode::ProviderRange, Some(case), end));
    for (status, body, reason_code, error_code, message) in table.into_iter().chain(of_the_range) {
        let named = find("databento")
            .unwrap()
            .name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
            .unwrap();
        assert_eq!(named.reason_code, reason_code, "{status} {body}");
        assert_eq!(named.error_code.as_deref(), error_code, "{status} {body}");
        assert_eq!(named.error_message, message);
    }
}

#[test]
fn a_message_is_bounded_and_holds_no_key_and_no_control_character() {
    let key = "db-0123456789ABCDEF0123456789abc";
    let body = json!({"detail": format!("bad\u{0} key '{key}'. {}", "x".repeat(5_000))}).to_string();
    let named = find("databento").unwrap().name_error(StatusCode::UNAUTHORIZED, &HeaderMap::new(), body.as_bytes()).unwrap();
    assert!(named.error_message.starts_with("bad key '[redacted]'. xxx"), "{}", named.error_message);
    assert_eq!(named.error_message.chars().count(), 1_000);
    let garbage: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    assert!(
        !find("databento")
            .unwrap()
            .name_error(StatusCode::BAD_GATEWAY, &HeaderMap::new(), &garbage)
            .unwrap()
            .error_message
            .contains('\0')
    );
}

#[test]
fn a_refusal_comes_in_the_object_form_that_the_official_client_reads() {
    let (media_type, body) = find("databento").unwrap().refusal(StatusCode::FORBIDDEN, ReasonCode::SymbolMismatch, "not yours");
    assert_eq!(media_type, "application/json");
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        json!({"detail": {"case": "SYMBOL_MISMATCH", "message": "not yours", "status_code": 403, "docs": "about:blank", "payload": {}}})
    );
}
