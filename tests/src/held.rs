//! Pods and tokens in place of a runner: the test calls the gateway as a pod of a job would.

use anyhow::{Context, Result};
use assayer_contract::wire;
use k8s_openapi::api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, ResourceExt};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::wait::{self, Look};
use crate::world::World;

const BOT: &str = "spx-cross";
/// Below every policy's `maxLatency`; three such calls are a job.
const SLOW_MS: u64 = 4_000;

/// A pod of a Bot's job.
pub struct Held {
    /// Its namespace.
    pub namespace: String,
    /// The pod.
    pub pod: Pod,
    /// Its row in `bot_jobs`.
    pub job_id: Uuid,
    /// The trace of its cycle.
    pub trace_id: Uuid,
}

#[derive(Deserialize)]
struct Job {
    id: Uuid,
    trace_id: Uuid,
}

/// Makes a namespace with a key of its own, whose Bot completes a cycle. The gateway must be let to read its Secret.
pub async fn settled(world: &World, namespace: &str) -> Result<()> {
    let key = World::key_of(namespace);
    world.add_keys([key.clone()]).await?;
    world.namespace(namespace, &key).await?;
    world.sample_bot(namespace, BOT).await?;
    world.until_columns(namespace, BOT, "a first cycle", |columns| columns.get("PROOF") == "MD✓").await?;
    Ok(())
}

/// A job that is at work for some seconds yet, since its vendor is slow.
pub async fn living(world: &World, namespace: &str) -> Result<Held> {
    first_living(world, namespace, async || Ok(())).await
}

/// The same, the first after what this begins: a Bot, where there was none.
pub async fn first_living(world: &World, namespace: &str, begin: impl AsyncFnOnce() -> Result<()>) -> Result<Held> {
    let of_key = json!({"key": World::fingerprint(&World::key_of(namespace))});
    world.order_faults(&[json!({"match": of_key, "fault": "slow", "after_ms": SLOW_MS})]).await?;
    let since: String = world.sql("select now()")?;
    begin().await?;
    job(
        world,
        namespace,
        &format!(
            "j.created_at > '{}' and exists (select from intents i where i.job_id = j.id)
             and not exists (select from job_events e where e.job_id = j.id and e.kind <> 'STARTED')",
            since.trim()
        ),
    )
    .await
}

/// The last job of the first cycle that has ended.
pub async fn ended(world: &World, namespace: &str) -> Result<Held> {
    let later = "select from bot_jobs o where o.trace_id = j.trace_id and (o.completed_at is null or o.place > j.place)";
    job(world, namespace, &format!("j.completed_at is not null and not exists ({later})")).await
}

async fn job(world: &World, namespace: &str, that: &str) -> Result<Held> {
    let query =
        format!("select j.id, j.trace_id from bot_jobs j where j.bot_namespace = '{namespace}' and {that} order by j.id limit 1");
    let Job { id, trace_id } = wait::until("a job", async || {
        Ok(world.rows::<Job>(&query)?.into_iter().next().map_or(Look::NotYet("none".to_owned()), Look::Found))
    })
    .await?;
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), namespace);
    let own = ListParams::default().labels(&format!("{}={trace_id}", wire::TRACE_LABEL));
    let pod = pods.list(&own).await?.items.into_iter().next().context("the job's pod")?;
    Ok(Held { namespace: namespace.to_owned(), pod, job_id: id, trace_id })
}

impl Held {
    /// A token as the kubelet projects it: for the gateway, bound to the Pod.
    pub async fn token(&self, world: &World) -> Result<String> {
        token(world, &self.namespace, wire::RUNNER_SERVICE_ACCOUNT, wire::GATEWAY_AUDIENCE, Some(&self.pod)).await
    }

    /// Removes the Pod at once.
    pub async fn remove_pod(&self, world: &World) -> Result<()> {
        let pods: Api<Pod> = Api::namespaced(world.client.clone(), &self.namespace);
        pods.delete(&self.pod.name_any(), &DeleteParams { grace_period_seconds: Some(0), ..Default::default() }).await?;
        Ok(())
    }

    /// A Pod that anybody may make: it poses as one of the same Job by its owner, and nobody schedules it.
    pub async fn posing(&self, world: &World) -> Result<Pod> {
        let container = json!({"name": "runner", "image": "posing"});
        let mut pod: Pod = serde_json::from_value(
            json!({"metadata": {"name": "posing"}, "spec": {"nodeSelector": {"posing": "nowhere"},
            "serviceAccountName": wire::RUNNER_SERVICE_ACCOUNT, "automountServiceAccountToken": false, "containers": [container]}}),
        )?;
        pod.metadata.owner_references.clone_from(&self.pod.metadata.owner_references);
        Ok(Api::namespaced(world.client.clone(), &self.namespace).create(&PostParams::default(), &pod).await?)
    }
}

/// A token of a ServiceAccount, by the API server's own hand.
pub async fn token(world: &World, namespace: &str, account: &str, audience: &str, pod: Option<&Pod>) -> Result<String> {
    let bound = pod.map(|pod| BoundObjectReference {
        api_version: Some("v1".to_owned()),
        kind: Some("Pod".to_owned()),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
    });
    let spec = TokenRequestSpec { audiences: vec![audience.to_owned()].into(), bound_object_ref: bound, ..Default::default() };
    let accounts: Api<ServiceAccount> = Api::namespaced(world.client.clone(), namespace);
    let request = TokenRequest { spec: Some(spec), ..Default::default() };
    let answer = accounts.create_token_request(account, &PostParams::default(), &request).await?;
    answer.status.and_then(|status| status.token).context("a token request is answered with a token")
}
