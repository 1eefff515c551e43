//! What the tables of the providers have in common.

use assayer_contract::ReasonCode;
use assayer_providers::{Call, Credentials, NamedError, Refused, Request, find};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;

pub(crate) fn credentials(pairs: &[(&str, &str)]) -> Credentials {
    Credentials::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))))
}

pub(crate) fn named(provider: &str, status: u16, body: impl AsRef<[u8]>) -> Option<NamedError> {
    find(provider).unwrap().name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_ref())
}

/// Each answer with its class and something that is said of it.
pub(crate) fn all_named(provider: &str, table: &[(u16, &str, ReasonCode, &str)]) {
    for (status, body, reason, said) in table {
        let named = named(provider, *status, body).unwrap_or_else(|| panic!("{status} {body} is no error"));
        assert_eq!(named.reason_code, *reason, "{status} {body}");
        assert!(named.error_message.contains(said), "{body}: {}", named.error_message);
    }
}

pub(crate) fn get<'a>(path: &'a str, query: &'a str) -> Request<'a> {
    Request { method: "GET", path, query, content_type: None, body: b"" }
}

pub(crate) fn classified(provider: &str, method: &str, path: &str, query: &str, body: &str) -> Result<Call, Refused> {
    let content_type = (!body.is_empty()).then_some("application/json");
    find(provider).unwrap().classify(&Request { method, path, query, content_type, body: body.as_bytes() })
}

/// Each request is refused with a sentence that says this.
pub(crate) fn all_refused(provider: &str, table: &[(&str, &str, &str, &str, &str)]) {
    for (method, path, query, body, said) in table {
        let refused = classified(provider, method, path, query, body).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid, "{refused}");
        assert!(refused.message.contains(said), "{body}: {}", refused.message);
    }
}
