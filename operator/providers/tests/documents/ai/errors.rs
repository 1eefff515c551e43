//! Every error body that Anthropic and Google document, or that others have logged.

use std::time::Duration;

use assayer_contract::ReasonCode::*;
use serde_json::{Value, json};

use super::{INVALID, QUOTA, check};
use crate::tables::named;

#[test]
fn anthropics_errors_go_by_their_type_and_not_by_their_status() {
    let of =
        |kind: &str, message: &str| json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_x"});
    let detailed = |kind: &str, code: &str| json!({"type": "error", "error": {"type": kind, "message": "Words that change.", "details": {"error_code": code}}});
    let own_limit =
        "You have reached your specified workspace API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.";
    let low = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.";
    check(
        "anthropic",
        vec![
            (400, of(INVALID, "max_tokens: Field required"), ProviderRejectedRequest, INVALID),
            (400, of(INVALID, own_limit), ProviderQuota, INVALID),
            (400, of(INVALID, low), ProviderQuota, INVALID),
            (400, detailed(INVALID, "organization_on_hold"), ProviderAccountLocked, "organization_on_hold"),
            (401, of("authentication_error", "invalid x-api-key"), ProviderAuth, "authentication_error"),
            (402, of("billing_error", "There is an issue with your billing."), ProviderQuota, "billing_error"),
            (403, of("permission_error", "No permission."), ProviderEntitlement, "permission_error"),
            (404, of("not_found_error", "model: x"), ProviderRejectedRequest, "not_found_error"),
            (409, of("conflict_error", "Conflict."), ProviderRejectedRequest, "conflict_error"),
            (413, of("request_too_large", "Too large."), ProviderRejectedRequest, "request_too_large"),
            (429, of("rate_limit_error", "This request would exceed your rate limit."), ProviderRateLimited, "rate_limit_error"),
            (429, detailed("rate_limit_error", "ramp_limit_exceeded"), ProviderRateLimited, "ramp_limit_exceeded"),
            (429, detailed("rate_limit_error", "enforced_spend_limit_reached"), ProviderQuota, "enforced_spend_limit_reached"),
            (500, of("api_error", "Internal server error"), ProviderError, "api_error"),
            (504, of("timeout_error", "Timed out."), ProviderError, "timeout_error"),
            (529, of("overloaded_error", "Overloaded"), ProviderError, "overloaded_error"),
            // Of a type that is not known, the status tells.
            (403, of("new_error", "No."), ProviderEntitlement, "new_error"),
            // The type wins.
            (400, of("overloaded_error", "Overloaded"), ProviderError, "overloaded_error"),
        ],
    );
}

#[test]
fn geminis_bad_key_is_a_400_and_a_days_quota_is_told_from_a_minutes() {
    let of = |code: u16, status: &str, message: &str| json!({"error": {"code": code, "message": message, "status": status}});
    let with = |body: Value, detail: Value| {
        let mut body = body;
        body["error"]["details"] = json!([{"@type": "type.googleapis.com/google.rpc.Help"}, detail]);
        body
    };
    let exhausted = || of(429, "RESOURCE_EXHAUSTED", QUOTA);
    let quota = |id: &str| with(exhausted(), json!({"violations": [{"quotaId": id}]}));
    let why = |body: Value, reason: &str| with(body, json!({"reason": reason}));
    let not_valid = of(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.");
    check(
        "gemini",
        vec![
            (400, why(not_valid.clone(), "API_KEY_INVALID"), ProviderAuth, "API_KEY_INVALID"),
            (400, json!([not_valid]), ProviderAuth, "INVALID_ARGUMENT"),
            (400, of(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."), ProviderAuth, "INVALID_ARGUMENT"),
            (400, of(400, "INVALID_ARGUMENT", "Invalid JSON payload received."), ProviderRejectedRequest, "INVALID_ARGUMENT"),
            (
                400,
                of(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
                ProviderEntitlement,
                "FAILED_PRECONDITION",
            ),
            (401, of(401, "UNAUTHENTICATED", "Request had invalid credentials."), ProviderAuth, "UNAUTHENTICATED"),
            (402, of(402, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."), ProviderQuota, "RESOURCE_EXHAUSTED"),
            (403, why(of(403, "PERMISSION_DENIED", "Disabled."), "SERVICE_DISABLED"), ProviderEntitlement, "SERVICE_DISABLED"),
            (403, of(403, "PERMISSION_DENIED", "Your API key was reported as leaked."), ProviderAuth, "PERMISSION_DENIED"),
            (403, of(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers."), ProviderAuth, "PERMISSION_DENIED"),
            (404, of(404, "NOT_FOUND", "models/x is not found."), ProviderRejectedRequest, "NOT_FOUND"),
            (429, exhausted(), ProviderRateLimited, "RESOURCE_EXHAUSTED"),
            (429, quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier"), ProviderRateLimited, "RESOURCE_EXHAUSTED"),
            (429, quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier"), ProviderQuota, "RESOURCE_EXHAUSTED"),
            (499, of(499, "CANCELLED", "Cancelled."), ProviderError, "CANCELLED"),
            (500, of(500, "INTERNAL", "An internal error has occurred."), ProviderError, "INTERNAL"),
            (503, of(503, "UNAVAILABLE", "The model is overloaded."), ProviderError, "UNAVAILABLE"),
            (504, of(504, "DEADLINE_EXCEEDED", "Deadline expired."), ProviderError, "DEADLINE_EXCEEDED"),
        ],
    );
    let soon = with(exhausted(), json!({"retryDelay": "34.5s"})).to_string();
    assert_eq!(named("gemini", 429, soon.as_bytes()).unwrap().wait, Some(Duration::from_millis(34_500)));
}
