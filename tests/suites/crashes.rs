//! `kill -9` of every process, on purpose at each point of a call and seeded over many, then the truth test.
//!
//! `ASSAYER_CRASHES` says how many seeded crashes there are, `ASSAYER_SEED` which.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use assayer_tests::crashes::{Crashes, fencing, points, storm};
use assayer_tests::scenarios::truth;

macro_rules! on_purpose {
    ($all:ident, $point:path) => {
        let begun = Instant::now();
        $point(&mut $all).await.context(stringify!($point))?;
        eprintln!("{} s: {}", begun.elapsed().as_secs(), stringify!($point));
    };
}

/// One world for all: what one crash leaves behind must not matter to the next.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_killed_the_log_tells_the_truth_and_bots_go_on() -> Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let (seed, crashes) = (number("ASSAYER_SEED", now)?, number("ASSAYER_CRASHES", 20)?);
    eprintln!("ASSAYER_SEED={seed} ASSAYER_CRASHES={crashes}");
    let mut all = Crashes::start().await?;
    // Its intent stays open for a minute: the others pass meanwhile.
    on_purpose!(all, points::the_commit_of_an_intent_is_not_acknowledged);
    on_purpose!(all, points::the_gateway_dies_before_the_intent_is_committed);
    on_purpose!(all, points::the_gateway_dies_between_intent_and_send);
    on_purpose!(all, points::the_gateway_dies_while_the_vendor_answers);
    on_purpose!(all, points::the_gateway_dies_between_answer_and_outcome);
    on_purpose!(all, points::the_gateway_dies_between_outcome_and_answer);
    on_purpose!(all, points::the_gateway_dies_while_a_session_is_stored);
    on_purpose!(all, points::the_runner_dies_after_its_answers);
    on_purpose!(all, points::the_commit_of_an_outcome_is_not_acknowledged);
    on_purpose!(all, points::postgres_dies_while_the_vendor_answers);
    on_purpose!(all, points::postgres_stands_still_while_the_vendor_answers);
    on_purpose!(all, points::the_controller_dies_between_row_and_job);
    on_purpose!(all, fencing::a_fenced_gateways_late_outcome_is_refused);
    on_purpose!(all, fencing::the_second_controller_takes_over_from_a_killed_one);

    let bots = storm::crash(&mut all, seed, crashes).await?;
    storm::every_bot_recovers(&all, &bots).await?;
    truth::until_quiet(all.world()).await?;
    truth::the_vendors_count_is_the_logs(all.world()).await?;
    truth::the_chain_follows_from_the_rows(all.world())?;
    truth::nothing_claims_more_than_its_rows(all.world())
}

fn number(variable: &str, otherwise: u64) -> Result<u64> {
    Ok(std::env::var(variable).ok().map(|text| text.parse()).transpose()?.unwrap_or(otherwise))
}
