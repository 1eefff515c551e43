//! Bots left to themselves for a long time.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use assayer_crds::StagePolicy;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde::Deserialize;
use serde_json::json;

use super::cycles::SAMPLES;
use crate::world::{Columns, World};

/// Between two looks at all Bots.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Part of the slots that may be missed. Ten in a hundred is what the cadence promises.
const MISSED: f64 = 0.1;

/// What one Bot did in the time that was watched, against the slots that it has room for; the last may still be at work.
#[derive(Debug, Deserialize)]
struct Kept {
    bot_name: String,
    filled: f64,
    slots: f64,
    failed: i64,
    latest_start_s: f64,
    longest_s: Option<f64>,
}

/// With no hand touching them, every sample Bot fills its slots, no job fails, and at no look is a Bot anything but proven.
pub async fn bots_keep_their_cadence(world: &World, namespace: &str, watched: Duration) -> Result<()> {
    let policies = Api::<StagePolicy>::all(world.client.clone());
    let often = json!({"spec": {"cadence": {"improve": "2m", "evolve": "6m"}}});
    policies.patch("lab", &PatchParams::default(), &Patch::Merge(often)).await?;
    for sample in &SAMPLES {
        world.until_columns(namespace, sample.bot, "sessions enough before the watch begins", fine).await?;
    }
    let since = world.sql("select now()")?;
    let (begun, mut looks) = (Instant::now(), 0_u32);
    while begun.elapsed() < watched {
        for sample in &SAMPLES {
            let columns = Columns::of(&world.bots(namespace).get(sample.bot).await?)?;
            ensure!(fine(&columns), "{} after {} s: {columns:?}", sample.bot, begun.elapsed().as_secs());
        }
        looks += 1;
        if looks.is_multiple_of(30) {
            eprintln!("{} of {} s, {} looks at {} Bots", begun.elapsed().as_secs(), watched.as_secs(), looks, SAMPLES.len());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    kept(world, namespace, since.trim()).await?;
    searched(world, namespace, since.trim(), watched).await?;
    autonomous(world, watched).await
}

/// Proven, and blocked by what nobody has measured alone.
fn fine(columns: &Columns) -> bool {
    columns.get("PROOF") == "MD✓" && columns.get("BLOCKED-BY") == "ResultUnverified"
}

async fn kept(world: &World, namespace: &str, since: &str) -> Result<()> {
    let policy = Api::<StagePolicy>::all(world.client.clone()).get("lab").await?;
    let cadence = policy.spec.cadence.context("LAB has a cadence")?.backtest.duration().as_secs_f64();
    let kept: Vec<Kept> = world.rows(&format!(
        "select bot_name, count(*) filter (where status = 'SUCCEEDED' and job_type = 'BACKTEST') as filled,
             count(*) filter (where status not in ('SUCCEEDED', 'QUEUED', 'RUNNING')) as failed,
             floor(extract(epoch from now() - '{since}') / {cadence})::float as slots,
             extract(epoch from max(created_at - due_slot))::float as latest_start_s,
             extract(epoch from max(completed_at - created_at))::float as longest_s
         from bot_jobs where bot_namespace = '{namespace}' and due_slot >= '{since}' group by bot_name order by bot_name"
    ))?;
    ensure!(kept.len() == SAMPLES.len(), "some Bot did nothing: {kept:?}");
    for Kept { bot_name, filled, slots, failed, latest_start_s, longest_s } in kept {
        let longest = longest_s.unwrap_or_default();
        eprintln!(
            "{bot_name}: {filled} of {slots} slots, {failed} failed, at most {latest_start_s:.1} s late, {longest:.1} s long"
        );
        ensure!(failed == 0, "{bot_name}: {failed} jobs failed with nobody touching anything");
        ensure!(filled + 1.0 >= slots * (1.0 - MISSED), "{bot_name} missed slots: {filled} of {slots}");
    }
    Ok(())
}

/// Every Bot improves and evolves beside its backtests, and no hour holds more of either than the policy allows.
async fn searched(world: &World, namespace: &str, since: &str, watched: Duration) -> Result<()> {
    let minutes = watched.as_secs() / 60;
    let of = format!("from bot_jobs where bot_namespace = '{namespace}'");
    let searches = world.sql(&format!(
        "select bot_name, string_agg(left(job_type, 1), '' order by due_slot, place), count(*) filter (where job_type = 'IMPROVE'),
             count(*) filter (where job_type = 'EVOLVE')
         {of} and due_slot >= '{since}' and status = 'SUCCEEDED' group by 1 order by 1"
    ))?;
    for line in searches.lines() {
        eprintln!("{line}");
        let mut fields = line.split('|').skip(2).map(str::parse::<u64>);
        let (Some(Ok(improvements)), Some(Ok(evolutions))) = (fields.next(), fields.next()) else { bail!("{line}") };
        // Every two and every six minutes, and a search may find that the one before it still runs.
        ensure!(improvements + evolutions >= minutes / 4 && evolutions >= minutes / 12, "{line}: within {minutes} minutes");
    }
    let policy = Api::<StagePolicy>::all(world.client.clone()).get("lab").await?;
    let allowed = policy.spec.budgets.and_then(|budgets| budgets.max_evolutions_per_hour).context("a budget of evolutions")?;
    let most = world.sql(&format!(
        "select coalesce(max(n), 0) from (select count(*) over (partition by job_type order by created_at range between
             interval '1 hour' preceding and current row) as n {of} and job_type = 'EVOLVE') o"
    ))?;
    ensure!(most.trim().parse::<u32>()? <= allowed, "{most} evolutions within an hour, where the policy allows {allowed}");
    Ok(())
}

/// The API's own verdict over the same time.
async fn autonomous(world: &World, watched: Duration) -> Result<()> {
    let (status, proof) = world.get(&format!("/api/_proof/autonomy?window={}s", watched.as_secs())).await?;
    eprintln!("autonomy: {} of {} slots filled: {}", proof["slots_filled"], proof["slots_expected"], proof["verdict"]);
    ensure!(status == 200 && proof["verdict"] == "PASS", "{status}: {} {}", proof["verdict"], proof["reasons"]);
    Ok(())
}
