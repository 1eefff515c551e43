//! The Kubernetes Job of a row in `bot_jobs`. In: the row, its Bot, the settings, the time. Out: the Job. Pure.

use std::collections::BTreeMap;

use assayer_contract::wire;
use assayer_crds::Bot;
use assayer_store::jobs::BotJob;
use chrono::{DateTime, Utc};
use k8s_openapi::{
    api::{
        batch::v1::{Job, JobSpec},
        core::v1::{
            Capabilities, Container, EnvVar, PodSecurityContext, PodSpec, PodTemplateSpec, ProjectedVolumeSource,
            ResourceRequirements, SeccompProfile, SecurityContext, ServiceAccountTokenProjection, Volume, VolumeMount,
            VolumeProjection,
        },
    },
    apimachinery::pkg::api::resource::Quantity,
};
use kube::{Resource, api::ObjectMeta};

use super::{context::Settings, plan::seconds_left};

/// The user of runner containers; no image of ours has another.
const USER: i64 = 65_532;
/// How long a finished Job and its pod's log stay.
const KEEP_SECONDS: i32 = 3_600;
const TOKEN_VOLUME: &str = "assayer-token";
const TOKEN_SECONDS: i64 = 3_600;

/// Builds the Job of a cycle, given its first row with the deadline of the last. Its pod has no Secret, no RBAC, no token of the API server: only one that the gateway alone accepts.
pub(super) fn build(row: &BotJob, bot: &Bot, settings: &Settings, now: DateTime<Utc>) -> Job {
    let labels = labels(row);
    let queue = settings.queue.iter().map(|queue| (wire::QUEUE_LABEL.to_owned(), queue.clone()));
    Job {
        metadata: ObjectMeta {
            name: Some(row.job_name.clone()),
            namespace: Some(row.bot_namespace.clone()),
            labels: Some(labels.clone().into_iter().chain(queue).collect()),
            owner_references: bot.controller_owner_ref(&()).map(|owner| vec![owner]),
            ..ObjectMeta::default()
        },
        spec: Some(JobSpec {
            backoff_limit: Some(0),
            suspend: settings.queue.as_ref().map(|_| true),
            active_deadline_seconds: Some(seconds_left(row.deadline, now)),
            ttl_seconds_after_finished: Some(KEEP_SECONDS),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta { labels: Some(labels), ..ObjectMeta::default() }),
                spec: Some(pod(settings, patience(row.deadline, now))),
            },
            ..JobSpec::default()
        }),
        status: None,
    }
}

fn labels(row: &BotJob) -> BTreeMap<String, String> {
    let pairs = [
        (wire::MANAGED_BY_LABEL, wire::MANAGED_BY.to_owned()),
        (wire::BOT_LABEL, row.bot_name.clone()),
        (wire::BOT_UID_LABEL, row.bot_id.to_string()),
        (wire::JOB_ID_LABEL, row.id.to_string()),
        (wire::TRACE_LABEL, row.trace_id.to_string()),
        (wire::JOB_TYPE_LABEL, row.job_type.label().to_owned()),
    ];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Seconds for which a runner asks again for a gateway that is away: several times what another node needs to start one, and so
/// short that a job which waits at its beginning and at its end still says why it failed before its time is up.
fn patience(deadline: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    (seconds_left(deadline, now) / 3).clamp(1, 300)
}

fn pod(settings: &Settings, patience: i64) -> PodSpec {
    PodSpec {
        service_account_name: Some(wire::RUNNER_SERVICE_ACCOUNT.to_owned()),
        automount_service_account_token: Some(false),
        enable_service_links: Some(false),
        restart_policy: Some("Never".to_owned()),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            run_as_user: Some(USER),
            run_as_group: Some(USER),
            fs_group: Some(USER),
            seccomp_profile: Some(SeccompProfile { type_: "RuntimeDefault".to_owned(), ..SeccompProfile::default() }),
            ..PodSecurityContext::default()
        }),
        containers: vec![container(settings, patience)],
        volumes: Some(vec![token_volume()]),
        ..PodSpec::default()
    }
}

fn container(settings: &Settings, patience: i64) -> Container {
    let directory = wire::TOKEN_PATH.rsplit_once('/').map_or(wire::TOKEN_PATH, |(directory, _)| directory);
    Container {
        name: "runner".to_owned(),
        image: Some(settings.runner_image.clone()),
        image_pull_policy: Some(settings.runner_image_pull_policy.clone()),
        args: Some(vec!["run".to_owned(), format!("--gateway-patience-seconds={patience}")]),
        env: Some(vec![EnvVar {
            name: wire::GATEWAY_URL_ENV.to_owned(),
            value: Some(settings.gateway_url.clone()),
            value_from: None,
        }]),
        resources: Some(resources()),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            read_only_root_filesystem: Some(true),
            capabilities: Some(Capabilities { drop: Some(vec!["ALL".to_owned()]), add: None }),
            ..SecurityContext::default()
        }),
        volume_mounts: Some(vec![VolumeMount {
            name: TOKEN_VOLUME.to_owned(),
            mount_path: directory.to_owned(),
            read_only: Some(true),
            ..VolumeMount::default()
        }]),
        ..Container::default()
    }
}

