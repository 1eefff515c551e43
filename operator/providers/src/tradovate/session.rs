//! Tradovate's sessions. In: credentials, then the login's answer. Out: the login, then its token. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{APP_ID, APP_VERSION, CID, DEVICE_ID, PASSWORD, SEC, USERNAME, errors, place};
use crate::{CredentialError, Credentials, Login, NotOpened, Session, SignedIn, Token, rest, text};

/// How long before its end a session is prolonged, as the vendor advises.
const BEFORE_THE_END: TimeDelta = TimeDelta::minutes(15);
/// The shorter of the two lifetimes that the vendor has documented, for an answer that does not say one.
const SHORTEST_LIFE: TimeDelta = TimeDelta::minutes(80);

/// How sessions are opened and used.
pub(super) struct Sessions;

impl Session for Sessions {
    fn login(&self, credentials: &Credentials, ticket: Option<&str>) -> Result<Login, CredentialError> {
        let secret = |key| credentials.of(key).map(|value| value.expose_secret().to_owned());
        let mut body = json!({
            "name": secret(&USERNAME)?, "password": secret(&PASSWORD)?, "appId": secret(&APP_ID)?,
            "appVersion": secret(&APP_VERSION)?, "deviceId": secret(&DEVICE_ID)?, "cid": cid(secret(&CID)?), "sec": secret(&SEC)?,
        });
        if let (Some(ticket), Value::Object(fields)) = (ticket, &mut body) {
            fields.insert("p-ticket".to_owned(), ticket.into());
        }
        let body = Some(SecretString::from(body.to_string()));
        Ok(Login { base: Some(place(credentials)?.1), method: "POST", path: "auth/accesstokenrequest", body })
    }

    fn renewal(&self) -> Option<Login> {
        Some(Login { base: None, method: "GET", path: "auth/renewaccesstoken", body: None })
    }

    fn opened(&self, status: StatusCode, _headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Token, NotOpened> {
        if let Some(mut named) = errors::name_error(status, body) {
            return Err(match named.ticket.take() {
                Some(ticket) => NotOpened::Again { ticket, after: named.wait.unwrap_or_default(), named: Box::new(named) },
                None => NotOpened::refused(status, named),
            });
        }
        let unusable = |message| NotOpened::unusable(status, message);
        let fields = rest::object(body).ok_or_else(|| unusable("the answer to the login is no JSON object"))?;
        let token = rest::said(&fields, "accessToken").filter(|token| text::is_sendable(token));
        let token = token.ok_or_else(|| unusable("the answer to the login has no accessToken that can be sent"))?;
        let said = rest::said(&fields, "expirationTime").and_then(|time| rest::time(&time));
        let expires_at = said.unwrap_or(now + SHORTEST_LIFE);
        let life = expires_at - now;
        if life <= TimeDelta::zero() {
            return Err(unusable("the session ended before it began: compare this machine's clock"));
        }
        // One that is short from the start is not prolonged over and over.
        Ok(Token { secret: token.into(), expires_at, renew_at: expires_at - BEFORE_THE_END.min(life / 2) })
    }

    fn sign_in(&self, credentials: &Credentials, token: &SecretString) -> Result<SignedIn, CredentialError> {
        let (kind, base) = place(credentials)?;
        let none = SignedIn { base: Some(base.to_owned().into()), environment: Some(kind), ..SignedIn::default() };
        none.with_bearer(token, &SEC)
    }
}

/// A number in the vendor's examples, a text in its specification.
fn cid(cid: String) -> Value {
    cid.parse::<u64>().map_or(Value::String(cid), Value::from)
}
