//! Keys that are there and accepted, and bars that do not come.

use anyhow::{Context, Result, ensure};
use assayer_crds::IntegrationState;
use serde_json::{Value, json};

use super::asking::ask;
use super::given::{DATABENTO, Given};
use super::system::{denied, system};
use crate::wait::{self, Look};
use crate::world::World;

const BOT: &str = "spx-cross";

/// A vendor that accepts the key and gives no bars: after two jobs the third is denied as `DATA_UNAVAILABLE`, with feed, last bar and
/// age, on the Bot, by the API and in the planner's record, while the Integration stays connected. Healed, it stays denied until its
/// pause is over or a test call succeeds; then one job finds out.
pub async fn bars_that_do_not_come_deny_a_start(world: &World, namespace: &str) -> Result<()> {
    // So long that no trial comes by itself while this runs.
    cooldown(world, "1h").await?;
    let (given, key) = Given::connected(world, &DATABENTO, namespace).await?;
    world.sample_bot(namespace, BOT).await?;
    world.until_columns(namespace, BOT, "proven by a job of its own", |columns| columns.get("PROOF") == "MD✓").await?;
    given.order(&key, "timeseries.get_range", "out_of_range").await?;
    let bot = until_readiness(world, namespace, "BLOCKED").await?;
    is_told_apart(&bot)?;
    denied(world, namespace, "DATA_UNAVAILABLE").await?;
    world.until_columns(namespace, BOT, "blocked by its bars", |columns| columns.get("BLOCKED-BY") == "DataUnavailable").await?;
    let failed = in_vain(world, namespace)?;
    ensure!(failed == 2, "{failed} jobs were started in vain");
    let status = given.api().get(&given.name()).await?.status.context("a status")?;
    ensure!(status.state == IntegrationState::Connected, "its key is accepted all the same: {status:?}");
    ensure!(system(world).await?["gates"]["dataFeedsHealthy"]["ok"] == false, "a feed that brings nothing is healthy");

    given.mend(&key).await?;
    denied(world, namespace, "DATA_UNAVAILABLE").await?;
    ensure!(in_vain(world, namespace)? == 2, "a job was started before its time");
    ask(&given, "test").await?;
    until_readiness(world, namespace, "OK").await?;
    world.until_columns(namespace, BOT, "proven again", |columns| columns.get("PROOF") == "MD✓").await?;
    cooldown(world, "1s").await?;
    world.remove_namespace(namespace).await
}

/// The answer names the feed, its last bar and age, and the way out.
fn is_told_apart(bot: &Value) -> Result<()> {
    let blocker = &bot["blockers"][0];
    ensure!(blocker["reason_code"] == "DATA_UNAVAILABLE" && blocker["source"] == "marketData", "{bot}");
    let scope = &blocker["scope"];
    ensure!(scope["kind"] == "feed" && scope["feed"] == "SAMPLE.INDEX ohlcv-1d SPX" && scope["provider"] == "databento", "{bot}");
    for (field, part) in [
        ("message", "databento SAMPLE.INDEX ohlcv-1d SPX: last bar "),
        ("message", "2 jobs in a row got no usable bars, the last for PROVIDER_RANGE"),
        ("measured", " days old"),
        ("suggested_fix", "/api/integrations/test-call"),
    ] {
        ensure!(blocker[field].as_str().is_some_and(|text| text.contains(part)), "{field}: {part}: {blocker}");
    }
    let kinds: Vec<_> = blocker["evidence"].as_array().into_iter().flatten().map(|one| one["kind"].clone()).collect();
    ensure!(kinds == [json!("bot_jobs"), json!("bot_jobs"), json!("requests")], "{blocker}");
    Ok(())
}

async fn until_readiness(world: &World, namespace: &str, wanted: &str) -> Result<Value> {
    wait::until(&format!("a Bot that is {wanted}"), async || {
        let status = system(world).await?;
        let mut bots = status["bots"].as_array().into_iter().flatten();
        let ours = bots.find(|bot| bot["bot"] == format!("{namespace}/{BOT}")).cloned().unwrap_or_default();
        Ok(if ours["readiness"] == wanted { Look::Found(ours) } else { Look::NotYet(ours.to_string()) })
    })
    .await
}

fn in_vain(world: &World, namespace: &str) -> Result<i64> {
    let failed = "status = 'FAILED' and reason_code = 'PROVIDER_RANGE'";
    let count =
        format!("select count(*) from bot_jobs where bot_namespace = '{namespace}' and (completed_at is null or {failed})");
    Ok(world.sql(&count)?.trim().parse()?)
}

async fn cooldown(world: &World, cooldown: &str) -> Result<()> {
    world.patch_lab(&json!({"sources": {"marketData": {"cooldown": cooldown}}})).await.map(drop)
}
