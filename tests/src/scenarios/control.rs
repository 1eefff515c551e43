//! What people do to Bots while they work: limits, stops, deletions. The scenarios of one world run one after another, because
//! they set faults and change the policy.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use assayer_crds::Bot;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, ResourceExt};
use serde_json::json;

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World};

/// With room for one backtest, two Bots take turns, the one that waits says so, and neither starves.
pub async fn bots_take_turns_where_there_is_room_for_one(world: &World, namespace: &str) -> Result<()> {
    slow_down(world, 1_500).await?;
    world.patch_lab(&json!({"budgets": {"maxConcurrentBacktests": 1}})).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    for bot in ["spx-cross", "eurusd-breakout"] {
        world.sample_bot(namespace, bot).await?;
    }
    wait::until("a Bot that waits for room", async || {
        let bots = world.bots(namespace).list(&ListParams::default()).await?;
        let activities: Vec<_> = bots.iter().filter_map(|bot| Some(bot.status.as_ref()?.activity.clone())).collect();
        let waits = activities.iter().any(|activity| activity.reason_code == "CONCURRENCY_LIMIT");
        Ok(if waits { Look::Found(()) } else { Look::NotYet(format!("{activities:?}")) })
    })
    .await?;
    let of = format!("from bot_jobs where bot_namespace = '{namespace}'");
    world.until_sql("two backtests of each Bot",
        &format!(
            "select count(*) = 2 from (select bot_name {of} and status = 'SUCCEEDED' group by bot_name having count(*) >= 2) b"
        ),
    )
    .await?;
    let together = world.sql(&format!(
        "select count(*) from (select * {of}) a join bot_jobs b on a.id < b.id and b.created_at < coalesce(a.completed_at, now())
         where a.created_at >= (select min(created_at) {of})"
    ))?;
    ensure!(together.trim() == "0", "{together} pairs of backtests were open together");
    clear_faults(world).await?;
    world.patch_lab(&json!({"budgets": {"maxConcurrentBacktests": 8}})).await?;
    world.remove_bots(namespace).await
}

/// A price above the budget is shown on the Bot and not paid; with a higher budget the Bot goes on at once.
pub async fn a_price_is_shown_before_it_is_paid(world: &World, namespace: &str) -> Result<()> {
    world.patch_lab(&json!({"budgets": {"maxDataUsdPerDay": "0"}})).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    world.until_columns(namespace, "spx-cross", "blocked by the price", |c| c.get("BLOCKED-BY") == "CostBudget").await?;
    let bot = world.bots(namespace).get("spx-cross").await?;
    let blockers = bot.status.context("a status")?.blockers;
    let said = blockers.iter().find(|blocker| blocker.reason_code == "COST_BUDGET").context("the blocker")?;
    // 5,031 bars of 56 bytes at the stand-in's 600 USD per 2^30 bytes.
    ensure!(said.message.contains("the bars cost 0.1575 USD"), "{}", said.message);
    ensure!(said.suggested_fix.contains("budgets.maxDataUsdPerDay"), "{}", said.suggested_fix);
    let of = format!("from requests where bot_namespace = '{namespace}' and endpoint = 'timeseries.get_range'");
    let sent = world.sql(&format!("select count(*) {of} and sent <> 'no'"))?;
    ensure!(sent.trim() == "0", "{sent} calls were made beyond the budget");
    world.patch_lab(&json!({"budgets": {"maxDataUsdPerDay": "1000000"}})).await?;
    world.until_columns(namespace, "spx-cross", "proof at a price", |c| c.get("PROOF") == "MD✓").await?;
    let paid = world.sql(&format!("select bool_and(cost_usd > 0.157 and cost_usd < 0.158) {of} and outcome = 'success'"))?;
    ensure!(paid.trim() == "t", "the rows do not carry the price");
    world.remove_bots(namespace).await
}

/// `Hold` lets no cycle start and writes no status while nothing changes; without it the Bot goes on.
pub async fn a_held_bot_rests_until_it_is_released(world: &World, namespace: &str) -> Result<()> {
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    world.until_columns(namespace, "spx-cross", "proof", |c| c.get("PROOF") == "MD✓").await?;
    stop(world, namespace, "Hold").await?;
    world.until_columns(namespace, "spx-cross", "stopped", |c| c.get("ACTIVITY") == "Stopped").await?;
    let jobs = format!("select count(*) from bot_jobs where bot_namespace = '{namespace}'");
    let (before, version) = (world.sql(&jobs)?, version(world, namespace).await?);
    let runs: i64 = world.sql("select count(*) from planner_runs")?.trim().parse()?;
    world.until_sql("some runs of the planner", &format!("select count(*) > {} from planner_runs", runs + 8)).await?;
    ensure!(world.sql(&jobs)? == before, "a held Bot got a job");
    ensure!(self::version(world, namespace).await? == version, "the status was written though nothing changed");
    stop(world, namespace, "None").await?;
    world.until_sql("a job after the release", &format!("select ({jobs}) > {before}")).await?;
    world.remove_bots(namespace).await
}

