//! Runners hold nothing, and keys are found nowhere but in their Secret.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use assayer_crds::{Bot, Integration};
use k8s_openapi::api::authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{ListParams, PostParams};
use kube::{Api, ResourceExt};

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, WRONG_KEY, World};

/// A runner's pod mounts no Secret, knows no database, may ask the API server for nothing, and is restricted.
pub async fn a_runner_holds_nothing(world: &World, namespace: &str) -> Result<()> {
    let jobs: Api<Job> = Api::namespaced(world.client.clone(), namespace);
    let managed = ListParams::default().labels(&format!("{}={}", wire::MANAGED_BY_LABEL, wire::MANAGED_BY));
    let job = wait::until("a runner Job", async || {
        Ok(jobs.list(&managed).await?.items.into_iter().next().map_or(Look::NotYet("none".to_owned()), Look::Found))
    })
    .await?;
    let pod = job.spec.context("spec")?.template.spec.context("a pod")?;
    let text = serde_json::to_string(&pod)?;
    for forbidden in
        ["secretKeyRef", "secretRef", "\"secret\"", "PGHOST", "DATABASE", "PASSWORD", "hostPath", "hostNetwork\":true"]
    {
        ensure!(!text.contains(forbidden), "the runner's pod has {forbidden}: {text}");
    }
    ensure!(pod.automount_service_account_token == Some(false), "the API server's token is mounted: {text}");
    for container in &pod.containers {
        let context = container.security_context.as_ref().context("a security context")?;
        ensure!(context.read_only_root_filesystem == Some(true) && context.allow_privilege_escalation == Some(false), "{text}");
    }
    may_do_nothing(world, namespace).await
}

async fn may_do_nothing(world: &World, namespace: &str) -> Result<()> {
    let reviews: Api<SubjectAccessReview> = Api::all(world.client.clone());
    let user = format!("system:serviceaccount:{namespace}:{}", wire::RUNNER_SERVICE_ACCOUNT);
    for (verb, group, resource) in
        [("get", "", "secrets"), ("list", "", "pods"), ("create", "batch", "jobs"), ("get", "assayer.dev", "bots")]
    {
        let asked = ResourceAttributes {
            namespace: Some(namespace.to_owned()),
            verb: Some(verb.to_owned()),
            group: Some(group.to_owned()),
            resource: Some(resource.to_owned()),
            ..Default::default()
        };
        let groups = ["system:serviceaccounts".to_owned(), "system:authenticated".to_owned()].to_vec();
        let spec = SubjectAccessReviewSpec {
            user: Some(user.clone()),
            groups: Some(groups),
            resource_attributes: Some(asked),
            ..Default::default()
        };
        let review = SubjectAccessReview { spec, ..Default::default() };
        let allowed = reviews.create(&PostParams::default(), &review).await?.status.is_some_and(|status| status.allowed);
        ensure!(!allowed, "{user} may {verb} {resource}");
    }
    Ok(())
}

/// No key stands in a table, a status, an event, a pod or a Job.
pub async fn no_key_is_anywhere_but_in_its_secret(world: &World) -> Result<()> {
    none_is_anywhere(world, &[GOOD_KEY, WRONG_KEY], Vec::new()).await
}

/// None of these keys stands in a table, a status, an event, a pod, a Job, or in one of these texts by the name of its place.
pub async fn none_is_anywhere(world: &World, keys: &[&str], mut places: Vec<(String, String)>) -> Result<()> {
    for table in [
        "requests",
        "intents",
        "bot_jobs",
        "job_events",
        "backtest_sessions",
        "strategies",
        "planner_runs",
        "trials",
        "research_reports",
        "candidates",
        "notices",
        "notice_deliveries",
        "economic_events",
        "writers",
        "worker_heartbeats",
    ] {
        places.push((format!("table {table}"), world.sql(&format!("select t.* from {table} t"))?));
    }
    let client = &world.client;
    let all = ListParams::default();
    for bot in Api::<Bot>::all(client.clone()).list(&all).await? {
        places.push((format!("Bot {}", bot.name_any()), serde_json::to_string(&bot)?));
    }
    for integration in Api::<Integration>::all(client.clone()).list(&all).await? {
        places.push((format!("Integration {}", integration.name_any()), serde_json::to_string(&integration)?));
    }
    for event in Api::<Event>::all(client.clone()).list(&all).await? {
        places.push((format!("Event {}", event.name_any()), serde_json::to_string(&event)?));
    }
    for job in Api::<Job>::all(client.clone()).list(&all).await? {
        places.push((format!("Job {}", job.name_any()), serde_json::to_string(&job)?));
    }
    for pod in Api::<Pod>::all(client.clone()).list(&all).await?.items.into_iter().filter(|pod| !is_stand_in(pod)) {
        places.push((format!("Pod {}", pod.name_any()), serde_json::to_string(&pod)?));
    }
    for (place, text) in places {
        for key in keys {
            ensure!(!text.contains(key), "{place} has a key in it");
        }
    }
    Ok(())
}

/// The stand-in is the vendor: it knows the key that it accepts.
fn is_stand_in(pod: &Pod) -> bool {
    pod.name_any().contains("stand-in")
}
