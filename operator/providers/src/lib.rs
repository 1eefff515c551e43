//! What Assayer knows of each vendor: its sign-in, its endpoints, how to measure its answers and name its errors.
//!
//! In: requests as a runner sent them, answers as a vendor gave them. Out: facts for the request log. Pure: no I/O, no clock.
//! Adding a provider is one file here and one line in [`ALL`].

mod call;
mod credentials;
mod databento;
mod measure;
mod named_error;
mod retry;
mod text;

pub use call::{Call, Refused, Request};
pub use credentials::{CredentialError, Credentials};
pub use measure::{AnsweredBar, BarVisitor, Measure, MeasureError};
pub use named_error::NamedError;
pub use retry::retry_after;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};

/// Every provider that Assayer knows.
pub static ALL: [&dyn Provider; 1] = [&databento::Databento];

/// The provider of this registry name.
pub fn find(name: &str) -> Option<&'static dyn Provider> {
    ALL.into_iter().find(|provider| provider.name() == name)
}

/// One vendor's API.
pub trait Provider: Sync {
    /// Registry name, lower case: the segment after `/v1/providers/`.
    fn name(&self) -> &'static str;

    /// The kind of source that it is.
    fn source(&self) -> Source;

    /// Base URL of the vendor's API, ending in `/`; an Integration's endpoint may stand in for it in a dev installation.
    fn default_base(&self) -> &'static str;

    /// Names of the secrets that signing in needs, as the vendor's own tools name them.
    fn required_keys(&self) -> &'static [&'static str];

    /// Names of secrets that may be there as well.
    fn optional_keys(&self) -> &'static [&'static str];

    /// Checks that every required secret is there and every one that is there has its vendor's form.
    fn check(&self, credentials: &Credentials) -> Result<(), CredentialError>;

    /// The headers that sign a request in, marked sensitive. They replace any that the caller sent.
    fn sign_in(&self, credentials: &Credentials) -> Result<HeaderMap, CredentialError>;

    /// Says what a request asks for, or why it cannot be let through.
    fn classify(&self, request: &Request<'_>) -> Result<Call, Refused>;

    /// Measures the whole body of a 2xx answer. A body that is cut short is an error, never a smaller count.
    /// `bars` sees each bar; what it has seen is worth nothing if this fails.
    fn measure(&self, call: &Call, body: &[u8], bars: &mut dyn BarVisitor) -> Result<Measure, MeasureError>;

    /// What the vendor warns of in an answer that is otherwise good, in a sentence.
    fn warning(&self, headers: &HeaderMap) -> Option<String>;

    /// Names the error in an answer that is no 2xx.
    fn name_error(&self, status: StatusCode, body: &[u8]) -> NamedError;

    /// Assayer's own refusal in the vendor's envelope, so that the vendor's own client can read it: media type and body.
    fn refusal(&self, status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>);

    /// Name of the header in which the vendor gives its own id of the request.
    fn request_id_header(&self) -> Option<&'static str>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_found_by_its_exact_name_only() {
        assert_eq!(find("databento").map(Provider::name), Some("databento"));
        assert!(find("Databento").is_none() && find("").is_none());
    }

    #[test]
    fn every_base_ends_in_a_slash_so_that_paths_can_be_appended() {
        assert!(ALL.iter().all(|provider| provider.default_base().ends_with('/')));
    }
}
