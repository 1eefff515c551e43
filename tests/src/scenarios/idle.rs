//! Slots that have no work.

use anyhow::{Result, ensure};
use serde_json::json;

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World};

const BOT: &str = "spx-cross";

/// A Bot whose last backtest saw the newest bar that can be complete rests, says until when, and keeps its cadence by rows; the audit of
/// its session wakes it, and gives the same result.
pub async fn a_bot_with_nothing_new_rests_until_the_audit(world: &World, namespace: &str) -> Result<()> {
    let audit = async |every: Option<&str>| world.patch_lab(&json!({"cadence": {"audit": every}})).await;
    audit(Some("30s")).await?;
    world.namespace(namespace, GOOD_KEY).await?;
    world.sample_bot(namespace, BOT).await?;
    let of = format!("where bot_namespace = '{namespace}'");
    let sessions = format!("select count(*) from backtest_sessions {of}");
    world.until_sql("a session", &format!("select ({sessions}) > 0")).await?;
    rests(world, namespace).await?;
    let before = world.sql(&sessions)?;
    let kept = format!("select count(*) from idle_slots i where i.bot_id = (select bot_id from bot_jobs {of} limit 1)");
    world.until_sql("two slots that are kept", &format!("select ({kept}) >= 2")).await?;
    let (_, proof) = world.get("/api/_proof/autonomy?window=1h").await?;
    let bots = proof["bots"].as_array().into_iter().flatten();
    let own: Vec<_> = bots.filter(|bot| bot["bot"] == format!("{namespace}/{BOT}")).collect();
    ensure!(own.iter().any(|bot| bot["slots_idle"].as_i64() >= Some(2)), "{own:?}");
    world.until_sql("an audit", &format!("select ({sessions}) > {before}")).await?;
    let results = world.sql(&format!("select count(distinct result_hash) from backtest_sessions {of}"))?;
    ensure!(results.trim() == "1", "the same bars gave {results} results");
    audit(None).await?;
    Ok(())
}

async fn rests(world: &World, namespace: &str) -> Result<()> {
    let bots = world.bots(namespace);
    // The sample's bars end years ago, so a newer one may always come. Here they end today.
    let today = "date_trunc('day', now() at time zone 'utc') at time zone 'utc'";
    let ends_today = format!("update backtest_sessions set last_bar = {today} where bot_namespace = '{namespace}'");
    wait::until("a Bot with nothing new", async || {
        world.sql(&ends_today)?;
        let Some(status) = bots.get(BOT).await?.status else { return Ok(Look::NotYet("no status".to_owned())) };
        let activity = status.activity;
        let said = activity.reason_code == "NO_NEW_INFORMATION" && activity.message.contains("an audit is due at");
        Ok(if said { Look::Found(()) } else { Look::NotYet(format!("{}: {}", activity.reason_code, activity.message)) })
    })
    .await
}
