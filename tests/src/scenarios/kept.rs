//! Bars that are not asked for again.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World};

const BOT: &str = "eurusd-breakout";

/// Once its bars are kept, a Bot's cycles ask its vendor how many there are and for none of them, with the same result to the bit, and the
/// same proof. Without `keepFor` they ask again.
pub async fn only_what_is_new_is_asked_for(world: &World, namespace: &str) -> Result<()> {
    let keep_for = async |time: Option<&str>| world.patch_lab(&json!({"sources": {"marketData": {"keepFor": time}}})).await;
    keep_for(Some("1h")).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    let of = format!("bot_namespace = '{namespace}'");
    let served = format!(
        "select count(*) from backtest_sessions s where s.{of} and exists (select from requests r where r.id = any (s.request_ids)
             and r.job_id = s.job_id and r.outcome = 'served' and r.sent = 'no' and r.bar_count = s.bars)"
    );
    world.until_sql("a session of bars that were kept", &format!("select ({served}) > 0")).await?;
    let bought = format!("select count(*) from requests where {of} and endpoint = 'timeseries.get_range' and sent <> 'no'");
    let before = world.sql(&bought)?;
    world.until_sql("two more", &format!("select ({served}) > 2")).await?;
    ensure!(world.sql(&bought)? == before, "bars that are kept were asked for again");
    let results = world.sql(&format!(
        "select count(distinct data_hash) || ' ' || count(distinct result_hash) from backtest_sessions where {of}"
    ))?;
    ensure!(results.trim() == "1 1", "hashes of data and results: {results}");
    is_proven(world, namespace).await?;
    keep_for(None).await?;
    world.until_sql("bars that are asked for", &format!("select ({bought}) > {before}")).await
}

async fn is_proven(world: &World, namespace: &str) -> Result<()> {
    let bots = world.bots(namespace);
    wait::until("market data that is proven by bars that were kept", async || {
        let Some(status) = bots.get(BOT).await?.status else { return Ok(Look::NotYet("no status".to_owned())) };
        let proven = status.conditions.iter().find(|condition| condition.type_ == "MarketDataProven");
        let said = proven.map(|condition| format!("{} {}", condition.status, condition.message)).unwrap_or_default();
        let row = said.rsplit("request ").next().unwrap_or_default().to_owned();
        let served = world.sql(&format!("select count(*) from requests where id::text = '{row}' and outcome = 'served'"))?;
        Ok(if said.starts_with("True") && served.trim() == "1" { Look::Found(()) } else { Look::NotYet(said) })
    })
    .await
}
