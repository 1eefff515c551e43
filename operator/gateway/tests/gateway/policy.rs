//! What a job may ask by its stage's policy, and what it may not: each a row, and the vendor sees what is allowed alone.

use crate::world::{World, allowed, vendor::Vendor};
use assayer_contract::{
    Outcome, ReasonCode, Sent, Source,
    policy::{AllowedSource, AllowedSources},
};
use assayer_store::PgPool;

fn sources(source: Source, provider: &str, symbols: &[&str]) -> AllowedSources {
    [(source, AllowedSource { max_latency_ms: 5_000, ..allowed(provider, symbols) })].into()
}

async fn fred() -> Vendor {
    Vendor::start("fred", "FRED_API_KEY", "0123456789abcdef0123456789abcdef").await
}

async fn flow() -> Vendor {
    Vendor::start("unusualWhales", "UNUSUAL_WHALES_API_KEY", "6b0bd42c-1f55-4d1a-9d3e-2f5f6a7b8c9d").await
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_source_that_the_policy_does_not_name_is_not_asked(pool: PgPool) {
    let (world, fred) = (World::start(&pool).await, fred().await);
    let row = fred.ask(&world, &pool, "series", "series_id=GNPCA&file_type=json").await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::SourceDisabled)));
    assert!(row.error_message.unwrap().contains("has no sources.macro, so fred may not be asked"));
    assert_eq!(fred.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn another_vendor_of_an_allowed_source_is_not_asked(pool: PgPool) {
    let (mut world, fred) = (World::start(&pool).await, fred().await);
    world.caller.job.sources = sources(Source::Macro, "fmp", &["EURUSD"]);
    let row = fred.ask(&world, &pool, "series", "series_id=GNPCA&file_type=json").await;
    assert_eq!(row.reason_code, Some(ReasonCode::SourceDisabled));
    assert!(row.error_message.unwrap().contains("sources.macro.providers of the StagePolicy of LAB is fmp, without fred"));
    assert_eq!(fred.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn an_allowed_source_is_asked_and_its_row_says_for_what(pool: PgPool) {
    let (mut world, fred) = (World::start(&pool).await, fred().await);
    world.caller.job.sources = sources(Source::Macro, "fred", &["EURUSD"]);
    let query = "series_id=CPIAUCSL&file_type=json&realtime_start=2025-01-01&realtime_end=2025-01-01";
    let row = fred.ask(&world, &pool, "series/observations", query).await;
    assert_eq!((row.outcome, row.sent, row.source), (Outcome::Success, Sent::Yes, Some(Source::Macro)));
    assert_eq!((row.series_ids.unwrap(), row.realtime_start), (vec!["CPIAUCSL".to_owned()], row.realtime_end));
    let arrivals = fred.shell.ledger.since(0);
    assert_eq!((arrivals.count, arrivals.requests[0].path.as_str()), (1, "/series/observations"));
    assert!(!row.params.to_string().contains("0123456789abcdef"), "the key is in the query that was sent and in no row");
}

/// The figure of December 2024 as it came out on 13 January, and as it was revised thirty days later.
#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_figure_is_the_one_that_was_known_on_the_day_asked_for_and_without_a_day_nothing_is_sent(pool: PgPool) {
    let (mut world, fred) = (World::start(&pool).await, fred().await);
    world.caller.job.sources = sources(Source::Macro, "fred", &["EURUSD"]);
    let december = "series_id=CPIAUCSL&file_type=json&observation_start=2024-12-01&observation_end=2024-12-01";
    let mut figures = Vec::new();
    for day in ["2025-01-12", "2025-01-13", "2025-02-11", "2025-02-12"] {
        let query = format!("{december}&realtime_start={day}&realtime_end={day}");
        let answer = fred.get(&world, "series/observations", &query).await;
        let row = answer.row(&pool).await;
        assert_eq!((row.outcome, row.realtime_start), (Outcome::Success, row.realtime_end), "{:?}", row.error_message);
        assert_eq!(row.realtime_end.unwrap().date_naive().to_string(), day);
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        figures.push(body["observations"][0]["value"].as_str().map(str::to_owned));
    }
    assert!(figures[0].is_none() && figures[1].is_some(), "nobody knew it before: {figures:?}");
    assert!(figures[1] == figures[2] && figures[2] != figures[3], "what was known first, then the revision: {figures:?}");
    for later in ["", "&realtime_start=2025-01-13", "&realtime_start=2025-01-13&realtime_end=2025-02-12"] {
        let row = fred.ask(&world, &pool, "series/observations", &format!("{december}{later}")).await;
        assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::RequestInvalid)));
        assert!(row.error_message.unwrap().contains("give the same day as realtime_start and realtime_end"));
    }
    assert_eq!(fred.arrivals(), 4);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_proxy_stands_for_the_instrument_and_any_other_symbol_is_refused(pool: PgPool) {
    let (mut world, flow) = (World::start(&pool).await, flow().await);
    world.caller.job.sources = sources(Source::OptionsFlow, "unusualWhales", &["MES.v.0", "SPY"]);
    let row = flow.ask(&world, &pool, "api/option-trades/flow-alerts", "ticker_symbol=SPY&limit=5").await;
    assert_eq!((row.outcome, row.symbol.as_deref()), (Outcome::Success, Some("SPY")), "{:?}", row.error_message);
    assert_eq!(row.requested_for_symbol.as_deref(), Some("EURUSD"), "the Bot's own instrument");
    let row = flow.ask(&world, &pool, "api/option-trades/flow-alerts", "ticker_symbol=TSLA&limit=5").await;
    assert_eq!((row.outcome, row.reason_code), (Outcome::Refused, Some(ReasonCode::SymbolMismatch)));
    assert!(row.error_message.unwrap().contains("one of its spec.proxies.optionsFlow: MES.v.0, SPY"));
    assert_eq!(flow.arrivals(), 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_source_that_the_policy_disables_is_not_asked_and_the_refusal_says_why(pool: PgPool) {
    let (mut world, fred) = (World::start(&pool).await, fred().await);
    let mut sources = sources(Source::Macro, "fred", &["EURUSD"]);
    let why = "sources.macro is Disabled in the StagePolicy of LAB: nobody reads it";
    let disabled = AllowedSource { providers: Vec::new(), disabled: Some(why.to_owned()), ..sources[&Source::Macro].clone() };
    sources.insert(Source::Macro, disabled);
    world.caller.job.sources = sources;
    let row = fred.ask(&world, &pool, "series", "series_id=GNPCA&file_type=json").await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::SourceDisabled)));
    assert_eq!(row.error_message.unwrap(), format!("{why}; so fred may not be asked"));
    assert_eq!((row.source, row.series_ids.unwrap()), (Some(Source::Macro), vec!["GNPCA".to_owned()]), "and what was asked");
    assert_eq!(fred.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn the_rows_of_a_cycle_know_when_a_series_is_released_next(pool: PgPool) {
    let (mut world, fred) = (World::start(&pool).await, fred().await);
    world.caller.job.sources = sources(Source::Macro, "fred", &["EURUSD"]);
    let row = fred.ask(&world, &pool, "series/release", "series_id=CPIAUCSL&file_type=json").await;
    assert_eq!((row.outcome, row.item_count), (Outcome::Success, None), "what speaks about a source holds nothing of it");
    let release = row.releases.unwrap().remove(0);
    let query = format!("release_id={}&file_type=json&include_release_dates_with_no_data=true", release.id);
    let row = fred.ask(&world, &pool, "release/dates", &query).await;
    let told = row.releases.unwrap().remove(0);
    let today = row.created_at.date_naive();
    assert!(told.id == release.id && told.dates.iter().any(|day| *day > today), "{told:?}");
}
