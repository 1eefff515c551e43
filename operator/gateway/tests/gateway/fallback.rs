//! Calls that stand in for another vendor's: let through by policy and by a row of the log alone, and told from that vendor's own.

use crate::world::{World, vendor::Vendor};
use assayer_contract::{Outcome, ReasonCode, RequestRow, Sent, Source, policy::Fallback, wire::FALLBACK_OF_HEADER};
use assayer_gateway::forward::Asked;
use assayer_stand_ins::faults::Kind;
use assayer_store::PgPool;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::json;
use uuid::Uuid;

const HOURS: &str = "v2/aggs/ticker/SPY/range/1/hour/2026-01-05/2026-01-09";
const COUNT: &str = "v0/metadata.get_record_count";
const RAW: &str = "adjusted=false&sort=asc&limit=50000";

/// A Bot on shares whose policy lets Massive stand in for Databento.
async fn desk(pool: &PgPool) -> (World, Vendor) {
    let mut world = World::unquoted(pool).await;
    let job = &mut world.caller.job;
    "SPY".clone_into(&mut job.instrument);
    job.body = json!({"instrument": {"dataset": "EQUS.MINI", "symbol": "SPY", "schema": "ohlcv-1h", "tickSize": "0.01", "multiplier": 1}});
    let allowed = job.sources.get_mut(&Source::MarketData).unwrap();
    allowed.providers = vec!["databento".to_owned(), "massive".to_owned()];
    allowed.symbols = vec!["SPY".to_owned()];
    allowed.fallback = Fallback::AltProvider;
    (world, Vendor::start("massive", "MASSIVE_API_KEY", "0123456789abcdef0123456789abcdef").await)
}

/// A call to Databento that fails so; its row.
async fn failed(world: &World, pool: &PgPool, kind: Kind) -> RequestRow {
    world.fail_next(kind, 0);
    let form = "dataset=EQUS.MINI&symbols=SPY&schema=ohlcv-1h&stype_in=raw_symbol&start=2026-01-05&end=2026-01-10";
    let row = world.post(COUNT, form).await.row(pool).await;
    assert_eq!(row.outcome, Outcome::Failed, "{row:?}");
    row
}

