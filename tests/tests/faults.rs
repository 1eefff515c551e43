//! What goes wrong, one thing after the other, over plain processes: a real API server and Postgres, the stand-in as the vendor.

use anyhow::Result;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{exactly_once, faults};

/// One world for all: starting it takes longer than most failures.
#[tokio::test(flavor = "multi_thread")]
async fn every_failure_has_its_own_name_and_passes() -> Result<()> {
    let running = Processes::start().await?;
    let world = &running.world;
    faults::every_failure_has_its_own_name(world, async |_| Ok(())).await?;
    exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world).await?;
    exactly_once::the_log_is_gap_free_and_insert_only(world)
}
