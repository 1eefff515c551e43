//! Every process as a plain process, against a real API server and Postgres.

use anyhow::Result;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{api, cycles, exactly_once, reaction, refusals, secrets, wrong_key};

/// One world for all: starting it takes longer than looking at it.
#[tokio::test(flavor = "multi_thread")]
async fn bots_backtest_by_themselves_and_the_proof_is_in_the_log() -> Result<()> {
    let running = Processes::start().await?;
    let world = &running.world;
    refusals::bad_manifests_are_refused_by_field(world).await?;
    world.namespace("default", assayer_tests::world::GOOD_KEY).await?;
    for (bot, ..) in cycles::SAMPLES {
        world.sample_bot("default", bot).await?;
    }
    cycles::three_backtests_each_with_their_rows(world, "default").await?;
    cycles::offline_gives_the_same_hashes(world, "default").await?;
    cycles::columns_show_proof_and_what_blocks(world, "default").await?;
    cycles::the_proof_endpoint_leads_down_to_the_rows(world, "default").await?;
    api::answers_are_as_described(world, "default").await?;
    api::the_proof_of_databento_joins_rows_and_sessions(world).await?;
    api::a_token_reads_what_kubernetes_lets_it_read(world, &running.url("guarded-api"), "default").await?;
    cycles::the_queries_of_the_readme_work(world, "default").await?;
    secrets::a_runner_holds_nothing(world, "default").await?;
    reaction::a_status_follows_its_row_at_once(world, "reaction").await?;
    wrong_key::fails_readably_and_recovers(world, "wrong-key").await?;
    exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world).await?;
    exactly_once::the_log_is_gap_free_and_insert_only(world)?;
    secrets::no_key_is_anywhere_but_in_its_secret(world).await?;
    refusals::the_instrument_of_a_bot_cannot_change(world, "default").await
}
