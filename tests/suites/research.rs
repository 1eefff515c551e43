//! Bots that search by themselves, against a real API server and Postgres.

use anyhow::Result;
use assayer_tests::processes::Processes;
use assayer_tests::scenarios::{candidates, exactly_once, research, suggestions, truth};
use assayer_tests::step;

#[tokio::test(flavor = "multi_thread")]
async fn bots_improve_and_evolve_within_their_budgets() -> Result<()> {
    let running = Processes::start("research").await?;
    let world = &running.world;
    step!(research::a_bot_improves_and_evolves_by_itself_until_the_budget_is_used_up(world, "searches"));
    world.remove_bots("searches").await?;
    step!(suggestions::a_model_suggests_only_where_it_may_and_is_only_one_more_parent(world, "suggested"));
    step!(candidates::an_edge_that_is_there_becomes_a_candidate_and_changes_nothing_that_runs(world, "found"));
    step!(research::a_drained_bot_ends_its_whole_cycle(world, "drained"));
    truth::nothing_claims_more_than_its_rows(world)?;
    exactly_once::the_log_is_gap_free_and_insert_only(world)
}
