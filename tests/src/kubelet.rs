//! Stands where the Job controller and the kubelet stand, for an API server without nodes: it gives each runner Job a Pod with
//! a real bound token, runs the runner as a process, and writes how it ended into the Job's status.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use assayer_contract::wire;
use k8s_openapi::api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::api::{ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, Resource, ResourceExt};
use serde_json::json;
use tokio::process::Command;

/// Runs every runner Job of the API server, each once, until it is dropped with its task.
pub async fn run(client: Client, runner: PathBuf, gateway: String) -> Result<()> {
    let jobs: Api<Job> = Api::all(client.clone());
    let managed = ListParams::default().labels(&format!("{}={}", wire::MANAGED_BY_LABEL, wire::MANAGED_BY));
    let mut seen = BTreeSet::new();
    loop {
        for job in jobs.list(&managed).await?.items {
            if seen.insert(job.uid()) {
                let (client, runner, gateway) = (client.clone(), runner.clone(), gateway.clone());
                tokio::spawn(async move { run_job(client, &runner, &gateway, &job).await });
            }
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn run_job(client: Client, runner: &std::path::Path, gateway: &str, job: &Job) -> Result<()> {
    let namespace = job.namespace().context("a Job has a namespace")?;
    let pod = create_pod(&client, &namespace, job).await?;
    let token = bound_token(&client, &namespace, &pod).await?;
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(file.path(), token)?;
    let last_words = tempfile::NamedTempFile::new()?;
    let status = Command::new(runner)
        .args(["run", "--token-file"])
        .arg(file.path())
        .arg("--last-words-file")
        .arg(last_words.path())
        .env_clear()
        .env(wire::GATEWAY_URL_ENV, gateway)
        .stdout(std::process::Stdio::null())
        .kill_on_drop(true)
        .status()
        .await?;
    let left = std::fs::read_to_string(last_words.path())?;
    let pods: Api<Pod> = Api::namespaced(client.clone(), &namespace);
    pods.patch_status(&pod.name_any(), &PatchParams::default(), &Patch::Merge(terminated(status, &left))).await?;
    let jobs: Api<Job> = Api::namespaced(client, &namespace);
    // A Job that was deleted meanwhile has no status.
    jobs.patch_status(&job.name_any(), &PatchParams::default(), &Patch::Merge(ended(status.success()))).await?;
    Ok(())
}

async fn create_pod(client: &Client, namespace: &str, job: &Job) -> Result<Pod> {
    let template = job.spec.as_ref().context("a Job has a spec")?.template.clone();
    let mut pod = Pod { spec: template.spec, metadata: template.metadata.unwrap_or_default(), status: None };
    pod.metadata.name = Some(format!("{}-0", job.name_any()));
    pod.metadata.owner_references = Some(vec![job.controller_owner_ref(&()).context("the Job has a UID")?]);
    Ok(Api::<Pod>::namespaced(client.clone(), namespace).create(&PostParams::default(), &pod).await?)
}

/// A token as the kubelet projects it: for the gateway's audience, bound to the Pod.
async fn bound_token(client: &Client, namespace: &str, pod: &Pod) -> Result<String> {
    let bound = BoundObjectReference {
        api_version: Some("v1".to_owned()),
        kind: Some("Pod".to_owned()),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
    };
    let spec = TokenRequestSpec {
        audiences: Some(vec![wire::GATEWAY_AUDIENCE.to_owned()]),
        bound_object_ref: Some(bound),
        expiration_seconds: Some(3600),
        ..Default::default()
    };
    let accounts: Api<ServiceAccount> = Api::namespaced(client.clone(), namespace);
    let request = TokenRequest { spec: Some(spec), ..Default::default() };
    let answer = accounts.create_token_request(wire::RUNNER_SERVICE_ACCOUNT, &PostParams::default(), &request).await?;
    answer.status.and_then(|status| status.token).context("a token request is answered with a token")
}

/// The status that the kubelet writes.
fn terminated(status: std::process::ExitStatus, left: &str) -> serde_json::Value {
    let exit_code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or_default();
    let (phase, reason) = if status.success() { ("Succeeded", "Completed") } else { ("Failed", "Error") };
    let state = json!({"terminated": {"exitCode": exit_code, "reason": reason, "message": left}});
    let container =
        json!({"name": "runner", "image": "runner", "imageID": "", "ready": false, "restartCount": 0, "state": state});
    json!({"status": {"phase": phase, "containerStatuses": [container]}})
}

/// The status that the Job controller writes.
fn ended(succeeded: bool) -> serde_json::Value {
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    let condition = |kind: &str| json!({"type": kind, "status": "True", "reason": "Scenario", "lastTransitionTime": now});
    let (first, last, count) =
        if succeeded { ("SuccessCriteriaMet", "Complete", "succeeded") } else { ("FailureTarget", "Failed", "failed") };
    let mut status = json!({"startTime": now, "conditions": [condition(first), condition(last)], (count): 1});
    if succeeded {
        status["completionTime"] = json!(now);
    }
    json!({"status": status})
}
