//! Every error body that vendors of OpenAI's shape document, or that others have logged.

use assayer_contract::ReasonCode::*;
use serde_json::json;

use super::{INVALID, QUOTA, check, openai};
use crate::tables::named;

const SCOPES: &str = "You have insufficient permissions for this operation. Missing scopes: api.model.read.";

#[test]
fn openais_errors_are_told_apart_by_their_code_or_else_by_their_type() {
    let rate = "Rate limit reached for gpt-5-mini in organization org-x on tokens per min (TPM): Limit 1, Used 1, Requested 1.";
    check(
        "openai",
        vec![
            (401, openai("Incorrect API key provided: sk-x.", INVALID, Some("invalid_api_key")), ProviderAuth, "invalid_api_key"),
            (401, openai("You didn't provide an API key.", INVALID, None), ProviderAuth, INVALID),
            (401, openai("You must be a member of an organization to use the API", INVALID, None), ProviderAuth, INVALID),
            (401, openai("Deactivated.", INVALID, Some("account_deactivated")), ProviderAccountLocked, "account_deactivated"),
            // Both statuses have been seen.
            (401, openai(SCOPES, INVALID, None), ProviderEntitlement, INVALID),
            (403, openai(SCOPES, INVALID, Some("missing_scope")), ProviderEntitlement, "missing_scope"),
            (
                403,
                openai("Country not supported", "request_forbidden", Some("unsupported_country_region_territory")),
                ProviderEntitlement,
                "unsupported_country_region_territory",
            ),
            (
                404,
                openai("The model does not exist", INVALID, Some("model_not_found")),
                ProviderRejectedRequest,
                "model_not_found",
            ),
            (
                400,
                openai("Missing parameter", INVALID, Some("missing_required_parameter")),
                ProviderRejectedRequest,
                "missing_required_parameter",
            ),
            (429, openai(QUOTA, "insufficient_quota", Some("insufficient_quota")), ProviderQuota, "insufficient_quota"),
            (429, openai(QUOTA, "insufficient_quota", None), ProviderQuota, "insufficient_quota"),
            (400, openai("Hard limit", INVALID, Some("billing_hard_limit_reached")), ProviderQuota, "billing_hard_limit_reached"),
            (429, openai(rate, "tokens", Some("rate_limit_exceeded")), ProviderRateLimited, "rate_limit_exceeded"),
            (429, openai("Too many requests", "requests", None), ProviderRateLimited, "requests"),
            (408, openai("Timed out", "timeout", None), ProviderError, "timeout"),
            (500, openai("The server had an error", "server_error", None), ProviderError, "server_error"),
            (503, openai("Slow down", "server_error", Some("slow_down")), ProviderError, "slow_down"),
            // The model began, and failed.
            (
                200,
                json!({"status": "failed", "error": {"code": "server_error", "message": "It failed."}}),
                ProviderError,
                "server_error",
            ),
            (
                200,
                json!({"error": {"code": "rate_limit_exceeded", "message": "Later."}}),
                ProviderRateLimited,
                "rate_limit_exceeded",
            ),
            (200, json!({"error": {"code": "invalid_prompt", "message": "No."}}), ProviderRejectedRequest, "invalid_prompt"),
        ],
    );
    assert_eq!(named("openai", 200, br#"{"status":"completed","error":null,"output":[]}"#), None);
}

#[test]
fn groqs_own_codes_and_statuses_are_known() {
    let too_large = "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000";
    let of = |message: &str, kind: &str, code: &str| json!({"error": {"message": message, "type": kind, "code": code}});
    check(
        "groq",
        vec![
            (401, of("Invalid API Key", INVALID, "invalid_api_key"), ProviderAuth, "invalid_api_key"),
            (400, of("Restricted.", INVALID, "organization_restricted"), ProviderAccountLocked, "organization_restricted"),
            (400, of("Blocked.", INVALID, "blocked_api_access"), ProviderQuota, "blocked_api_access"),
            (
                403,
                of("Blocked.", "permissions_error", "model_permission_blocked_org"),
                ProviderEntitlement,
                "model_permission_blocked_org",
            ),
            (404, of("No such model", INVALID, "model_not_found"), ProviderRejectedRequest, "model_not_found"),
            // Too large at any time, whatever its code says.
            (413, of(too_large, "tokens", "rate_limit_exceeded"), ProviderRejectedRequest, "rate_limit_exceeded"),
            (413, json!({"error": {"message": "Request Entity Too Large", "type": INVALID}}), ProviderRejectedRequest, INVALID),
            (422, json!({"error": {"message": "Unprocessable", "type": INVALID}}), ProviderRejectedRequest, INVALID),
            (424, json!({"error": {"message": "Failed dependency", "type": INVALID}}), ProviderError, INVALID),
            (429, of("Rate limit reached", "requests", "rate_limit_exceeded"), ProviderRateLimited, "rate_limit_exceeded"),
            (498, of("Flex tier capacity exceeded", "flex_tier_error", "capacity_exceeded"), ProviderError, "capacity_exceeded"),
            (499, json!({"error": {"message": "Request cancelled", "type": INVALID}}), ProviderError, INVALID),
            (
                500,
                json!({"error": {"message": "Internal Server Error", "type": "internal_server_error"}}),
                ProviderError,
                "internal_server_error",
            ),
            (
                503,
                json!({"error": {"message": "Service Unavailable", "type": "service_unavailable"}}),
                ProviderError,
                "service_unavailable",
            ),
        ],
    );
}

#[test]
fn xais_errors_are_a_sentence_beside_another_and_a_bad_key_is_no_401() {
    let of = |code: &str, error: &str| json!({"code": code, "error": error});
    let (invalid, denied, spent) = (
        "Client specified an invalid argument",
        "The caller does not have permission to execute the specified operation",
        "Some resource has been exhausted",
    );
    let used_up = "Your team x has either used all available credits or reached its monthly spending limit.";
    check(
        "xai",
        vec![
            (
                400,
                of(invalid, "Incorrect API key provided: xa***ef. You can obtain an API key from https://console.x.ai."),
                ProviderAuth,
                invalid,
            ),
            (
                400,
                of(invalid, "Incorrect API key provided. You can obtain an API key from https://console.x.ai."),
                ProviderAuth,
                invalid,
            ),
            (
                401,
                of("Unauthorized", "No authorization header or an invalid authorization token is provided."),
                ProviderAuth,
                "Unauthorized",
            ),
            (400, of(invalid, "Argument not supported on this model: presencePenalty"), ProviderRejectedRequest, invalid),
            (403, of(denied, "Your newly created team doesn't have any credits or licenses yet."), ProviderQuota, denied),
            (403, of("permission-denied", used_up), ProviderQuota, "permission-denied"),
            (403, of(denied, "Your API key is blocked."), ProviderAccountLocked, denied),
            (403, of(denied, "Your API key may not do this."), ProviderEntitlement, denied),
            (
                404,
                of("Some requested entity was not found", "The model x does not exist."),
                ProviderRejectedRequest,
                "Some requested entity was not found",
            ),
            (429, of(spent, used_up), ProviderQuota, spent),
            (429, of(spent, "Too many requests for team x."), ProviderRateLimited, spent),
            (
                503,
                of("The service is currently unavailable", "Try again later."),
                ProviderError,
                "The service is currently unavailable",
            ),
            // As OpenAI has it, should it come so.
            (401, openai("Invalid API key", INVALID, Some("invalid_api_key")), ProviderAuth, "invalid_api_key"),
        ],
    );
}

#[test]
fn openrouters_codes_are_statuses_and_an_answer_that_broke_off_is_an_error() {
    let of = |code: u16, message: &str| json!({"error": {"code": code, "message": message}, "user_id": "user_x"});
    let broken = json!({"choices": [{"message": {"content": "half"}, "finish_reason": "error", "error": {"code": 429, "message": "Later."}}]});
    check(
        "openRouter",
        vec![
            (400, of(400, "x is not a valid model ID"), ProviderRejectedRequest, "400"),
            (401, of(401, "No auth credentials found"), ProviderAuth, "401"),
            (401, of(401, "User not found."), ProviderAuth, "401"),
            (401, of(401, "API key credit limit reached. You can change it on"), ProviderQuota, "401"),
            (402, of(402, "Insufficient credits. Add more using https://openrouter.ai/credits"), ProviderQuota, "402"),
            (403, of(403, "Your chosen model requires moderation and your input was flagged"), ProviderRejectedRequest, "403"),
            (403, of(403, "Key limit exceeded (total limit)."), ProviderQuota, "403"),
            (403, of(403, "Not allowed by your data policy"), ProviderEntitlement, "403"),
            (408, of(408, "Your request timed out"), ProviderError, "408"),
            (429, of(429, "Rate limit exceeded: free-models-per-min."), ProviderRateLimited, "429"),
            (502, of(502, "Provider returned error"), ProviderError, "502"),
            (503, of(503, "No available model provider"), ProviderError, "503"),
            (529, of(529, "Provider overloaded"), ProviderError, "529"),
            (200, of(402, "Insufficient credits"), ProviderQuota, "402"),
            (200, broken, ProviderRateLimited, "429"),
        ],
    );
}
