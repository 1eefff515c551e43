//! What goes on without a back-test: live bars, the economic calendar, messages to people. Against a real API server and Postgres.

use anyhow::Result;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{calendar, exactly_once, live, notifications, secrets};
use assayer_tests::{World, step, timed};

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_by_itself_comes_once_and_is_a_row() -> Result<()> {
    // A job lives as long as its reader needs.
    let mut running = Processes::start_with_jobs_of("feeds", "3m").await?;
    let world = &running.world.clone();
    // A message that was not taken is sent again after a minute.
    let (of_channels, ()) =
        tokio::try_join!(timed!(notifications::other_channels_are_proven_by_messages_alone(world, "channels")), async {
            step!(live::bars_reach_a_job_once_and_in_order(world, "live"));
            step!(live::a_reader_that_takes_nothing_is_cut(world, "live-slow"));
            anyhow::Ok(())
        },)?;
    let tokens = step!(notifications::what_changes_is_told_once(world, "notified", async || {
        running.kill("gateway").await?;
        running.restart("gateway")?;
        running.ready("gateway").await
    }));
    step!(calendar::it_is_asked_for_by_the_clock(world, ("calendar", "no-calendar"), async || {
        running.kill("gateway").await?;
        running.restart("gateway")?;
        running.ready("gateway").await
    }));
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world));
    exactly_once::the_log_is_gap_free_and_insert_only(world)?;
    let of_live = ["live", "live-slow"].map(World::key_of);
    let keys: Vec<&str> = tokens.iter().chain(&of_channels).chain(&of_live).map(String::as_str).collect();
    step!(secrets::none_is_anywhere(world, &keys, running.logged()?));
    Ok(())
}
