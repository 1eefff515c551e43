//! What an installation needs in the cluster. In: the default policies. Out: served custom resources, and each policy present.
//! A policy that exists is never changed: who loosens a gate does so under their own name. Not pure.

use anyhow::Context;
use assayer_crds::{Bot, Integration, StagePolicy};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client, CustomResourceExt, ResourceExt, api::PostParams};

use super::patience::Patience;

/// Waits for the custom resources, then creates the policies that are absent.
pub(crate) async fn prepare(patience: &Patience, policies: &[StagePolicy]) -> anyhow::Result<()> {
    let client = Client::try_default().await.context("finding the Kubernetes API server")?;
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    for name in [Bot::crd_name(), StagePolicy::crd_name(), Integration::crd_name()] {
        patience.until(name, async || established(&definitions, name).await).await?;
    }
    let api: Api<StagePolicy> = Api::all(client);
    for policy in policies {
        let name = policy.name_any();
        let created = patience.until("the API server to take a StagePolicy", async || create(&api, policy).await).await?;
        match created {
            Created::New => tracing::info!(name, "created the default StagePolicy"),
            Created::Kept => tracing::info!(name, "kept the StagePolicy that exists"),
            Created::Refused(reason) => anyhow::bail!("the default StagePolicy {name} is not valid: {reason}"),
        }
    }
    Ok(())
}

enum Created {
    New,
    Kept,
    Refused(String),
}

async fn established(definitions: &Api<CustomResourceDefinition>, name: &str) -> Result<(), String> {
    let definition = definitions.get_opt(name).await.map_err(|error| error.to_string())?;
    let conditions = definition.ok_or("it does not exist")?.status.and_then(|status| status.conditions).unwrap_or_default();
    let established = conditions.iter().any(|condition| condition.type_ == "Established" && condition.status == "True");
    if established { Ok(()) } else { Err("it is not established yet".to_owned()) }
}

/// An error is worth another try: for a moment after its definition is established, a resource may not be served everywhere.
async fn create(api: &Api<StagePolicy>, policy: &StagePolicy) -> Result<Created, String> {
    if api.get_opt(&policy.name_any()).await.map_err(|error| error.to_string())?.is_some() {
        return Ok(Created::Kept);
    }
    match api.create(&PostParams::default(), policy).await {
        Ok(_) => Ok(Created::New),
        Err(kube::Error::Api(status)) if status.is_already_exists() => Ok(Created::Kept),
        Err(kube::Error::Api(status)) if status.code == 422 || status.code == 400 => Ok(Created::Refused(status.message)),
        Err(error) => Err(error.to_string()),
    }
}
