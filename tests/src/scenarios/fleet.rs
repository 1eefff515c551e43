//! A thousand Bots and room for eight: who waits longest goes first, nothing exceeds its budget, and a run of the planner stays short.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use assayer_crds::Bot;
use futures::{StreamExt, TryStreamExt, stream};
use kube::{Api, ResourceExt};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::wait;
use crate::world::{GOOD_KEY, World, sample};

const NAMESPACES: usize = 10;
const BOTS_EACH: usize = 100;
const ROOM: u32 = 8;
const IMPROVEMENTS: u32 = 20;
const SAMPLE: &str = "spx-cross";

/// What the planner's runs took, in milliseconds, while so many Bots were there.
#[derive(Debug, Deserialize)]
pub struct Runs {
    /// Runs that saw every Bot.
    pub runs: i64,
    /// Half of them took no longer.
    pub median: f64,
    /// None took longer.
    pub slowest: f64,
}

/// Every Bot gets its first cycle before any gets a second, never more than the policy has room for at once, and no round beyond the hour's
/// budget.
pub async fn each_bot_has_its_turn(world: &World) -> Result<Runs> {
    let policy = json!({
        "cadence": {"backtest": "30m", "improve": "30m", "evolve": "30m"},
        "research": {"improveRoundsBeforeEvolve": 2, "trialsPerJob": 6, "oosTrades": 5},
        "budgets": {"maxConcurrentBacktests": ROOM, "maxImprovementsPerHour": IMPROVEMENTS, "maxEvolutionsPerHour": 1,
            "maxTrialsPerDayPerRoot": 1_000, "holdoutReadsPerQuarterPerRoot": 4},
    });
    world.patch_lab(&policy).await?;
    let begun = Instant::now();
    apply(world).await?;
    eprintln!("{} Bots applied in {:.0} s", NAMESPACES * BOTS_EACH, begun.elapsed().as_secs_f64());
    let applied = world.sql("select now()")?;
    until_each_has_worked(world).await?;
    is_fair_and_within_budgets(world, applied.trim())?;
    let runs: Vec<Runs> = world.rows(&format!(
        "select count(*) as runs, max(took) as slowest, percentile_cont(0.5) within group (order by took) as median from (
             select extract(epoch from completed_at - started_at) * 1000 as took from planner_runs where bots_seen = {}) r",
        NAMESPACES * BOTS_EACH
    ))?;
    runs.into_iter().next().context("runs of the planner")
}

async fn apply(world: &World) -> Result<()> {
    let given = sample(SAMPLE)?;
    for group in 0..NAMESPACES {
        let namespace = format!("fleet-{group}");
        world.namespace(&namespace, GOOD_KEY).await?;
        let bots: Api<Bot> = world.bots(&namespace);
        let one = |index: usize| {
            let (bots, mut bot) = (bots.clone(), given.clone());
            async move {
                let name = format!("bot-{index:03}");
                bot["metadata"]["name"] = json!(name);
                world.apply(&bots, &name, &bot).await.map(|bot| bot.name_any())
            }
        };
        stream::iter(0..BOTS_EACH).map(one).buffer_unordered(8).try_collect::<Vec<_>>().await?;
    }
    Ok(())
}

/// What is open is looked at all the while: times in rows are those of who wrote them, and do not say what was committed when.
async fn until_each_has_worked(world: &World) -> Result<()> {
    wait::until_all("Bots have worked", NAMESPACES * BOTS_EACH, async || {
        let seen: Vec<Seen> = world.rows(
            "select count(distinct bot_id) filter (where job_type = 'BACKTEST' and status = 'SUCCEEDED') as worked,
                 count(distinct trace_id) filter (where completed_at is null) as open from bot_jobs",
        )?;
        let Seen { worked, open } = seen.into_iter().next().context("a count")?;
        ensure!(open <= ROOM, "there is room for {ROOM} cycles at once, but {open} are open");
        Ok(worked)
    })
    .await
}

/// One look at all jobs.
#[derive(Debug, Deserialize)]
struct Seen {
    worked: usize,
    open: u32,
}

fn is_fair_and_within_budgets(world: &World, applied: &str) -> Result<()> {
    for (law, query) in [
        (
            "once all are there, no Bot has a second cycle before each has its first",
            format!("select bot_id, turn from (select bot_id, created_at, row_number() over (partition by bot_id order by created_at) as turn
                 from bot_jobs where place = 0) j
             where turn = 2 and created_at > '{applied}' and created_at < (select max(first) from (select min(created_at) as first from bot_jobs group by bot_id) f)"),
        ),
        (
            "the hour has so many improvements",
            format!("select count(*) from bot_jobs where job_type = 'IMPROVE' having count(*) > {IMPROVEMENTS}"),
        ),
        ("a job that was written succeeds", "select id from bot_jobs where status not in ('SUCCEEDED', 'RUNNING', 'QUEUED')".to_owned()),
    ] {
        let broken: Vec<Value> = world.rows(&query)?;
        ensure!(broken.is_empty(), "{law}, but {} do not: {:?}", broken.len(), broken.first());
    }
    Ok(())
}
