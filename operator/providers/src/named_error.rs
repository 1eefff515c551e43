//! A vendor's error in Assayer's words and in the vendor's own. Pure.

use std::time::Duration;

use assayer_contract::ReasonCode;
use http::StatusCode;

use crate::{redact, text};

/// What an error answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedError {
    /// The closed vocabulary.
    pub reason_code: ReasonCode,
    /// The vendor's own code, if it gave one; at most 100 characters.
    pub error_code: Option<String>,
    /// The vendor's own words, cleaned, at most 1,000 characters, without anything of the form of the vendor's keys.
    pub error_message: String,
    /// How long the vendor asks to wait, where it says so elsewhere than in `Retry-After`.
    pub wait: Option<Duration>,
}

impl NamedError {
    /// An error in no envelope that the vendor documents: proxies in front of it answer in plain text or HTML.
    pub(crate) fn unreadable(status: StatusCode, body: &[u8]) -> Self {
        Self::new(status, ReasonCode::of_vendor_status(status.as_u16()), None, &text::head(body))
    }

    /// Cleans and bounds the vendor's texts and takes keys out of them; an empty message is replaced by the status.
    pub(crate) fn new(status: StatusCode, reason_code: ReasonCode, error_code: Option<&str>, message: &str) -> Self {
        let message = text::clean(&redact::keys(message), text::LONGEST);
        let error_code = error_code.map(|code| text::clean(&redact::keys(code), 100)).filter(|code| !code.is_empty());
        let error_message = if message.is_empty() { format!("the vendor answered {status}") } else { message };
        Self { reason_code, error_code, error_message, wait: None }
    }
}
