//! Stands where the Job controller and the kubelet stand, for an API server without nodes: it gives each runner Job a Pod with
//! a real bound token, runs the runner as a process, and writes how it ended into the Job's status.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::pin::pin;
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use assayer_contract::wire;
use futures::StreamExt;
use k8s_openapi::api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, ServiceAccount};
use kube::api::{Patch, PatchParams, PostParams};
use kube::runtime::{WatchStreamExt, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use serde_json::json;
use tokio::process::Command;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use crate::wait::DEADLINE;

/// Between two tries, the first and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(2));

/// Runs every runner Job of the API server, each once, until it is dropped. While the API server is away it tries again, as the
/// real ones do.
pub struct Kubelet {
    node: Arc<Node>,
    task: JoinHandle<()>,
}

struct Node {
    client: Client,
    runner: PathBuf,
    gateway: Mutex<String>,
    /// Whether it takes no further Jobs.
    full: watch::Sender<bool>,
    /// By name of the Job, what kills its runner.
    running: Mutex<BTreeMap<String, oneshot::Sender<()>>>,
}

impl Drop for Kubelet {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Kubelet {
    /// Starts to run Jobs with this program, which is told this gateway.
    pub fn start(client: Client, runner: PathBuf, gateway: String) -> Self {
        let node = Arc::new(Node {
            client,
            runner,
            gateway: Mutex::new(gateway),
            full: watch::Sender::new(false),
            running: Mutex::default(),
        });
        let task = tokio::spawn(Arc::clone(&node).run());
        Self { node, task }
    }

    /// Where runners that start from now on find the gateway.
    pub fn use_gateway(&self, url: &str) {
        url.clone_into(&mut self.node.gateway.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Has no room for further pods, as a full node, or has it again.
    pub fn is_full(&self, full: bool) {
        self.node.full.send_replace(full);
    }

    /// `kill -9` of a runner: the one at this place among those that run, counted around. `None` where none runs.
    pub fn kill_one(&self, place: usize) -> Option<String> {
        let mut running = self.node.running.lock().unwrap_or_else(PoisonError::into_inner);
        let job = running.keys().nth(place.checked_rem(running.len())?)?.clone();
        let _ = running.remove(&job)?.send(());
        Some(job)
    }
}

impl Node {
    async fn run(self: Arc<Self>) {
        let managed = format!("{}={}", wire::MANAGED_BY_LABEL, wire::MANAGED_BY);
        let jobs = watcher(Api::<Job>::all(self.client.clone()), watcher::Config::default().labels(&managed));
        let mut jobs = pin!(jobs.default_backoff().applied_objects());
        let (mut full, mut seen) = (self.full.subscribe(), BTreeSet::new());
        while let Some(job) = jobs.next().await {
            let Ok(job) = job else { continue };
            let suspended = job.spec.as_ref().and_then(|spec| spec.suspend).unwrap_or_default();
            if !suspended && full.wait_for(|full| !full).await.is_ok() && seen.insert(job.uid()) {
                tokio::spawn(Arc::clone(&self).job(job));
            }
        }
    }

    async fn job(self: Arc<Self>, job: Job) {
        if let Err(error) = self.run_job(&job).await {
            eprintln!("the kubelet gives up on {}: {error:#}", job.name_any());
        }
    }

    async fn run_job(&self, job: &Job) -> Result<()> {
        let namespace = job.namespace().context("a Job has a namespace")?;
        let jobs: Api<Job> = Api::namespaced(self.client.clone(), &namespace);
        // It may have waited for room until it was deleted.
        if retried(async || Ok(jobs.get_opt(&job.name_any()).await?)).await?.is_none() {
            return Ok(());
        }
        let pod = retried(|| create_pod(&self.client, &namespace, job)).await?;
        let token = retried(|| bound_token(&self.client, &namespace, &pod)).await?;
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), token)?;
        let last_words = tempfile::NamedTempFile::new()?;
        let status = self.runner(job, &file, &last_words).await?;
        let left = std::fs::read_to_string(last_words.path())?;
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), &namespace);
        retried(|| async {
            match pods.patch_status(&pod.name_any(), &PatchParams::default(), &Patch::Merge(terminated(status, &left))).await {
                Err(kube::Error::Api(answer)) if answer.is_not_found() => Ok(()),
                written => Ok(written.map(drop)?),
            }
        })
        .await?;
        let (name, status) = (job.name_any(), Patch::Merge(ended(status.success())));
        retried(|| async {
            match jobs.patch_status(&name, &PatchParams::default(), &status).await {
                // A Job that was deleted meanwhile has no status.
                Err(kube::Error::Api(answer)) if answer.is_not_found() => Ok(()),
                written => Ok(written.map(drop)?),
            }
        })
        .await
    }

    /// How the runner ended, which gets the arguments of its container.
    async fn runner(
        &self,
        job: &Job,
        token: &tempfile::NamedTempFile,
        last_words: &tempfile::NamedTempFile,
    ) -> Result<ExitStatus> {
        let name = job.name_any();
        let container = job.spec.as_ref().and_then(|spec| spec.template.spec.as_ref()?.containers.first());
        let args = container.and_then(|container| container.args.clone()).unwrap_or_default();
        let gateway = self.gateway.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut child = Command::new(&self.runner)
            .args(args)
            .arg("--token-file")
            .arg(token.path())
            .arg("--last-words-file")
            .arg(last_words.path())
            .env_clear()
            .env(wire::GATEWAY_URL_ENV, gateway)
            .stdout(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (kill, killed) = oneshot::channel();
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), kill);
        let ended = tokio::select! {
            status = child.wait() => status?,
            Ok(()) = killed => {
                child.start_kill()?;
                child.wait().await?
            }
        };
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
        Ok(ended)
    }
}

/// Tries again until the deadline of all scenarios.
async fn retried<T, F: Future<Output = Result<T>>>(mut attempt: impl FnMut() -> F) -> Result<T> {
    let (started, mut pause) = (Instant::now(), PAUSES.0);
    loop {
        match attempt().await {
            Err(_) if started.elapsed() < DEADLINE => tokio::time::sleep(pause).await,
            done => return done,
        }
        pause = PAUSES.1.min(pause * 2);
    }
}

async fn create_pod(client: &Client, namespace: &str, job: &Job) -> Result<Pod> {
    let template = job.spec.as_ref().context("a Job has a spec")?.template.clone();
    let mut pod = Pod { spec: template.spec, metadata: template.metadata.unwrap_or_default(), status: None };
    pod.metadata.name = Some(format!("{}-0", job.name_any()));
    pod.metadata.owner_references = Some(vec![job.controller_owner_ref(&()).context("the Job has a UID")?]);
    let pods = Api::<Pod>::namespaced(client.clone(), namespace);
    match pods.create(&PostParams::default(), &pod).await {
        // An earlier try was answered too late.
        Err(kube::Error::Api(answer)) if answer.is_already_exists() => Ok(pods.get(&pod.name_any()).await?),
        created => Ok(created?),
    }
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
fn terminated(status: ExitStatus, left: &str) -> serde_json::Value {
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
