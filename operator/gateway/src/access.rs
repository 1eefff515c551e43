//! Where a Bot's calls go and what signs them in. In: a namespace and a provider. Out: base and secrets, by the namespace's
//! Integration and the Secret that it names; or a refusal that says what is missing.

mod integrations;
mod secrets;

use std::sync::Arc;

use assayer_contract::ReasonCode;
use assayer_crds::Integration;
use assayer_providers::Provider;
use http::StatusCode;
use kube::{Client, ResourceExt};
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
        let base = base(&integration, provider, self.environment)?;
        let secret = &integration.spec.credentials.secret_ref.name;
        let credentials = self.secrets.read(namespace, secret).await?;
        provider.check(&credentials).map_err(|error| {
            let message = format!("Secret {namespace}/{secret}: {error}");
            Refusal::new(StatusCode::UNAUTHORIZED, error.reason_code(), message)
        })?;
        Ok(Access { base, credentials, endpoint_override: integration.spec.endpoint.clone() })
    }
}

/// The vendor's own base, or the Integration's in an installation that allows it.
fn base(integration: &Integration, provider: &dyn Provider, environment: Environment) -> Result<Url, Refusal> {
    let endpoint = integration.spec.endpoint.as_deref();
    if let (Some(endpoint), Environment::Prod) = (endpoint, environment) {
        let name = integration.name_any();
        let message = format!(
            "Integration {name}: spec.endpoint is \"{endpoint}\", which only a dev installation obeys; remove it or install with environment=dev"
        );
        return Err(Refusal::new(StatusCode::FORBIDDEN, ReasonCode::NotAllowed, message));
    }
    let text = endpoint.unwrap_or(provider.default_base());
    let malformed = || {
        let message = format!("Integration {}: spec.endpoint is \"{text}\": give an http or https URL", integration.name_any());
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, ReasonCode::RequestInvalid, message)
    };
    let mut base = Url::parse(text).map_err(|_| malformed())?;
    let plain = base.query().is_none() && base.fragment().is_none() && base.username().is_empty() && base.password().is_none();
    if !plain || !matches!(base.scheme(), "http" | "https") || base.host().is_none() {
        return Err(malformed());
    }
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    Ok(base)
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

    fn base_of(endpoint: Option<&str>, environment: Environment) -> Result<String, Refusal> {
        let provider = assayer_providers::find("databento").unwrap();
        base(&integration(endpoint), provider, environment).map(String::from)
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
