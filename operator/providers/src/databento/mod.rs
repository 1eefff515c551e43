//! Databento, historical API. In and out: see [`Provider`]. Pure.

mod classify;
mod endpoints;
mod errors;
mod json;
mod measure;
mod stream;

use assayer_contract::{ReasonCode, Source};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    BarVisitor, Call, CredentialError, Credentials, Measure, MeasureError, NamedError, Provider, Refused, Request, text,
};

const NAME: &str = "databento";
const KEY: &str = "DATABENTO_API_KEY";
const KEY_FORM: &str = "expected 32 letters and digits that begin with \"db-\"";

/// Databento, historical API.
pub(crate) struct Databento;

impl Provider for Databento {
    fn name(&self) -> &'static str {
        NAME
    }

    fn source(&self) -> Source {
        Source::MarketData
    }

    fn default_base(&self) -> &'static str {
        "https://hist.databento.com/"
    }

    fn required_keys(&self) -> &'static [&'static str] {
        &[KEY]
    }

    fn optional_keys(&self) -> &'static [&'static str] {
        &[]
    }

    fn check(&self, credentials: &Credentials) -> Result<(), CredentialError> {
        api_key(credentials).map(|_| ())
    }

    /// HTTP Basic with the key as the user and no password.
    fn sign_in(&self, credentials: &Credentials) -> Result<HeaderMap, CredentialError> {
        let key = api_key(credentials)?;
        let basic = SecretString::from(format!("Basic {}", STANDARD.encode(format!("{}:", key.expose_secret()))));
        let malformed = |_| CredentialError::Malformed { key: KEY, expected: KEY_FORM };
        let mut value = HeaderValue::from_str(basic.expose_secret()).map_err(malformed)?;
        value.set_sensitive(true);
        Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
    }

    fn classify(&self, request: &Request<'_>) -> Result<Call, Refused> {
        classify::classify(request)
    }

    fn measure(&self, call: &Call, body: &[u8], bars: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
        measure::measure(call, body, bars)
    }

    /// `X-Warning` is a JSON list of texts.
    fn warning(&self, headers: &HeaderMap) -> Option<String> {
        let value = headers.get("x-warning")?.to_str().ok()?;
        let texts = serde_json::from_str::<Vec<String>>(value).map_or_else(|_| value.to_owned(), |texts| texts.join(" "));
        Some(text::clean(&texts, text::LONGEST))
    }

    fn name_error(&self, status: StatusCode, body: &[u8]) -> NamedError {
        errors::name_error(status, body)
    }

    fn refusal(&self, status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>) {
        errors::refusal(status, reason, message)
    }

    fn request_id_header(&self) -> Option<&'static str> {
        Some("request-id")
    }
}

/// The key, if it has the certain form: 32 ASCII characters that begin with `db-`.
fn api_key(credentials: &Credentials) -> Result<&SecretString, CredentialError> {
    let key = credentials.get(KEY)?;
    let text = key.expose_secret();
    let well_formed = text.len() == 32 && text.starts_with("db-") && text.bytes().all(|b| b.is_ascii_graphic());
    if well_formed { Ok(key) } else { Err(CredentialError::Malformed { key: KEY, expected: KEY_FORM }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "db-0123456789abcdef0123456789abc";

    fn credentials(value: &str) -> Credentials {
        Credentials::new([(KEY.to_owned(), SecretString::from(value))])
    }

    #[test]
    fn a_key_signs_in_as_the_basic_user_and_its_header_never_prints() {
        let headers = Databento.sign_in(&credentials(GOOD)).unwrap();
        let value = headers.get(AUTHORIZATION).unwrap();
        assert_eq!(value.to_str().unwrap(), format!("Basic {}", STANDARD.encode(format!("{GOOD}:"))));
        assert_eq!(format!("{headers:?}"), r#"{"authorization": Sensitive}"#);
    }

    #[test]
    fn a_key_that_cannot_be_one_is_named_without_its_value() {
        for bad in ["short", &GOOD.replace("db-", "xx-"), &GOOD.replace('a', " "), &format!("{GOOD}0"), &GOOD.replace('a', "é")]
        {
            let error = Databento.check(&credentials(bad)).unwrap_err();
            assert_eq!(error.reason_code(), ReasonCode::IntegrationKeyMalformed);
            assert!(error.to_string().contains(KEY) && !error.to_string().contains(bad), "{error}");
        }
    }

    #[test]
    fn a_missing_or_empty_key_is_missing() {
        for credentials in [Credentials::default(), credentials("  ")] {
            let error = Databento.sign_in(&credentials).unwrap_err();
            assert_eq!(error, CredentialError::Missing(KEY));
            assert_eq!(error.reason_code(), ReasonCode::IntegrationKeyMissing);
        }
    }
}
