//! A URL of the user's own that takes messages. In and out: see [`Vendor`]. Pure.
//!
//! Nothing is known of whoever answers there: any 2xx is a success, and nothing asks whether the URL is good but a message.

use assayer_contract::ReasonCode;
use http::{HeaderMap, StatusCode};

use crate::{
    Category, CredentialError, Credentials, Facts, Form, Key, Measure, NamedError, SignIn, SignedIn, Told,
    rest::{self, ANY, Endpoint, Errors, Takes, Vendor},
    text,
};

/// The user's own.
pub(crate) static WEBHOOK: Vendor = Vendor {
    message: Some(|message| Told { query: "", body: message.json() }),
    ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error))
};

const URL: Key = Key {
    name: "WEBHOOK_URL",
    also: &[],
    form: Form { certain: text::is_https_url, likely: |_| true, expected: "an https URL without a user and a fragment" },
    hint: "Where your own receiver takes POST with JSON.",
};
const TOKEN: Key = Key {
    name: "WEBHOOK_TOKEN",
    also: &[],
    form: Form { certain: text::is_word, likely: |_| true, expected: "a word without spaces" },
    hint: "What your receiver wants as Authorization: Bearer, if it wants anything.",
};

static FACTS: Facts = Facts {
    name: "webhook",
    title: "Webhook",
    category: Category::Notification,
    base: "",
    required_keys: &[URL],
    optional_keys: &[TOKEN],
    sign_in: SignIn::Own(sign_in),
    verify: None,
    limits: &[],
    request_id_header: None,
    plan: "It is your own; there is no plan to lack.",
};

static ENDPOINTS: [Endpoint; 1] = [Endpoint {
    method: "POST",
    name: "webhook",
    takes: Takes::Json,
    fields: ANY,
    check: rest::body_only,
    changes: true,
    ..Endpoint::of_no_source("", |_, _| Ok(Measure::default()))
}];

fn sign_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let signed = SignedIn { base: Some(credentials.of(&URL)?.clone()), ..SignedIn::default() };
    match credentials.of(&TOKEN) {
        Ok(token) => signed.with_bearer(token, &TOKEN),
        Err(_) => Ok(signed),
    }
}

/// There is no plan, so a 403 is about the token, too.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let named = NamedError::unreadable(status, body);
    let reason_code = if status == StatusCode::FORBIDDEN { ReasonCode::ProviderAuth } else { named.reason_code };
    NamedError { reason_code, ..named }
}
