//! Pods of the installation killed without a warning. The caller kills; here is what must come back, and by itself.

use anyhow::{Result, ensure};
use k8s_openapi::api::coordination::v1::Lease;
use kube::Api;

use crate::wait::{self, Look};
use crate::world::World;

/// Name of the controllers' Lease, in the namespace of the release.
const LEASE: &str = "assayer-controller";

/// The replica that leads.
pub async fn leader(world: &World, release: &str) -> Result<String> {
    let leases: Api<Lease> = Api::namespaced(world.client.clone(), release);
    wait::until("a leader", async || {
        let holder = leases.get(LEASE).await?.spec.and_then(|spec| spec.holder_identity).filter(|holder| !holder.is_empty());
        Ok(holder.map_or_else(|| Look::NotYet("nobody holds the Lease".to_owned()), Look::Found))
    })
    .await
}

/// Another replica leads than the one that was killed, and Bots go on by its hand: jobs are planned, and no slot twice.
pub async fn another_leads(world: &World, release: &str, killed: &str) -> Result<()> {
    let new = wait::until("another leader", async || {
        let holder = leader(world, release).await?;
        Ok(if holder == killed { Look::NotYet(holder) } else { Look::Found(holder) })
    })
    .await?;
    let planned = world.sql("select count(*) from bot_jobs")?;
    let more = format!("select count(*) > {} from bot_jobs", planned.trim());
    world.until_sql(&format!("jobs planned by {new}"), &more).await?;
    let twice =
        world.sql("select count(*) from (select from bot_jobs group by bot_id, job_type, due_slot having count(*) > 1) s")?;
    ensure!(twice.trim() == "0", "{twice} slots were filled twice");
    Ok(())
}

/// A job whose pod was killed at work ends with a reason, and the Bot's next cycle succeeds.
pub async fn the_job_says_so_and_the_next_works(world: &World, job: &str) -> Result<()> {
    let end = format!(
        "select coalesce(status || ' ' || reason_code, status) from bot_jobs where id = '{job}' and status not in ('QUEUED', 'RUNNING')"
    );
    let end = world.until_answered("the killed job's end", &end).await?;
    let named = end.split_once(' ').is_some_and(|(status, reason)| status == "FAILED" && !reason.is_empty());
    ensure!(named, "a killed job ended as {end}");
    let bot = world.sql(&format!("select bot_id from bot_jobs where id = '{job}'"))?;
    let next =
        format!("select count(*) > 0 from bot_jobs where bot_id = '{}' and id > '{job}' and status = 'SUCCEEDED'", bot.trim());
    world.until_sql(&format!("a later success of Bot {}", bot.trim()), &next).await
}
