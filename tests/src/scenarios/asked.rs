//! What somebody asks of a Bot beside its cadence: a run at once, and a reset.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire::RUN_REQUESTED_ANNOTATION;
use assayer_crds::StagePolicy;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};
use uuid::Uuid;

use super::api::conforms;
use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World};

const BOT: &str = "spx-cross";

/// A run that is asked for between two slots is started once, under the trace that was asked, fills no slot, and of one that may not
/// start the Bot says why until it may.
pub async fn a_run_is_started_once_and_fills_no_slot(world: &World, namespace: &str) -> Result<()> {
    cadence(world, "1h").await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    world.until_columns(namespace, BOT, "proof of its slot", |c| c.get("PROOF") == "MD✓").await?;
    let of = format!("from bot_jobs where bot_namespace = '{namespace}'");
    ensure!(answer(world, namespace).await?["run"].is_null(), "nobody asked for anything");

    let first = ask(world, namespace).await?;
    world.until_sql("the run", &format!("select count(*) = 1 {of} and trace_id = '{first}' and status = 'SUCCEEDED'")).await?;
    more_runs_of_the_planner(world).await?;
    let jobs = world.sql(&format!("select count(*), count(*) filter (where requested) {of}"))?;
    ensure!(jobs.trim() == "2|1", "a slot and a run are two jobs: {jobs}");
    let told = answer(world, namespace).await?;
    ensure!(told["run"]["traceId"] == first.to_string() && told["run"]["job"]["status"] == "SUCCEEDED", "{}", told["run"]);
    let (_, proof) = world.get("/api/_proof/autonomy?window=1h").await?;
    let own = proof["bots"].as_array().into_iter().flatten().find(|bot| bot["bot"] == format!("{namespace}/{BOT}"));
    let own = own.context("the Bot's cadence")?;
    // Its first job was for a slot before it was there: only what was expected may count as filled.
    ensure!(own["slots_filled"].as_i64() <= own["slots_expected"].as_i64() && own["slots_filled"].is_i64(), "{own}");

    patch(world, namespace, &json!({"spec": {"stopPolicy": "Hold"}})).await?;
    let second = ask(world, namespace).await?;
    wait::until("a run that may not start", async || {
        let run = answer(world, namespace).await?["run"].take();
        let said = run["traceId"] == second.to_string() && run["reasonCode"] == "STOPPED" && run["job"].is_null();
        Ok(if said { Look::Found(()) } else { Look::NotYet(run.to_string()) })
    })
    .await?;
    more_runs_of_the_planner(world).await?;
    ensure!(world.sql(&format!("select count(*) {of}"))?.trim() == "2", "a held Bot got a job");
    patch(world, namespace, &json!({"spec": {"stopPolicy": "None"}})).await?;
    world
        .until_sql("the run after the release", &format!("select count(*) = 1 {of} and trace_id = '{second}' and requested"))
        .await?;
    cadence(world, "5s").await?;
    world.remove_bots(namespace).await
}

/// A reset begins the count of sessions anew and leaves every row; it only moves forward.
pub async fn a_reset_bot_counts_from_then_on_and_keeps_its_rows(world: &World, namespace: &str) -> Result<()> {
    cadence(world, "1h").await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    counted(world, namespace, "1").await?;
    let of = format!("from backtest_sessions where bot_namespace = '{namespace}'");
    let now = Utc::now().trunc_subsecs(6);
    patch(world, namespace, &reset(Some(now))).await?;
    counted(world, namespace, "0").await?;
    ensure!(world.sql(&format!("select count(*) {of}"))?.trim() == "1", "the session is gone");
    ask(world, namespace).await?;
    counted(world, namespace, "1").await?;
    ensure!(world.sql(&format!("select count(*) {of}"))?.trim() == "2", "both sessions are to be read");
    for earlier in [reset(Some(now - TimeDelta::seconds(1))), reset(None)] {
        let error = patch(world, namespace, &earlier).await.err().with_context(|| format!("{earlier} was accepted"))?;
        ensure!(format!("{error:#}").contains("spec.resetAt only moves forward"), "{error:#}");
    }
    cadence(world, "5s").await?;
    world.remove_bots(namespace).await
}

fn reset(at: Option<DateTime<Utc>>) -> Value {
    json!({"spec": {"resetAt": at}})
}

/// Waits until the Bot's own word is that so many sessions count.
async fn counted(world: &World, namespace: &str, sessions: &str) -> Result<()> {
    wait::until(&format!("{sessions} sessions that count"), async || {
        let bot = world.bots(namespace).get(BOT).await?;
        let blockers = bot.status.map(|status| status.blockers).unwrap_or_default();
        let few = blockers.iter().find(|blocker| blocker.reason_code == "SESSIONS_TOO_FEW");
        let found = few.is_some_and(|blocker| blocker.measured.as_deref() == Some(sessions));
        Ok(if found { Look::Found(()) } else { Look::NotYet(format!("{blockers:?}")) })
    })
    .await
}

/// Asks for a run; its trace.
async fn ask(world: &World, namespace: &str) -> Result<Uuid> {
    let trace = Uuid::now_v7();
    patch(world, namespace, &json!({"metadata": {"annotations": {RUN_REQUESTED_ANNOTATION: trace}}})).await?;
    Ok(trace)
}

/// What the API says of the Bot, which is as it describes.
async fn answer(world: &World, namespace: &str) -> Result<Value> {
    let (_, description) = world.get("/api/openapi.json").await?;
    let (status, body) = world.get(&format!("/api/bots/{namespace}/{BOT}")).await?;
    conforms(&description, ("get", "/api/bots/{namespace}/{name}"), status, &body)?;
    Ok(body)
}

async fn more_runs_of_the_planner(world: &World) -> Result<()> {
    let runs: i64 = world.sql("select count(*) from planner_runs")?.trim().parse()?;
    world.until_sql("some runs of the planner", &format!("select count(*) > {} from planner_runs", runs + 3)).await
}

async fn patch(world: &World, namespace: &str, change: &Value) -> Result<()> {
    world.bots(namespace).patch(BOT, &PatchParams::default(), &Patch::Merge(change)).await?;
    Ok(())
}

async fn cadence(world: &World, every: &str) -> Result<()> {
    let policies = Api::<StagePolicy>::all(world.client.clone());
    let spec = Patch::Merge(json!({"spec": {"cadence": {"backtest": every}}}));
    policies.patch("lab", &PatchParams::default(), &spec).await?;
    Ok(())
}
