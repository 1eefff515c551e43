//! Alpaca: one credential, two hosts. What the broker and its news have in common: keys, sign-in, errors. Pure.

mod broker;
mod news;

pub(crate) use broker::ALPACA;
pub(crate) use news::ALPACA_NEWS;

use std::time::Duration;

use assayer_contract::ReasonCode;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::{CredentialError, Credentials, Form, Key, Limit, NamedError, SignedIn, text};

const KEY_ID: Key = Key {
    name: "APCA_API_KEY_ID",
    also: &[],
    form: Form {
        certain: text::is_word,
        likely: |key| {
            let rest = key.strip_prefix("PK").or_else(|| key.strip_prefix("AK")).unwrap_or_default();
            (18..=24).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        },
        expected: "20 to 26 capital letters and digits that begin with PK (paper) or AK (live)",
    },
    hint: "app.alpaca.markets, Home of the paper or the live account, API Keys.",
};

const SECRET: Key = Key {
    name: "APCA_API_SECRET_KEY",
    also: &[],
    form: Form { certain: text::is_word, expected: "characters without spaces", ..Form::ANY },
    hint: "Shown once, when the key is made; make another where it is lost.",
};

/// Of either host.
const LIMITS: &[Limit] = &[Limit { requests: 200, per: Duration::from_mins(1) }];

const REQUEST_ID: &str = "x-request-id";

/// Key and secret, each in a header.
fn signed_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    SignedIn::default().with_header("apca-api-key-id", credentials.of(&KEY_ID)?, &KEY_ID)?.with_header(
        "apca-api-secret-key",
        credentials.of(&SECRET)?,
        &SECRET,
    )
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    code: Value,
    message: String,
}

fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Ok(Envelope { code, message }) = serde_json::from_slice(body) else {
        return NamedError::unreadable(status, body);
    };
    let code = code.as_u64().or_else(|| code.as_str()?.parse().ok());
    let reason = reason(status.as_u16(), code, &message);
    NamedError::new(status, reason, code.map(|code| code.to_string()).as_deref(), &message)
}

/// The first three digits of a code are a status, not always the answer's own: a key that is not good has been seen with 401 and 403,
/// a plan that lacks something as 422 and 403.
fn reason(status: u16, code: Option<u64>, message: &str) -> ReasonCode {
    let of_code = code.and_then(|code| u16::try_from(code / 100_000).ok()).filter(|status| (400..600).contains(status));
    match of_code {
        _ if message.contains("subscription does not permit") => ReasonCode::ProviderEntitlement,
        // Buying power, shares that are not there, what the account may not do: the order's fault.
        Some(403) => ReasonCode::ProviderRejectedRequest,
        // What the gate before the API says of a key; the API itself has a code for whatever it forbids.
        None if status == 403 && message.starts_with("forbidden") => ReasonCode::ProviderAuth,
        of_code => ReasonCode::of_vendor_status(of_code.unwrap_or(status)),
    }
}
