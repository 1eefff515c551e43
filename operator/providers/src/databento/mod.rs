//! Databento, historical API. In and out: see [`Provider`]. Pure.

mod classify;
mod days;
mod endpoints;
mod errors;
mod json;
pub mod live;
mod measure;
mod stream;

use std::time::Duration;

use assayer_contract::{InstrumentDays, ReasonCode, Source};
use http::{HeaderMap, StatusCode};

use crate::{
    BarVisitor, Call, Category, DayOfBars, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, Provider, Refused,
    Request, SignIn, Verify, text,
};

/// Databento, historical API.
pub(crate) struct Databento;

const KEY: Key = Key {
    name: "DATABENTO_API_KEY",
    also: &[],
    form: Form {
        certain: |key| key.len() == 32 && key.starts_with("db-") && text::is_word(key),
        likely: |key| key.bytes().skip(3).all(|b| b.is_ascii_alphanumeric()),
        expected: "32 letters and digits that begin with \"db-\"",
    },
    hint: "databento.com, Portal, API keys.",
};

static FACTS: Facts = Facts {
    name: NAME,
    title: "Databento",
    category: Category::Source(Source::MarketData),
    base: "https://hist.databento.com/",
    required_keys: &[KEY],
    optional_keys: &[],
    // The key is the user; there is no password.
    sign_in: SignIn::Basic,
    verify: Some(Verify { method: "GET", path: "v0/metadata.list_datasets", query: "" }),
    // Of metadata, which every job begins with; time series and symbology have 100 a second.
    limits: &[Limit { requests: 20, per: Duration::from_secs(1) }],
    request_id_header: Some("request-id"),
    plan: "History is paid by the byte; the last 24 hours and live data need a CME licence, without which the answer is 403 license_not_found_unauthorized.",
};

const NAME: &str = "databento";

impl Provider for Databento {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn classify(&self, request: &Request<'_>) -> Result<Call, Refused> {
        classify::classify(request)
    }

    fn measure(&self, call: &Call, body: &[u8], bars: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
        measure::measure(call, body, bars)
    }

    fn days(&self, call: &Call, body: &[u8]) -> Option<Vec<DayOfBars>> {
        days::split(call, body)
    }

    fn of_days(&self, call: &Call, instruments: &[InstrumentDays], days: &[Vec<u8>]) -> Option<Vec<u8>> {
        days::join(call, instruments, days)
    }

    /// `X-Warning` is a JSON list of texts.
    fn warning(&self, headers: &HeaderMap) -> Option<String> {
        let value = headers.get("x-warning")?.to_str().ok()?;
        let texts = serde_json::from_str::<Vec<String>>(value).map_or_else(|_| value.to_owned(), |texts| texts.join(" "));
        Some(text::clean(&texts, text::LONGEST))
    }

    fn name_error(&self, status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> Option<NamedError> {
        (!status.is_success()).then(|| errors::name_error(status, body))
    }

    fn refusal(&self, status: StatusCode, reason: ReasonCode, message: &str) -> (&'static str, Vec<u8>) {
        errors::refusal(status, reason, message)
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use http::header::AUTHORIZATION;
    use secrecy::SecretString;

    use super::*;
    use crate::{CredentialError, Credentials};

    const GOOD: &str = "db-0123456789abcdef0123456789abc";

    fn credentials(value: &str) -> Credentials {
        Credentials::new([(KEY.name.to_owned(), SecretString::from(value))])
    }

    fn databento() -> &'static dyn Provider {
        &Databento
    }

    #[test]
    fn a_key_signs_in_as_the_basic_user_and_its_header_never_prints() {
        let headers = databento().sign_in(&credentials(GOOD)).unwrap().headers;
        let value = headers.get(AUTHORIZATION).unwrap();
        assert_eq!(value.to_str().unwrap(), format!("Basic {}", STANDARD.encode(format!("{GOOD}:"))));
        assert_eq!(format!("{headers:?}"), r#"{"authorization": Sensitive}"#);
    }

    #[test]
    fn a_key_that_cannot_be_one_is_named_without_its_value() {
        for bad in ["short", &GOOD.replace("db-", "xx-"), &GOOD.replace('a', " "), &format!("{GOOD}0"), &GOOD.replace('a', "é")]
        {
            let error = databento().check(&credentials(bad)).unwrap_err();
            assert_eq!(error.reason_code(), ReasonCode::IntegrationKeyMalformed);
            assert!(error.to_string().contains(KEY.name) && !error.to_string().contains(bad), "{error}");
        }
    }

    #[test]
    fn a_key_that_looks_odd_is_warned_of_and_used() {
        let odd = credentials(&GOOD.replace('a', "_"));
        assert_eq!(databento().check(&odd), Ok(()));
        let doubts = odd.doubts(&FACTS);
        assert!(doubts.len() == 1 && doubts[0].starts_with("DATABENTO_API_KEY looks unlike"), "{doubts:?}");
    }

    #[test]
    fn a_missing_or_empty_key_is_missing() {
        for credentials in [Credentials::default(), credentials("  ")] {
            let error = databento().sign_in(&credentials).unwrap_err();
            assert_eq!(error, CredentialError::Missing(KEY.name));
            assert_eq!(error.reason_code(), ReasonCode::IntegrationKeyMissing);
            assert_eq!(credentials.missing(&FACTS), [KEY.name]);
        }
    }
}
