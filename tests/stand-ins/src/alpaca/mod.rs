//! Alpaca as its documentation describes it: the broker's host and the one with news, as two vendors with the same credential.
//!
//! In: requests of any client of those APIs. Out: their answers and errors. Prices, fills and headlines are made up.

mod account;
mod news;
mod trading;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, http::Method};
use serde_json::json;

use crate::faults::Kind;
use crate::keys::Keys;
use crate::shell::Vendor;

/// The broker with these keys, each `ID:SECRET`.
pub fn trading(keys: Keys) -> Vendor {
    vendor(trading::router(), keys)
}

/// The news with these keys, each `ID:SECRET`.
pub fn news(keys: Keys) -> Vendor {
    vendor(news::router(), keys)
}

fn vendor(router: Router, keys: Keys) -> Vendor {
    let router = router
        .fallback(|| async { message(StatusCode::NOT_FOUND, "endpoint not found.") })
        .method_not_allowed_fallback(|method: Method| async move {
            message(StatusCode::METHOD_NOT_ALLOWED, &format!("{method} is not allowed."))
        })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key, refuse, request_id: Some(HeaderName::from_static("x-request-id")) }
}

/// Both halves, so that a secret of another key is told apart.
fn key(head: &Parts) -> Option<String> {
    let header = |name: &str| head.headers.get(name)?.to_str().ok();
    Some(format!("{}:{}", header("apca-api-key-id")?, header("apca-api-secret-key")?))
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match key(&head) {
        None => message(StatusCode::FORBIDDEN, "forbidden."),
        Some(key) if !keys.accept(&key) => unauthorized(),
        Some(_) => next.run(Request::from_parts(head, body)).await,
    }
}

fn unauthorized() -> Response {
    error(40_110_000, "request is not authorized")
}

/// The first three digits of a code are the status.
fn error(code: u32, message: &str) -> Response {
    let status = u16::try_from(code / 100_000).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = match code {
        // A field that is wrong has a code of 400 and a status of 422.
        40_010_001 => StatusCode::UNPROCESSABLE_ENTITY,
        _ => status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    };
    (status, Json(json!({"code": code, "message": message}))).into_response()
}

/// Without a code, as what stands before the API answers.
fn message(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"message": message}))).into_response()
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => unauthorized(),
        Kind::InsufficientFunds => error(40_310_000, "insufficient buying power"),
        Kind::Forbidden => error(40_310_000, "account is not allowed to short"),
        Kind::License => {
            let body = json!({"code": 42_210_000, "message": "subscription does not permit querying recent SIP data"});
            (StatusCode::FORBIDDEN, Json(body)).into_response()
        }
        Kind::BadRequest => error(42_210_000, "asset \"ZZZZ\" not found"),
        Kind::RateLimited => error(42_910_000, "rate limit exceeded"),
        Kind::ServerError => error(50_010_000, "internal server error occurred"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}
