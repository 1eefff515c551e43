//! How old an answer may be before it proves nothing any more.

use std::time::Duration;

use assayer_contract::{Freshness, JobStatus, Outcome, ReasonCode, Source, policy::Requirement, policy::SourceRule};
use assayer_judge::{Judgement, RowFact, judge};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::given::*;

fn alerts(at: DateTime<Utc>) -> RowFact {
    RowFact {
        source: Some(Source::OptionsFlow),
        provider: "unusualWhales".into(),
        endpoint: "api/option-trades/flow-alerts".into(),
        bar_count: None,
        items: Some(50),
        at,
        ..bars()
    }
}

fn said(freshness: Freshness, rows: Vec<RowFact>, now: DateTime<Utc>) -> Judgement {
    let rule = SourceRule { freshness, ..rule(Requirement::Required, "unusualWhales") };
    let rows = std::iter::once(bars()).chain(rows).collect();
    judge(&subject(), &with_source(Source::OptionsFlow, rule), &after(rows, job(JobStatus::Succeeded, None), 3), now)
}

fn within(seconds: u64) -> Freshness {
    Freshness { within: Some(Duration::from_secs(seconds)), ..Freshness::default() }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const FLOW: &str = "OptionsFlowProven";

#[test]
fn an_answer_counts_for_as_long_as_the_policy_says_and_then_says_how_old_it_is() {
    assert_eq!(condition(&said(within(300), vec![alerts(now())], now() + TimeDelta::seconds(300)), FLOW).0, "True");
    let late = said(within(300), vec![alerts(now())], now() + TimeDelta::seconds(301));
    let (status, reason, message) = condition(&late, FLOW);
    assert_eq!((status, reason), ("False", ReasonCode::DataStale));
    assert!(message.contains("measured 301 s old, required <= 300 s"), "{message}");
    let blocker = late.blockers.first().unwrap();
    assert_eq!((blocker.measured.as_deref(), blocker.required.as_deref()), (Some("301 s old"), Some("<= 300 s")));
    assert_eq!(late.proof, "MD✓ Flow✗");
}

#[test]
fn an_answer_from_the_future_is_not_fresh() {
    let ahead = said(within(300), vec![alerts(now() + TimeDelta::minutes(5))], now());
    assert_eq!(condition(&ahead, FLOW).1, ReasonCode::DataStale);
}

#[test]
fn a_younger_answer_counts_beside_one_that_is_too_old_and_the_age_is_said_before_the_emptiness() {
    let rows = vec![alerts(now()), alerts(now() + TimeDelta::minutes(9))];
    assert_eq!(condition(&said(within(300), rows, now() + TimeDelta::minutes(10)), FLOW).0, "True");
    let empty = RowFact { items: Some(0), ..alerts(now() + TimeDelta::minutes(9)) };
    let judgement = said(within(300), vec![alerts(now()), empty], now() + TimeDelta::minutes(10));
    assert_eq!(condition(&judgement, FLOW).1, ReasonCode::DataStale);
}

#[test]
fn options_flow_counts_where_it_was_received_in_regular_hours() {
    let rth = Freshness { in_regular_hours: true, ..Freshness::default() };
    for (received, counts) in [
        ("2026-11-20T14:29:59Z", false),
        ("2026-11-20T14:30:00Z", true),
        ("2026-11-20T20:59:59Z", true),
        ("2026-11-20T21:00:00Z", false),
        ("2026-11-21T16:00:00Z", false), // Saturday
        ("2026-11-26T16:00:00Z", false), // Thanksgiving
        ("2026-11-27T18:30:00Z", false), // the day after closes at 13:00
    ] {
        let judgement = said(rth, vec![alerts(at(received))], at(received));
        let (status, reason, message) = condition(&judgement, FLOW);
        assert_eq!(status == "True", counts, "{received}: {message}");
        assert!(counts || (reason == ReasonCode::DataStale && message.contains("09:30 to 16:00 in New York")), "{message}");
    }
    let beyond = said(rth, vec![alerts(at("2199-01-01T16:00:00Z"))], now());
    let (status, reason, _) = condition(&beyond, FLOW);
    assert!(status != "True", "of a year that no calendar knows nobody can say: {reason}");
}

#[test]
fn only_content_proves_a_source() {
    for (items, says) in [(Some(0), "the answer was empty"), (None, "speaks about the source and holds nothing of it")] {
        let judgement = said(Freshness::default(), vec![RowFact { items, ..alerts(now()) }], now());
        let (status, reason, message) = condition(&judgement, FLOW);
        assert_eq!((status, reason), ("False", ReasonCode::SourceUnproven));
        assert!(message.contains(says), "{message}");
    }
}

fn any_row() -> impl Strategy<Value = RowFact> {
    let outcome = prop_oneof![Just(Outcome::Success), Just(Outcome::Served), Just(Outcome::Failed), Just(Outcome::Unknown)];
    (outcome, prop::option::of(0_i64..2), -400_i64..400).prop_map(|(outcome, items, seconds)| RowFact {
        outcome,
        items,
        ..alerts(now() + TimeDelta::seconds(seconds))
    })
}

proptest! {
    #[test]
    fn waiting_never_makes_what_is_stale_count_and_a_stricter_rule_never_opens(
        rows in prop::collection::vec(any_row(), 0..4), most in 1_u64..600, stricter in 1_u64..600, wait in 0_i64..1_000,
    ) {
        let start = now() + TimeDelta::seconds(400);
        let proven = |within, now| condition(&said(within, rows.clone(), now), FLOW).0 == "True";
        prop_assert!(proven(within(most), start) || !proven(within(most), start + TimeDelta::seconds(wait)));
        prop_assert!(proven(within(most.max(stricter)), start) || !proven(within(most.min(stricter)), start));
        prop_assert!(proven(Freshness::default(), start) || !proven(within(most), start));
    }
}
