//! Whether Bots work by themselves: what is proven, what refutes it, what is only named.

use std::time::Duration;

use assayer_contract::ReasonCode;
use assayer_judge::{
    Verdict,
    autonomy::{Cadence, Expected, Gap, Runs, Silence, autonomy},
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

const EVERY: Duration = Duration::from_mins(20);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn ago(minutes: i64) -> DateTime<Utc> {
    now() - TimeDelta::minutes(minutes)
}

fn runs() -> Runs {
    Runs { newest: Some((ago(0), Some(Duration::from_secs(10)))), enqueued: 9, created: 9, silences: Vec::new() }
}

fn bot(gaps: Vec<Gap>) -> Cadence {
    Cadence {
        bot: "default/mes".to_owned(),
        expected: Expected::Every(EVERY),
        since: ago(180),
        filled: 9,
        idle: 0,
        gaps,
        longest_gap: None,
    }
}

fn gap(from: i64, to: i64) -> Gap {
    Gap { from: ago(from), to: ago(to), busy_until: None, failed: None, denied: None }
}

fn verdict(runs: &Runs, gaps: Vec<Gap>) -> (Verdict, Vec<(ReasonCode, bool)>) {
    let judged = autonomy(runs, &[bot(gaps)], now());
    (judged.verdict, judged.missed.iter().map(|one| (one.reason, one.counts)).collect())
}

#[test]
fn bots_that_work_in_every_slot_are_proven_to_and_two_missed_are_forgiven() {
    assert_eq!(verdict(&runs(), vec![]), (Verdict::Proven, vec![]));
    assert_eq!(verdict(&runs(), vec![gap(100, 40)]), (Verdict::Proven, vec![]));
    let judged = autonomy(&runs(), &[bot(vec![gap(100, 40)])], now());
    assert_eq!(judged.bots[0].expected, Some(9));
}

#[test]
fn three_slots_missed_without_a_reason_refute_it() {
    assert_eq!(verdict(&runs(), vec![gap(100, 20)]), (Verdict::Refuted, vec![(ReasonCode::CadenceMissed, true)]));
    let judged = autonomy(&runs(), &[bot(vec![gap(100, 20)])], now());
    assert_eq!(judged.missed[0].message, "default/mes missed 3 slots in a row, and no reason was written down");
}

#[test]
fn a_gate_a_long_job_or_failures_before_it_are_reasons_and_too_little_room_is_none() {
    let long = |gap: Gap| vec![Gap { from: ago(100), to: ago(20), ..gap }];
    let denied = |reason| long(Gap { denied: Some(reason), ..gap(0, 0) });
    assert_eq!(
        verdict(&runs(), denied(ReasonCode::IntegrationKeyMissing)),
        (Verdict::Proven, vec![(ReasonCode::IntegrationKeyMissing, false)])
    );
    assert_eq!(
        verdict(&runs(), denied(ReasonCode::ConcurrencyLimit)),
        (Verdict::Refuted, vec![(ReasonCode::ConcurrencyLimit, true)])
    );
    let busy = long(Gap { busy_until: Some(ago(70)), ..gap(0, 0) });
    assert_eq!(verdict(&runs(), busy), (Verdict::Proven, vec![(ReasonCode::JobRunning, false)]));
    let failed = Gap { failed: Some(ReasonCode::ProviderAuth), ..gap(0, 0) };
    assert_eq!(verdict(&runs(), long(failed.clone())), (Verdict::Proven, vec![(ReasonCode::Backoff, false)]));
    let longer = vec![Gap { from: ago(120), to: ago(20), ..failed }];
    assert_eq!(verdict(&runs(), longer).0, Verdict::Refuted);
}

#[test]
fn a_silent_planner_and_jobs_that_were_not_created_refute_it_and_a_silence_that_is_over_is_named() {
    let silent = Runs { newest: Some((ago(1), Some(Duration::from_secs(10)))), ..runs() };
    assert_eq!(verdict(&silent, vec![]), (Verdict::Refuted, vec![(ReasonCode::SupervisorSilent, true)]));
    let none = Runs { newest: None, ..runs() };
    assert_eq!(verdict(&none, vec![]).0, Verdict::Refuted);
    assert_eq!(verdict(&Runs { created: 8, ..runs() }, vec![]), (Verdict::Refuted, vec![(ReasonCode::JobsNotCreated, true)]));
    let over = Runs { silences: vec![Silence { from: ago(40), to: ago(30) }], ..runs() };
    assert_eq!(verdict(&over, vec![]), (Verdict::Proven, vec![(ReasonCode::SupervisorSilent, false)]));
}

#[test]
fn where_nothing_is_expected_nothing_is_known() {
    let stopped = Cadence { expected: Expected::Nothing(ReasonCode::Stopped), ..bot(vec![gap(180, 0)]) };
    let judged = autonomy(&runs(), std::slice::from_ref(&stopped), now());
    assert_eq!((judged.verdict, judged.bots[0].why_nothing), (Verdict::Unknown, Some(ReasonCode::Stopped)));
    let new = Cadence { since: ago(1), ..bot(vec![]) };
    assert_eq!(autonomy(&runs(), &[new], now()).verdict, Verdict::Unknown);
    assert_eq!(autonomy(&runs(), &[], now()).verdict, Verdict::Unknown);
}

proptest! {
    #[test]
    fn a_longer_gap_is_never_better(from in 0_i64..180, length in 0_i64..180, more in 0_i64..100, busy in proptest::option::of(0_i64..180)) {
        let with = |length: i64| {
            let gap = Gap { busy_until: busy.map(ago), ..Gap { to: ago(from - length), ..gap(from, 0) } };
            autonomy(&runs(), &[bot(vec![gap])], now()).verdict
        };
        prop_assert!(with(length) != Verdict::Refuted || with(length + more) == Verdict::Refuted);
    }
}
