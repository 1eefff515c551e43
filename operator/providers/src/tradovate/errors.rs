//! Tradovate's errors. In: status and body. Out: their names. Pure.

use std::time::Duration;

use assayer_contract::ReasonCode;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{NamedError, rest};

/// After a 429, and where only a person could go on.
const STOP: Duration = Duration::from_hours(1);
/// After a 423, which comes before a 429: the limits are counted by the minute as well, and the next would cost an hour.
const PAUSE: Duration = Duration::from_mins(1);

/// A longer one, in bytes, is none.
const LONGEST_TICKET: usize = 10_000;

pub(super) fn name_error(status: StatusCode, body: &[u8]) -> Option<NamedError> {
    let fields = rest::object(body).unwrap_or_default();
    if let Some(penalty) = penalty(status, &fields) {
        return Some(penalty);
    }
    match status {
        StatusCode::TOO_MANY_REQUESTS => {
            let named = NamedError::new(status, ReasonCode::ProviderRateLimited, None, "too many requests: stop for an hour");
            Some(NamedError { wait: Some(STOP), ..named })
        }
        StatusCode::LOCKED => {
            let text = "close to the limit of requests, beyond which nothing is answered for an hour";
            let named = NamedError::new(status, ReasonCode::ProviderRateLimited, None, text);
            Some(NamedError { wait: Some(PAUSE), ..named })
        }
        _ if status.is_success() => business(status, &fields),
        _ => Some(rest::said(&fields, "errorText").map_or_else(
            || NamedError::unreadable(status, body),
            |text| NamedError::new(status, ReasonCode::of_vendor_status(status.as_u16()), None, &text),
        )),
    }
}

/// In place of any answer: nothing was done, and the same request may come again later, with the ticket.
fn penalty(status: StatusCode, fields: &Map<String, Value>) -> Option<NamedError> {
    if !["p-ticket", "p-time", "p-captcha"].iter().any(|name| fields.get(*name).is_some_and(|value| !value.is_null())) {
        return None;
    }
    let captcha = fields.get("p-captcha").is_some_and(|asked| asked.as_bool() == Some(true) || asked.as_str() == Some("true"));
    if captcha {
        // No program can answer it, so the ticket is worth nothing.
        let text = "a penalty that only a person could shorten: nothing was done, stop for an hour";
        let named = NamedError::new(status, ReasonCode::ProviderCaptcha, Some("p-captcha"), text);
        return Some(NamedError { wait: Some(STOP), ..named });
    }
    let wait = rest::seconds(fields, "p-time").or(Some(PAUSE));
    let text = "a penalty: nothing was done, and the same request may be sent again later";
    let ticket = rest::said(fields, "p-ticket").filter(|ticket| ticket.len() <= LONGEST_TICKET);
    let named = NamedError::new(status, ReasonCode::ProviderRateLimited, Some("p-ticket"), text);
    Some(NamedError { wait, ticket, ..named })
}

/// An error in an answer whose status is good.
fn business(status: StatusCode, fields: &Map<String, Value>) -> Option<NamedError> {
    let named = |reason, code: Option<&str>, text: &str| Some(NamedError::new(status, reason, code, text));
    // The vendor's own list of reasons has one that is none.
    if let Some(failure) = rest::said(fields, "failureReason").filter(|failure| failure != "Success") {
        let text = rest::said(fields, "failureText").unwrap_or_default();
        let said = if text.is_empty() { failure.clone() } else { format!("{failure}: {text}") };
        return named(of_failure(&failure, &text), Some(&failure), &said);
    }
    if let Some(text) = rest::said(fields, "errorText") {
        return named(of_text(&text), None, &text);
    }
    if let Some(Value::Array(violations)) = fields.get("violations").filter(|list| *list != &Value::Array(Vec::new())) {
        let described = violations.iter().take(10).filter_map(|one| rest::said(one.as_object()?, "description"));
        return named(ReasonCode::ProviderRejectedRequest, Some("violations"), &described.collect::<Vec<_>>().join("; "));
    }
    match fields.get("ok") {
        Some(Value::Bool(false)) => named(ReasonCode::ProviderRejectedRequest, None, "the vendor answered that it is not ok"),
        _ => None,
    }
}

/// The class of a failure that is one of the vendor's list. What is not in it is a rejection.
fn of_failure(failure: &str, text: &str) -> ReasonCode {
    match failure {
        "AccountClosed" | "TradingLocked" => ReasonCode::ProviderAccountLocked,
        "MultipleAccountPlanRequired" | "Unauthorized" => ReasonCode::ProviderEntitlement,
        "UnknownReason" if is_denial(text) => ReasonCode::ProviderEntitlement,
        "ExecutionProviderNotConfigured" | "ExecutionProviderUnavailable" | "RiskCheckTimeout" => ReasonCode::ProviderError,
        _ => ReasonCode::ProviderRejectedRequest,
    }
}

fn of_text(text: &str) -> ReasonCode {
    let text = text.to_lowercase();
    if text.contains("password") || text.contains("access token") {
        ReasonCode::ProviderAuth
    } else if is_denial(&text) {
        ReasonCode::ProviderEntitlement
    } else {
        ReasonCode::ProviderRejectedRequest
    }
}

fn is_denial(text: &str) -> bool {
    text.to_lowercase().contains("access is denied")
}
