//! Something better that is really there: it comes through every gate, is held against bars that no search has seen, and waits.

use anyhow::{Context, Result, ensure};
use assayer_contract::ReasonCode;
use serde_json::{Value, json};

use crate::world::{GOOD_KEY, World, sample};

/// The Bot that finds it.
pub const BOT: &str = "trend-cross";
/// One that finds something as well when nobody may look at the held-out bars any more.
const LATER: &str = "trend-later";

/// A Bot of a market whose moves last, with averages that turn too late for them.
pub fn bot((fast, slow): (u32, u32)) -> Result<Value> {
    let mut bot = sample("spx-cross")?;
    bot["spec"]["instrument"] =
        json!({"dataset": "XNYS.PILLAR", "symbol": "TRND", "schema": "ohlcv-1d", "tickSize": "0.25", "multiplier": 5});
    bot["spec"]["strategy"] = json!({"smaCross": {"fast": fast, "slow": slow, "direction": "LongShort"}});
    bot["spec"]["execution"]["slippageTicks"] = json!(1);
    Ok(bot)
}

/// Averages that a search of their neighbourhood finds better ones for.
pub const TOO_LATE: (u32, u32) = (10, 60);

/// A policy under which each Bot searches around its strategy once, and one of them may look at the held-out bars.
pub fn policy() -> Value {
    json!({
        "cadence": {"improve": "1h", "evolve": "1h"},
        "research": {"improveRoundsBeforeEvolve": 100, "evolveWhenStalledFor": 100, "trialsPerJob": 60, "oosTrades": 40},
        "budgets": {
            "maxImprovementsPerHour": 100, "maxEvolutionsPerHour": 1, "maxTrialsPerDayPerRoot": 10_000, "holdoutReadsPerQuarterPerRoot": 1,
        },
    })
}

/// What passes every gate looks at the held-out bars once, counted before it does, and becomes a candidate; the Bot goes on with its own
/// strategy. What another Bot finds after that has nothing left to be held against, and is none.
pub async fn an_edge_that_is_there_becomes_a_candidate_and_changes_nothing_that_runs(
    world: &World,
    namespace: &str,
) -> Result<()> {
    world.patch_lab(&policy()).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    let bots = world.bots(namespace);
    world.apply(&bots, BOT, &bot(TOO_LATE)?).await?;
    let hash = world.until_answered("a candidate", &candidate(namespace, BOT)).await?;
    all_is_proven(world, namespace)?;
    told(world, namespace, &hash).await?;
    let later = "select max(created_at) from candidates";
    let runs = format!(
        "from bot_jobs where bot_namespace = '{namespace}' and job_type = 'BACKTEST' and status = 'SUCCEEDED' and created_at > ({later})"
    );
    world.until_sql("a backtest after it", &format!("select count(*) > 0 {runs}")).await?;
    let other = world.sql(&format!("select count(*) {runs} and strategy_hash = '{hash}'"))?;
    ensure!(other.trim() == "0", "the candidate runs, and nobody promoted it");
    ensure!(bots.get(BOT).await?.metadata.generation == Some(1), "the search changed the Bot");
    world.remove_bots(namespace).await?;
    world.apply(&bots, LATER, &bot((20, 40))?).await?;
    nothing_is_left_to_be_held_against(world, namespace).await?;
    world.remove_bots(namespace).await
}

fn candidate(namespace: &str, bot: &str) -> String {
    format!(
        "select c.strategy_hash from candidates c join bot_jobs j on j.id = c.job_id
         where j.bot_namespace = '{namespace}' and j.bot_name = '{bot}' limit 1"
    )
}

/// Every gate is proven by what was measured, the look at the held-out bars is counted, and counted before the report.
fn all_is_proven(world: &World, namespace: &str) -> Result<()> {
    let gates: Vec<Value> = world.rows(&format!(
        "select gate.* from candidates c join bot_jobs j on j.id = c.job_id join research_reports f on f.job_id = c.job_id,
             jsonb_to_recordset(f.report -> 'gates') as gate(gate text, verdict text, measured text)
         where j.bot_namespace = '{namespace}'"
    ))?;
    ensure!(gates.iter().any(|gate| gate["gate"] == "HoldOut"), "{gates:?}");
    for gate in &gates {
        ensure!(gate["verdict"] == "Proven" && gate["measured"].is_string(), "{gate}");
    }
    let looks = world.sql(
        "select count(*) from candidates c join holdout_reads h on h.job_id = c.job_id and h.strategy_hash = c.strategy_hash
             join research_reports f on f.job_id = c.job_id where h.created_at < f.created_at",
    )?;
    ensure!(looks.trim() == "1", "{looks} looks before the report");
    Ok(())
}

/// The API tells it of the search, of the lineage and of the trial.
async fn told(world: &World, namespace: &str, hash: &str) -> Result<()> {
    let of = async |path: &str| -> Result<Value> {
        let (status, answer) = world.get(&format!("/api/bots/{namespace}/{BOT}/{path}")).await?;
        ensure!(status == 200, "{path}: {status} {answer}");
        Ok(answer)
    };
    let rounds = of("trials").await?;
    let round = rounds["rounds"].as_array().into_iter().flatten().find(|round| round["challenger"] == *hash);
    let job = round.and_then(|round| round["jobId"].as_str()).with_context(|| format!("no search tells it: {rounds}"))?;
    let lineage = of("lineage").await?;
    let strategies =
        lineage["rounds"].as_array().into_iter().flatten().filter_map(|round| round["strategies"].as_array()).flatten();
    let candidates: Vec<_> = strategies.filter(|one| one["candidate"] == true).collect();
    let [one] = candidates.as_slice() else { anyhow::bail!("{} candidates in {lineage}", candidates.len()) };
    ensure!(one["strategyHash"] == *hash && one["trial"]["refusal"].is_null() && one["closedGate"].is_null(), "{one}");
    let trials = of(&format!("trials?jobId={job}")).await?;
    let open = trials["trials"].as_array().into_iter().flatten().filter(|trial| trial["refusal"].is_null()).count();
    ensure!(open == 1, "nothing speaks against {open} trials of the search");
    Ok(())
}

async fn nothing_is_left_to_be_held_against(world: &World, namespace: &str) -> Result<()> {
    let of = format!(
        "from research_reports f join bot_jobs j on j.id = f.job_id where j.bot_namespace = '{namespace}' and j.bot_name = '{LATER}'"
    );
    let round: Value = world
        .until_answered("a search of the other Bot", &format!("select f.report {of} order by f.created_at limit 1"))
        .await?
        .parse()?;
    let gates = round["gates"].as_array().context("gates")?;
    let (held, others): (Vec<_>, Vec<_>) = gates.iter().partition(|gate| gate["gate"] == "HoldOut");
    ensure!(!others.is_empty() && others.iter().all(|gate| gate["verdict"] == "Proven"), "{others:?}");
    let budget = ReasonCode::HoldoutBudget.to_string();
    ensure!(held.len() == 1 && held.iter().all(|gate| gate["verdict"] == "Unknown" && gate["reasonCode"] == budget), "{held:?}");
    ensure!(round["challenger"].is_null(), "{}", round["challenger"]);
    let none = world.sql(&format!("select count(*) from ({}) found", candidate(namespace, LATER)))?;
    let looks = world.sql("select count(*) from holdout_reads where root = 'TRND'")?;
    ensure!((none.trim(), looks.trim()) == ("0", "1"), "{none} candidates, {looks} looks");
    Ok(())
}
