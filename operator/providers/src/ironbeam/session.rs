//! Ironbeam's sessions. In: credentials, then the login's answer. Out: the login, then its token. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{API_KEY, ENV, PASSWORD, USERNAME, errors};
use crate::{AccountKind, CredentialError, Credentials, Login, NotOpened, Session, SignedIn, Token, rest, text};

/// How long a token is used. The vendor says nothing of its life and has nothing that prolongs it, so a new login comes in time.
const LIFE: TimeDelta = TimeDelta::hours(1);
const BEFORE_THE_END: TimeDelta = TimeDelta::minutes(15);

/// What the credential says of the account, and the base for it.
fn place(credentials: &Credentials) -> Result<(AccountKind, &'static str), CredentialError> {
    let kind = credentials.account_kind(&ENV)?;
    let base = match kind {
        AccountKind::Demo => "https://demo.ironbeamapi.com/v2/",
        AccountKind::Live => "https://live.ironbeamapi.com/v2/",
    };
    Ok((kind, base))
}

/// How sessions are opened and used.
pub(super) struct Sessions;

impl Session for Sessions {
    fn login(&self, credentials: &Credentials, _ticket: Option<&str>) -> Result<Login, CredentialError> {
        let secret = |key| credentials.of(key).map(|value| value.expose_secret().to_owned());
        let mut body = json!({"username": secret(&USERNAME)?, "apiKey": secret(&API_KEY)?});
        if let (Ok(password), Value::Object(fields)) = (secret(&PASSWORD), &mut body) {
            fields.insert("password".to_owned(), password.into());
        }
        Ok(Login {
            base: Some(place(credentials)?.1),
            method: "POST",
            path: "auth",
            body: Some(SecretString::from(body.to_string())),
        })
    }

    fn renewal(&self) -> Option<Login> {
        None
    }

    fn opened(&self, status: StatusCode, _headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Token, NotOpened> {
        if let Some(named) = errors::name_error(status, body) {
            return Err(NotOpened::refused(status, named));
        }
        let token = rest::object(body).and_then(|fields| rest::said(&fields, "token")).filter(|token| text::is_sendable(token));
        let token = token.ok_or_else(|| NotOpened::unusable(status, "the answer to the login has no token that can be sent"))?;
        Ok(Token { secret: token.into(), expires_at: now + LIFE, renew_at: now + (LIFE - BEFORE_THE_END) })
    }

    /// Whether the account is live the vendor says itself, in `info/trader`.
    fn sign_in(&self, credentials: &Credentials, token: &SecretString) -> Result<SignedIn, CredentialError> {
        let (kind, base) = place(credentials)?;
        let none = SignedIn { base: Some(base.to_owned().into()), expects: Some(kind), ..SignedIn::default() };
        none.with_bearer(token, &API_KEY)
    }
}
