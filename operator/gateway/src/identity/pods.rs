//! Pods. In: a pod's name and UID. Out: the Job that controls it, if the pod is there and is not being deleted.

use std::{sync::Arc, time::Duration};

use assayer_contract::wire::{MANAGED_BY, MANAGED_BY_LABEL};
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, Client, ResourceExt,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt,
        reflector::{self, ObjectRef, Store},
        watcher,
    },
};

use super::{unanswered, unproven};
use crate::{refusal::Refusal, watch::Watch};

type PodMeta = PartialObjectMeta<Pod>;

/// Metadata of all runner pods, watched.
pub struct Pods {
    client: Client,
    store: Store<PodMeta>,
}

impl Pods {
    /// Begins to watch. The watch ends with the returned task.
    pub fn watch(client: Client) -> (Arc<Self>, Watch) {
        let (store, writer) = reflector::store();
        let config = watcher::Config::default().labels(&format!("{MANAGED_BY_LABEL}={MANAGED_BY}"));
        let stream = watcher(Api::<PodMeta>::all(client.clone()), config)
            .default_backoff()
            .modify(|pod| pod.managed_fields_mut().clear())
            .reflect(writer);
        let watch = Watch::spawn("pods", stream, store.clone());
        (Arc::new(Self { client, store }), watch)
    }

    /// Name of the Job that controls this very pod.
    pub(super) async fn job_of(&self, namespace: &str, name: &str, uid: &str) -> Result<String, Refusal> {
        let watched = self.store.get(&ObjectRef::new(name).within(namespace));
        let pod = match watched.filter(|pod| pod.metadata.uid.as_deref() == Some(uid)) {
            Some(pod) => pod,
            // A pod that has just begun may be ahead of the watch.
            None => Arc::new(self.fetch(namespace, name).await?),
        };
        controlling_job(&pod, uid)
    }

    async fn fetch(&self, namespace: &str, name: &str) -> Result<PodMeta, Refusal> {
        let pods = Api::<PodMeta>::namespaced(self.client.clone(), namespace);
        match tokio::time::timeout(Duration::from_secs(5), pods.get_opt(name)).await {
            Ok(Ok(Some(pod))) => Ok(pod),
            Ok(Ok(None)) => Err(unproven(format!("pod {namespace}/{name} does not exist"))),
            Ok(Err(error)) => Err(unanswered(error, "a pod")),
            Err(_) => Err(unanswered("no answer", "a pod")),
        }
    }
}

fn controlling_job(pod: &PodMeta, uid: &str) -> Result<String, Refusal> {
    let name = pod.name_any();
    if pod.metadata.uid.as_deref() != Some(uid) {
        return Err(unproven(format!("pod {name} is another one than the token was minted for")));
    }
    // Admission keeps this label to what Kubernetes made of the controller's Jobs; an owner reference anybody can write.
    if pod.labels().get(MANAGED_BY_LABEL).map(String::as_str) != Some(MANAGED_BY) {
        return Err(unproven(format!("pod {name} is no runner: it lacks the label {MANAGED_BY_LABEL}={MANAGED_BY}")));
    }
    if pod.metadata.deletion_timestamp.is_some() {
        return Err(unproven(format!("pod {name} is being deleted")));
    }
    let owner = pod.owner_references().iter().find(|owner| owner.controller == Some(true));
    owner
        .filter(|owner| owner.kind == "Job" && owner.api_version == "batch/v1")
        .map(|owner| owner.name.clone())
        .ok_or_else(|| unproven(format!("pod {name} is not controlled by a Job")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(change: impl FnOnce(&mut serde_json::Value)) -> PodMeta {
        let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": "job", "uid": "j", "controller": true});
        let mut pod = json!({"apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
            "metadata": {"name": "p", "uid": "u", "labels": {MANAGED_BY_LABEL: MANAGED_BY}, "ownerReferences": [owner]}});
        change(&mut pod["metadata"]);
        serde_json::from_value(pod).unwrap()
    }

    #[test]
    fn a_living_pod_of_a_job_leads_to_that_job() {
        assert_eq!(controlling_job(&pod(|_| ()), "u").unwrap(), "job");
    }

    #[test]
    fn another_a_dying_an_unlabelled_or_an_uncontrolled_pod_leads_nowhere() {
        assert!(controlling_job(&pod(|_| ()), "v").is_err());
        assert!(controlling_job(&pod(|meta| meta["labels"] = json!({})), "u").is_err());
        assert!(controlling_job(&pod(|meta| meta["deletionTimestamp"] = json!("2026-01-01T00:00:00Z")), "u").is_err());
        assert!(controlling_job(&pod(|meta| meta["ownerReferences"][0]["controller"] = json!(false)), "u").is_err());
        assert!(controlling_job(&pod(|meta| meta["ownerReferences"][0]["kind"] = json!("StatefulSet")), "u").is_err());
    }
}
