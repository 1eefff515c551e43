//! Bars that are kept: given to whoever paid for them, measured as the vendor's are, by a row that names where they came from.

use crate::world::{Answer, World};
use assayer_contract::{Outcome, ReasonCode, RequestRow, Sent, Sha256Hash, Source, kept::KeptQuery};
use assayer_gateway::forward::{Access, Asked, NoAccess, Through};
use assayer_store::PgPool;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use dbn::{
    OhlcvMsg, VersionUpgradePolicy,
    decode::{DecodeRecord as _, DynDecoder},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::json;
use uuid::Uuid;

const RANGE: &str = "v0/timeseries.get_range";
const START: &str = "2017-01-02T00:00:00Z";
/// Within a day, so that that day is not over.
const NOON: &str = "2017-02-01T12:00:00Z";
const LATER: &str = "2017-02-03T00:00:00Z";

/// A job whose policy has bars kept for an hour, and what its symbol stands for.
async fn desk(pool: &PgPool) -> World {
    let mut world = World::unquoted(pool).await;
    let job = &mut world.caller.job;
    job.body = json!({"instrument":
        {"dataset": "SAMPLE.FX", "symbol": "EURUSD", "schema": "ohlcv-1h", "tickSize": "0.00001", "multiplier": 100_000}});
    job.sources.get_mut(&Source::MarketData).unwrap().keep_for_ms = Some(3_600_000);
    let days =
        "dataset=SAMPLE.FX&symbols=EURUSD&stype_in=raw_symbol&stype_out=instrument_id&start_date=2017-01-02&end_date=2017-03-01";
    assert_eq!(world.post("v0/symbology.resolve", days).await.status, StatusCode::OK);
    world
}

fn access(world: &World, integration: u128) -> Access {
    Access { through: Through { id: Some(Uuid::from_u128(integration)), ..Through::default() }, ..world.access() }
}

fn query(start: &str, end: &str) -> String {
    format!("dataset=SAMPLE.FX&symbols=EURUSD&schema=ohlcv-1h&stype_in=raw_symbol&start={start}&end={end}")
}

fn form(start: &str, end: &str) -> String {
    format!("{}&stype_out=instrument_id&encoding=dbn&compression=zstd", query(start, end))
}

/// Asks the vendor, after its price.
async fn bought(world: &World, integration: u128, start: &str, end: &str) -> Answer {
    assert_eq!(world.post("v0/metadata.get_cost", &query(start, end)).await.status, StatusCode::OK);
    let answer = world.post_with(RANGE, &form(start, end), Ok(access(world, integration))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    answer
}

/// Asks for what is kept.
async fn kept(world: &World, integration: u128, start: &str, end: &str) -> Answer {
    let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    let asked = Asked {
        method: Method::POST,
        path: RANGE.to_owned(),
        query: None,
        headers: HeaderMap::from_iter([(CONTENT_TYPE, form_type)]),
        body: Bytes::from(form(start, end)),
    };
    let databento = assayer_providers::find("databento").unwrap();
    let access = std::future::ready(Ok::<_, NoAccess>(access(world, integration)));
    Answer::of(world.forwarder.from_kept(&world.caller, databento, asked, access).await).await
}

async fn until(world: &World, integration: u128, start: &str, end: &str) -> Option<DateTime<Utc>> {
    let databento = assayer_providers::find("databento").unwrap();
    let [start, end] = [start, end].map(|at| at.parse().unwrap());
    let query = KeptQuery { stype_in: "raw_symbol".to_owned(), start, end };
    let through = access(world, integration).through;
    world.forwarder.kept_until(&world.caller, databento, query, &through).await.unwrap().until
}

fn bars(answer: &Answer) -> Vec<OhlcvMsg> {
    let mut decoder = DynDecoder::inferred_with_buffer(&answer.body[..], VersionUpgradePolicy::AsIs).unwrap();
    let mut bars = Vec::new();
    while let Some(bar) = decoder.decode_record::<OhlcvMsg>().unwrap() {
        bars.push(bar.clone());
    }
    bars
}

fn figures(row: &RequestRow) -> impl PartialEq + std::fmt::Debug + use<> {
    (row.bar_count, row.first_bar_ts, row.last_bar_ts, row.quality.clone(), row.instruments.clone(), row.start_ts, row.end_ts)
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn days_that_are_over_and_newer_bars_make_the_answer_that_the_vendor_would_give(pool: PgPool) {
    let world = desk(&pool).await;
    assert_eq!(until(&world, 1, START, LATER).await, None, "nothing is kept yet");
    let first = bought(&world, 1, START, NOON).await.row(&pool).await;
    let midnight = "2017-02-01T00:00:00Z";
    assert_eq!(
        until(&world, 1, START, LATER).await,
        Some(midnight.parse().unwrap()),
        "a day that is not over is asked for again"
    );
    assert_eq!(until(&world, 1, START, NOON).await, Some(NOON.parse().unwrap()));
    let newer = bought(&world, 1, midnight, LATER).await.row(&pool).await;

    let answer = kept(&world, 1, START, LATER).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.http_status, row.cost_usd.clone()), (Outcome::Served, Sent::No, None, None));
    assert_eq!((row.served_from, row.integration_id), (Some(newer.id), Some(Uuid::from_u128(1))));
    assert_eq!(row.params["kept"][0]["requestId"], json!(first.id));
    assert_eq!((row.params["kept"][0]["days"].as_i64(), row.params["kept"][1]["days"].as_i64()), (Some(30), Some(2)));
    assert_eq!(row.response_digest, Some(Sha256Hash::of(&answer.body)));

    // Through another Integration, so that it is a vendor's answer as a whole.
    let whole = bought(&world, 2, START, LATER).await;
    assert_eq!(bars(&answer), bars(&whole));
    assert_eq!(figures(&row), figures(&whole.row(&pool).await));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_is_kept_is_given_to_nobody_else_and_neither_when_it_is_old_nor_where_the_policy_keeps_nothing(pool: PgPool) {
    let mut world = desk(&pool).await;
    bought(&world, 1, START, LATER).await;
    let refused = async |world: &World, integration, start, end| {
        let answer = kept(world, integration, start, end).await;
        let row = answer.row(&pool).await;
        assert_eq!((answer.status, row.outcome, row.sent), (StatusCode::NOT_FOUND, Outcome::Refused, Sent::No));
        assert_eq!((row.reason_code, row.bar_count), (Some(ReasonCode::DataUnavailable), None));
    };
    assert_eq!(until(&world, 2, START, LATER).await, None, "another Integration's");
    refused(&world, 2, START, LATER).await;
    refused(&world, 1, "2017-01-01T00:00:00Z", LATER).await;
    refused(&world, 1, START, "2017-02-04T00:00:00Z").await;
    world.caller.job.sources.get_mut(&Source::MarketData).unwrap().keep_for_ms = None;
    assert_eq!(until(&world, 1, START, LATER).await, None, "the policy keeps nothing");
    refused(&world, 1, START, LATER).await;

    world.caller.job.sources.get_mut(&Source::MarketData).unwrap().keep_for_ms = Some(3_600_000);
    assert!(until(&world, 1, START, LATER).await.is_some());
    sqlx::query("update kept_bars set fetched_at = now() - interval '61 minutes' where day = '2017-01-10'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(until(&world, 1, START, LATER).await, Some("2017-01-10T00:00:00Z".parse().unwrap()));
    refused(&world, 1, START, LATER).await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_job_whose_policy_keeps_nothing_leaves_nothing(pool: PgPool) {
    let mut world = desk(&pool).await;
    world.caller.job.sources.get_mut(&Source::MarketData).unwrap().keep_for_ms = None;
    bought(&world, 1, START, LATER).await;
    let days: i64 = sqlx::query_scalar("select count(*) from kept_bars").fetch_one(&pool).await.unwrap();
    assert_eq!(days, 0);
}
