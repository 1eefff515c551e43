//! A thousand Bots on plain processes, against a real API server and Postgres: measured, so no part of `make test`.

use anyhow::{Result, ensure};
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{exactly_once, fleet};

/// What a run of the planner may take, in milliseconds.
const BOUND: f64 = 1_000.0;

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bots_take_turns() -> Result<()> {
    let running = Processes::start("scale").await?;
    let world = &running.world;
    let runs = fleet::each_bot_has_its_turn(world).await?;
    eprintln!("{} runs of the planner: half within {:.0} ms, none beyond {:.0} ms", runs.runs, runs.median, runs.slowest);
    exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world).await?;
    exactly_once::the_log_is_gap_free_and_insert_only(world)?;
    ensure!(runs.median <= BOUND, "a run of the planner takes {:.0} ms", runs.median);
    Ok(())
}
