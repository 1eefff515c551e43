//! How often and how patiently a vendor is called: the vendor's own count, and a row for each attempt.

use std::sync::Arc;

use crate::world::{Answer, USER, World, allowed, vendor::Vendor};
use assayer_contract::{
    Operation, Outcome, ReasonCode, RequestRow, Sent, Source,
    policy::{AiMode, AllowedSource},
};
use assayer_gateway::{
    forward::{Forwarder, Handshake, Need, Through},
    metrics::Metrics,
};
use assayer_store::{PgPool, log::rows};
use chrono::{DateTime, TimeDelta, Utc};
use http::{StatusCode, header::RETRY_AFTER};
use serde_json::json;
use uuid::Uuid;

const KEY: &str = "0123456789abcdef0123456789abcdef";
const QUERY: &str = "series_id=GNPCA&file_type=json";

/// A job that may ask this vendor, which is called through an Integration.
async fn given(pool: &PgPool, source: Source, mut vendor: Vendor, retries: u8) -> (World, Vendor) {
    let mut world = World::start(pool).await;
    let allowed = AllowedSource { retries, ..allowed(vendor.name, &["EURUSD"]) };
    world.caller.job.sources = [(source, allowed)].into();
    let (id, name) = (Some(Uuid::from_u128(11)), Some(vendor.name.to_owned()));
    vendor.access.through = Through { id, generation: Some(1), name, ..Through::default() };
    (world, vendor)
}

async fn fred(pool: &PgPool, retries: u8) -> (World, Vendor) {
    given(pool, Source::Macro, Vendor::start("fred", "FRED_API_KEY", KEY).await, retries).await
}

async fn series(world: &World, fred: &Vendor) -> Answer {
    fred.get(world, "series", QUERY).await
}

async fn handshake(world: &World, vendor: &Vendor, pool: &PgPool, on_demand: bool) -> RequestRow {
    let need = if on_demand { Need::Asked } else { Need::Kept };
    let by = Handshake { user: USER.to_owned(), operation: Operation::Verify, trace_id: Uuid::now_v7(), need };
    let provider = assayer_providers::find(vendor.name).unwrap();
    world.forwarder.handshake(&by, provider, Ok(vendor.access.clone())).await;
    of_trace(pool, by.trace_id).await.remove(0)
}

async fn of_trace(pool: &PgPool, trace: Uuid) -> Vec<RequestRow> {
    let query = sqlx::query_scalar("select to_jsonb(r) from requests r where trace_id = $1 order by id").bind(trace);
    let rows: Vec<serde_json::Value> = query.fetch_all(pool).await.unwrap();
    rows.into_iter().map(|row| serde_json::from_value(row).unwrap()).collect()
}

