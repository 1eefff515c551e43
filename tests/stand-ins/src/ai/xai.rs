//! xAI: `models` and `chat/completions` of OpenAI's shape, errors of its own.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::chat::{self, Dialect};
use super::{Trouble, X_REQUEST_ID, bearer, masked, told};
use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

static DIALECT: Dialect = Dialect {
    models: &[("grok-4-fast", "grok-4-fast-reasoning"), ("grok-4-fast-reasoning", "grok-4-fast-reasoning")],
    owner: "xai",
    error,
    no_key,
    thinks_beside: true,
    adds: |_, usage| {
        usage.insert("num_sources_used".to_owned(), json!(0));
    },
};

/// xAI with these keys.
pub(crate) fn vendor(keys: Keys) -> Vendor {
    let router = chat::with_fallback(&DIALECT, chat::router(&DIALECT, keys));
    Vendor { router, key: bearer, refuse, request_id: Some(X_REQUEST_ID) }
}

/// Its codes are sentences, one for each status.
fn error((status, _, _, message): Trouble<'_>) -> Response {
    let code = match status {
        400 => "Client specified an invalid argument",
        401 => "Unauthorized",
        403 => "The caller does not have permission to execute the specified operation",
        404 => "Some requested entity was not found",
        429 => "Some resource has been exhausted",
        503 => "The service is currently unavailable",
        _ => "Internal error",
    };
    (super::status(status), Json(json!({"code": code, "error": message}))).into_response()
}

fn no_key(key: Option<&str>) -> Response {
    let Some(key) = key else {
        return error((401, "", "", "No authorization header or an invalid authorization token is provided."));
    };
    let words = format!("Incorrect API key provided: {}. You can obtain an API key from https://console.x.ai.", masked(key, 2));
    error((400, "", "", &words))
}

const PERMISSION: &str = "Your API key does not have permission to perform this action on the model grok-4-fast.";
const NEW_TEAM: &str =
    "Your newly created team doesn't have any credits or licenses yet. You can purchase those on https://console.x.ai/team/0.";
const SPENT: &str = "Your team 0 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.";
const DOWN: &str = "The service is currently unavailable. Please try again later.";

#[rustfmt::skip]
const FAULTS: &[(Kind, Trouble<'_>)] = &[
    (Kind::Forbidden, (403, "", "", PERMISSION)),
    (Kind::License, (403, "", "", PERMISSION)),
    (Kind::Locked, (403, "", "", "Your API key is blocked.")),
    (Kind::InsufficientFunds, (403, "", "", NEW_TEAM)),
    (Kind::Quota, (429, "", "", SPENT)),
    (Kind::RateLimited, (429, "", "", "Too many requests for team 0 and model grok-4-fast.")),
    (Kind::BadRequest, (400, "", "", "Argument not supported on this model: presencePenalty")),
    (Kind::ServerError, (500, "", "", "Internal error.")),
    (Kind::Overloaded, (503, "", "", DOWN)),
    (Kind::Unavailable, (503, "", "", DOWN)),
];

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    match kind {
        Kind::Unauthorized => Some(no_key(Some("xai-0123456789"))),
        kind => told(FAULTS, kind, retry_after_s, error),
    }
}
