//! A sign-in between leaving for the issuer and coming back: three secrets of it, which travel sealed in a cookie. Pure.

use chrono::{DateTime, Utc};
use oauth2::{CsrfToken, PkceCodeVerifier};
use secrecy::{ExposeSecret, SecretString};

use super::super::seal::Session;

/// What has to come back, and what proves that it was us who asked.
pub(super) struct Begun {
    state: String,
    nonce: String,
    verifier: SecretString,
}

impl Begun {
    pub(super) fn new(state: &CsrfToken, nonce: &CsrfToken, verifier: &PkceCodeVerifier) -> Self {
        let verifier = SecretString::from(verifier.secret().as_str());
        Self { state: state.secret().clone(), nonce: nonce.secret().clone(), verifier }
    }

    /// As it is sealed. None of the three has a blank in it (RFC 4648, section 5).
    pub(super) fn until(&self, ends: DateTime<Utc>) -> Session {
        let Self { state, nonce, verifier } = self;
        Session { token: SecretString::from(format!("{state} {nonce} {}", verifier.expose_secret())), ends }
    }

    /// What was sealed.
    pub(super) fn of(sealed: &Session) -> Option<Self> {
        let mut parts = sealed.token.expose_secret().split(' ').map(str::to_owned);
        let (state, nonce, verifier) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self { state, nonce, verifier: SecretString::from(verifier) })
    }

    /// What the issuer has to send back (RFC 6749, section 10.12).
    pub(super) fn state(&self) -> &str {
        &self.state
    }

    /// What the ID token has to hold (OpenID Connect Core, section 3.1.2.1).
    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// What proves that who redeems the code has asked for it (RFC 7636).
    pub(super) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.expose_secret().to_owned())
    }
}
