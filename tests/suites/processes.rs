//! Every process as a plain process, against a real API server and Postgres.

use anyhow::Result;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{
    api, autonomy, cycles, drawn, exactly_once, kept, quality, reaction, refusals, secrets, wrong_key,
};
use assayer_tests::step;

/// One world for all: starting it takes longer than looking at it.
#[tokio::test(flavor = "multi_thread")]
async fn bots_backtest_by_themselves_and_the_proof_is_in_the_log() -> Result<()> {
    let running = Processes::start("processes").await?;
    let world = &running.world;
    step!(refusals::bad_manifests_are_refused_by_field(world));
    world.namespace("default", assayer_tests::world::GOOD_KEY).await?;
    for cycles::Sample { bot, .. } in cycles::SAMPLES {
        world.sample_bot("default", bot).await?;
    }
    step!(cycles::three_backtests_each_with_their_rows(world, "default"));
    step!(cycles::offline_gives_the_same_hashes(world, "default"));
    step!(drawn::a_graph_trades_as_the_family_that_it_draws(world, "drawn", "default"));
    step!(cycles::columns_show_proof_and_what_blocks(world, "default"));
    step!(cycles::the_proof_endpoint_leads_down_to_the_rows(world, "default"));
    step!(api::answers_are_as_described(world, "default"));
    step!(api::the_proof_of_databento_joins_rows_and_sessions(world));
    step!(cycles::the_queries_of_the_readme_work(world, "default"));
    step!(autonomy::bots_work_by_themselves(world, "default"));
    cycles::equal_calls_have_equal_fingerprints(world, "default")?;
    step!(quality::what_is_made_up_is_labelled_and_a_roll_at_expiry_is_warned_of(world, "default"));
    step!(secrets::a_runner_holds_nothing(world, "default"));
    step!(kept::only_what_is_new_is_asked_for(world, "kept"));
    world.remove_bots("kept").await?;
    step!(reaction::a_status_follows_its_row_at_once(world, "reaction"));
    // These wait most of their time, for slots and for what is remembered to be forgotten.
    let guarded = running.url("guarded-api");
    tokio::try_join!(
        quality::bars_that_are_wrong_do_not_count_and_say_by_how_much(world),
        wrong_key::fails_readably_and_recovers(world, "wrong-key"),
        api::a_token_reads_what_kubernetes_lets_it_read(world, &guarded, "default"),
    )?;
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world));
    exactly_once::the_log_is_gap_free_and_insert_only(world)?;
    step!(secrets::no_key_is_anywhere_but_in_its_secret(world));
    step!(refusals::the_instrument_of_a_bot_cannot_change(world, "default"));
    Ok(())
}
