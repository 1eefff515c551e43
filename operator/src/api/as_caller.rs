//! Acting for a caller: with their own token, so that the API server's own rules decide, and its audit log names them. In: a token.
//! Out: a client, or why the API server said no. Not pure.

use std::sync::Arc;

use assayer_contract::{Problem, ReasonCode};
use kube::{Client, Config, config::AuthInfo};
use secrecy::SecretString;

use super::Refusal;

/// Makes clients of the API server that act for a caller.
#[derive(Clone)]
pub(crate) struct AsCaller(Arc<dyn Fn(SecretString) -> kube::Result<Client> + Send + Sync>);

impl AsCaller {
    /// The same API server as this process's own, without this process's own credential.
    pub(crate) fn of(config: Config) -> Self {
        Self::by(move |token| {
            let mut config = config.clone();
            config.auth_info = AuthInfo { token: Some(token), ..AuthInfo::default() };
            Client::try_from(config)
        })
    }

    /// Clients made by this.
    pub(crate) fn by(make: impl Fn(SecretString) -> kube::Result<Client> + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }

    /// A client that acts with this token.
    pub(crate) fn client(&self, token: SecretString) -> Result<Client, Refusal> {
        Ok((self.0)(token)?)
    }
}

/// Why the API server does not do what a caller asked for; `fix` is what to do where they lack the right.
pub(crate) fn refused(error: kube::Error, fix: impl FnOnce() -> String) -> Refusal {
    let kube::Error::Api(status) = &error else { return error.into() };
    match status.code {
        401 => Problem::new(401, ReasonCode::Unauthenticated, "the API server does not accept the token any more").into(),
        403 => Problem::new(403, ReasonCode::NotAllowed, status.message.clone()).with_fix(fix()).into(),
        404 => Problem::new(404, ReasonCode::NotFound, status.message.clone()).into(),
        _ => error.into(),
    }
}
