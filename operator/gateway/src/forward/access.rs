//! Where a call goes and what signs it in, or why that is not known. Pure.

use assayer_contract::CredentialCheck;
use assayer_crds::Integration;
use assayer_providers::{Credentials, SignedIn};
use kube::ResourceExt;
use url::Url;
use uuid::Uuid;

use crate::refusal::Refusal;

/// Where a call goes and what signs it in. Has no `Debug`, since the base may itself be a credential.
#[derive(Clone)]
pub struct Access {
    /// The vendor's base, ending in `/` unless it is a credential.
    pub base: Url,
    /// Its secrets.
    pub credentials: Credentials,
    /// What signs a request in.
    pub signed_in: SignedIn,
    /// The address that stands in for the vendor's own, if one does.
    pub endpoint_override: Option<String>,
    /// Host and port that stand in for the vendor's own streams, if any do.
    pub live_endpoint: Option<String>,
    /// The Integration that gives it.
    pub through: Through,
}

/// Why there is no access, and what is known all the same.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{refusal}")]
pub struct NoAccess {
    /// Why.
    pub refusal: Refusal,
    /// The Integration that would give it, as far as there is one.
    pub through: Through,
}

/// An Integration as rows name it, and what was found of its keys. What is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Through {
    /// Its UID.
    pub id: Option<Uuid>,
    /// The generation of its spec.
    pub generation: Option<i64>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its keys, where they could be read.
    pub check: Option<CredentialCheck>,
    /// The version of the Secret that they were read from.
    pub secret_version: Option<String>,
}

impl Through {
    /// The Integration, of whose keys nothing is known yet.
    pub fn of(integration: &Integration) -> Self {
        Self {
            id: integration.uid().and_then(|uid| uid.parse().ok()),
            generation: integration.metadata.generation,
            namespace: integration.namespace(),
            name: Some(integration.name_any()),
            check: None,
            secret_version: None,
        }
    }
}

impl From<Refusal> for NoAccess {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, through: Through::default() }
    }
}
