//! Where a Bot's calls go and what signs them in. In: a namespace and a provider. Out: base and secrets, by the namespace's
//! Integration and the Secret that it names; or a refusal that says what is missing.

mod integrations;
mod secrets;

pub(crate) use secrets::Version;

use std::sync::Arc;

use assayer_contract::{CredentialCheck, ReasonCode};
use assayer_crds::{Integration, IntegrationSpec};
use assayer_providers::{CredentialError, Credentials, Facts, Provider, SignedIn};
use http::StatusCode;
use kube::{Client, ResourceExt};
use secrecy::ExposeSecret;
use tokio::sync::mpsc::UnboundedReceiver;
use url::Url;

use crate::{
    forward::{Access, NoAccess, Through},
    refusal::Refusal,
    watch::Watch,
};

/// What the installation is for: a fact of the installation, not of any resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Environment {
    /// An Integration may name an endpoint of its own.
    Dev,
    /// Calls go to the vendors' own addresses only.
    Prod,
}

/// How old what is known of a Secret may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Some seconds.
    Remembered,
    /// It is read now.
    Now,
}

/// Looks up Integrations and Secrets.
pub struct Accesses {
    integrations: integrations::Integrations,
    secrets: secrets::Secrets,
    environment: Environment,
}

impl Accesses {
    /// Begins to watch Integrations; each that is there or changes comes out of the channel. The watch ends with the returned task.
    pub fn watch(client: Client, environment: Environment) -> (Arc<Self>, Watch, UnboundedReceiver<Integration>) {
        let (integrations, watch, changed) = integrations::Integrations::watch(client.clone());
        (Arc::new(Self { integrations, secrets: secrets::Secrets::new(client), environment }), watch, changed)
    }

    /// Every Integration that is known now.
    pub(crate) fn integrations(&self) -> Vec<Arc<Integration>> {
        self.integrations.all()
    }

    /// The access of the Bots of this namespace to this provider.
    pub async fn of(&self, namespace: &str, provider: &dyn Provider) -> Result<Access, NoAccess> {
        let integration = self.integrations.of(namespace, provider.name()).await?;
        self.through(&integration, provider, Freshness::Remembered).await
    }

    /// The version of the Secret that it names, without its values; `None` where nobody can tell now.
    pub(crate) async fn version(&self, integration: &Integration) -> Option<Version> {
        self.secrets.version(&integration.namespace().unwrap_or_default(), &integration.spec.credentials.secret_ref.name).await
    }

    /// The access that this Integration gives.
    pub(crate) async fn through(
        &self,
        integration: &Integration,
        provider: &dyn Provider,
        freshness: Freshness,
    ) -> Result<Access, NoAccess> {
        let mut through = Through::of(integration);
        match self.open(integration, provider, freshness, &mut through).await {
            Ok((base, credentials, signed_in)) => {
                let IntegrationSpec { endpoint: endpoint_override, live_endpoint, .. } = integration.spec.clone();
                Ok(Access { base, credentials, signed_in, endpoint_override, live_endpoint, through })
            }
            Err(refusal) => Err(NoAccess { refusal, through }),
        }
    }

    async fn open(
        &self,
        integration: &Integration,
        provider: &dyn Provider,
        freshness: Freshness,
        through: &mut Through,
    ) -> Result<(Url, Credentials, SignedIn), Refusal> {
        allowed(integration, self.environment)?;
        let namespace = integration.namespace().unwrap_or_default();
        let secret = &integration.spec.credentials.secret_ref.name;
        let read = self.secrets.read(&namespace, secret, freshness).await;
        if let Err(Refusal { reason_code: ReasonCode::IntegrationKeyMissing, .. }) = &read {
            through.check = Some(check(provider, &Credentials::default()));
        }
        let secrets::Read { credentials, version } = read?;
        through.secret_version = Some(version);
        let found = check(provider, &credentials);
        let unfit = |error: CredentialError| {
            let message = format!("Secret {namespace}/{secret}: {}", told(&error, &found));
            Refusal::new(StatusCode::UNAUTHORIZED, error.reason_code(), message)
        };
        through.check = Some(found.clone());
        provider.check(&credentials).map_err(unfit)?;
        let signed_in = match provider.session() {
            // Where it goes is known; whoever keeps the session signs it in.
            Some(session) => {
                let base = session.login(&credentials, None).map_err(unfit)?.base;
                SignedIn { base: base.map(|base| base.to_owned().into()), ..SignedIn::default() }
            }
            None => provider.sign_in(&credentials).map_err(unfit)?,
        };
        let base = base(integration, provider.facts().base, &signed_in)?;
        Ok((base, credentials, signed_in))
    }
}

