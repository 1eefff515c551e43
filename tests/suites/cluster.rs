//! The installed chart on a real node, as `make up` leaves it: sample Bots in `default`, the stand-in as the vendor.

use anyhow::Result;
use assayer_tests::installed::Installed;
use assayer_tests::published::Guarded;
use assayer_tests::scenarios::console::{self, Desk};
use assayer_tests::scenarios::{
    api, control, cycles, exactly_once, faults, ingress, integrations, live, pods, refusals, secrets, strangers, wrong_key,
};
use assayer_tests::{World, step};

#[tokio::test(flavor = "multi_thread")]
async fn bots_backtest_by_themselves_and_the_proof_is_in_the_log() -> Result<()> {
    let world = &Installed::connect().await?.world;
    step!(cycles::three_backtests_each_with_their_rows(world, "default"));
    step!(cycles::offline_gives_the_same_hashes(world, "default"));
    step!(cycles::columns_show_proof_and_what_blocks(world, "default"));
    step!(cycles::the_proof_endpoint_leads_down_to_the_rows(world, "default"));
    step!(api::answers_are_as_described(world, "default"));
    step!(api::the_proof_of_databento_joins_rows_and_sessions(world));
    step!(cycles::the_queries_of_the_readme_work(world, "default"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_is_connected_used_broken_and_mended_by_clicking() -> Result<()> {
    let installed = Installed::connect().await?;
    let world = &installed.world;
    installed.let_the_gateway_read("desk").await?;
    let guarded = Guarded::publish(world).await?;
    let done = walk(world, &guarded).await;
    // Five Bots that go on would take the turns of other scenarios.
    world.remove_namespace("desk").await?;
    guarded.remove().await?;
    done
}

async fn walk(world: &World, guarded: &Guarded<'_>) -> Result<()> {
    let desk = Desk::with_bots(world, "desk", &console::BOTS).await?;
    let token = desk.token("viewer").await?;
    let (http, url) = (&guarded.http, &guarded.url);
    step!(ingress::the_console_is_published_and_nothing_else(http, url));
    step!(ingress::refusals_are_passed_on_as_they_are(http, url));
    step!(ingress::a_session_is_secure_where_it_came_by_https(http, url, &token));
    step!(ingress::a_session_is_secure_where_it_came_by_https(&world.http, &world.api, &token));
    let clicks = async { desk.browse("connect.mjs", url, &[("CONSOLE_ADDRESS", &guarded.address.to_string())]).await };
    tokio::try_join!(clicks, ingress::events_come_as_they_happen(http, url, Some(&token)))?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_fails_readably_and_a_right_one_recovers() -> Result<()> {
    let installed = Installed::connect().await?;
    installed.let_the_gateway_read("wrong-key").await?;
    step!(wrong_key::fails_readably_and_recovers(&installed.world, "wrong-key"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_vendor_is_told_apart_from_no_key_to_use() -> Result<()> {
    let installed = Installed::connect().await?;
    let namespaces = ("kinds-runner", "kinds-jobs");
    installed.let_the_gateway_read(namespaces.0).await?;
    installed.let_the_gateway_read(namespaces.1).await?;
    step!(integrations::each_kind_of_vendor_goes_through_all_its_states(
        &installed.world,
        integrations::Walked::OneOfEachKind,
        namespaces
    ));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_is_connected_without_a_login_too_many() -> Result<()> {
    let installed = Installed::connect().await?;
    installed.let_the_gateway_read("broker").await?;
    step!(integrations::a_broker_is_connected_by_one_session_that_is_kept(&installed.world, "broker"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn live_bars_reach_a_job_once_and_in_order() -> Result<()> {
    let installed = Installed::connect().await?;
    installed.let_the_gateway_read("live").await?;
    step!(live::bars_reach_a_job_through_breaks(&installed.world, "live"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_has_its_own_name() -> Result<()> {
    let installed = Installed::connect().await?;
    step!(faults::every_failure_has_its_own_name(&installed.world, Some(&installed)));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_refused_is_a_row() -> Result<()> {
    let installed = Installed::connect().await?;
    for namespace in ["strangers", "trespassers"] {
        installed.let_the_gateway_read(namespace).await?;
    }
    let world = &installed.world;
    let strangers = async {
        step!(strangers::nobody_but_a_jobs_pod_is_let_through(world, "strangers"));
        step!(strangers::the_flood_is_counted(world));
        anyhow::Ok(())
    };
    let trespassers = async {
        step!(strangers::a_job_may_make_its_own_calls_and_no_others(world, "trespassers"));
        anyhow::Ok(())
    };
    tokio::try_join!(strangers, trespassers)?;
    world.remove_namespace("strangers").await?;
    world.remove_namespace("trespassers").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_vendors_count_is_the_logs_count() -> Result<()> {
    let world = &Installed::connect().await?.world;
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world));
    exactly_once::the_log_is_gap_free_and_insert_only(world)
}

#[tokio::test(flavor = "multi_thread")]
async fn runners_hold_nothing_and_keys_are_nowhere() -> Result<()> {
    let world = &Installed::connect().await?.world;
    step!(secrets::a_runner_holds_nothing(world, "default"));
    step!(secrets::no_key_is_anywhere_but_in_its_secret(world));
    step!(pods::no_key_is_in_a_log(world));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_bot_leaves_rows_and_nothing_else() -> Result<()> {
    let installed = Installed::connect().await?;
    installed.let_the_gateway_read("deleted").await?;
    step!(control::nothing_runs_for_a_deleted_bot(&installed.world, "deleted"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_manifests_are_refused_by_field() -> Result<()> {
    let world = &Installed::connect().await?.world;
    step!(refusals::bad_manifests_are_refused_by_field(world));
    step!(refusals::the_instrument_of_a_bot_cannot_change(world, "default"));
    step!(pods::nobody_but_the_controller_creates_runner_jobs(world));
    step!(pods::nobody_resets_a_bot_to_another_time(world));
    step!(integrations::nobody_asks_in_anothers_name(world, "default"));
    Ok(())
}
