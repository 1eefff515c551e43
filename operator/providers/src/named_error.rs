//! A vendor's error in Assayer's words and in the vendor's own. Pure.

use assayer_contract::ReasonCode;
use http::StatusCode;

use crate::text;

/// What an error answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedError {
    /// The closed vocabulary.
    pub reason_code: ReasonCode,
    /// The vendor's own code, if it gave one; at most 100 characters.
    pub error_code: Option<String>,
    /// The vendor's own words, cleaned, at most 1,000 characters, without anything of the form of the vendor's keys.
    pub error_message: String,
}

impl NamedError {
    /// Cleans and bounds the vendor's texts; an empty message is replaced by the status.
    pub(crate) fn new(status: StatusCode, reason_code: ReasonCode, error_code: Option<&str>, message: &str) -> Self {
        let message = text::clean(message, text::LONGEST);
        let error_code = error_code.map(|code| text::clean(code, 100)).filter(|code| !code.is_empty());
        let error_message = if message.is_empty() { format!("the vendor answered {status}") } else { message };
        Self { reason_code, error_code, error_message }
    }
}