fn resources() -> ResourceRequirements {
    let quantities = |pairs: [(&str, &str); 2]| {
        Some(pairs.into_iter().map(|(name, amount)| (name.to_owned(), Quantity(amount.to_owned()))).collect())
    };
    ResourceRequirements {
        requests: quantities([("cpu", "50m"), ("memory", "64Mi")]),
        limits: quantities([("cpu", "1"), ("memory", "512Mi")]),
        ..ResourceRequirements::default()
    }
}

fn token_volume() -> Volume {
    let path = wire::TOKEN_PATH.rsplit_once('/').map_or(wire::TOKEN_PATH, |(_, file)| file);
    let token = ServiceAccountTokenProjection {
        audience: Some(wire::GATEWAY_AUDIENCE.to_owned()),
        expiration_seconds: Some(TOKEN_SECONDS),
        path: path.to_owned(),
        ..ServiceAccountTokenProjection::default()
    };
    Volume {
        name: TOKEN_VOLUME.to_owned(),
        projected: Some(ProjectedVolumeSource {
            sources: Some(vec![VolumeProjection { service_account_token: Some(token), ..VolumeProjection::default() }]),
            ..ProjectedVolumeSource::default()
        }),
        ..Volume::default()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{
        plan::tests::{now, open_job},
        validate::tests::bot,
    };
    use super::*;
    use assayer_contract::JobStatus;
    use std::time::Duration;

    pub(in crate::controller) fn settings() -> Settings {
        Settings {
            namespace: "assayer".into(),
            instance: "one".into(),
            gateway_url: "http://assayer-gateway.assayer.svc:8080".into(),
            runner_image: "runner:1".into(),
            runner_image_pull_policy: "IfNotPresent".into(),
            planner_interval: Duration::from_secs(15),
            installed: crate::environment::Environment::Prod.into(),
            queue: None,
        }
    }

    fn built() -> serde_json::Value {
        serde_json::to_value(build(&open_job(JobStatus::Queued), &bot(), &settings(), now())).unwrap()
    }

    #[test]
    fn the_job_belongs_to_its_bot_and_names_its_row() {
        let job = built();
        assert_eq!(job["metadata"]["name"], "spx-cross-backtest-0123456789ab");
        assert_eq!(job["metadata"]["ownerReferences"][0]["uid"], bot().metadata.uid.unwrap());
        assert_eq!(job["metadata"]["ownerReferences"][0]["controller"], true);
        for labels in [&job["metadata"]["labels"], &job["spec"]["template"]["metadata"]["labels"]] {
            assert_eq!(labels["assayer.dev/job-id"], open_job(JobStatus::Queued).id.to_string());
            assert_eq!(labels["assayer.dev/trace-id"], open_job(JobStatus::Queued).trace_id.to_string());
            assert_eq!(labels["app.kubernetes.io/managed-by"], "assayer");
        }
        assert_eq!(job["spec"]["backoffLimit"], 0);
        assert_eq!(job["spec"]["activeDeadlineSeconds"], 600);
        let args = &job["spec"]["template"]["spec"]["containers"][0]["args"];
        assert_eq!(args, &serde_json::json!(["run", "--gateway-patience-seconds=200"]));
    }

    #[test]
    fn where_a_queue_is_named_the_job_waits_for_it() {
        let queued = Settings { queue: Some("research".into()), ..settings() };
        let job = serde_json::to_value(build(&open_job(JobStatus::Queued), &bot(), &queued, now())).unwrap();
        assert_eq!(job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"], "research");
        assert_eq!(job["spec"]["suspend"], true);
        assert!(job["spec"]["template"]["metadata"]["labels"].get("kueue.x-k8s.io/queue-name").is_none());
        assert!(built()["spec"].get("suspend").is_none(), "without a queue it starts at once");
    }

    #[test]
    fn the_pod_meets_the_restricted_profile() {
        let pod = &built()["spec"]["template"]["spec"];
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
        let container = &pod["containers"][0]["securityContext"];
        assert_eq!(container["allowPrivilegeEscalation"], false);
        assert_eq!(container["readOnlyRootFilesystem"], true);
        assert_eq!(container["capabilities"]["drop"][0], "ALL");
    }

    #[test]
    fn the_pod_holds_nothing_but_a_token_that_only_the_gateway_accepts() {
        let pod = &built()["spec"]["template"]["spec"];
        assert_eq!(pod["automountServiceAccountToken"], false);
        let volumes = pod["volumes"].as_array().unwrap();
        assert_eq!(volumes.len(), 1);
        let sources = volumes[0]["projected"]["sources"].as_array().unwrap();
        assert_eq!(sources.len(), 1);
        assert_eq!(sources[0]["serviceAccountToken"]["audience"], "assayer-gateway");
        let env = pod["containers"][0]["env"].as_array().unwrap();
        assert_eq!(env.len(), 1);
        assert!(env[0].get("valueFrom").is_none() && pod["containers"][0].get("envFrom").is_none());
        assert_eq!(
            format!("{}/token", pod["containers"][0]["volumeMounts"][0]["mountPath"].as_str().unwrap()),
            assayer_contract::wire::TOKEN_PATH
        );
    }
}
