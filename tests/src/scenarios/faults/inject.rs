//! Bringing a failure about, and putting it right. In: a line of the table. Out: objects in its namespace.

use anyhow::Result;
use assayer_crds::Integration;
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::Api;
use serde_json::{Value, json};

use super::{Fault, Inject};
use crate::world::World;

/// Port 9 is nobody's: a connection to it is refused, from a pod as from a plain process.
const NOBODY: &str = "http://127.0.0.1:9";

/// Makes the namespace with what the line leaves in it, then its Bot.
pub(super) async fn bring_about(world: &World, fault: &Fault) -> Result<()> {
    let empty = json!({"apiVersion": "v1", "kind": "Namespace"});
    world.apply(&Api::<Namespace>::all(world.client.clone()), fault.name, &empty).await?;
    match fault.inject {
        Inject::NoSecret => {}
        Inject::NoKey => secret(world, fault, &json!({"DATABENTO_KEY": fault.key()})).await?,
        Inject::MalformedKey => secret(world, fault, &json!({"DATABENTO_API_KEY": "db-too-short"})).await?,
        _ => world.set_key(fault.name, &fault.key()).await?,
    }
    match fault.inject {
        Inject::NoIntegration => {}
        Inject::NobodyThere => integration(world, fault, NOBODY).await?,
        _ => integration(world, fault, &world.endpoint).await?,
    }
    world.sample_bot(fault.name, "spx-cross").await?;
    Ok(())
}

/// What a person would do who reads the suggested fix.
pub(super) async fn put_right(world: &World, fault: &Fault) -> Result<()> {
    world.set_key(fault.name, &fault.key()).await?;
    integration(world, fault, &world.endpoint).await
}

async fn secret(world: &World, fault: &Fault, values: &Value) -> Result<()> {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": values});
    world.apply(&Api::<Secret>::namespaced(world.client.clone(), fault.name), "databento", &secret).await?;
    Ok(())
}

async fn integration(world: &World, fault: &Fault, endpoint: &str) -> Result<()> {
    let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration",
        "spec": {"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}, "endpoint": endpoint}});
    world.apply(&Api::<Integration>::namespaced(world.client.clone(), fault.name), "databento", &integration).await?;
    Ok(())
}
