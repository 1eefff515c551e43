//! What costs money is bought only at a price that was asked for, and only within the budget.

use crate::world::World;
use assayer_contract::{Outcome, ReasonCode, Sent};
use assayer_store::PgPool;
use http::StatusCode;

const SERIES: &str = "stype_in=raw_symbol&dataset=SAMPLE.FX&schema=ohlcv-1h&start=2017-01-01&end=2017-12-30&symbols=EURUSD";
/// 6,225 bars of 56 bytes at the stand-in's 600 USD per 2^30 bytes.
const PRICE: &str = "0.194";

fn bars() -> String {
    format!("encoding=dbn&compression=zstd&stype_out=instrument_id&{SERIES}")
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn nothing_is_bought_before_its_price_was_asked_for(pool: PgPool) {
    let world = World::unquoted(&pool).await;
    let answer = world.post("v0/timeseries.get_range", &bars()).await;
    assert_eq!((answer.status, answer.case().as_str()), (StatusCode::PAYMENT_REQUIRED, "COST_UNQUOTED"));
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.cost_usd), (Outcome::Refused, Sent::No, None));
    assert_eq!(world.shell.ledger.since(0).count, 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_call_is_recorded_with_the_price_that_was_quoted_for_it(pool: PgPool) {
    let world = World::unquoted(&pool).await;
    let quote = world.post("v0/metadata.get_cost", SERIES).await.row(&pool).await;
    assert!(quote.cost_usd.as_deref().is_some_and(|usd| usd.starts_with(PRICE)), "{:?}", quote.cost_usd);
    let bought = world.post("v0/timeseries.get_range", &bars()).await.row(&pool).await;
    assert_eq!((bought.outcome, bought.cost_usd), (Outcome::Success, quote.cost_usd));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn the_call_that_would_go_over_the_budget_is_not_made_and_says_the_price(pool: PgPool) {
    let mut world = World::unquoted(&pool).await;
    world.caller.job.max_data_usd_per_day = "0.3".parse().unwrap();
    world.post("v0/metadata.get_cost", SERIES).await;
    // when: many ask at once, and there is money for one
    let forms = vec![bars(); 6];
    let answers = futures::future::join_all(forms.iter().map(|form| world.post("v0/timeseries.get_range", form))).await;
    // then
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == StatusCode::PAYMENT_REQUIRED).collect();
    assert_eq!((answers.len(), refused.len()), (6, 5));
    let row = refused.first().unwrap().row(&pool).await;
    assert_eq!((row.reason_code, row.sent), (Some(ReasonCode::CostBudget), Sent::No));
    let said = row.error_message.unwrap();
    assert!(said.contains("the bars cost 0.1947 USD") || said.contains(PRICE), "{said}");
    assert!(said.contains("has spent 0.19") && said.ends_with("maxDataUsdPerDay is 0.3"), "{said}");
    assert_eq!(world.shell.ledger.since(0).count, 2);
}
