//! Ten thousand Bots in a real browser, against a real API server and Postgres: measured, so no part of `make test`.

use anyhow::{Context, Result};
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{console, crowd};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_bots_are_browsed() -> Result<()> {
    let mut running = Processes::start("crowd").await?;
    let dist = console::built()?;
    let dist = dist.to_str().context("a path that can be typed")?;
    running.install("guarded-api", &[("CONSOLE", dist)]).await?;
    crowd::ten_thousand_bots_are_browsed(&running.world, &running.url("guarded-api")).await
}
