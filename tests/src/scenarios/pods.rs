//! What only a cluster with nodes and the chart's admission policies can show.

use anyhow::{Result, bail, ensure};
use assayer_contract::wire;
use chrono::{TimeDelta, Utc};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{ListParams, LogParams, Patch, PatchParams, PostParams};
use kube::{Api, ResourceExt};
use serde_json::json;

use crate::world::{GOOD_KEY, WRONG_KEY, World};

/// No container, of a runner or of ours, has written a key to its log.
pub async fn no_key_is_in_a_log(world: &World) -> Result<()> {
    for namespace in ["assayer", "default"] {
        let pods: Api<Pod> = Api::namespaced(world.client.clone(), namespace);
        for pod in pods.list(&ListParams::default()).await? {
            // A pod that is gone, or whose container has not started, has no log to look into.
            let Ok(log) = pods.logs(&pod.name_any(), &LogParams::default()).await else { continue };
            ensure!(!log.contains(GOOD_KEY) && !log.contains(WRONG_KEY), "the log of {} has a key in it", pod.name_any());
        }
    }
    Ok(())
}

/// A Job that poses as a runner's is refused, even for an administrator.
pub async fn nobody_but_the_controller_creates_runner_jobs(world: &World) -> Result<()> {
    let job: Job = serde_json::from_value(json!({
        "metadata": {"name": "impostor", "labels": {wire::MANAGED_BY_LABEL: wire::MANAGED_BY}},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "runner", "image": "localhost/assayer-runner:dev"}]}}},
    }))?;
    let jobs: Api<Job> = Api::namespaced(world.client.clone(), "default");
    match jobs.create(&PostParams { dry_run: true, ..Default::default() }, &job).await {
        Err(kube::Error::Api(status)) if status.message.contains("ValidatingAdmissionPolicy") => Ok(()),
        Err(error) => Err(error.into()),
        Ok(_) => bail!("a Job that poses as a runner's was accepted"),
    }
}

/// A Bot is reset to the time of the change and to no other, by an administrator neither.
pub async fn nobody_resets_a_bot_to_another_time(world: &World) -> Result<()> {
    let tried = PatchParams { dry_run: true, ..Default::default() };
    for (hours, accepted) in [(-1, false), (1, false), (0, true)] {
        let change = json!({"spec": {"resetAt": Utc::now() + TimeDelta::hours(hours)}});
        let answer = world.bots("default").patch("spx-cross", &tried, &Patch::Merge(change)).await;
        let refused = answer.as_ref().is_err_and(|error| error.to_string().contains("assayer-bot-reset"));
        ensure!(if accepted { answer.is_ok() } else { refused }, "{hours} hours from now: {answer:?}");
    }
    Ok(())
}
