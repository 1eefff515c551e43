//! The web console in a real browser, served by the real API, over five Bots and a vendor's stand-in.

use anyhow::{Context, Result};
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::console::{self, Desk};
use assayer_tests::scenarios::{described, exactly_once, secrets};
use assayer_tests::step;

/// The Bot whose searches `pages.mjs` looks at.
const SEARCHES: &str = "spx-cross";

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_is_connected_used_broken_and_mended_by_clicking() -> Result<()> {
    let mut running = Processes::start("browser").await?;
    let world = running.world.clone();
    let dist = console::built()?;
    let dist = dist.to_str().context("a path that can be typed")?;
    running.install("guarded-api", &[("CONSOLE", dist), ("ASSAYER_ENVIRONMENT", "dev")]).await?;
    let api = running.url("guarded-api");
    let desk = Desk::without_bots(&world, "desk").await?;
    let pictures = std::env::var("ASSAYER_SCREENSHOTS").ok();
    let into: Vec<_> = pictures.iter().map(|folder| ("SCREENSHOTS", folder.as_str())).collect();
    step!(desk_browse(&desk, "empty.mjs", &api, &into));
    desk.apply(&console::BOTS).await?;
    if !into.is_empty() {
        desk.let_search(None).await?;
        desk.something_can_be_found().await?;
        step!(desk_browse(&desk, "screenshots.mjs", &api, &into));
        let cut_off: Vec<_> = into.into_iter().chain([("DATABASE", running.database())]).collect();
        step!(desk_browse(&desk, "away.mjs", &api, &cut_off));
        return Ok(());
    }
    step!(desk_browse(&desk, "connect.mjs", &api, &[]));
    desk.a_bot_writes_a_script().await?;
    desk.let_search(Some(SEARCHES)).await?;
    step!(desk_browse(&desk, "searching.mjs", &api, &[]));
    step!(searched(&desk));
    step!(desk_browse(&desk, "pages.mjs", &api, &[]));
    step!(desk_browse(&desk, "away.mjs", &api, &[("DATABASE", running.database())]));
    step!(described::no_answer_is_a_surprise(&api, &desk.token("trader").await?));
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(&world));
    step!(secrets::none_is_anywhere(&world, &[&desk.key], running.logged()?));
    Ok(())
}

async fn searched(desk: &Desk<'_>) -> Result<()> {
    desk.has_searched(SEARCHES, 3).await
}

async fn desk_browse(desk: &Desk<'_>, program: &str, api: &str, more: &[(&str, &str)]) -> Result<()> {
    desk.browse(program, api, more).await
}
