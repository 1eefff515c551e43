//! Databento's errors, in its envelopes.
//!
//! In: what is wrong. Out: status, headers and body as the vendor answers them. Pure.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::faults::Kind;

const DOCS: &str = "https://databento.com/docs/api-reference-historical/basics";

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    detail: Value,
}

impl Refusal {
    /// The object form: a case that programs can read, and a payload that says what would have been right.
    pub(super) fn case(status: StatusCode, case: &str, page: &str, message: impl Into<String>, payload: Option<Value>) -> Self {
        let mut detail = json!({
            "case": case,
            "message": message.into(),
            "status_code": status.as_u16(),
            "docs": format!("{DOCS}/{page}"),
        });
        if let (Some(payload), Some(detail)) = (payload, detail.as_object_mut()) {
            detail.insert("payload".to_owned(), payload);
        }
        Self { status, detail }
    }

    /// 422 about symbols.
    pub(super) fn symbology(message: impl Into<String>) -> Self {
        Self::case(StatusCode::UNPROCESSABLE_ENTITY, "symbology_invalid_request", "symbology", message, None)
    }

    /// 422 in the list form: fields that are missing or unreadable, each (place, name, message, type).
    pub(super) fn fields(fields: &[(&str, &str, &str, &str)]) -> Self {
        let list = fields.iter().map(|(place, name, msg, kind)| json!({"loc": [place, name], "msg": msg, "type": kind}));
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, detail: list.collect() }
    }

    fn text(status: StatusCode, text: &str) -> Self {
        Self { status, detail: json!(text) }
    }

    /// 401 without any credentials.
    pub(super) fn not_authenticated() -> Self {
        Self::text(StatusCode::UNAUTHORIZED, "Not authenticated")
    }

    /// 401 with a key that is not known.
    pub(super) fn authentication_failed() -> Self {
        let case = "auth_authentication_failed";
        Self::case(StatusCode::UNAUTHORIZED, case, "authentication", "Authentication failed.", None)
    }

    /// 404 for a path that the API does not have.
    pub(super) fn not_found() -> Self {
        Self::text(StatusCode::NOT_FOUND, "Not Found")
    }

    /// 405 for a path that has other methods.
    pub(super) fn method_not_allowed() -> Self {
        Self::text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
    }

    /// 500: something of ours broke.
    pub(super) fn internal() -> Self {
        Self::text(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({"detail": self.detail}))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        response
    }
}

/// The vendor's answer to a fault on demand; none for faults that are no answer.
pub(super) fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    let account = |status, case, message| Refusal::case(status, case, "errors", message, None).into_response();
    Some(match kind {
        Kind::Unauthorized => Refusal::authentication_failed().into_response(),
        Kind::InsufficientFunds => account(
            StatusCode::PAYMENT_REQUIRED,
            "account_insufficient_funds",
            "The account has insufficient funds to complete this request.",
        ),
        Kind::License => account(
            StatusCode::FORBIDDEN,
            "license_not_found_unauthorized",
            "A live data license is required to access this data.",
        ),
        Kind::Locked => account(StatusCode::FORBIDDEN, "auth_account_locked", "The account is locked."),
        Kind::OutOfRange => Refusal::case(
            StatusCode::UNPROCESSABLE_ENTITY,
            "data_end_after_available_end",
            "datetimes",
            "The `end` in the query is after the available range. Try requesting with an earlier `end`.",
            None,
        )
        .into_response(),
        Kind::RateLimited => {
            let mut response = Refusal::text(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests").into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
            response
        }
        // The vendor's own failures come from whatever stands before its API, as plain text.
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        // No answer of the vendor's: the shell's doing, or bars that are not as they should be.
        _ => return None,
    })
}
