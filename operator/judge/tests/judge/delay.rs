//! Whether bars come late.

use std::time::Duration;

use assayer_contract::{JobStatus, ReasonCode, policy::Requirement};
use assayer_judge::{Acceptance, RowFact, Subject, judge};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::given::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Bars of a minute of MES up to the present, the last of which ended so many seconds before they were received.
fn minutes(received: DateTime<Utc>, seconds: i64) -> RowFact {
    RowFact {
        dataset: Some("GLBX.MDP3".into()),
        symbol: Some("MES.v.0".into()),
        schema: Some("ohlcv-1m".into()),
        at: received,
        end: Some(received),
        staleness_ms: Some(seconds * 1_000),
        ..bars()
    }
}

fn said(row: RowFact, max_delay: Option<u64>) -> (&'static str, ReasonCode, String) {
    let subject = Subject { dataset: "GLBX.MDP3".into(), symbol: "MES.v.0".into(), schema: "ohlcv-1m".into(), ..subject() };
    let Acceptance::Accepted(mut policy) = policy(Requirement::Required) else { panic!() };
    policy.market_data_quality = None;
    policy.market_data.freshness.max_delay = max_delay.map(Duration::from_secs);
    let evidence = after(vec![row], job(JobStatus::Succeeded, None), 3);
    condition(&judge(&subject, &Acceptance::Accepted(policy), &evidence, now()), "MarketDataProven")
}

const OPEN: &str = "2026-11-18T15:00:00Z";

#[test]
fn a_bar_is_missing_from_the_moment_in_which_it_should_have_been_complete() {
    assert_eq!(said(minutes(at(OPEN), 59), Some(2)).0, "True", "the present minute is not over");
    assert_eq!(said(minutes(at(OPEN), 62), Some(2)).0, "True");
    let (status, reason, message) = said(minutes(at(OPEN), 15 * 60), Some(2));
    assert_eq!((status, reason), ("False", ReasonCode::DataDelayed));
    assert!(message.contains("measured the newest bar missing for 840 s, required <= 2 s"), "{message}");
    assert_eq!(said(minutes(at(OPEN), 15 * 60), None).0, "True", "nobody asked");
}

#[test]
fn what_the_vendor_calls_delayed_is_delayed() {
    let (_, reason, message) = said(RowFact { delayed: true, ..minutes(at(OPEN), 1) }, Some(2));
    assert_eq!(reason, ReasonCode::DataDelayed);
    assert!(message.contains("the vendor says that its data is delayed"), "{message}");
}

#[test]
fn a_closed_market_makes_no_bar_late() {
    // Sunday, ten minutes after the open; the last bar is Friday's.
    let sunday = at("2026-11-22T23:10:00Z");
    let since_friday = (sunday - at("2026-11-20T22:00:00Z")).num_seconds();
    assert_eq!(said(minutes(at("2026-11-22T12:00:00Z"), 38 * 3_600), Some(2)).0, "True");
    let (_, reason, message) = said(minutes(sunday, since_friday), Some(2));
    assert_eq!(reason, ReasonCode::DataDelayed);
    assert!(message.contains("missing for 540 s"), "ten minutes of trading, one of which its bar takes: {message}");
}

#[test]
fn of_the_past_nothing_is_late_and_without_a_bar_of_the_present_nobody_can_say() {
    let past = RowFact { end: Some(at("2026-11-01T00:00:00Z")), ..minutes(at(OPEN), 20 * 86_400) };
    assert_eq!(said(past, Some(2)).0, "True");
    let (status, reason, _) = said(RowFact { staleness_ms: None, ..minutes(at(OPEN), 0) }, Some(2));
    assert_eq!((status, reason), ("Unknown", ReasonCode::GateUnmeasured));
}

proptest! {
    #[test]
    fn later_bars_and_stricter_rules_never_open(seconds in 0_i64..400_000, more in 0_i64..400_000, most in 1_u64..9_000, less in 0_u64..9_000) {
        let received = at(OPEN) + TimeDelta::hours(more % 200);
        let proven = |seconds, most| said(minutes(received, seconds), Some(most)).0 == "True";
        prop_assert!(proven(seconds, most) || !proven(seconds + more, most));
        prop_assert!(proven(seconds, most) || !proven(seconds, most.saturating_sub(less).max(1)));
    }
}