/// `HoldAndDrain` ends the job that is under way, with a reason of its own, and what it asks for afterwards is refused.
pub async fn a_drained_bot_ends_its_job_at_once(world: &World, namespace: &str) -> Result<()> {
    let job = job_under_way(world, namespace).await?;
    stop(world, namespace, "HoldAndDrain").await?;
    ended(world, &job, "STOPPED").await?;
    world.until_columns(namespace, "spx-cross", "stopped", |c| c.get("ACTIVITY") == "Stopped").await?;
    clear_faults(world).await?;
    stop(world, namespace, "None").await?;
    world.until_columns(namespace, "spx-cross", "proof after the release", |c| c.get("PROOF") == "MD✓").await?;
    world.remove_bots(namespace).await
}

/// A deleted Bot leaves its rows and nothing else; its open job is closed by that name.
pub async fn a_deleted_bot_leaves_rows_and_no_job(world: &World, namespace: &str) -> Result<()> {
    let job = job_under_way(world, namespace).await?;
    world.remove_bots(namespace).await?;
    ended(world, &job, "BOT_DELETED").await?;
    clear_faults(world).await
}

/// A Kubernetes Job that somebody deletes while it runs fails by name, and the next slot works again.
pub async fn a_deleted_job_fails_and_the_next_works(world: &World, namespace: &str) -> Result<()> {
    let job = job_under_way(world, namespace).await?;
    let name = world.sql(&format!("select job_name from bot_jobs where id = '{job}'"))?;
    jobs(world, namespace).delete(name.trim(), &DeleteParams::background()).await?;
    ended(world, &job, "RUNNER_FAILED").await?;
    clear_faults(world).await?;
    world.until_columns(namespace, "spx-cross", "proof by a later job", |c| c.get("PROOF") == "MD✓").await?;
    world.remove_bots(namespace).await
}

/// Deleting a Bot at work leaves no Job and no Pod on the cluster, no job open, and every row.
pub async fn nothing_runs_for_a_deleted_bot(world: &World, namespace: &str) -> Result<()> {
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    let of = format!("from bot_jobs where bot_namespace = '{namespace}'");
    world.until_sql("a job", &format!("select count(*) > 0 {of}")).await?;
    world.remove_bots(namespace).await?;
    world.until_sql("no open job", &format!("select count(*) = 0 {of} and completed_at is null")).await?;
    let ours = ListParams::default().labels(&format!("{}={}", wire::MANAGED_BY_LABEL, wire::MANAGED_BY));
    wait::until("no Job and no Pod", async || {
        let jobs = jobs(world, namespace).list(&ours).await?.items.len();
        let pods = Api::<Pod>::namespaced(world.client.clone(), namespace).list(&ours).await?.items.len();
        Ok(if jobs + pods == 0 { Look::Found(()) } else { Look::NotYet(format!("{jobs} Jobs, {pods} Pods")) })
    })
    .await?;
    let kept = world.sql(&format!("select count(*) {of}"))?;
    ensure!(kept.trim() != "0", "the rows are gone with the Bot");
    world.remove_namespace(namespace).await
}

/// A Bot whose job waits for a slow vendor; the job's id.
async fn job_under_way(world: &World, namespace: &str) -> Result<String> {
    slow_down(world, 60_000).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    let running = format!("from bot_jobs where bot_namespace = '{namespace}' and status = 'RUNNING'");
    world.until_sql("a running job", &format!("select count(*) > 0 {running}")).await?;
    Ok(world.sql(&format!("select id {running}"))?.trim().to_owned())
}

async fn ended(world: &World, job: &str, reason: &str) -> Result<()> {
    let ended = format!("select status = 'FAILED' and reason_code = '{reason}' from bot_jobs where id = '{job}'");
    world.until_sql(&format!("the job to end as {reason}"), &ended).await?;
    let name = world.sql(&format!("select bot_namespace || ' ' || job_name from bot_jobs where id = '{job}'"))?;
    let (namespace, name) = name.trim().split_once(' ').context("namespace and name")?;
    wait::until("no Kubernetes Job", async || {
        let found = jobs(world, namespace).get_opt(name).await?;
        Ok(if found.is_none() { Look::Found(()) } else { Look::NotYet(format!("{name} is there")) })
    })
    .await?;
    let sessions = world.sql(&format!("select count(*) from backtest_sessions where job_id = '{job}'"))?;
    ensure!(sessions.trim() == "0", "a job that was ended has a session");
    Ok(())
}

fn jobs(world: &World, namespace: &str) -> Api<Job> {
    Api::namespaced(world.client.clone(), namespace)
}

async fn version(world: &World, namespace: &str) -> Result<Option<String>> {
    Ok(world.bots(namespace).get("spx-cross").await?.resource_version())
}

async fn stop(world: &World, namespace: &str, policy: &str) -> Result<Bot> {
    let patch = Patch::Merge(json!({"spec": {"stopPolicy": policy}}));
    Ok(world.bots(namespace).patch("spx-cross", &PatchParams::default(), &patch).await?)
}

async fn slow_down(world: &World, after_ms: u64) -> Result<()> {
    let order = json!({"match": {"path": "timeseries.get_range"}, "fault": "slow", "after_ms": after_ms});
    let url = format!("{}/__stand-in/faults", world.stand_in);
    world.http.put(url).json(&order).send().await?.error_for_status()?;
    Ok(())
}

async fn clear_faults(world: &World) -> Result<()> {
    world.http.delete(format!("{}/__stand-in/faults", world.stand_in)).send().await?.error_for_status()?;
    Ok(())
}
