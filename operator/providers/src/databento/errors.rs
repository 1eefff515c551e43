//! Databento's errors. In: status and body. Out: their names; and Assayer's refusals in the same envelope. Pure.

use assayer_contract::ReasonCode;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{NamedError, text};

/// `{"detail": …}`: an object, a text, or FastAPI's list.
#[derive(Deserialize)]
struct Envelope {
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Detail {
    Text(String),
    Business { case: Option<String>, message: String },
    Invalid(Vec<Violation>),
}

/// One item of FastAPI's 422.
#[derive(Deserialize)]
struct Violation {
    #[serde(default)]
    loc: Vec<Value>,
    msg: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

pub(super) fn name_error(status: StatusCode, body: &[u8]) -> NamedError {
    let (code, message) = match serde_json::from_slice(body) {
        Ok(Envelope { detail: Detail::Text(message) }) => (None, message),
        Ok(Envelope { detail: Detail::Business { case, message } }) => (case, message),
        Ok(Envelope { detail: Detail::Invalid(items) }) => {
            (items.first().and_then(|item| item.kind.clone()), items.iter().map(Violation::text).collect::<Vec<_>>().join("; "))
        }
        // Proxies in front of the vendor answer in plain text or HTML.
        Err(_) => (None, text::head(body)),
    };
    NamedError::new(status, reason(status, code.as_deref()), code.as_deref(), &message)
}

/// How the cases of a 422 begin that are about the range asked for.
const RANGE_CASES: [&str; 4] = ["data_start_", "data_end_", "data_time_range_", "dataset_unavailable_range"];

/// An account that is locked comes as 403, and no plan would change it.
fn reason(status: StatusCode, case: Option<&str>) -> ReasonCode {
    match case {
        Some("auth_account_locked") => ReasonCode::ProviderAccountLocked,
        Some(case) if case.starts_with("license_") => ReasonCode::DataLicenseRequired,
        Some(case) if status == StatusCode::UNPROCESSABLE_ENTITY && RANGE_CASES.iter().any(|start| case.starts_with(start)) => {
            ReasonCode::ProviderRange
        }
        Some(case) if status == StatusCode::FORBIDDEN && case.starts_with("auth_") => ReasonCode::ProviderAuth,
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    }
}

impl Violation {
    fn text(&self) -> String {
        let place: Vec<_> = self.loc.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
        format!("{}: {}", place.join("."), self.msg)
    }
}

/// The object form, which the vendor's own client reads: it wants both `message` and `docs`.
pub(super) fn refusal(status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>) {
    let body = json!({ "detail": {
        "case": reason, "message": message, "status_code": status.as_u16(), "docs": "about:blank", "payload": {},
    }});
    ("application/json", body.to_string().into_bytes())
}
