//! Secrets, read by name. In: a Secret's name. Out: credentials that nothing can print, remembered for ten seconds at most.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use assayer_contract::ReasonCode;
use assayer_providers::Credentials;
use http::StatusCode;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use secrecy::SecretString;

use super::Freshness;
use crate::refusal::Refusal;

/// How long a Secret is remembered: a new key is used after this at the latest.
const REMEMBERED: Duration = Duration::from_secs(10);

/// What was read.
#[derive(Clone)]
pub(super) struct Read {
    pub(super) credentials: Credentials,
    /// As [`Version::text`] has it.
    pub(super) version: String,
}

/// One call to the API server.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a Secret is, as far as one can tell without its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// It is there, and changes when this does: its UID and resourceVersion.
    Of(Option<String>, Option<String>),
    /// It does not exist.
    Absent,
    /// The gateway may not read it.
    Forbidden,
}

impl Version {
    /// UID and resourceVersion, as rows name it: another one whenever anything of the Secret was changed. None where it cannot be read.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Of(uid, version) => Some([uid, version].map(|part| part.as_deref().unwrap_or_default()).join("/")),
            Self::Absent | Self::Forbidden => None,
        }
    }
}

pub(super) struct Secrets {
    client: Client,
    read: Mutex<HashMap<(String, String), (Instant, Read)>>,
}

impl Secrets {
    pub(super) fn new(client: Client) -> Self {
        Self { client, read: Mutex::default() }
    }

    pub(super) async fn read(&self, namespace: &str, name: &str, freshness: Freshness) -> Result<Read, Refusal> {
        let key = (namespace.to_owned(), name.to_owned());
        if let Some(known) = self.known(&key).filter(|_| freshness == Freshness::Remembered) {
            return Ok(known);
        }
        let asked = Instant::now();
        let fetched = self.fetch(namespace, name).await?;
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.retain(|_, (at, _)| at.elapsed() < REMEMBERED);
        read.insert(key, (asked, fetched.clone()));
        Ok(fetched)
    }

    pub(super) async fn version(&self, namespace: &str, name: &str) -> Option<Version> {
        let api = Api::<Secret>::namespaced(self.client.clone(), namespace);
        match tokio::time::timeout(PATIENCE, api.get_metadata_opt(name)).await.ok()? {
            Ok(Some(secret)) => Some(Version::Of(secret.metadata.uid, secret.metadata.resource_version)),
            Ok(None) => Some(Version::Absent),
            Err(kube::Error::Api(status)) if status.is_forbidden() => Some(Version::Forbidden),
            Err(error) => {
                tracing::warn!(%error, namespace, name, "nobody knows whether the Secret has changed");
                None
            }
        }
    }

    fn known(&self, key: &(String, String)) -> Option<Read> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(key).filter(|(at, _)| at.elapsed() < REMEMBERED).map(|(_, known)| known.clone())
    }

    async fn fetch(&self, namespace: &str, name: &str) -> Result<Read, Refusal> {
        let api = Api::<Secret>::namespaced(self.client.clone(), namespace);
        let path = format!("Secret {namespace}/{name}");
        match tokio::time::timeout(PATIENCE, api.get_opt(name)).await {
            Ok(Ok(Some(secret))) => of(secret).map_err(|key| {
                let message = format!("{path}: the value of {key} is not text");
                Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IntegrationKeyMalformed, message)
            }),
            Ok(Ok(None)) => {
                let message = format!("{path} does not exist");
                Err(Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IntegrationKeyMissing, message))
            }
            Ok(Err(kube::Error::Api(status))) if status.is_forbidden() => {
                let message = format!("{path}: the gateway is not allowed to read it");
                Err(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::SecretForbidden, message))
            }
            Ok(Err(error)) => {
                tracing::warn!(%error, namespace, name, "a Secret could not be read");
                Err(unread(&path))
            }
            Err(_) => Err(unread(&path)),
        }
    }
}

fn unread(path: &str) -> Refusal {
    let message = format!("{path} cannot be read now");
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ReasonCode::ClusterUnavailable, message)
}

/// Fails with the name of a key whose value is no text.
fn of(secret: Secret) -> Result<Read, String> {
    let meta = &secret.metadata;
    let version = Version::Of(meta.uid.clone(), meta.resource_version.clone()).text().unwrap_or_default();
    let values = secret.data.unwrap_or_default().into_iter();
    let texts = values.map(|(key, value)| match String::from_utf8(value.0) {
        Ok(text) => Ok((key, SecretString::from(text))),
        Err(_) => Err(key),
    });
    Ok(Read { credentials: Credentials::new(texts.collect::<Result<Vec<_>, _>>()?), version })
}
