//! Vendors that give a token for a login. In: credentials, then the login's answer. Out: what to send, then the token. Pure.

use std::{fmt, time::Duration};

use assayer_contract::ReasonCode;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;

use crate::{CredentialError, Credentials, NamedError, SignedIn};

/// How a session is opened, kept and used. Its holder opens one for each credential, and never to find out whether a key is good.
pub trait Session: Sync {
    /// The request that logs in. `ticket` is what an earlier answer asked to be sent again with the same request.
    fn login(&self, credentials: &Credentials, ticket: Option<&str>) -> Result<Login, CredentialError>;

    /// The request that prolongs a session, where the vendor has one; it is signed in with the present token.
    fn renewal(&self) -> Option<Login>;

    /// What the answer to either gives.
    fn opened(&self, status: StatusCode, headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> Result<Token, NotOpened>;

    /// What is added to a request that the token signs in.
    fn sign_in(&self, credentials: &Credentials, token: &SecretString) -> Result<SignedIn, CredentialError>;
}

/// A request of the session's own. Its body is never recorded.
#[derive(Clone, Debug)]
pub struct Login {
    /// Replaces the vendor's base, where the credential chooses it.
    pub base: Option<&'static str>,
    /// HTTP method.
    pub method: &'static str,
    /// Path below the base.
    pub path: &'static str,
    /// JSON body.
    pub body: Option<SecretString>,
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Token {
    /// What signs requests in.
    pub secret: SecretString,
    /// From then on it is worth nothing.
    pub expires_at: DateTime<Utc>,
    /// From then on it should be prolonged.
    pub renew_at: DateTime<Utc>,
}

/// Why there is no session.
#[derive(Clone, PartialEq, Eq)]
pub enum NotOpened {
    /// The vendor says no.
    Named(NamedError),
    /// The vendor wants the same request again, later and with this ticket.
    Again {
        /// To be sent along; not printed.
        ticket: String,
        /// Not before this time has passed.
        after: Duration,
        /// The same as an error, for the row.
        named: Box<NamedError>,
    },
}

impl NotOpened {
    /// The vendor said no. Whatever is wrong with a login that was understood is wrong with the credential.
    pub(crate) fn refused(status: StatusCode, named: NamedError) -> Self {
        let understood = status.is_success() && named.reason_code == ReasonCode::ProviderRejectedRequest;
        Self::Named(if understood { NamedError { reason_code: ReasonCode::ProviderAuth, ..named } } else { named })
    }

    /// The vendor said yes and gave nothing that could be used. The answer holds the token: not a word of it goes into the message.
    pub(crate) fn unusable(status: StatusCode, message: &'static str) -> Self {
        Self::Named(NamedError::new(status, ReasonCode::ProviderError, None, message))
    }
}

impl fmt::Debug for NotOpened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(named) => f.debug_tuple("Named").field(named).finish(),
            Self::Again { after, .. } => f.debug_struct("Again").field("after", after).finish_non_exhaustive(),
        }
    }
}
