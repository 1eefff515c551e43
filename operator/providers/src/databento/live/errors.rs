//! What the Live gateway says when it says no. In: its words and codes. Out: their names. Pure.

use assayer_contract::ReasonCode;

use crate::{redact, text};

/// An error of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveError {
    /// The closed vocabulary.
    pub reason_code: ReasonCode,
    /// The vendor's own code, where it gave one.
    pub error_code: Option<&'static str>,
    /// The vendor's own words, cleaned, without anything of the form of a key.
    pub message: String,
}

impl LiveError {
    /// Whether asking again cannot help until somebody has changed something.
    pub fn is_final(&self) -> bool {
        matches!(
            self.reason_code,
            ReasonCode::ProviderAuth
                | ReasonCode::ProviderAccountLocked
                | ReasonCode::DataLicenseRequired
                | ReasonCode::ProviderRejectedRequest
        )
    }
}

/// The error of a login that was answered `success=0|error=TEXT`. What nobody has documented counts as a refused key: that is the one
/// thing that a login asks.
pub fn of_refusal(said: &str) -> LiveError {
    LiveError { reason_code: by_words(said).unwrap_or(ReasonCode::ProviderAuth), error_code: None, message: cleaned(said) }
}

/// The error of an error record. None is no error of the session: it goes on with less.
pub fn of_record(code: u8, said: &str) -> LiveError {
    let (error_code, reason_code) = match code {
        1 => ("auth_failed", ReasonCode::ProviderAuth),
        2 => ("api_key_deactivated", ReasonCode::ProviderAuth),
        3 => ("connection_limit_exceeded", ReasonCode::ProviderRateLimited),
        4 => ("symbol_resolution_failed", ReasonCode::ProviderRejectedRequest),
        5 => ("invalid_subscription", by_words(said).unwrap_or(ReasonCode::ProviderRejectedRequest)),
        6 => ("internal_error", ReasonCode::ProviderError),
        7 => ("skipped_records_after_slow_reading", ReasonCode::DataTruncated),
        8 => ("replay_data_aged_out", ReasonCode::ProviderRange),
        _ => ("unset", by_words(said).unwrap_or(ReasonCode::ProviderError)),
    };
    LiveError { reason_code, error_code: Some(error_code), message: cleaned(said) }
}

/// What the words say; the vendor has no codes at a login.
fn by_words(said: &str) -> Option<ReasonCode> {
    let said = said.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if has(&["license", "licence", "entitle", "not subscribed"]) {
        Some(ReasonCode::DataLicenseRequired)
    } else if has(&["connection limit", "too many", "rate limit"]) {
        Some(ReasonCode::ProviderRateLimited)
    } else if has(&["locked", "suspended"]) {
        Some(ReasonCode::ProviderAccountLocked)
    } else if has(&["authenticat", "api key", "deactivated", "cram"]) {
        Some(ReasonCode::ProviderAuth)
    } else if has(&["unknown", "invalid", "missing", "not available", "resolve"]) {
        Some(ReasonCode::ProviderRejectedRequest)
    } else if has(&["internal", "unavailable", "maintenance", "restart"]) {
        Some(ReasonCode::ProviderError)
    } else {
        None
    }
}

fn cleaned(said: &str) -> String {
    let said = text::clean(&redact::keys(said), text::LONGEST);
    if said.is_empty() { "the vendor gave no reason".to_owned() } else { said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_a_login_are_told_apart_by_their_words() {
        for (said, reason, is_final) in [
            ("Authentication failed.", ReasonCode::ProviderAuth, true),
            ("A live data license is required to access GLBX.MDP3.", ReasonCode::DataLicenseRequired, true),
            ("User has reached their open connection limit", ReasonCode::ProviderRateLimited, false),
            ("Unknown subscription param 'sssauth'", ReasonCode::ProviderRejectedRequest, true),
            ("Unknown dataset XNAS.NOPE", ReasonCode::ProviderRejectedRequest, true),
            ("Gateway is restarting for maintenance", ReasonCode::ProviderError, false),
            ("something that nobody has seen", ReasonCode::ProviderAuth, true),
        ] {
            let error = of_refusal(said);
            assert_eq!((error.reason_code, error.is_final()), (reason, is_final), "{said}");
            assert_eq!(error.message, said);
        }
    }

    #[test]
    fn records_of_errors_are_named_by_their_codes() {
        for (code, said, reason) in [
            (1, "", ReasonCode::ProviderAuth),
            (2, "", ReasonCode::ProviderAuth),
            (3, "", ReasonCode::ProviderRateLimited),
            (4, "Failed to resolve symbols: NOPE", ReasonCode::ProviderRejectedRequest),
            (5, "Schema mbo is not available", ReasonCode::ProviderRejectedRequest),
            (5, "A live data license is required", ReasonCode::DataLicenseRequired),
            (6, "oops", ReasonCode::ProviderError),
            (7, "", ReasonCode::DataTruncated),
            (8, "", ReasonCode::ProviderRange),
            (255, "A live data license is required", ReasonCode::DataLicenseRequired),
            (255, "oops", ReasonCode::ProviderError),
            (99, "oops", ReasonCode::ProviderError),
        ] {
            assert_eq!(of_record(code, said).reason_code, reason, "{code} {said}");
        }
    }

    #[test]
    fn a_key_that_the_vendor_repeats_is_not_passed_on() {
        let error = of_refusal("Authentication failed for db-0123456789abcdef0123456789abc");
        assert!(!error.message.contains("0123456789abcdef"), "{}", error.message);
    }
}
