//! A vendor's error in Assayer's words and in the vendor's own. Pure.

use std::{fmt, time::Duration};

use assayer_contract::ReasonCode;
use http::StatusCode;

use crate::{redact, text};

/// What an error answer says.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedError {
    /// The closed vocabulary.
    pub reason_code: ReasonCode,
    /// The vendor's own code, if it gave one; at most 100 characters.
    pub error_code: Option<String>,
    /// The vendor's own words, cleaned, at most 1,000 characters, without anything of the form of the vendor's keys.
    pub error_message: String,
    /// How long the vendor asks to wait, where it says so elsewhere than in `Retry-After`.
    pub wait: Option<Duration>,
    /// What the vendor wants to see in the same request, sent again after `wait`; not printed. What only reads may be sent again
    /// with it; an order, only after it is clear that it is still wanted.
    pub ticket: Option<String>,
}

impl fmt::Debug for NamedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("NamedError");
        fields.field("reason_code", &self.reason_code).field("error_code", &self.error_code);
        fields.field("error_message", &self.error_message).field("wait", &self.wait);
        fields.field("ticket", &self.ticket.as_ref().map(|_| "[redacted]")).finish()
    }
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
        Self { reason_code, error_code, error_message, wait: None, ticket: None }
    }
}
