//! Ironbeam's sessions. In: credentials, then the login's answer. Out: the login, then its token. Pure.

use assayer_contract::ReasonCode;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{API_KEY, ENV, PASSWORD, USERNAME, errors};
use crate::{CredentialError, Credentials, Login, NamedError, NotOpened, Session, SignedIn, Token, rest, text};

/// How long a token is used. The vendor says nothing of its life and has nothing that prolongs it, so a new login comes in time.
const LIFE: TimeDelta = TimeDelta::hours(1);
const BEFORE_THE_END: TimeDelta = TimeDelta::minutes(15);

fn base(credentials: &Credentials) -> Result<&'static str, CredentialError> {
    match credentials.of(&ENV)?.expose_secret() {
        "demo" => Ok("https://demo.ironbeamapi.com/v2/"),
        "live" => Ok("https://live.ironbeamapi.com/v2/"),
        _ => Err(CredentialError::Malformed { key: ENV.name, expected: ENV.form.expected }),
    }
}

/// How they are opened and used.
pub(super) struct Sessions;

impl Session for Sessions {
    fn login(&self, credentials: &Credentials, _ticket: Option<&str>) -> Result<Login, CredentialError> {
        let secret = |key| credentials.of(key).map(|value| value.expose_secret().to_owned());
        let mut body = json!({"username": secret(&USERNAME)?, "apiKey": secret(&API_KEY)?});
        if let (Ok(password), Value::Object(fields)) = (secret(&PASSWORD), &mut body) {
            fields.insert("password".to_owned(), password.into());
        }
        Ok(Login {
            base: Some(base(credentials)?),
            method: "POST",
            path: "auth",
            body: Some(SecretString::from(body.to_string())),
        })
    }

    fn renewal(&self) -> Option<Login> {
        None
    }

    fn opened(&self, status: StatusCode, _headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Token, NotOpened> {
        match errors::name_error(status, body) {
            // Whatever is wrong with a login that was understood is wrong with the credential.
            Some(named) if status.is_success() && named.reason_code == ReasonCode::ProviderRejectedRequest => {
                return Err(NotOpened::Named(NamedError { reason_code: ReasonCode::ProviderAuth, ..named }));
            }
            Some(named) => return Err(NotOpened::Named(named)),
            None => {}
        }
        // The answer holds the token: not a word of it goes into the message.
        let token = rest::object(body).and_then(|fields| rest::said(&fields, "token"));
        let token = token.filter(|token| text::is_sendable(token)).ok_or_else(|| {
            let message = "the answer to the login has no token that can be sent";
            NotOpened::Named(NamedError::new(status, ReasonCode::ProviderError, None, message))
        })?;
        Ok(Token { secret: token.into(), expires_at: now + LIFE, renew_at: now + (LIFE - BEFORE_THE_END) })
    }

    /// Whether the account is live the vendor says itself, in `info/trader`.
    fn sign_in(&self, credentials: &Credentials, token: &SecretString) -> Result<SignedIn, CredentialError> {
        let none = SignedIn { base: Some(base(credentials)?.to_owned().into()), ..SignedIn::default() };
        none.with_bearer(token, &API_KEY)
    }
}
