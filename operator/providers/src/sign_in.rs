//! How a request is signed in. In: a vendor's secrets. Out: what is added to its requests, none of which can be printed. Pure.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};

use crate::{AccountKind, CredentialError, Credentials, Facts, Key};

/// Where a vendor wants its key.
#[derive(Clone, Copy, Debug)]
pub enum SignIn {
    /// HTTP Basic with the first required key as the user and no password.
    Basic,
    /// `Authorization: Bearer` with the first required key.
    Bearer,
    /// Headers by name, each with the value of a key.
    Headers(&'static [(&'static str, &'static str)]),
    /// A parameter of the query with the first required key.
    Query(&'static str),
    /// The first required key is the URL to call.
    Url,
    /// A provider's own way.
    Own(fn(&Credentials) -> Result<SignedIn, CredentialError>),
    /// A token that a login gives, as [`crate::Session`] says; until there is one, nothing can be sent.
    Session,
}

/// What is added to a request.
#[derive(Clone, Debug, Default)]
pub struct SignedIn {
    /// Replaces the vendor's base, where the credential names it.
    pub base: Option<SecretString>,
    /// What is traded at that base, where it is one or the other.
    pub environment: Option<AccountKind>,
    /// What the credential says is traded there, where the broker's own answers tell: one that tells otherwise is a failure.
    pub expects: Option<AccountKind>,
    /// Marked sensitive. They replace any that the caller sent.
    pub headers: HeaderMap,
    /// Parameters of the query. They replace any that the caller sent.
    pub query: Vec<(&'static str, SecretString)>,
}

impl SignedIn {
    /// One more header.
    pub fn with_header(mut self, name: &'static str, value: &SecretString, key: &Key) -> Result<Self, CredentialError> {
        let malformed = |_| CredentialError::Malformed { key: key.name, expected: key.form.expected };
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(malformed)?;
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// `Authorization: Bearer`.
    pub fn with_bearer(self, token: &SecretString, key: &Key) -> Result<Self, CredentialError> {
        self.with_header(AUTHORIZATION.as_str(), &SecretString::from(format!("Bearer {}", token.expose_secret())), key)
    }
}

/// What these facts say is added for these credentials.
pub(crate) fn signed_in(facts: &Facts, credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let none = SignedIn::default();
    let first = || match facts.required_keys {
        [key, ..] => credentials.of(key).map(|value| (key, value)),
        [] => Err(CredentialError::NotSignedIn),
    };
    match facts.sign_in {
        SignIn::Basic => {
            let (key, value) = first()?;
            let basic = STANDARD.encode(format!("{}:", value.expose_secret()));
            none.with_header(AUTHORIZATION.as_str(), &SecretString::from(format!("Basic {basic}")), key)
        }
        SignIn::Bearer => first().and_then(|(key, value)| none.with_bearer(value, key)),
        SignIn::Headers(headers) => headers.iter().try_fold(none, |signed, (header, name)| {
            let key = facts.keys().find(|key| key.name == *name).ok_or(CredentialError::NotSignedIn)?;
            signed.with_header(header, credentials.of(key)?, key)
        }),
        SignIn::Query(name) => Ok(SignedIn { query: vec![(name, first()?.1.clone())], ..none }),
        SignIn::Url => Ok(SignedIn { base: Some(first()?.1.clone()), ..none }),
        SignIn::Own(own) => own(credentials),
        SignIn::Session => Err(CredentialError::NotSignedIn),
    }
}
