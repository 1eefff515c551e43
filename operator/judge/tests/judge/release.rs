//! A figure of an economic series is fresh until its next release.

use assayer_contract::{Freshness, JobStatus, Outcome, ReasonCode, Release, Source, policy::Requirement, policy::SourceRule};
use assayer_judge::{Judgement, RowFact, judge};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::given::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn figures(received: DateTime<Utc>) -> RowFact {
    RowFact {
        source: Some(Source::Macro),
        provider: "fred".into(),
        endpoint: "series/observations".into(),
        bar_count: None,
        items: Some(11),
        series: vec!["CPIAUCSL".into()],
        at: received,
        ..bars()
    }
}

fn release_of(series: &str) -> RowFact {
    let releases = Some(vec![Release { id: "10".into(), dates: Vec::new() }]);
    RowFact { endpoint: "series/release".into(), items: None, series: vec![series.into()], releases, ..figures(now()) }
}

fn days(id: &str, days: &[&str]) -> RowFact {
    let dates = days.iter().map(|day| day.parse().unwrap()).collect();
    let releases = Some(vec![Release { id: id.into(), dates }]);
    RowFact { endpoint: "release/dates".into(), items: None, series: Vec::new(), releases, ..figures(now()) }
}

fn said(rows: Vec<RowFact>, provider: &str, now: DateTime<Utc>) -> Judgement {
    let freshness = Freshness { until_release: true, ..Freshness::default() };
    let rule = SourceRule { freshness, ..rule(Requirement::Required, provider) };
    let rows = std::iter::once(bars()).chain(rows).collect();
    judge(&subject(), &with_source(Source::Macro, rule), &after(rows, job(JobStatus::Succeeded, None), 3), now)
}

fn macro_of(rows: &[RowFact], now: &str) -> (&'static str, ReasonCode, String) {
    condition(&said(rows.to_vec(), "fred", at(now)), "MacroProven")
}

#[test]
fn a_figure_is_fresh_until_the_day_of_its_next_release_and_stale_from_then_on() {
    let rows =
        [figures(at("2026-01-20T15:00:00Z")), release_of("CPIAUCSL"), days("10", &["2026-01-13", "2026-02-11", "2026-03-11"])];
    for fresh in ["2026-01-20T15:00:00Z", "2026-02-10T23:59:59Z"] {
        assert_eq!(macro_of(&rows, fresh).0, "True", "{fresh}");
    }
    let (status, reason, message) = macro_of(&rows, "2026-02-11T00:00:00Z");
    assert_eq!((status, reason), ("False", ReasonCode::DataStale));
    let says = "measured received 2026-01-20T15:00Z, required from after the release of 2026-02-11T00:00Z";
    assert!(message.contains(says), "{message}");
}

#[test]
fn what_was_received_on_the_day_of_a_release_may_be_older_than_it_and_counts_until_the_day_is_over() {
    let rows = [figures(at("2026-02-11T09:00:00Z")), release_of("CPIAUCSL"), days("10", &["2026-02-11", "2026-03-11"])];
    assert_eq!(macro_of(&rows, "2026-02-12T07:59:59Z").0, "True");
    assert_eq!(macro_of(&rows, "2026-02-12T08:00:00Z").1, ReasonCode::DataStale);
}

#[test]
fn a_vintage_of_the_past_is_as_old_as_its_last_day() {
    let old = RowFact { vintage_end: Some(at("2025-01-01T00:00:00Z")), ..figures(at("2026-01-20T15:00:00Z")) };
    let rows = [old, release_of("CPIAUCSL"), days("10", &["2025-01-15", "2026-02-11"])];
    assert_eq!(macro_of(&rows, "2026-01-20T15:00:00Z").1, ReasonCode::DataStale);
}

#[test]
fn where_nothing_tells_the_next_release_nobody_can_say_that_a_figure_is_fresh() {
    let received = at("2026-01-20T15:00:00Z");
    let (linked, dated) = (release_of("CPIAUCSL"), days("10", &["2026-02-11"]));
    let failed = RowFact { outcome: Outcome::Failed, ..days("10", &["2026-02-11"]) };
    let of_another = RowFact { provider: "fmp".into(), ..days("10", &["2026-02-11"]) };
    for rows in [
        vec![figures(received)],
        vec![figures(received), linked.clone()],
        vec![figures(received), dated.clone()],
        vec![figures(received), release_of("UNRATE"), dated.clone()],
        vec![figures(received), linked.clone(), days("53", &["2026-02-11"])],
        vec![figures(received), linked.clone(), days("10", &["2026-01-13"])],
        vec![figures(received), linked.clone(), failed],
        vec![figures(received), linked.clone(), of_another],
        vec![RowFact { series: Vec::new(), ..figures(received) }, linked.clone(), dated.clone()],
        vec![RowFact { series: vec!["CPIAUCSL".into(), "UNRATE".into()], ..figures(received) }, linked, dated],
    ] {
        let (status, reason, message) = macro_of(&rows, "2026-01-20T15:00:00Z");
        assert_eq!((status, reason), ("Unknown", ReasonCode::GateUnmeasured), "{message}");
    }
}

#[test]
fn a_calendar_tells_its_own_next_day() {
    let calendar = RowFact {
        provider: "fmp".into(),
        endpoint: "economic-calendar".into(),
        items: Some(3),
        at: at("2026-01-20T15:00:00Z"),
        ..days("economic-calendar", &["2026-01-19", "2026-01-22"])
    };
    let proven = |now: &str| condition(&said(vec![calendar.clone()], "fmp", at(now)), "MacroProven").0;
    assert_eq!((proven("2026-01-21T23:00:00Z"), proven("2026-01-22T00:00:00Z")), ("True", "False"));
}

proptest! {
    #[test]
    fn neither_waiting_nor_knowing_less_ever_makes_a_figure_fresh(
        received in 0_i64..90, wait in 0_i64..90, more in 0_i64..90, offsets in prop::collection::btree_set(0_u64..90, 0..5),
        keep in prop::collection::vec(any::<bool>(), 2),
    ) {
        let start = at("2026-01-01T12:00:00Z");
        let dates: Vec<String> = offsets.iter().map(|day| (start.date_naive() + chrono::Days::new(*day)).to_string()).collect();
        let dated = days("10", &dates.iter().map(String::as_str).collect::<Vec<_>>());
        let told = [release_of("CPIAUCSL"), dated];
        let (at, now) = (start + TimeDelta::days(received), start + TimeDelta::days(received + wait));
        let proven = |told: &[RowFact], now| {
            let rows = std::iter::once(figures(at)).chain(told.iter().cloned()).collect();
            condition(&said(rows, "fred", now), "MacroProven").0 == "True"
        };
        prop_assert!(proven(&told, now) || !proven(&told, now + TimeDelta::days(more)));
        let less: Vec<_> = told.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(row, _)| row.clone()).collect();
        prop_assert!(proven(&told, now) || !proven(&less, now));
        // A release that came after the figure was received, and before now, is never overlooked.
        let came = offsets.iter().any(|day| i64::try_from(*day).is_ok_and(|day| day > received && day <= received + wait));
        prop_assert!(!came || !proven(&told, now));
    }
}
