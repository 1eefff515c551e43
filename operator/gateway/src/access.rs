//! Where a Bot's calls go and what signs them in. In: a namespace and a provider. Out: base and secrets, by the namespace's
//! Integration and the Secret that it names; or a refusal that says what is missing.

mod integrations;
mod secrets;

use std::sync::Arc;

use assayer_contract::ReasonCode;
use assayer_crds::Integration;
use assayer_providers::{CredentialError, Provider, SignedIn};
use http::StatusCode;
use kube::{Client, ResourceExt};
use secrecy::ExposeSecret;
use url::Url;

use crate::{forward::Access, refusal::Refusal, watch::Watch};

/// What the installation is for: a fact of the installation, not of any resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Environment {
    /// An Integration may name an endpoint of its own.
    Dev,
    /// Calls go to the vendors' own addresses only.
    Prod,
}

/// Looks up Integrations and Secrets.
pub struct Accesses {
    integrations: integrations::Integrations,
    secrets: secrets::Secrets,
    environment: Environment,
}

impl Accesses {
    /// Begins to watch Integrations. The watch ends with the returned task.
    pub fn watch(client: Client, environment: Environment) -> (Arc<Self>, Watch) {
        let (integrations, watch) = integrations::Integrations::watch(client.clone());
        (Arc::new(Self { integrations, secrets: secrets::Secrets::new(client), environment }), watch)
    }

    /// The access of the Bots of this namespace to this provider.
    pub async fn of(&self, namespace: &str, provider: &dyn Provider) -> Result<Access, Refusal> {
        let integration = self.integrations.of(namespace, provider.name()).await?;
        allowed(&integration, self.environment)?;
        let secret = &integration.spec.credentials.secret_ref.name;
        let credentials = self.secrets.read(namespace, secret).await?;
        let unfit = |error: CredentialError| {
            let message = format!("Secret {namespace}/{secret}: {error}");
            Refusal::new(StatusCode::UNAUTHORIZED, error.reason_code(), message)
        };
        provider.check(&credentials).map_err(unfit)?;
        let signed_in = provider.sign_in(&credentials).map_err(unfit)?;
        let base = base(&integration, provider.facts().base, &signed_in)?;
        Ok(Access { base, credentials, signed_in, endpoint_override: integration.spec.endpoint.clone() })
    }
}

/// Only a development installation obeys an Integration's own endpoint.
fn allowed(integration: &Integration, environment: Environment) -> Result<(), Refusal> {
    let endpoint = integration.spec.endpoint.as_deref();
    if let (Some(endpoint), Environment::Prod) = (endpoint, environment) {
        let name = integration.name_any();
        let message = format!(
            "Integration {name}: spec.endpoint is \"{endpoint}\", which only a dev installation obeys; remove it or install with environment=dev"
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
    use assayer_crds::{Credentials, IntegrationSpec, Provider as Vendor, SecretRef};

    fn integration(endpoint: Option<&str>) -> Integration {
        let credentials = Credentials { secret_ref: SecretRef { name: "databento".to_owned() } };
        let endpoint = endpoint.map(str::to_owned);
        Integration::new("databento", IntegrationSpec { provider: Vendor::Databento, credentials, endpoint })
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
