//! Whether Bots work by themselves, as the API proves it.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::api::conforms;
use crate::wait::{self, Look};
use crate::world::World;

const PATH: &str = "/api/_proof/autonomy";

/// The verdict over this window.
async fn asked(world: &World, window: &str) -> Result<Value> {
    let (status, verdict) = world.get(&format!("{PATH}?last=5&window={window}")).await?;
    ensure!(status == 200, "{status}: {verdict}");
    Ok(verdict)
}

fn has(list: &Value, reason: &str) -> bool {
    list.as_array().is_some_and(|all| all.iter().any(|one| one["reason_code"] == reason))
}

/// Bots that work in each of their slots are said to, with the runs, jobs and rows behind it; what cannot be asked is refused.
pub async fn bots_work_by_themselves(world: &World, namespace: &str) -> Result<()> {
    let of = format!("{namespace}/spx-cross");
    let own = |verdict: &Value| verdict["bots"].as_array()?.iter().find(|bot| bot["bot"] == of).cloned();
    let proof = wait::until("a verdict of PASS over three slots", async || {
        let verdict = asked(world, "1h").await?;
        let worked = own(&verdict).is_some_and(|own| own["slots_filled"].as_i64() >= Some(3));
        let passed = verdict["verdict"] == "PASS" && worked;
        Ok(if passed { Look::Found(verdict) } else { Look::NotYet(format!("{} {:?}", verdict["reasons"], own(&verdict))) })
    })
    .await?;
    let (_, description) = world.get("/api/openapi.json").await?;
    conforms(&description, ("get", PATH), 200, &proof)?;
    let number = |field: &str| proof[field].as_i64().with_context(|| format!("{field} of {proof}"));
    ensure!(number("jobs_enqueued")? == number("jobs_created")? && number("jobs_created")? > 0, "{proof}");
    ensure!(proof["planner_runs"].as_array().is_some_and(|runs| runs.len() == 5), "{proof}");
    let own = own(&proof).context("the Bot")?;
    ensure!(own["longest_silent_gap_s"].is_i64(), "{own}");
    let sum = |field: &str| proof["buckets"].as_array().into_iter().flatten().filter_map(|one| one[field].as_i64()).sum::<i64>();
    ensure!(sum("jobs") > 0 && sum("requests") > sum("jobs"), "{}", proof["buckets"]);
    for wrong in ["window=1d", "window=200h", "last=0", "colour=red"] {
        let (status, problem) = world.get(&format!("{PATH}?{wrong}")).await?;
        ensure!(status == 400, "{wrong}: {status} {problem}");
        conforms(&description, ("get", PATH), 400, &problem)?;
    }
    Ok(())
}

/// While no planner runs the verdict is FAIL, for that reason.
pub(crate) async fn a_silent_planner_fails(world: &World) -> Result<()> {
    let verdict = asked(world, "1h").await?;
    ensure!(verdict["verdict"] == "FAIL" && has(&verdict["reasons"], "SUPERVISOR_SILENT"), "{}", verdict["reasons"]);
    Ok(())
}

/// A silence that is over is named and does not count any more.
pub(crate) async fn a_silence_that_is_over_is_named(world: &World) -> Result<()> {
    let verdict = asked(world, "1h").await?;
    ensure!(has(&verdict["missed"], "SUPERVISOR_SILENT"), "{}", verdict["missed"]);
    ensure!(!has(&verdict["reasons"], "SUPERVISOR_SILENT"), "{}", verdict["reasons"]);
    Ok(())
}