/// What there is of the keys, by name.
fn check(provider: &dyn Provider, credentials: &Credentials) -> CredentialCheck {
    let facts: &Facts = provider.facts();
    let missing = credentials.missing(facts).into_iter().map(str::to_owned).collect();
    match provider.check(credentials) {
        // What cannot be a key looks odd as well; once is enough.
        Err(CredentialError::Malformed { key, .. } | CredentialError::OfAnother { key, .. }) => {
            CredentialCheck { missing, malformed: vec![key.to_owned()], doubts: Vec::new() }
        }
        _ => CredentialCheck { missing, malformed: Vec::new(), doubts: credentials.doubts(facts) },
    }
}

/// An error names one key; of missing ones, all are named.
fn told(error: &CredentialError, found: &CredentialCheck) -> String {
    match (error, found.missing.as_slice()) {
        (CredentialError::Missing(_), [_, _, ..]) => {
            format!("{} are missing: add them to the Secret that the Integration names", found.missing.join(", "))
        }
        _ => error.to_string(),
    }
}

/// Only a development installation obeys an Integration's own endpoint.
fn allowed(integration: &Integration, environment: Environment) -> Result<(), Refusal> {
    let IntegrationSpec { endpoint, live_endpoint, .. } = &integration.spec;
    let given = [("endpoint", endpoint), ("liveEndpoint", live_endpoint)]
        .into_iter()
        .find_map(|(field, value)| Some((field, value.as_ref()?)));
    if let (Some((field, endpoint)), Environment::Prod) = (given, environment) {
        let name = integration.name_any();
        let message = format!(
            "Integration {name}: spec.{field} is \"{endpoint}\", which only a dev installation obeys; remove it or install with environment=dev"
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::NotAllowed, message));
    }
    Ok(())
}

/// The vendor's own base, the one that the credential names, or the Integration's in their place. Of a URL that is a credential,
/// the path opens the door: it stays whoever the door is moved to.
fn base(integration: &Integration, vendors: &str, signed_in: &SignedIn) -> Result<Url, Refusal> {
    let named = signed_in.base.as_ref().map(|base| bare(base.expose_secret()));
    // The credential's URL is a secret: it is not shown.
    let unfit = || Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IntegrationKeyMalformed, "the credential is no plain URL");
    let named = named.map(|url| url.ok_or_else(unfit)).transpose()?;
    let Some(endpoint) = integration.spec.endpoint.as_deref() else {
        let own = || plain(vendors).ok_or_else(|| malformed(integration, vendors));
        return named.map_or_else(own, Ok);
    };
    let mut base = plain(endpoint).ok_or_else(|| malformed(integration, endpoint))?;
    if let Some(named) = named {
        base.set_path(&format!("{}{}", base.path(), named.path().trim_start_matches('/')));
        base.set_query(named.query());
    }
    Ok(base)
}

fn malformed(integration: &Integration, text: &str) -> Refusal {
    let message = format!("Integration {}: spec.endpoint is \"{text}\": give an http or https URL", integration.name_any());
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, ReasonCode::RequestInvalid, message)
}

/// A URL without user, query and fragment, ending in `/`.
fn plain(text: &str) -> Option<Url> {
    let mut url = bare(text).filter(|url| url.query().is_none())?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Some(url)
}