async fn ask(world: &World, massive: &Vendor, path: &str, query: &str, of: Option<&str>, pool: &PgPool) -> RequestRow {
    let mut headers = HeaderMap::new();
    if let Some(of) = of {
        headers.insert(FALLBACK_OF_HEADER, HeaderValue::from_str(of).unwrap());
    }
    let (path, query) = (path.to_owned(), Some(query.to_owned()));
    let asked = Asked { method: Method::GET, path, query, headers, body: Bytes::new() };
    massive.call(world, asked).await.row(pool).await
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn another_vendor_stands_in_for_a_call_that_failed_as_a_row_of_its_own_with_the_same_measures(pool: PgPool) {
    let (world, massive) = desk(&pool).await;
    let of = failed(&world, &pool, Kind::Unavailable).await;
    let row = ask(&world, &massive, HOURS, RAW, Some(&of.id.to_string()), &pool).await;
    assert_eq!((row.outcome, row.sent, row.fallback_of), (Outcome::Success, Sent::Yes, Some(of.id)), "{:?}", row.error_message);
    assert_eq!((row.provider.as_str(), row.symbol.as_deref(), row.job_id), ("massive", Some("SPY"), of.job_id));
    assert_eq!((row.bar_count, row.record_count), (Some(120), Some(120)), "five days of hours");
    let quality = row.quality.unwrap();
    assert_eq!(quality.fields.map(|fields| (fields.present, fields.expected)), Some((600, 600)));
    let calendar = quality.calendar.unwrap();
    assert_eq!((calendar.name.as_str(), calendar.sessions, calendar.rth.present), ("nyse", 5, calendar.rth.expected));
    assert_eq!(massive.arrivals(), 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn nothing_stands_in_where_the_policy_names_nothing(pool: PgPool) {
    let (mut world, massive) = desk(&pool).await;
    let of = failed(&world, &pool, Kind::Unavailable).await.id.to_string();
    world.caller.job.sources.get_mut(&Source::MarketData).unwrap().fallback = Fallback::None;
    for (named, reason) in [(Some(of.as_str()), ReasonCode::FallbackNotAllowed), (None, ReasonCode::SymbolMismatch)] {
        let row = ask(&world, &massive, HOURS, RAW, named, &pool).await;
        assert_eq!((row.outcome, row.sent, row.fallback_of), (Outcome::Refused, Sent::No, None));
        assert_eq!(row.reason_code, Some(reason));
    }
    assert_eq!(massive.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn only_a_failed_call_of_this_job_that_another_vendor_may_answer_is_stood_in_for(pool: PgPool) {
    let (mut world, massive) = desk(&pool).await;
    let job = world.caller.job.clone();
    world.caller.job.body = json!({"instrument": {"dataset": "SAMPLE.FX", "symbol": "EURUSD", "schema": "ohlcv-1h"}});
    world.caller.job.sources = crate::world::sources(5_000);
    let form = "dataset=SAMPLE.FX&symbols=EURUSD&schema=ohlcv-1h&stype_in=raw_symbol&start=2017-01-02&end=2017-02-01";
    let sound = world.post(COUNT, form).await.row(&pool).await;
    assert_eq!(sound.outcome, Outcome::Success, "{sound:?}");
    world.caller.job = job;
    let wrong = failed(&world, &pool, Kind::BadRequest).await;
    let of_another = failed(&world, &pool, Kind::Unavailable).await;
    let cases = [
        (None, "its bars are given for a call of the first provider that failed"),
        (Some("no id".to_owned()), "must be the id of a row"),
        (Some(Uuid::now_v7().to_string()), "this job has no such row"),
        (Some(sound.id.to_string()), "that call succeeded"),
        (Some(wrong.id.to_string()), "which is not for another vendor to answer"),
    ];
    for (of, says) in cases {
        let row = ask(&world, &massive, HOURS, RAW, of.as_deref(), &pool).await;
        assert_eq!((row.outcome, row.sent, row.fallback_of), (Outcome::Refused, Sent::No, None), "{says}");
        assert!(row.error_message.as_deref().unwrap().contains(says), "{:?}", row.error_message);
    }
    let mut other = world;
    other.caller.job.id = Uuid::now_v7();
    let row = ask(&other, &massive, HOURS, RAW, Some(&of_another.id.to_string()), &pool).await;
    assert!(row.error_message.unwrap().contains("this job has no such row"));
    assert_eq!(massive.arrivals(), 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_series_that_the_other_vendor_does_not_have_is_refused_with_the_reason_and_never_guessed(pool: PgPool) {
    let (mut world, massive) = desk(&pool).await;
    let of = failed(&world, &pool, Kind::Unavailable).await;
    let path = |ticker: &str, length: &str| format!("v2/aggs/ticker/{ticker}/range/1/{length}/2026-01-05/2026-01-09");
    for (dataset, symbol, schema, length, says) in [
        ("GLBX.MDP3", "MES.v.0", "ohlcv-1h", "hour", "futures that roll"),
        ("SAMPLE.INDEX", "SPX", "ohlcv-1h", "hour", "US shares only"),
        ("EQUS.MINI", "SPY", "ohlcv-1d", "day", "a day of ohlcv-1d begins at midnight UTC"),
    ] {
        let job = &mut world.caller.job;
        job.instrument = symbol.to_owned();
        job.body = json!({"instrument": {"dataset": dataset, "symbol": symbol, "schema": schema}});
        job.sources.get_mut(&Source::MarketData).unwrap().symbols = vec![symbol.to_owned()];
        let row = ask(&world, &massive, &path(symbol, length), RAW, Some(&of.id.to_string()), &pool).await;
        assert_eq!((row.reason_code, row.sent), (Some(ReasonCode::FallbackNoSymbol), Sent::No), "{:?}", row.error_message);
        assert!(row.error_message.unwrap().contains(says), "{says}");
        assert_eq!(row.fallback_of, Some(of.id), "which call could not be stood in for");
    }
    let (world, massive) = desk(&pool).await;
    let of = failed(&world, &pool, Kind::Unavailable).await.id.to_string();
    for (path, query) in
        [(path("SPY", "minute"), RAW), (path("SPY", "hour"), "adjusted=true"), (path("SPY", "hour"), "limit=50000")]
    {
        let row = ask(&world, &massive, &path, query, Some(&of), &pool).await;
        assert_eq!((row.reason_code, row.sent), (Some(ReasonCode::SymbolMismatch), Sent::No), "{path}?{query}");
    }
    let row = ask(&world, &massive, &path("QQQ", "hour"), RAW, Some(&of), &pool).await;
    assert_eq!((row.reason_code, row.sent), (Some(ReasonCode::SymbolMismatch), Sent::No), "another ticker");
    assert_eq!(massive.arrivals(), 0);
}
