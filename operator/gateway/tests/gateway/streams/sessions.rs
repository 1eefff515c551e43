//! One session for all who read; its rows and theirs; what is refused, and what the vendor refuses.

use std::time::Duration;

use assayer_contract::{GapCause, Outcome, ReasonCode, RequestRow, Sent, Source};
use assayer_stand_ins::databento::live::{Ends, Fault, Kind, Manner};
use assayer_store::PgPool;
use http::StatusCode;

use super::vendor::{GLOBEX, MINUTE, START, SYMBOL, Vendor, rules};
use crate::world::{KEY, eventually};

fn served(rows: &[RequestRow]) -> Vec<&RequestRow> {
    rows.iter().filter(|row| row.outcome == Outcome::Served).collect()
}

fn sessions(rows: &[RequestRow]) -> Vec<&RequestRow> {
    rows.iter().filter(|row| row.method == "LIVE").collect()
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_bar_is_given_once_its_row_is_committed_and_the_row_says_what_was_given(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    let mut reading = vendor.read(None).await;
    assert_eq!(reading.status, StatusCode::OK, "{}", reading.reason);
    for minute in 1..=3 {
        vendor.live.clock().advance(1);
        reading.until(|reading| reading.bars.len() == minute).await;
    }
    assert_eq!(reading.bars, [0, 1, 2].map(|minute| START + minute * MINUTE));
    let rows = vendor.rows().await;
    let session = sessions(&rows)[0];
    assert_eq!((session.outcome, session.sent, session.attempt), (Outcome::Success, Sent::Yes, 1));
    assert_eq!((session.endpoint.as_str(), session.symbol.as_deref()), ("live.ohlcv-1m", Some(SYMBOL)));
    assert_eq!((session.job_id, session.source), (None, Some(Source::MarketData)));
    assert!(session.vendor_request_id.is_some() && session.endpoint_override.is_some());
    // then: a row for each minute, committed before it was given
    let served = served(&rows);
    assert_eq!(served.len(), 3);
    for (index, row) in served.iter().enumerate() {
        assert_eq!((row.sent, row.served_from, row.bar_count), (Sent::No, Some(session.id), Some(1)));
        assert_eq!((row.job_id, row.trace_id), (Some(vendor.caller.job.id), vendor.caller.job.trace_id));
        assert_eq!(row.response_digest, Some(reading.digest(index, 1)));
        assert!(row.staleness_ms > Some(0) && row.delayed.is_none(), "{row:?}");
    }
    // then: the vendor's book and ours are joined by the row's span
    let arrivals = vendor.live.arrivals();
    assert_eq!((arrivals.sessions, arrivals.bars), (1, 3));
    assert!(arrivals.all[0].client.contains(&session.traceparent()), "{}", arrivals.all[0].client);
    assert!(!serde_json::to_string(&rows).unwrap().contains(KEY));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn readers_share_one_session_and_each_has_rows_of_its_own(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    let (mut one, mut other) = tokio::join!(vendor.read(None), vendor.read(None));
    vendor.live.clock().advance(5);
    one.until(|reading| reading.bars.len() == 5).await;
    other.until(|reading| reading.bars.len() == 5).await;
    assert_eq!(vendor.live.arrivals().sessions, 1);
    let rows = vendor.rows().await;
    assert_eq!((sessions(&rows).len(), served(&rows).iter().filter_map(|row| row.bar_count).sum::<i64>()), (1, 10));
    // a third, that comes later and wants what it missed, gets it from here
    let mut third = vendor.read(Some(START + MINUTE)).await;
    third.until(|reading| reading.bars.len() == 3).await;
    assert_eq!(third.bars.first(), Some(&(START + 2 * MINUTE)));
    assert_eq!(vendor.live.arrivals().sessions, 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_comes_after_the_answer_is_given_out_however_late_the_gateway_turns_to_the_reader(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    let mut quick = vendor.read(None).await;
    // Nobody drives this runtime yet, so that what serves the second reader has not begun when bars come.
    let idle = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut asked = Box::pin(vendor.read(None));
    let mut slow = std::future::poll_fn(|context| {
        let _there = idle.enter();
        asked.as_mut().poll(context)
    })
    .await;
    vendor.live.clock().advance(3);
    quick.until(|reading| reading.bars.len() == 3).await;
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let driven = std::thread::spawn(move || idle.block_on(ended));
    let bars = slow.until(|reading| !reading.bars.is_empty());
    tokio::time::timeout(Duration::from_secs(20), bars).await.expect("bars that came after the answer");
    assert_eq!(slow.bars, quick.bars);
    drop(end);
    assert!(driven.join().unwrap().is_err(), "it is driven until the end");
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_first_reader_that_wants_what_it_missed_gets_it_from_the_vendor(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    let from = START - 120 * MINUTE;
    let mut reading = vendor.read(Some(from - MINUTE)).await;
    let expected = vendor.bars(from, START);
    reading.until(|reading| reading.bars.len() == expected.len()).await;
    assert_eq!((reading.bars.as_slice(), reading.gaps.len()), (expected.as_slice(), 0));
    assert_eq!(vendor.live.arrivals().all[0].subscriptions[0].start, Some(from));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_a_job_may_not_read_is_refused_with_a_row_and_the_vendor_sees_nothing(pool: PgPool) {
    let mut vendor = Vendor::start(&pool, rules()).await;
    for (path, query, status, reason) in [
        ("GLBX.MDP3/ohlcv-1m", "symbols=MNQ.v.0&stype_in=continuous", 403, ReasonCode::SymbolMismatch),
        ("XNAS.ITCH/ohlcv-1m", "symbols=MES.v.0&stype_in=continuous", 403, ReasonCode::SymbolMismatch),
        ("GLBX.MDP3/ohlcv-1h", "symbols=MES.v.0&stype_in=continuous", 403, ReasonCode::SymbolMismatch),
        ("GLBX.MDP3/ohlcv-1s", "symbols=MES.v.0", 404, ReasonCode::EndpointUnknown),
        ("GLBX.MDP3/ohlcv-1m", "symbols=MES.v.0&since=now", 422, ReasonCode::RequestInvalid),
    ] {
        let answer = vendor.ask(path, query, Ok(vendor.access())).await;
        assert_eq!(answer.status().as_u16(), status, "{path}?{query}");
        let row = vendor.rows().await.pop().unwrap();
        assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(reason)), "{path}?{query}");
    }
    // another vendor is allowed, and not this one
    vendor.caller.job.sources.values_mut().for_each(|allowed| allowed.providers = vec!["massive".to_owned()]);
    assert_eq!(vendor.read(None).await.reason, "SOURCE_DISABLED");
    // half of the vendor is stood in for
    let vendor = Vendor::start(&pool, rules()).await;
    let half = assayer_gateway::forward::Access {
        live_endpoint: None,
        endpoint_override: Some("http://stand-ins".to_owned()),
        ..vendor.access()
    };
    let answer = vendor.ask("GLBX.MDP3/ohlcv-1m", "symbols=MES.v.0&stype_in=continuous", Ok(half)).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(vendor.live.arrivals().sessions, 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_the_vendor_refuses_is_told_apart_and_so_is_what_never_reached_it(pool: PgPool) {
    let mut vendor = Vendor::start(&pool, rules()).await;
    for (fault, status, reason, sent) in [
        (Kind::Unauthorized, 401, ReasonCode::ProviderAuth, Sent::Yes),
        (Kind::License, 403, ReasonCode::DataLicenseRequired, Sent::Yes),
        (Kind::ConnectionLimit, 429, ReasonCode::ProviderRateLimited, Sent::Yes),
        (Kind::Drop, 502, ReasonCode::UnknownOutcome, Sent::Unknown),
    ] {
        vendor.live.fail(Fault::at(fault, 0, 1));
        let reading = vendor.read(None).await;
        assert_eq!((reading.status.as_u16(), reading.reason), (status, reason.to_string()));
        let rows = vendor.rows().await;
        let row = sessions(&rows).into_iter().find(|row| row.reason_code == Some(reason)).unwrap();
        assert_eq!((row.outcome, row.sent), (Outcome::Failed, sent));
        // the reader's own row says the same, and that it was sent nothing for
        let own = rows.iter().find(|row| row.job_id.is_some() && row.reason_code == Some(reason)).unwrap();
        assert_eq!((own.outcome, own.sent), (Outcome::Refused, Sent::No));
        eventually(async || vendor.streams.sessions() == 0).await;
    }
    let counted = vendor.live.arrivals().sessions;
    let sent = |rows: &[RequestRow], wanted| sessions(rows).iter().filter(|row| row.sent == wanted).count() as u64;
    let rows = vendor.rows().await;
    assert!(sent(&rows, Sent::Yes) <= counted && counted <= sent(&rows, Sent::Yes) + sent(&rows, Sent::Unknown));
    // nobody there
    vendor.close_port().await;
    let reading = vendor.read(None).await;
    assert_eq!((reading.status.as_u16(), reading.reason.as_str()), (502, "PROVIDER_UNREACHABLE"));
    let rows = vendor.rows().await;
    let row = sessions(&rows).into_iter().rfind(|row| row.reason_code == Some(ReasonCode::ProviderUnreachable)).unwrap();
    assert_eq!((row.outcome, row.sent), (Outcome::Failed, Sent::No));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_session_that_breaks_is_opened_again_and_nothing_is_lost_or_given_twice(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    let mut reading = vendor.read(None).await;
    vendor.live.fail(Fault::at(Kind::Disconnect, START + 2 * MINUTE, 1));
    vendor.live.fail(Fault::at(Kind::Tear, START + 5 * MINUTE, 1));
    vendor.live.fail(Fault::at(Kind::Overlap, 0, 3));
    vendor.live.fail(Fault::at(Kind::Skip, START + 8 * MINUTE, 2));
    vendor.live.clock().advance(12);
    reading.until(|reading| reading.reached() >= START + 12 * MINUTE).await;
    assert_eq!(reading.bars, vendor.bars(START, START + 12 * MINUTE));
    assert!(reading.gaps.is_empty(), "{:?}", reading.gaps);
    let rows = vendor.rows().await;
    let sessions = sessions(&rows);
    assert_eq!(sessions.len() as u64, vendor.live.arrivals().sessions);
    assert_eq!(sessions.iter().map(|row| row.attempt).collect::<Vec<_>>(), (1..=4).collect::<Vec<_>>());
    assert!(sessions.iter().all(|row| row.call_id == sessions[0].id && row.outcome == Outcome::Success));
    assert!(sessions[1].params["after"].as_str().unwrap().starts_with("PROVIDER_UNREACHABLE"), "{}", sessions[1].params);
    // each bar is of the session that brought it
    let of: Vec<_> = served(&rows).iter().map(|row| row.served_from.unwrap()).collect();
    assert!(sessions.iter().all(|session| of.contains(&session.id)), "{of:?}");
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_no_replay_brings_is_named_in_the_stream_and_in_the_row(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    let mut reading = vendor.read(None).await;
    vendor.live.fail(Fault::at(Kind::Gap, START + 2 * MINUTE, 3));
    vendor.live.clock().advance(8);
    reading.until(|reading| reading.reached() >= START + 8 * MINUTE).await;
    assert_eq!(reading.bars, [0, 1, 5, 6, 7].map(|minute| START + minute * MINUTE));
    let [(start, end, _)] = reading.gaps.as_slice() else { panic!("{:?}", reading.gaps) };
    assert_eq!((*start, *end), (START + 2 * MINUTE, START + 5 * MINUTE));
    let rows = vendor.rows().await;
    let gaps: Vec<_> = served(&rows).iter().filter_map(|row| row.gaps.clone()).flatten().collect();
    assert_eq!(gaps.len(), 1);
    assert_eq!((gaps[0].end - gaps[0].start).num_minutes(), 3);
    assert_eq!(gaps[0].cause, GapCause::NotReplayed, "it was asked for again");
    assert_eq!(vendor.live.arrivals().sessions, 2);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_market_that_is_closed_lacks_nothing_though_its_minutes_are_not_ended(pool: PgPool) {
    let vendor = Vendor::start(&pool, rules()).await;
    vendor.live.behave(Manner { ends: Ends::Trading, heartbeat_ms: Some(50), ..Manner::default() });
    let mut reading = vendor.read(None).await;
    // from 15:00 over the hour from 22:00 to 23:00 UTC, in which Globex is closed
    vendor.live.clock().advance(8 * 60 + 30);
    reading.until(|reading| reading.reached() >= START + (8 * 60 + 29) * MINUTE).await;
    assert_eq!(reading.bars, vendor.bars(START, START + (8 * 60 + 30) * MINUTE));
    assert!(reading.gaps.is_empty() && vendor.live.arrivals().sessions == 1, "{:?}", reading.gaps);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_session_that_nobody_reads_is_closed_and_the_next_reader_opens_another(pool: PgPool) {
    let rules = assayer_gateway::streams::Rules { idle: std::time::Duration::from_millis(200), ..rules() };
    let vendor = Vendor::start(&pool, rules).await;
    drop(vendor.read(None).await);
    eventually(async || vendor.live.arrivals().open == 0).await;
    eventually(async || vendor.streams.sessions() == 0).await;
    let mut reading = vendor.read(None).await;
    vendor.live.clock().advance(1);
    reading.until(|reading| reading.bars.len() == 1).await;
    let rows = vendor.rows().await;
    let sessions = sessions(&rows);
    assert_eq!((sessions.len(), sessions[1].attempt), (2, 1));
    assert!(sessions[0].dataset.as_deref() == Some(GLOBEX) && sessions[0].call_id != sessions[1].call_id);
    // when: the gateway stops, it says so and lets go
    vendor.stop();
    reading.until(|reading| reading.ended).await;
    assert!(reading.last_word.unwrap().starts_with("EVIDENCE_UNAVAILABLE"));
}
