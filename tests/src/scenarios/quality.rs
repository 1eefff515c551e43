//! Bars that are not what they should be, and bars that are made up.

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::wait::{self, Look};
use crate::world::World;

const BOT: &str = "eurusd-breakout";

/// The flaw that is ordered, and the rule that the row, the job and the Bot must name.
const FLAWS: [(&str, &str); 5] = [
    ("gaps", "maxGapMinutes: measured "),
    ("duplicates", "duplicates: measured "),
    ("ohlc", "ohlcViolations: measured "),
    ("off_tick", "offTick: measured "),
    ("fewer", "recordCount: measured "),
];

/// Each way in which bars can be wrong fails the job as DATA_QUALITY with the figures, on the job and on the Bot, and leaves no
/// session; once the bars are right again, the Bot recovers by itself. All at once, each in a namespace with a key of its own.
pub async fn bars_that_are_wrong_do_not_count_and_say_by_how_much(world: &World) -> Result<()> {
    let namespaces = FLAWS.map(|(fault, said)| (format!("quality-{}", fault.replace('_', "-")), fault, said));
    world.add_keys(namespaces.iter().map(|(namespace, ..)| World::key_of(namespace))).await?;
    let of_key = |namespace: &str| json!({"key": World::fingerprint(&World::key_of(namespace))});
    let orders: Vec<_> =
        namespaces.iter().map(|(namespace, fault, _)| json!({"match": of_key(namespace), "fault": fault})).collect();
    world.order_faults(&orders).await?;
    for (namespace, ..) in &namespaces {
        world.namespace(namespace, &World::key_of(namespace)).await?;
        world.sample_bot(namespace, BOT).await?;
    }
    try_join_all(namespaces.iter().map(async |(namespace, fault, said)| {
        fails(world, namespace, said).await.with_context(|| (*fault).to_owned())?;
        world.clear_faults(&World::key_of(namespace)).await?;
        world.until_columns(namespace, BOT, "proven with good bars", |c| c.get("PROOF") == "MD✓").await?;
        world.remove_namespace(namespace).await
    }))
    .await
    .map(drop)
}

async fn fails(world: &World, namespace: &str, said: &str) -> Result<()> {
    let job: Value = wait::until("a job that fails by it", async || {
        let jobs: Vec<Value> = world.rows(&format!(
            "select j.*, r.quality, r.outcome, r.bar_count from bot_jobs j
             join requests r on r.job_id = j.id and r.trace_id = j.trace_id and r.bar_count is not null
             where j.bot_namespace = '{namespace}' and j.status = 'FAILED' order by j.id desc limit 1"
        ))?;
        Ok(jobs.into_iter().next().map_or_else(|| Look::NotYet("no such job".to_owned()), Look::Found))
    })
    .await?;
    ensure!(job["reason_code"] == "DATA_QUALITY" && job["quality"].is_object(), "{job}");
    ensure!(job["message"].as_str().is_some_and(|text| text.contains(said) && text.contains(", required ")), "{job}");
    blocked(world, namespace, said).await?;
    let sessions: Vec<Value> = world.rows(&format!("select id from backtest_sessions where bot_namespace = '{namespace}'"))?;
    ensure!(sessions.is_empty(), "a session fed by bad bars: {sessions:?}");
    Ok(())
}

/// The Bot's condition and its first blocker have the rule with what was measured and what is required.
async fn blocked(world: &World, namespace: &str, said: &str) -> Result<()> {
    wait::until(&format!("a Bot that is blocked by {said}"), async || {
        let status = serde_json::to_value(world.bots(namespace).get(BOT).await?.status)?;
        let condition = condition(&status, "MarketDataProven");
        let first = &status["blockers"][0];
        let named = condition["message"].as_str().is_some_and(|message| message.contains(said));
        let figures = first["measured"].is_string() && first["required"].is_string() && first["reasonCode"] == "DATA_QUALITY";
        let refuted = condition["status"] == "False" && condition["reason"] == "DataQuality";
        Ok(if named && figures && refuted { Look::Found(()) } else { Look::NotYet(status.to_string()) })
    })
    .await
}

/// Data that did not come from the vendor is said not to be genuine, in the row and on the Bot; and only the Bot whose symbol
/// rolls at expiry is warned of that.
pub async fn what_is_made_up_is_labelled_and_a_roll_at_expiry_is_warned_of(world: &World, namespace: &str) -> Result<()> {
    for (bot, symbol, roll_risk) in [("mes-breakout", "MES.v.0", "False"), ("mnq-cross", "MNQ.c.0", "True")] {
        let status = serde_json::to_value(world.bots(namespace).get(bot).await?.status)?;
        let label = condition(&status, "NotGenuine");
        let said = label["message"].as_str().unwrap_or_default();
        ensure!(label["status"] == "True" && said.contains("synthetic") && said.contains(&world.endpoint), "{label}");
        let warning = condition(&status, "RollRisk");
        ensure!(warning["status"] == roll_risk, "{warning}");
        ensure!(roll_risk == "False" || warning["message"].as_str().is_some_and(|m| m.contains("MNQ.v.0")), "{warning}");
        let rows: Vec<Value> = world.rows(&format!(
            "select endpoint_override, vendor_warning, instruments from market_data_requests
             where bot_namespace = '{namespace}' and symbol = '{symbol}' and bar_count > 0 and success limit 1"
        ))?;
        let row = rows.first().context("a row with bars")?;
        ensure!(row["endpoint_override"] == world.endpoint.as_str(), "{row}");
        ensure!(row["vendor_warning"].as_str().is_some_and(|warning| warning.contains("synthetic")), "{row}");
        ensure!(row["instruments"].as_array().is_some_and(|contracts| contracts.len() >= 2), "it rolled: {row}");
    }
    Ok(())
}

fn condition(status: &Value, kind: &str) -> Value {
    let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
    conditions.into_iter().find(|condition| condition["type"] == kind).unwrap_or_default()
}
