//! Bots search by themselves, within budgets, and what they tried stands in rows.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use super::api::{LINEAGE, conforms};
use crate::world::{GOOD_KEY, World};

const BOT: &str = "spx-cross";
const ROUND: &str = "('IMPROVE', 'EVOLVE')";

/// Has Bots search: so many improvements an hour, one evolution, and as many trials a day as those may make.
async fn let_search(world: &World, improvements: u32) -> Result<()> {
    let spec = json!({
        "cadence": {"improve": "5s", "evolve": "5s"},
        "research": {"improveRoundsBeforeEvolve": 2, "trialsPerJob": 6, "oosTrades": 5},
        "budgets": {
            "maxImprovementsPerHour": improvements, "maxEvolutionsPerHour": 1, "maxTrialsPerDayPerRoot": 1_000,
            "holdoutReadsPerQuarterPerRoot": 4,
        },
    });
    world.patch_lab(&spec).await
}

/// Backtest, improvement, backtest, improvement, backtest, evolution: each cycle in one pod, over bars that were fetched once, each trial a
/// row; then the hour's budget is used up, which is said, and backtests go on alone.
pub async fn a_bot_improves_and_evolves_by_itself_until_the_budget_is_used_up(world: &World, namespace: &str) -> Result<()> {
    let_search(world, 2).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    let of = format!("from bot_jobs j where j.bot_namespace = '{namespace}'");
    let order = format!("select coalesce(string_agg(job_type, ' ' order by trace_id, place), '') {of} and status = 'SUCCEEDED'");
    let expected = "BACKTEST IMPROVE BACKTEST IMPROVE BACKTEST EVOLVE BACKTEST";
    world.until_sql("a searching Bot", &format!("select ({order}) like '{expected}%'")).await?;
    world
        .until_sql(
            "a budget that is used up, and told",
            &format!("select exists (select from planner_runs where why_not -> 'IMPROVE_BUDGET' ? '{namespace}/{BOT}')"),
        )
        .await?;
    let lived = world.sql(&order)?;
    let count = |word: &str| lived.split_whitespace().filter(|one| *one == word).count();
    ensure!((count("IMPROVE"), count("EVOLVE")) == (2, 1), "beyond the budgets of the hour: {lived}");
    rows_tell_what_was_tried(world, &of)?;
    its_lineage_is_told_over_all_rounds(world, namespace).await?;
    world.until_columns(namespace, BOT, "proof", |c| c.get("PROOF") == "MD✓").await?;
    Ok(())
}

fn rows_tell_what_was_tried(world: &World, of: &str) -> Result<()> {
    for (law, query) in [
        (
            "a round that succeeded has its report, and as many trials as that says, within what it was granted",
            format!(
                "select j.id {of} and job_type in {ROUND} and status = 'SUCCEEDED' and not exists (select from research_reports f
                     where f.job_id = j.id and f.trials = (select count(*) from trials t where t.job_id = j.id)
                         and f.trials between 2 and j.trials_granted)"
            ),
        ),
        (
            "a round that found a best tells each test of its walk forward",
            format!(
                "select f.job_id from research_reports f join (select * {of}) o on o.id = f.job_id where f.report ->> 'best' is not null
                     and coalesce(jsonb_array_length(f.report -> 'folds'), 0) < 2"
            ),
        ),
        (
            "the jobs of a cycle run in one pod",
            format!(
                "select trace_id from job_events e join (select * {of}) o on o.id = e.job_id group by trace_id
                 having count(distinct pod_uid) > 1 or count(distinct job_name) > 1"
            ),
        ),
        (
            "a round calls nobody",
            format!("select r.id from requests r join (select * {of}) o on o.id = r.job_id where o.job_type in {ROUND}"),
        ),
        (
            "a trial is of the Bot's own lineage",
            format!(
                "select t.trial_id from trials t join (select * {of}) o on o.id = t.job_id where (t.root, t.family) <> ('SPX', 'smaCross')"
            ),
        ),
    ] {
        let broken: Vec<Value> = world.rows(&query)?;
        ensure!(broken.is_empty(), "{law}, but {broken:?}");
    }
    Ok(())
}

/// Three rounds, page by page as in one; each with the Bot's own strategy, each strategy with those that it was made from, and with the round
/// that tried it first; the trials of the lineage counted.
async fn its_lineage_is_told_over_all_rounds(world: &World, namespace: &str) -> Result<()> {
    let (_, description) = world.get("/api/openapi.json").await?;
    let (mut told, mut before) = (Vec::new(), String::new());
    loop {
        let (status, page) = world.get(&format!("/api/bots/{namespace}/{BOT}/lineage?limit=2{before}")).await?;
        ensure!(status == 200, "{status} {page}");
        conforms(&description, ("get", LINEAGE), status, &page)?;
        told.extend(page["rounds"].as_array().context("rounds")?.clone());
        let Some(next) = page["nextBefore"].as_str() else { break };
        before = format!("&before={next}");
    }
    let types: Vec<_> = told.iter().filter_map(|round| round["jobType"].as_str()).collect();
    ensure!(types == ["EVOLVE", "IMPROVE", "IMPROVE"], "{types:?}");
    let jobs: Vec<_> = told.iter().map(|round| &round["jobId"]).collect();
    let mut earlier = 0;
    for round in told.iter().rev() {
        ensure!(round["earlierTrials"] == json!(earlier), "{earlier} trials were there before {round}");
        earlier += round["trials"].as_i64().context("trials")?;
        let strategies = round["strategies"].as_array().context("strategies")?;
        ensure!(strategies.iter().filter(|one| one["own"] == true).count() == 1, "not one own strategy: {round}");
        let here = |hash: &Value| strategies.iter().any(|one| one["strategyHash"] == *hash);
        for strategy in strategies {
            let parents = strategy["trial"]["parents"].as_array().context("parents")?;
            ensure!(parents.iter().all(here), "a parent is missing: {strategy}");
            ensure!(jobs.contains(&&strategy["firstJobId"]), "no round of this Bot tried it first: {strategy}");
        }
    }
    Ok(())
}

/// A Bot that is drained while its cycle is under way ends both of its jobs, and says of the second why it was not begun.
pub async fn a_drained_bot_ends_its_whole_cycle(world: &World, namespace: &str) -> Result<()> {
    world.order_faults(&[json!({"match": {"path": "timeseries.get_range"}, "fault": "slow", "after_ms": 60_000})]).await?;
    world.patch_lab(&json!({"budgets": {"maxImprovementsPerHour": 100}})).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    let of = format!("from bot_jobs where bot_namespace = '{namespace}'");
    world
        .until_sql(
            "a cycle of two jobs at work",
            &format!("select count(*) = 2 and bool_or(status = 'RUNNING') {of} and completed_at is null"),
        )
        .await?;
    world.patch_lab(&json!({"stopPolicy": "HoldAndDrain"})).await?;
    world.until_sql("no open job", &format!("select count(*) = 0 {of} and completed_at is null")).await?;
    let why = world.sql(&format!("select string_agg(job_type || ' ' || reason_code, ', ' order by place) {of}"))?;
    ensure!(why.trim() == "BACKTEST STOPPED, IMPROVE CYCLE_ENDED", "{why}");
    world.control(Method::DELETE, "faults", &Value::Null).await?;
    world.patch_lab(&json!({"stopPolicy": "None"})).await?;
    world.remove_bots(namespace).await
}
