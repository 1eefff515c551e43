//! Ironbeam's errors. In: status and body. Out: their names. Pure.

use assayer_contract::ReasonCode;
use http::StatusCode;
use serde_json::{Map, Value};

use crate::{NamedError, rest};

/// `{"status": "ERROR", "message"?, "error"}`; some answers say `error1`, some put it all into `result`.
pub(super) fn name_error(status: StatusCode, body: &[u8]) -> Option<NamedError> {
    let mut fields = rest::object(body).unwrap_or_default();
    if let Some(Value::Object(nested)) = fields.remove("result") {
        fields.extend(nested);
    }
    let said = text(&fields);
    let word = rest::said(&fields, "status").map(|word| word.to_uppercase());
    let bad = matches!(word.as_deref(), Some("ERROR" | "FATAL" | "UNKNOWN")) || fields.keys().any(|name| is_error(&fields, name));
    if status.is_success() && !bad {
        return None;
    }
    let Some(said) = said else {
        let unreadable = NamedError::unreadable(status, body);
        return Some(NamedError { reason_code: reason(status, word.as_deref(), ""), ..unreadable });
    };
    Some(NamedError::new(status, reason(status, word.as_deref(), &said), word.as_deref(), &said))
}

fn is_error(fields: &Map<String, Value>, name: &str) -> bool {
    let numbered = name.strip_prefix("error").is_some_and(|no| no.bytes().all(|b| b.is_ascii_digit()));
    numbered && fields.get(name).is_some_and(Value::is_string) && rest::said(fields, name).is_some()
}

/// What is said, the error first.
fn text(fields: &Map<String, Value>) -> Option<String> {
    let errors = fields.keys().filter(|name| is_error(fields, name)).take(10).filter_map(|name| rest::said(fields, name));
    let mut texts: Vec<_> = errors.chain(rest::said(fields, "message")).collect();
    texts.dedup();
    (!texts.is_empty()).then(|| texts.join(": "))
}

/// A key that is not good comes with any of four statuses; the words tell.
fn reason(status: StatusCode, word: Option<&str>, said: &str) -> ReasonCode {
    let said = said.to_lowercase();
    let about_the_key = ["unauthorized", "authenticat", "credential", "password", "token", "api key", "apikey"];
    let by_words = status.is_success() || matches!(status.as_u16(), 400 | 403 | 406);
    if by_words && about_the_key.iter().any(|part| said.contains(part)) {
        return ReasonCode::ProviderAuth;
    }
    match word {
        Some("UNKNOWN") if status.is_success() => ReasonCode::ProviderError,
        _ if status.is_success() && said.contains("too many requests") => ReasonCode::ProviderRateLimited,
        _ if status.is_success() => ReasonCode::ProviderRejectedRequest,
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    }
}
