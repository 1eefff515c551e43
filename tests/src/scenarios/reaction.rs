//! How soon a Bot says what a row says.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use assayer_crds::{ActivityState, BotStatus};
use chrono::{DateTime, Utc};
use k8s_openapi::api::core::v1::ResourceQuota;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams};
use serde_json::json;

use crate::wait::{self, Look};
use crate::world::World;

const BOT: &str = "spx-cross";
const ROUNDS: usize = 3;
/// Half of the rows are told well before the controller's look at all open jobs comes round, which is each 15 s and would tell half of them
/// after 7.5 s. How soon it is on a quiet machine is printed, not judged.
const BEFORE_THE_LOOK: Duration = Duration::from_secs(5);
/// The controller looks again at a Bot whose status it has written; after this long that look is over and shows nothing by chance.
const QUIET: Duration = Duration::from_millis(800);
const GIVE_UP: Duration = Duration::from_mins(1);

/// A job's start and its end are in its Bot's status as soon as their rows are committed, with nothing else happening: the namespace
/// admits no pods, so that no runner and no Kubernetes Job tells of anything.
pub async fn a_status_follows_its_row_at_once(world: &World, namespace: &str) -> Result<()> {
    world.namespace(namespace, crate::world::GOOD_KEY).await?;
    admit_no_pods(world, namespace).await?;
    world.sample_bot(namespace, BOT).await?;
    let took = rounds(world, namespace).await?;
    world.bots(namespace).delete(BOT, &DeleteParams::default()).await?;
    eprintln!("from a row to its Bot's status: {took:?}");
    ensure!(
        took.get(ROUNDS).context("two rows a round")? < &BEFORE_THE_LOOK,
        "a Bot's status waits for the look at all jobs: {took:?}"
    );
    Ok(())
}

/// From each row to its Bot's status, the shortest first.
async fn rounds(world: &World, namespace: &str) -> Result<Vec<Duration>> {
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let job = waiting_job(world, namespace).await?;
        tokio::time::sleep(QUIET).await;
        let at = told(world, &job, "STARTED")?;
        took.push(until_said(world, namespace, at, |status| status.activity.state == ActivityState::Backtesting).await?);
        tokio::time::sleep(QUIET).await;
        let at = told(world, &job, "FAILED")?;
        let said = |status: &BotStatus| status.last_job.as_ref().is_some_and(|last| last.id.to_string() == job);
        took.push(until_said(world, namespace, at, said).await?);
    }
    took.sort();
    Ok(took)
}

/// A quota as its controller would have counted it.
async fn admit_no_pods(world: &World, namespace: &str) -> Result<()> {
    let quotas: Api<ResourceQuota> = Api::namespaced(world.client.clone(), namespace);
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"pods": "0"}}});
    world.apply(&quotas, "no-pods", &quota).await?;
    let counted = json!({"status": {"hard": {"pods": "0"}, "used": {"pods": "0"}}});
    quotas.patch_status("no-pods", &PatchParams::default(), &Patch::Merge(counted)).await?;
    Ok(())
}

/// The Bot's open job, once the Bot has said that it waits for a pod.
async fn waiting_job(world: &World, namespace: &str) -> Result<String> {
    wait::until("a job that waits for its pod", async || {
        let status = world.bots(namespace).get(BOT).await?.status.context("no status")?;
        let queued = status.activity.active_job.filter(|_| status.activity.state == ActivityState::Queued);
        Ok(queued.map_or_else(|| Look::NotYet(format!("{:?}", status.activity.state)), |job| Look::Found(job.id.to_string())))
    })
    .await
}

/// Writes what the gateway would, and answers when.
fn told(world: &World, job: &str, kind: &str) -> Result<DateTime<Utc>> {
    let reason = if kind == "FAILED" { "'RUNNER_FAILED'" } else { "null" };
    let written = world.sql(&format!(
        "insert into job_events (id, job_id, kind, reason_code, message, pod, pod_uid)
         values (gen_random_uuid(), '{job}', '{kind}', {reason}, 'by a scenario', 'none', 'none')
         returning to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    ))?;
    Ok(written.lines().next().context("a time")?.parse()?)
}

async fn until_said(world: &World, namespace: &str, at: DateTime<Utc>, said: impl Fn(&BotStatus) -> bool) -> Result<Duration> {
    loop {
        let bot = world.bots(namespace).get(BOT).await?;
        let took = (Utc::now() - at).to_std()?;
        if bot.status.as_ref().is_some_and(&said) {
            return Ok(took);
        }
        ensure!(took < GIVE_UP, "the Bot does not say what was written at {at}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