/// A URL without user and fragment, otherwise exactly as it is: one that is a credential means another thing with a slash more.
fn bare(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    (bare && matches!(url.scheme(), "http" | "https") && url.host().is_some()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use assayer_crds::Provider as Vendor;
    use serde_json::json;

    fn integration(endpoint: Option<&str>) -> Integration {
        let spec = json!({"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}, "endpoint": endpoint});
        let metadata = json!({"name": "databento", "namespace": "desk"});
        let object = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "metadata": metadata, "spec": spec});
        serde_json::from_value(object).unwrap()
    }

    #[test]
    fn an_integration_can_name_every_provider_of_the_registry_and_no_other() {
        let named: BTreeSet<_> = Vendor::all().map(Vendor::name).collect();
        let known: BTreeSet<_> = assayer_providers::ALL.iter().map(|provider| provider.name()).collect();
        assert_eq!(named, known, "crds/src/provider.rs lists what operator/providers has");
    }

    #[test]
    fn a_vendor_is_of_the_same_kind_for_policies_and_in_the_registry() {
        for vendor in Vendor::all() {
            let of_registry = match assayer_providers::find(vendor.name()).unwrap().facts().category {
                assayer_providers::Category::Source(source) => Some(source),
                _ => None,
            };
            assert_eq!(vendor.source(), of_registry, "{}", vendor.name());
        }
    }

    const VENDORS: &str = "https://hist.databento.com/";

    fn base_of(endpoint: Option<&str>, environment: Environment) -> Result<String, Refusal> {
        allowed(&integration(endpoint), environment)?;
        base(&integration(endpoint), VENDORS, &SignedIn::default()).map(String::from)
    }

    #[test]
    fn the_path_of_a_url_that_is_a_credential_stays_wherever_it_is_sent() {
        let signed_in =
            SignedIn { base: Some("https://vendor.example/api/webhooks/1/secret".to_owned().into()), ..SignedIn::default() };
        let of = |endpoint| base(&integration(endpoint), "", &signed_in).map(String::from);
        assert_eq!(of(None).unwrap(), "https://vendor.example/api/webhooks/1/secret");
        assert_eq!(of(Some("http://stand-ins:80/discord")).unwrap(), "http://stand-ins/discord/api/webhooks/1/secret");
        let signed_in =
            SignedIn { base: Some("https://vendor.example/hook/?sig=secret".to_owned().into()), ..SignedIn::default() };
        let of = |endpoint| base(&integration(endpoint), "", &signed_in).map(String::from);
        assert_eq!(of(None).unwrap(), "https://vendor.example/hook/?sig=secret");
        assert_eq!(of(Some("http://stand-ins:80/webhook")).unwrap(), "http://stand-ins/webhook/hook/?sig=secret");
        let unfit = SignedIn { base: Some("ftp://secret".to_owned().into()), ..SignedIn::default() };
        let refusal = base(&integration(None), "", &unfit).unwrap_err();
        assert!(refusal.reason_code == ReasonCode::IntegrationKeyMalformed && !refusal.message.contains("secret"));
    }

    #[test]
    fn without_an_endpoint_calls_go_to_the_vendor() {
        assert_eq!(base_of(None, Environment::Prod).unwrap(), "https://hist.databento.com/");
    }

    #[test]
    fn an_endpoint_is_obeyed_in_a_dev_installation_only() {
        let endpoint = Some("http://stand-ins.assayer.svc:8080/databento");
        assert_eq!(base_of(endpoint, Environment::Dev).unwrap(), "http://stand-ins.assayer.svc:8080/databento/");
        assert_eq!(base_of(endpoint, Environment::Prod).unwrap_err().reason_code, ReasonCode::NotAllowed);
    }

    #[test]
    fn an_endpoint_that_is_no_plain_url_is_refused() {
        for bad in ["ftp://x.example/", "http://user@x.example/", "http://x.example/?a=b", "x.example"] {
            assert_eq!(base_of(Some(bad), Environment::Dev).unwrap_err().reason_code, ReasonCode::RequestInvalid, "{bad}");
        }
    }
}
