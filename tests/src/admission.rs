//! The chart's rules of admission for what people change, where no chart has installed them.

use anyhow::{Context, Result, ensure};
use k8s_openapi::api::admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding};
use kube::Api;
use serde_json::Value;
use tokio::process::Command;

use crate::world::{World, checkout};

/// The others let the controller of a release alone through, and plain processes have no name of their own.
const OF_PEOPLE: [&str; 2] = ["assayer-bot-reset", "assayer-requested-by"];

/// Installs them, as Helm renders them.
pub(crate) async fn install(world: &World) -> Result<()> {
    let chart = checkout().join("charts/assayer");
    let words = ["template", "assayer", "--namespace", "assayer", "--show-only", "templates/admission.yaml", "--values"];
    let rendered = Command::new("helm").args(words).args([chart.join("values-dev.yaml"), chart]).output().await?;
    ensure!(rendered.status.success(), "helm template: {}", String::from_utf8_lossy(&rendered.stderr));
    let objects: Vec<Value> = serde_saphyr::from_multiple(&String::from_utf8(rendered.stdout)?)?;
    let (policies, bindings) = (Api::all(world.client.clone()), Api::all(world.client.clone()));
    for object in &objects {
        let name = object["metadata"]["name"].as_str().context("every object has a name")?;
        if !OF_PEOPLE.contains(&name) {
            continue;
        }
        if object["kind"] == "ValidatingAdmissionPolicy" {
            world.apply::<ValidatingAdmissionPolicy>(&policies, name, object).await?;
        } else {
            world.apply::<ValidatingAdmissionPolicyBinding>(&bindings, name, object).await?;
        }
    }
    Ok(())
}
