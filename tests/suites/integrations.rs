//! Vendors from no key to a Bot's use, against a real API server and Postgres.

use anyhow::Result;
use assayer_tests::processes::{EXTERNAL_URL, Processes};
use assayer_tests::scenarios::{exactly_once, integrations, notifications, secrets};
use assayer_tests::{step, timed};

#[tokio::test(flavor = "multi_thread")]
async fn configured_connected_and_used_are_told_apart_by_rows() -> Result<()> {
    let mut running = Processes::start("integrations").await?;
    let world = running.world.clone();
    let (world, guarded) = (&world, running.url("guarded-api"));
    step!(integrations::nothing_starts_without_its_key_and_everything_with_it(world, "system"));
    step!(integrations::a_job_under_way_obeys(world, "system"));
    step!(integrations::a_gateway_with_other_limits_is_named(world));
    let killed = running.part("controller")?;
    step!(integrations::a_planner_that_is_gone_is_noticed(world, killed));
    world.remove_namespace("system").await?;
    step!(integrations::bars_that_do_not_come_deny_a_start(world, "no-bars"));
    let of_system = step!(notifications::the_system_is_told_as_a_whole(world, ("default", "told"), EXTERNAL_URL));
    step!(integrations::another_vendor_stands_in_only_by_policy_and_proves_nothing(world, "stood-in"));
    step!(integrations::simulated_bars_stand_in_only_where_the_installation_allows_them(world, "simulated", async |name| {
        running.install(name, &[("ASSAYER_ENVIRONMENT", "dev"), ("ASSAYER_ALLOW_SIM_FALLBACK", "true")]).await
    }));
    // Each waits for handshakes most of its time.
    let (of_kinds, of_broker, of_rotated, of_keys, (), ()) = tokio::try_join!(
        timed!(integrations::each_kind_of_vendor_goes_through_all_its_states(
            world,
            integrations::Walked::All,
            ("kinds-runner", "kinds-jobs")
        )),
        timed!(integrations::a_broker_is_connected_by_one_session_that_is_kept(world, "broker")),
        timed!(integrations::a_rotated_key_is_noticed_before_a_handshake_is_due(world, "rotated")),
        timed!(integrations::a_key_is_set_with_the_callers_own_rights(world, &guarded, "keys")),
        timed!(integrations::a_key_that_is_missing_malformed_wrong_and_right_is_told_apart(world, &integrations::FRED, "fred")),
        timed!(integrations::handshakes_are_no_use_and_a_bots_job_is(world, &guarded, "used")),
    )?;
    let of_sources = step!(integrations::what_a_stage_requires_is_proven_by_rows_of_the_cycle_alone(world, "sources"));
    step!(integrations::a_handshake_on_demand_is_made_once(world, "on-demand", async || {
        running.kill("gateway").await?;
        running.restart("gateway")?;
        running.ready("gateway").await
    }));
    step!(integrations::nobody_asks_in_anothers_name(world, "on-demand"));
    step!(integrations::every_provider_is_listed(world, "on-demand"));
    step!(integrations::all_who_ask_at_once_are_answered(world, ["on-demand", "used", "fred"]));
    step!(integrations::the_proof_of_integrations_counts_rows(world, "used", "fred"));
    step!(exactly_once::every_receipt_has_one_row_and_every_sent_row_one_receipt(world));
    exactly_once::the_log_is_gap_free_and_insert_only(world)?;
    let keys = [of_system, of_kinds, of_broker, of_rotated, of_keys, of_sources].concat();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    step!(secrets::none_is_anywhere(world, &keys, running.logged()?));
    Ok(())
}
