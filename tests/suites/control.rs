//! What people do to Bots while they work, against a real API server and Postgres.

use anyhow::Result;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{asked, control, exactly_once, idle, queue, runbook, signed_in};
use assayer_tests::step;

#[tokio::test(flavor = "multi_thread")]
async fn limits_stops_and_deletions_are_obeyed_and_told() -> Result<()> {
    let mut running = Processes::start("control").await?;
    let world = &running.world;
    runbook::the_api_tells_the_same(world).await?;
    step!(runbook::its_lines_do_what_they_say(world, &running.url("guarded-api"), "runbook"));
    step!(control::bots_take_turns_where_there_is_room_for_one(world, "room"));
    step!(control::a_price_is_shown_before_it_is_paid(world, "price"));
    step!(control::a_held_bot_rests_until_it_is_released(world, "hold"));
    step!(control::a_drained_bot_ends_its_job_at_once(world, "drain"));
    step!(control::a_deleted_bot_leaves_rows_and_no_job(world, "deleted-bot"));
    step!(asked::a_run_is_started_once_and_fills_no_slot(world, "run-now"));
    step!(asked::a_reset_bot_counts_from_then_on_and_keeps_its_rows(world, "reset"));
    step!(idle::a_bot_with_nothing_new_rests_until_the_audit(world, "nothing-new"));
    step!(control::a_deleted_job_fails_and_the_next_works(world, "deleted-job"));
    running.install("controller", &[("ASSAYER_RESEARCH_QUEUE", "research")]).await?;
    step!(queue::a_suspended_job_waits_without_losing_time(&running.world, "queued"));
    step!(signed_in::people_sign_in_at_an_issuer(&mut running));
    let world = &running.world;
    exactly_once::the_log_is_gap_free_and_insert_only(world)
}
