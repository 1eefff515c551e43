//! A job that no runner works on: its Job and Pod are real, its row is the controller's kind, and the test calls in its place.

use anyhow::{Context, Result};
use assayer_contract::wire;
use k8s_openapi::api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Node, Pod, ServiceAccount};
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, Resource, ResourceExt};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wait::{self, Look};
use crate::world::World;

/// A pod that does nothing, and the job that it stands for.
pub struct Held {
    /// Its namespace.
    pub namespace: String,
    /// The pod.
    pub pod: Pod,
    /// Its row in `bot_jobs`; none where the Job was never planned.
    pub job_id: Option<Uuid>,
}

impl Held {
    /// A Job in a namespace that has Bots, with a Pod that nobody schedules.
    pub async fn unplanned(world: &World, namespace: &str) -> Result<Self> {
        let name = format!("held-{}", Uuid::new_v4().simple());
        let container = json!({"name": "runner", "image": "held", "command": ["true"]});
        let template = json!({"metadata": {"labels": {"held": name}}, "spec": {"serviceAccountName": wire::RUNNER_SERVICE_ACCOUNT,
            "automountServiceAccountToken": false, "restartPolicy": "Never", "nodeSelector": {"held": "nowhere"},
            "containers": [container]}});
        let job: Job =
            serde_json::from_value(json!({"metadata": {"name": name}, "spec": {"backoffLimit": 0, "template": template}}))?;
        let jobs: Api<Job> = Api::namespaced(world.client.clone(), namespace);
        let job = jobs.create(&PostParams::default(), &job).await?;
        let pod = pod_of(world, namespace, &job, template).await?;
        Ok(Self { namespace: namespace.to_owned(), pod, job_id: None })
    }

    /// The same, planned for the Bot of the namespace's newest job, but under another UID, so that the Bot itself goes on.
    pub async fn planned(world: &World, namespace: &str) -> Result<Self> {
        let held = Self::unplanned(world, namespace).await?;
        let owner = held.pod.owner_references().first().context("the Pod of a Job")?;
        let job_id = Uuid::now_v7();
        world.sql(&format!(
            "insert into bot_jobs (id, bot_id, bot_namespace, bot_name, stage, job_type, status, trace_id, due_slot, job_name, instrument,
                 strategy_hash, policy_hash, bot_generation, body, deadline, max_latency_ms)
             select '{job_id}', gen_random_uuid(), bot_namespace, bot_name, stage, job_type, 'QUEUED', gen_random_uuid(), now(), '{}',
                 instrument, strategy_hash, policy_hash, bot_generation, body, now() + interval '10 minutes', max_latency_ms
             from bot_jobs where bot_namespace = '{namespace}' order by id desc limit 1",
            owner.name
        ))?;
        Ok(Self { job_id: Some(job_id), ..held })
    }

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
}

/// On a cluster with nodes the Job controller makes the Pod; without any, nobody does.
async fn pod_of(world: &World, namespace: &str, job: &Job, template: Value) -> Result<Pod> {
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), namespace);
    if Api::<Node>::all(world.client.clone()).list(&ListParams::default()).await?.items.is_empty() {
        let mut pod: Pod = serde_json::from_value(template)?;
        pod.metadata.name = Some(job.name_any());
        pod.metadata.owner_references = Some(vec![job.controller_owner_ref(&()).context("the Job has a UID")?]);
        return Ok(pods.create(&PostParams::default(), &pod).await?);
    }
    let held = ListParams::default().labels(&format!("held={}", job.name_any()));
    wait::until("the Job's Pod", async || {
        Ok(pods.list(&held).await?.items.into_iter().next().map_or(Look::NotYet("none".to_owned()), Look::Found))
    })
    .await
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
