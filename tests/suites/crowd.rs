//! Ten thousand Bots in a real browser, against a real API server and Postgres: measured, so no part of `make test`.

use anyhow::{Context, Result};
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{console, crowd};
use rustix::process::Signal;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_bots_are_browsed() -> Result<()> {
    let mut running = Processes::start("crowd").await?;
    let dist = console::built()?;
    let dist = dist.to_str().context("a path that can be typed")?;
    running.install("guarded-api", &[("CONSOLE", dist)]).await?;
    let (world, api) = (running.world.clone(), running.url("guarded-api"));
    let desk = crowd::ten_thousand_bots(&world).await?;
    // Reader and server share few processors here; who looks after ten thousand Bots has its own on a cluster.
    running.part("controller")?.signal(Signal::STOP)?;
    crowd::are_browsed(&desk, &api).await
}
