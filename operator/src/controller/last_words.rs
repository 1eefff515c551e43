//! Why a pod ended without a report. In: an open job. Out: what its pod left for Kubernetes to find, or how its container ended.
//! A claim of the runner's, like its report: a row of the log that says why comes first.

use assayer_contract::{JobReport, ReasonCode, wire};
use assayer_store::jobs::BotJob;
use k8s_openapi::api::core::v1::{ContainerStateTerminated, Pod};
use kube::{Api, api::ListParams};

use super::context::{Context, Error};

/// Why the job is to be closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cause {
    pub(super) reason: ReasonCode,
    pub(super) message: String,
}

/// Looks at the job's pod, if it is still there; `known` is what the Kubernetes Job says.
pub(super) async fn of(ctx: &Context, job: &BotJob, known: &str) -> Result<Cause, Error> {
    let pods = Api::<Pod>::namespaced(ctx.client.clone(), &job.bot_namespace);
    let ours = ListParams::default().labels(&format!("{}={}", wire::TRACE_LABEL, job.trace_id)).limit(10);
    let ended = pods.list(&ours).await?.items.into_iter().find_map(terminated);
    Ok(cause(ended.as_ref(), known))
}

fn terminated(pod: Pod) -> Option<ContainerStateTerminated> {
    pod.status?.container_statuses?.into_iter().find_map(|container| container.state?.terminated)
}

fn cause(ended: Option<&ContainerStateTerminated>, known: &str) -> Cause {
    let left = ended.and_then(|ended| serde_json::from_str::<JobReport>(ended.message.as_deref()?).ok());
    if let Some(JobReport { reason_code: Some(reason), message, .. }) = left {
        return Cause { reason, message };
    }
    let how = ended.map(|ended| {
        let reason = ended.reason.as_deref().unwrap_or("Error");
        format!(" ({reason}, exit code {})", ended.exit_code)
    });
    Cause { reason: ReasonCode::RunnerFailed, message: format!("{known}{}", how.unwrap_or_default()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(reason: &str, exit_code: i32, message: &str) -> ContainerStateTerminated {
        let message = Some(message.to_owned()).filter(|message| !message.is_empty());
        ContainerStateTerminated { exit_code, reason: Some(reason.to_owned()), message, ..Default::default() }
    }

    #[test]
    fn what_the_runner_left_says_why() {
        let left = r#"{"succeeded":false,"reasonCode":"GATEWAY_UNREACHABLE","message":"the gateway does not answer"}"#;
        let expected = Cause { reason: ReasonCode::GatewayUnreachable, message: "the gateway does not answer".to_owned() };
        assert_eq!(cause(Some(&ended("Error", 1, left)), "gone"), expected);
    }

    #[test]
    fn a_container_that_left_nothing_is_told_by_how_it_ended() {
        for left in ["", "killed", r#"{"succeeded":false,"reasonCode":"FROM_THE_FUTURE","message":""}"#] {
            let cause = cause(Some(&ended("OOMKilled", 137, left)), "it failed without a report");
            assert_eq!(cause.reason, ReasonCode::RunnerFailed, "{left}");
            assert_eq!(cause.message, "it failed without a report (OOMKilled, exit code 137)");
        }
        assert_eq!(cause(None, "gone").message, "gone");
    }
}
