//! Signs of life, the age of bars, delay and slow readers: each told apart.

use std::{sync::Arc, time::Duration};

use assayer_contract::{Outcome, ReasonCode, policy::LiveLimits};
use assayer_gateway::streams::Rules;
use assayer_stand_ins::databento::{
    Catalogue,
    live::{Clock, Fault, Kind},
};
use assayer_store::PgPool;
use chrono::Utc;

use super::vendor::{MINUTE, START, Vendor, rules};
use crate::world::{Server, eventually};

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_session_without_a_sign_of_life_is_dead_and_replaced(pool: PgPool) {
    let rules = Rules { heartbeat_max_age: Duration::from_millis(500), ..rules() };
    let vendor = Vendor::start(&pool, rules).await;
    let mut reading = vendor.read(None).await;
    vendor.live.fail(Fault::at(Kind::Mute, START + MINUTE, 1));
    vendor.live.clock().advance(3);
    reading.until(|reading| reading.bars.len() == 3).await;
    assert_eq!(reading.bars, [0, 1, 2].map(|minute| START + minute * MINUTE));
    assert!(
        reading.notices.iter().any(|notice| notice.starts_with("DATA_STALE: no sign of life for 0.5 s")),
        "{:?}",
        reading.notices
    );
    let sessions: Vec<_> = vendor.rows().await.into_iter().filter(|row| row.method == "LIVE").collect();
    assert!(sessions[1].params["after"].as_str().unwrap().starts_with("DATA_STALE"), "{}", sessions[1].params);
    assert_eq!(vendor.live.arrivals().sessions, sessions.len() as u64);
}

