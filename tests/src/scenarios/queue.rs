//! Runners that wait until the cluster's queue lets them start.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use k8s_openapi::api::batch::v1::Job;
use kube::api::{ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde_json::json;

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World};

/// Where a LocalQueue is named, a job begins when it is admitted and not before: its Bot says what it waits for, its time does not run,
/// and then it works as any other. The scenario admits it as Kueue does: by `spec.suspend`.
pub async fn a_suspended_job_waits_without_losing_time(world: &World, namespace: &str) -> Result<()> {
    const BOT: &str = "spx-cross";
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    wait::until("a Bot that waits for the queue", async || {
        let activity = world.bots(namespace).get(BOT).await?.status.map(|status| status.activity);
        let said = activity
            .as_ref()
            .is_some_and(|now| now.reason_code == "JOB_SUSPENDED" && now.message.contains("LocalQueue research"));
        Ok(if said { Look::Found(()) } else { Look::NotYet(format!("{activity:?}")) })
    })
    .await?;
    let of = format!("from bot_jobs where bot_namespace = '{namespace}'");
    world
        .until_sql(
            "a deadline that moves",
            &format!("select count(*) = 1 {of} and completed_at is null and deadline = suspended_until + interval '1 minute'"),
        )
        .await?;
    let rows = world.sql(&format!("select count(*) from requests where bot_namespace = '{namespace}'"))?;
    ensure!(rows.trim() == "0", "a job that was not admitted made {rows} calls");

    let jobs: Api<Job> = Api::namespaced(world.client.clone(), namespace);
    let queued = jobs.list(&ListParams::default().labels(&format!("{}=research", wire::QUEUE_LABEL))).await?;
    let job = queued.items.first().context("a Job with the queue's label")?;
    jobs.patch(&job.name_any(), &PatchParams::default(), &Patch::Merge(json!({"spec": {"suspend": false}}))).await?;
    world.until_columns(namespace, BOT, "proof after it was admitted", |c| c.get("PROOF") == "MD✓").await?;
    world.remove_bots(namespace).await
}
