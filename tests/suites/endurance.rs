//! The installed chart left alone for `ASSAYER_MINUTES` (15), then its pods killed one after the other.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use assayer_tests::installed::{Installed, RELEASE, kill};
use assayer_tests::scenarios::{endurance, exactly_once, killed, outages};
use assayer_tests::step;
use assayer_tests::wait::{self, Look};

#[tokio::test(flavor = "multi_thread")]
async fn bots_keep_their_cadence_and_killed_parts_come_back() -> Result<()> {
    let minutes = std::env::var("ASSAYER_MINUTES").ok().map(|minutes| minutes.parse()).transpose()?.unwrap_or(15);
    let installed = Installed::connect().await?;
    step!(endurance::bots_keep_their_cadence(&installed.world, "default", Duration::from_mins(minutes)));
    installed.let_the_gateway_read("endurance").await?;
    let held = step!(outages::settled(&installed.world, "endurance"));
    for part in ["gateway", "postgres", "api"] {
        eprintln!("killing {part}");
        kill(RELEASE, &["-l", &format!("app.kubernetes.io/component={part}")]).await?;
        // The ports that were forwarded led to pods that are gone.
        let installed = wait::until(part, async || Ok(Look::Found(Installed::connect().await?))).await?;
        outages::the_bot_recovers(&installed.world, &held).await.context(part)?;
    }
    let installed = Installed::connect().await?;
    let world = &installed.world;
    let leader = step!(killed::leader(world, RELEASE));
    eprintln!("killing {leader}");
    kill(RELEASE, &[&leader]).await?;
    step!(killed::another_leads(world, RELEASE, &leader));
    let (job, pod) = at_work(&installed).await?;
    eprintln!("killing {pod}");
    kill("default", &[&pod]).await?;
    step!(killed::the_job_says_so_and_the_next_works(world, &job));
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world));
    exactly_once::the_log_is_gap_free_and_insert_only(world)?;
    world.remove_namespace("endurance").await
}

/// A job of a sample Bot that is in the middle of its calls, and its pod.
async fn at_work(installed: &Installed) -> Result<(String, String)> {
    let question = "select j.id || ' ' || e.pod from bot_jobs j join job_events e on e.job_id = j.id and e.kind = 'STARTED'
        where j.completed_at is null and j.bot_namespace = 'default'
            and not exists (select from job_events d where d.job_id = j.id and d.kind <> 'STARTED') limit 1";
    wait::until("a job at work", async || {
        let answer = installed.world.sql(question)?;
        let found = answer.trim().split_once(' ').map(|(job, pod)| (job.to_owned(), pod.to_owned()));
        ensure!(answer.lines().count() <= 1, "{answer}");
        Ok(found.map_or_else(|| Look::NotYet("none".to_owned()), Look::Found))
    })
    .await
}