/// The same gateway, started anew.
async fn restarted(world: &World) -> Arc<Forwarder> {
    let (recorder, _) = World::write(&world.pool, "first").await;
    Arc::new(Forwarder::new(recorder, Metrics::new(), world.pool.clone()).unwrap())
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn calls_wait_for_their_turn_and_no_more_than_the_vendor_allows_are_sent_in_its_second(pool: PgPool) {
    let world = World::start(&pool).await;
    let form = "stype_in=raw_symbol&dataset=SAMPLE.FX&schema=ohlcv-1h&start=2017-01-01&end=2017-12-30&symbols=EURUSD";
    let begun = Utc::now();
    let answers = futures::future::join_all((0..40).map(|_| world.post("v0/metadata.get_record_count", form))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK), "they wait, and none is refused");
    let received = world.shell.ledger.since(0).requests;
    let times: Vec<DateTime<Utc>> = received.iter().map(|entry| entry.received_at.parse().unwrap()).collect();
    assert_eq!(times.len(), 40);
    // What is on its way longer comes later, so that this second alone is told by arrivals.
    let at_once = times.iter().filter(|time| **time < begun + TimeDelta::seconds(1)).count();
    assert!((1..=20).contains(&at_once), "{at_once} came within the first second");
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn who_would_wait_too_long_is_told_when_to_come_back_and_a_handshake_still_goes(pool: PgPool) {
    // given: FRED allows 120 calls a minute, of which 96 are for work
    let (mut world, fred) = fred(&pool, 3).await;
    let answers = futures::future::join_all((0..96).map(|_| series(&world, &fred))).await;
    assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    // then
    let answer = series(&world, &fred).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = answer.headers[RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((30..=61).contains(&wait), "{wait}");
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::RateLimitedLocally)));
    assert!(row.error_message.unwrap().contains("may be called 96 in 60 s at most"));
    assert_eq!((row.integration_id, fred.arrivals()), (Some(Uuid::from_u128(11)), 96));
    assert_eq!(handshake(&world, &fred, &pool, false).await.outcome, Outcome::Success);
    // when: the gateway starts anew, what it has sent is not forgotten
    world.forwarder = restarted(&world).await;
    assert_eq!(series(&world, &fred).await.row(&pool).await.reason_code, Some(ReasonCode::RateLimitedLocally));
    assert_eq!(fred.arrivals(), 97);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn one_key_in_two_namespaces_stands_in_one_line(pool: PgPool) {
    let (world, fred) = fred(&pool, 0).await;
    let mut elsewhere = fred.access.clone();
    elsewhere.through =
        Through { id: Some(Uuid::from_u128(12)), namespace: Some("elsewhere".to_owned()), ..fred.access.through.clone() };
    let elsewhere = Vendor { name: fred.name, shell: fred.shell.clone(), access: elsewhere };
    // given: FRED allows 120 calls a minute with a key, of which 96 are for work; both use half of them
    for namespace in [&fred, &elsewhere] {
        let answers = futures::future::join_all((0..48).map(|_| series(&world, namespace))).await;
        assert!(answers.iter().all(|answer| answer.status == StatusCode::OK));
    }
    for (namespace, id) in [(&fred, 11), (&elsewhere, 12)] {
        let row = series(&world, namespace).await.row(&pool).await;
        assert_eq!((row.sent, row.reason_code), (Sent::No, Some(ReasonCode::RateLimitedLocally)));
        assert_eq!(row.integration_id, Some(Uuid::from_u128(id)));
    }
    assert_eq!(fred.arrivals(), 96);
    let other = Vendor::start("fred", "FRED_API_KEY", "ffffffffffffffffffffffffffffffff").await;
    assert_eq!(series(&world, &other).await.status, StatusCode::OK, "another key has a line of its own");
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendor_that_asks_to_wait_is_left_alone_by_all_and_by_a_gateway_that_starts_anew(pool: PgPool) {
    let openai = Vendor::start("openai", "OPENAI_API_KEY", "sk-proj-0123456789abcdef0123456789").await;
    let (mut world, openai) = given(&pool, Source::Ai, openai, 3).await;
    world.caller.job.ai.mode = AiMode::Advisory;
    openai.fail("rate_limited", &json!(1), 300);
    let models = async |world: &World| openai.get(world, "models", "").await;
    let row = models(&world).await.row(&pool).await;
    assert_eq!((row.http_status, row.retry_after_s, row.attempt), (Some(429), Some(300), 1), "nor is it repeated");
    let refused = |row: &RequestRow| {
        assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::ProviderRateLimited)));
        let said = row.error_message.as_deref().unwrap();
        let until = "nothing is sent with this credential before 20";
        assert!(said.starts_with("the vendor asks to wait ") && said.contains(until), "{said}");
    };
    let answer = models(&world).await;
    assert!(answer.headers.contains_key(RETRY_AFTER));
    refused(&answer.row(&pool).await);
    refused(&handshake(&world, &openai, &pool, false).await);
    world.forwarder = restarted(&world).await;
    refused(&models(&world).await.row(&pool).await);
    assert_eq!(openai.arrivals(), 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendor_that_limits_the_rate_without_a_time_rests_for_the_policys_cooldown(pool: PgPool) {
    let (mut world, fred) = fred(&pool, 3).await;
    fred.fail("rate_limited", &json!(1), 1);
    assert_eq!(series(&world, &fred).await.row(&pool).await.http_status, Some(429));
    let row = series(&world, &fred).await.row(&pool).await;
    assert_eq!((row.sent, row.reason_code), (Sent::No, Some(ReasonCode::ProviderRateLimited)));
    assert!(row.error_message.unwrap().contains("says no time: nothing is sent"));
    world.caller.job.sources.get_mut(&Source::Macro).unwrap().cooldown_ms = 1;
    assert_eq!(series(&world, &fred).await.row(&pool).await.outcome, Outcome::Success);
    assert_eq!(fred.arrivals(), 2);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendor_that_fails_again_and_again_is_left_alone_until_a_handshake_finds_it_well(pool: PgPool) {
    let (world, fred) = fred(&pool, 0).await;
    fred.fail("server_error", &json!(5), 1);
    for _ in 0..5 {
        assert_eq!(series(&world, &fred).await.row(&pool).await.reason_code, Some(ReasonCode::ProviderError));
    }
    let answer = series(&world, &fred).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::CircuitOpen)));
    assert!(row.error_message.unwrap().contains("failed 5 times in a row"));
    assert_eq!(fred.arrivals(), 5);
    assert_eq!(handshake(&world, &fred, &pool, false).await.outcome, Outcome::Success);
    assert_eq!(series(&world, &fred).await.row(&pool).await.outcome, Outcome::Success);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn the_circuit_of_one_credential_is_not_anothers(pool: PgPool) {
    let (world, mut fred) = fred(&pool, 0).await;
    fred.fail("server_error", &json!(5), 1);
    for _ in 0..6 {
        series(&world, &fred).await;
    }
    let other = Vendor::start("fred", "FRED_API_KEY", "ffffffffffffffffffffffffffffffff").await;
    fred.shell.keys.replace(["ffffffffffffffffffffffffffffffff".to_owned()]);
    let base = fred.access.base.clone();
    fred.access = assayer_gateway::forward::Access { base, ..other.access.clone() };
    assert_eq!(series(&world, &fred).await.row(&pool).await.outcome, Outcome::Success);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_is_free_and_harmless_is_repeated_and_each_attempt_is_a_row_of_the_same_call(pool: PgPool) {
    let (world, fred) = fred(&pool, 3).await;
    fred.fail("server_error", &json!(2), 1);
    let answer = series(&world, &fred).await;
    assert_eq!(answer.status, StatusCode::OK);
    let all = rows::of_sequence(&pool, "default", 1, 10).await.unwrap();
    let seen: Vec<_> = all.iter().map(|row| (row.attempt, row.outcome, row.sent)).collect();
    assert_eq!(seen, [(1, Outcome::Failed, Sent::Yes), (2, Outcome::Failed, Sent::Yes), (3, Outcome::Success, Sent::Yes)]);
    assert!(all.iter().all(|row| row.call_id == all[0].id) && all[1].id != all[0].id);
    assert_eq!((answer.row(&pool).await.id, fred.arrivals()), (all[2].id, 3), "the runner gets the last answer");
    for (row, entry) in all.iter().zip(fred.shell.ledger.since(0).requests) {
        assert_eq!(entry.headers.get("traceparent"), Some(&row.traceparent()));
    }
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_call_is_repeated_as_often_as_the_policy_says_and_what_it_got_wrong_is_not(pool: PgPool) {
    let (world, fred) = fred(&pool, 2).await;
    fred.fail("server_error", &json!(null), 1);
    let row = series(&world, &fred).await.row(&pool).await;
    assert_eq!((row.attempt, row.reason_code, fred.arrivals()), (3, Some(ReasonCode::ProviderError), 3));
    fred.fail("bad_request", &json!(null), 1);
    let row = series(&world, &fred).await.row(&pool).await;
    assert_eq!((row.attempt, row.outcome, fred.arrivals()), (1, Outcome::Failed, 4));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn data_that_is_paid_for_is_never_asked_for_twice(pool: PgPool) {
    let mut world = World::start(&pool).await;
    world.caller.job.sources.get_mut(&Source::MarketData).unwrap().retries = 5;
    world.fail_next(assayer_stand_ins::faults::Kind::Truncate, 0);
    let form = "encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id&dataset=SAMPLE.FX&schema=ohlcv-1h\
        &start=2017-01-01&end=2017-12-30&symbols=EURUSD";
    assert_eq!(world.post("v0/timeseries.get_range", form).await.case(), "DATA_TRUNCATED");
    assert_eq!(world.shell.ledger.since(0).count, 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn who_asks_for_handshakes_without_end_gets_a_few_and_a_clear_answer(pool: PgPool) {
    let (world, fred) = fred(&pool, 0).await;
    let mut refused = Vec::new();
    for _ in 0..20 {
        let row = handshake(&world, &fred, &pool, true).await;
        if row.outcome == Outcome::Refused {
            refused.push(row);
        }
    }
    assert_eq!((fred.arrivals(), refused.len()), (6, 14));
    assert_eq!(refused[0].reason_code, Some(ReasonCode::RateLimitedLocally));
    assert!(refused[0].error_message.as_deref().unwrap().contains("6 times within a minute: ask again in"));
    assert_eq!(handshake(&world, &fred, &pool, false).await.outcome, Outcome::Success, "those in time go on");
}