/// The same bars in a dataset whose hours nobody knows, so that bars are expected at any time of any day.
fn around_the_clock() -> Arc<Catalogue> {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = r#"[{"dataset": "TEST.BARS", "venue": "TEST", "publisher_id": 1, "description": "", "schema": "ohlcv-1m",
        "synthetic": {"seed": 1, "first": "2025-12-20", "end": "2026-01-20", "roots": ["MES"]}}]"#;
    std::fs::write(folder.path().join("catalogue.json"), catalogue).unwrap();
    Arc::new(Catalogue::read(folder.path()).unwrap())
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn heartbeats_without_bars_are_a_stale_market_and_no_dead_session(pool: PgPool) {
    let rules = Rules { bar_max_age: Duration::from_millis(300), ..rules() };
    let vendor = Vendor::of(&pool, rules, around_the_clock(), "TEST.BARS", Clock::standing(START)).await;
    let mut reading = vendor.read(None).await;
    vendor.live.clock().advance(1);
    reading.until(|reading| !reading.notices.is_empty()).await;
    assert!(reading.notices[0].starts_with("DATA_STALE: no bar of MES.v.0 for"), "{:?}", reading.notices);
    assert!(reading.last_word.is_none() && vendor.live.arrivals().sessions == 1);
    let text = vendor.metrics.text().unwrap();
    assert!(text.contains("stream_bar_age_seconds{dataset=\"TEST.BARS\"}"), "{text}");
    assert!(text.contains("stream_sessions{dataset=\"TEST.BARS\"} 1"), "{text}");
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_bar_that_is_received_too_long_after_its_end_is_delayed(pool: PgPool) {
    // given: bars of now, the next of which ends in two seconds
    let mut vendor = Vendor::start(&pool, rules()).await;
    vendor.policy(LiveLimits { max_delay_ms: Some(100), ..LiveLimits::default() });
    let now = || u64::try_from(Utc::now().timestamp_nanos_opt().unwrap()).unwrap();
    let end = now() + 2_000_000_000;
    vendor.live.clock().redate(end - MINUTE - START);
    vendor.live.clock().set(end - MINUTE);
    let mut reading = vendor.read(None).await;
    // when: it is sent only when it has been over for longer than it may
    eventually(async || now() > end + 200_000_000).await;
    vendor.live.clock().advance(1);
    reading.until(|reading| reading.bars.len() == 1).await;
    let late = vendor.rows().await.into_iter().rfind(|row| row.outcome == Outcome::Served).unwrap();
    assert_eq!((late.delayed, late.reason_code), (Some(true), Some(ReasonCode::DataDelayed)));
    assert!(late.staleness_ms >= Some(200), "whole milliseconds: {:?}", late.staleness_ms);
    assert!(late.error_message.as_ref().unwrap().contains("after its end"), "{:?}", late.error_message);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_reader_that_takes_nothing_is_cut_with_a_last_word_and_misses_nothing_when_it_comes_back(pool: PgPool) {
    let rules = Rules { patience: Duration::from_millis(200), ..rules() };
    let vendor = Vendor::start(&pool, rules).await;
    let (mut quick, mut slow) = tokio::join!(vendor.read(None), vendor.read(None));
    for minute in 1..=30 {
        vendor.live.clock().advance(1);
        quick.until(|reading| reading.bars.len() == minute).await;
    }
    eventually(async || vendor.metrics.text().unwrap().contains("stream_readers_cut_total{dataset=\"GLBX.MDP3\"} 1")).await;
    slow.until(|reading| reading.ended).await;
    assert!(slow.last_word.as_ref().unwrap().starts_with("DATA_STALE: the reader did not keep up"), "{:?}", slow.last_word);
    let given = slow.bars.len();
    assert!(given < 30 && slow.bars == quick.bars[..given]);
    // then: its rows stand for what it was given, and no more
    let counted: i64 =
        vendor.rows().await.iter().filter(|row| row.outcome == Outcome::Served).filter_map(|row| row.bar_count).sum();
    assert_eq!(usize::try_from(counted).unwrap(), given + 30);
    let mut again = vendor.read(slow.bars.last().copied()).await;
    again.until(|reading| reading.bars.len() == 30 - given).await;
    assert_eq!(again.bars, quick.bars[given..]);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn without_a_log_no_bar_is_given_out(pool: PgPool) {
    let rules = Rules { patience: Duration::from_millis(700), ..rules() };
    let vendor = Vendor::start(&pool, rules).await;
    let mut reading = vendor.read(None).await;
    vendor.live.clock().advance(1);
    reading.until(|reading| reading.bars.len() == 1).await;
    let server = Server::of(&pool).await;
    server.shut().await;
    vendor.live.clock().advance(1);
    reading.until(|reading| reading.ended).await;
    assert!(reading.last_word.as_ref().unwrap().starts_with("EVIDENCE_UNAVAILABLE"), "{:?}", reading.last_word);
    assert_eq!(reading.bars, [START]);
    eventually(async || vendor.live.arrivals().open == 0).await;
    // then: when it is back, the reader gets what it missed
    server.open().await;
    let mut again = vendor.read(Some(START)).await;
    while again.reason == ReasonCode::EvidenceUnavailable.to_string() {
        tokio::time::sleep(Duration::from_millis(50)).await;
        again = vendor.read(Some(START)).await;
    }
    again.until(|reading| reading.bars.len() == 1).await;
    assert_eq!(again.bars, [START + MINUTE]);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn each_reader_is_told_by_the_policy_of_its_own_job_and_the_strictest_ends_a_dead_session(pool: PgPool) {
    let rules = Rules { heartbeat_max_age: Duration::from_mins(5), bar_max_age: Duration::from_mins(5), ..rules() };
    let mut vendor = Vendor::of(&pool, rules, around_the_clock(), "TEST.BARS", Clock::standing(START)).await;
    let mut lax = vendor.read(None).await;
    vendor.policy(LiveLimits { bar_max_age_ms: Some(300), heartbeat_max_age_ms: Some(1_000), max_delay_ms: None });
    let mut strict = vendor.read_as(&vendor.another(), None).await;
    vendor.live.clock().advance(1);
    strict.until(|reading| !reading.notices.is_empty()).await;
    assert!(strict.notices[0].starts_with("DATA_STALE: no bar of MES.v.0 for"), "{:?}", strict.notices);
    // when: the vendor falls silent, of which the lax reader alone would not hear for minutes
    vendor.live.fail(Fault::at(Kind::Mute, START + MINUTE, 1));
    vendor.live.clock().advance(2);
    lax.until(|reading| reading.bars.len() == 3).await;
    assert!(lax.notices[0].starts_with("DATA_STALE: no sign of life for 1 s"), "{:?}", lax.notices);
    assert!(lax.notices.iter().all(|notice| !notice.contains("no bar of")), "{:?}", lax.notices);
    // a bar that is as late as may be, since neither policy bounds it
    assert!(vendor.rows().await.iter().all(|row| row.delayed.is_none()));
}
