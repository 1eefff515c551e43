//! Why a queued job's pod has not started. In: its Kubernetes Job and pods. Out: the cluster's own words, if it waits. Reading is not pure.

use std::sync::Arc;

use assayer_contract::{ReasonCode, wire};
use assayer_judge::PodWaits;
use assayer_store::jobs::BotJob;
use chrono::{DateTime, TimeDelta, Utc};
use k8s_openapi::api::{batch::v1::Job, core::v1::Pod};
use kube::{Api, api::ListParams, runtime::reflector::ObjectRef};

use super::context::{Context, Error};

/// A pod that starts in time needs no explanation.
const PATIENCE: TimeDelta = TimeDelta::seconds(5);

/// What keeps the pod of a queued job from starting; `None` while it is expected to.
pub(super) async fn waits(ctx: &Context, queued: &BotJob, now: DateTime<Utc>) -> Result<Option<PodWaits>, Error> {
    if let Some(message) = job_of(ctx, queued).and_then(|job| suspended(&job)) {
        return Ok(Some(PodWaits { reason: ReasonCode::JobSuspended, message }));
    }
    if now - queued.created_at < PATIENCE {
        return Ok(None);
    }
    let ours = ListParams::default().labels(&format!("{}={}", wire::TRACE_LABEL, queued.trace_id)).limit(1);
    let pods = Api::<Pod>::namespaced(ctx.client.clone(), &queued.bot_namespace).list(&ours).await?;
    let why = match pods.items.first() {
        Some(pod) => why(pod),
        None => Some("the cluster has not made it; see the events of the Job".to_owned()),
    };
    Ok(why.map(|message| PodWaits { reason: ReasonCode::JobQueued, message }))
}

/// Whether a queue, or somebody, keeps the job's pod from being made.
pub(super) fn is_suspended(ctx: &Context, queued: &BotJob) -> bool {
    job_of(ctx, queued).is_some_and(|job| suspended(&job).is_some())
}

fn job_of(ctx: &Context, queued: &BotJob) -> Option<Arc<Job>> {
    ctx.jobs.get(&ObjectRef::new(&queued.job_name).within(&queued.bot_namespace))
}

fn suspended(job: &Job) -> Option<String> {
    job.spec.as_ref()?.suspend.filter(|suspended| *suspended)?;
    let queue = job.metadata.labels.as_ref().and_then(|labels| labels.get(wire::QUEUE_LABEL));
    Some(match queue {
        Some(queue) => format!("suspended until Kueue admits it through the LocalQueue {queue}"),
        None => "its Job was suspended by hand".to_owned(),
    })
}

/// The container's reason to wait, else the scheduler's. Messages that count up are left out, or each would be a new status.
fn why(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let waiting = status.container_statuses.iter().flatten().find_map(|container| {
        let reason = container.state.as_ref()?.waiting.as_ref()?.reason.as_deref()?;
        (reason != "ContainerCreating" && reason != "PodInitializing").then(|| format!("{reason}, image {}", container.image))
    });
    waiting.or_else(|| {
        let unscheduled = |c: &&k8s_openapi::api::core::v1::PodCondition| c.type_ == "PodScheduled" && c.status == "False";
        let condition = status.conditions.iter().flatten().find(unscheduled)?;
        let reason = condition.reason.as_deref().unwrap_or("Unschedulable");
        Some(condition.message.as_ref().map_or_else(|| reason.to_owned(), |message| format!("{reason}: {message}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn pod(status: &Value) -> Pod {
        serde_json::from_value(json!({"metadata": {"name": "p"}, "spec": {"containers": []}, "status": status})).unwrap()
    }

    fn container(state: &Value) -> Value {
        json!({"name": "runner", "image": "runner:1", "imageID": "", "ready": false, "restartCount": 0, "state": state})
    }

    #[test]
    fn an_image_that_cannot_be_pulled_and_a_node_that_is_full_are_named() {
        let image =
            json!({"containerStatuses": [container(&json!({"waiting": {"reason": "ImagePullBackOff", "message": "10s"}}))]});
        assert_eq!(why(&pod(&image)).unwrap(), "ImagePullBackOff, image runner:1");
        let full = json!({"conditions": [{
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes: Insufficient cpu."
        }]});
        assert_eq!(why(&pod(&full)).unwrap(), "Unschedulable: 0/1 nodes: Insufficient cpu.");
    }

    #[test]
    fn a_pod_that_is_on_its_way_is_not_explained() {
        let creating = json!({"containerStatuses": [container(&json!({"waiting": {"reason": "ContainerCreating"}}))]});
        assert_eq!(why(&pod(&creating)), None);
        assert_eq!(why(&pod(&json!({"containerStatuses": [container(&json!({"running": {}}))]}))), None);
    }
}
