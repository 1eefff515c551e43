//! Keys that are accepted and bars that do not come: what denies a start, what lets the next one in, and the rules over any history.

use std::collections::BTreeMap;

use crate::given::*;
use assayer_contract::{Feed, FeedJob, FeedRows, LastBars, ReasonCode, Sha256Hash, policy::Requirement};
use assayer_judge::{
    Acceptance, Evidence, Facts, IntegrationState, Verdict,
    feed::FeedLook,
    readiness::{Candidate, Impediment, Log, Readiness, Scope, Served, Serving, SignOfLife, impediments, worst},
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

fn feed() -> Feed {
    Feed { namespace: "desk".into(), dataset: "SAMPLE.INDEX".into(), schema: "ohlcv-1d".into(), symbol: "SPX".into() }
}

fn ended(seconds_ago: i64, reason: Option<ReasonCode>) -> FeedJob {
    FeedJob {
        id: Uuid::from_u128(u128::try_from(seconds_ago).unwrap()),
        bot: "spx-cross".into(),
        job_name: format!("job-{seconds_ago}"),
        policy_hash: Sha256Hash::of(b"policy").to_string(),
        at: now() - TimeDelta::seconds(seconds_ago),
        succeeded: reason.is_none(),
        reason,
        message: Some("No data found".into()),
    }
}

/// Jobs in vain, the last of them so many seconds ago.
fn in_vain(jobs: i64, last: i64) -> FeedRows {
    let ended = (0..jobs).map(|n| ended(last + n * 100, Some(ReasonCode::DataUnavailable))).collect();
    let at = now() - TimeDelta::hours(2);
    let bars = LastBars { request_id: Uuid::from_u128(9), provider: "databento".into(), at, last_bar: Some(at) };
    FeedRows { ended, bars: Some(bars), ..FeedRows::default() }
}

fn serving(state: IntegrationState) -> Serving {
    let served = Served {
        integration: "databento".into(),
        state,
        reason: ReasonCode::ProviderAuth,
        message: String::new(),
        verdict: Verdict::Proven,
        untestable: false,
        handshake: None,
    };
    BTreeMap::from([(("desk".to_owned(), "databento".to_owned()), served)])
}

fn found_with(acceptance: &Acceptance, state: IntegrationState, rows: &FeedRows, at: DateTime<Utc>) -> Vec<Impediment> {
    let feed = feed();
    let bot = Candidate { namespace: "desk", name: "spx-cross", acceptance, feed: Some(FeedLook { feed: &feed, rows }) };
    let log = Log::Read(Some(SignOfLife { by: "gateway".into(), at, id: "1".into() }));
    impediments(bot, &serving(state), &log, at)
}

fn found(rows: &FeedRows, at: DateTime<Utc>) -> Vec<Impediment> {
    found_with(&policy(Requirement::Required), IntegrationState::Connected, rows, at)
}

fn after(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

#[test]
fn two_jobs_without_bars_deny_the_third_and_name_feed_last_bar_and_age() {
    assert_eq!(found(&in_vain(1, 5), now()), []);
    let found = found(&in_vain(2, 5), now());
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.readiness, one.reason), (Readiness::Blocked, ReasonCode::DataUnavailable));
    let named = Scope::Feed { namespace: "desk".into(), provider: "databento".into(), feed: "SAMPLE.INDEX ohlcv-1d SPX".into() };
    assert_eq!(one.scope, named);
    for part in ["databento SAMPLE.INDEX ohlcv-1d SPX: last bar 2027-01-15T06:00:00Z, 119 min old; 2 jobs", "No data found"] {
        assert!(one.message.contains(part), "{part}: {}", one.message);
    }
    assert_eq!(one.evidence.len(), 3, "two jobs and the newest bars");
    assert!(one.passes_by_itself(), "a trial is let in");
}

#[test]
fn a_feed_that_never_had_a_bar_says_so() {
    let found = found(&FeedRows { bars: None, ..in_vain(2, 5) }, now());
    assert!(found[0].message.contains("no bar within the last days"), "{}", found[0].message);
}

#[test]
fn after_the_cooldown_one_start_is_a_trial_and_each_in_vain_doubles_the_pause() {
    for (jobs, pause) in [(2, 60), (3, 120), (4, 240), (16, 3_600)] {
        let rows = in_vain(jobs, 0);
        assert_eq!(worst(&found(&rows, after(pause - 1))), Readiness::Blocked, "{jobs}");
        let trial = found(&rows, after(pause));
        assert!(trial.iter().all(Impediment::is_on_trial) && trial.len() == 1, "{jobs}: {trial:?}");
    }
}

#[test]
fn a_test_call_that_succeeds_lets_a_start_in_at_once() {
    let rows = in_vain(5, 10);
    let asked = FeedRows { tested_at: Some(now() - TimeDelta::seconds(1)), ..rows.clone() };
    assert!(found(&asked, now()).iter().all(Impediment::is_on_trial));
    let before = FeedRows { tested_at: Some(now() - TimeDelta::seconds(11)), ..rows };
    assert_eq!(worst(&found(&before, now())), Readiness::Blocked, "it was known before that no bars come");
}

#[test]
fn while_one_job_tries_no_other_bot_starts_and_its_own_goes_on() {
    let of = |bot: &str| FeedRows { open: vec![FeedJob { bot: bot.into(), ..ended(1, None) }], ..in_vain(2, 500) };
    assert_eq!(worst(&found(&of("another"), now())), Readiness::Blocked);
    assert_eq!(worst(&found(&of("spx-cross"), now())), Readiness::Degraded);
}

#[test]
fn a_success_another_policy_or_failures_that_say_nothing_of_the_bars_deny_nothing() {
    let with = |change: fn(&mut FeedRows)| {
        let mut rows = in_vain(4, 5);
        change(&mut rows);
        found(&rows, now())
    };
    assert_eq!(with(|rows| rows.ended.insert(0, ended(1, None))), []);
    assert_eq!(with(|rows| rows.ended.iter_mut().for_each(|job| job.policy_hash = "another".into())), []);
    for reason in [ReasonCode::ProviderAuth, ReasonCode::UnknownOutcome, ReasonCode::ProviderRateLimited, ReasonCode::EngineError]
    {
        let rows = FeedRows { ended: vec![ended(1, Some(reason)), ended(2, Some(reason))], ..FeedRows::default() };
        assert_eq!(found(&rows, now()), [], "{reason}");
    }
}

#[test]
fn what_is_not_required_or_not_connected_is_no_matter_of_its_bars() {
    let rows = in_vain(4, 5);
    assert_eq!(found_with(&policy(Requirement::Optional), IntegrationState::Connected, &rows, now()), []);
    let refused = found_with(&policy(Requirement::Required), IntegrationState::NotConnected, &rows, now());
    assert_eq!(refused.iter().map(|one| one.reason).collect::<Vec<_>>(), [ReasonCode::ProviderAuth], "the key comes first");
}

#[test]
fn a_denied_bot_is_not_ready_and_one_on_trial_neither_ready_nor_not() {
    let ready = |at| {
        let facts = Facts { impediments: found(&in_vain(2, 0), at), ..Facts::default() };
        let judgement = judged(&Evidence::Read(facts));
        let (status, reason, _) = condition(&judgement, "Ready");
        assert_eq!(reason, ReasonCode::DataUnavailable);
        assert_eq!(condition(&judgement, "Stalled").0, "False");
        (status, judgement.activity.reason)
    };
    assert_eq!(ready(after(1)), ("False", ReasonCode::DataUnavailable));
    assert_eq!(ready(after(61)).0, "Unknown");
}

fn any_rows() -> impl Strategy<Value = FeedRows> {
    let reason = prop_oneof![
        3 => Just(Some(ReasonCode::DataUnavailable)),
        2 => Just(Some(ReasonCode::ProviderError)),
        1 => Just(Some(ReasonCode::UnknownOutcome)),
        1 => Just(None),
    ];
    let tested = prop::option::of(0_i64..5_000);
    (prop::collection::vec((1_i64..5_000, reason), 0..12), tested, any::<bool>()).prop_map(|(jobs, tested, others)| {
        let mut rows = in_vain(0, 0);
        rows.ended = jobs.into_iter().map(|(ago, reason)| ended(ago, reason)).collect();
        rows.ended.sort_by_key(|job| std::cmp::Reverse(job.at));
        rows.tested_at = tested.map(|ago| now() - TimeDelta::seconds(ago));
        rows.open = others.then(|| FeedJob { bot: "another".into(), ..ended(1, None) }).into_iter().collect();
        rows
    })
}

proptest! {
    #[test]
    fn losing_a_success_or_a_test_or_failing_once_more_never_lets_a_start_in(rows in any_rows(), which in 0_usize..12, ago in 0_i64..5_000) {
        let before = worst(&found(&rows, now()));
        let mut lost = rows.clone();
        lost.ended = lost.ended.into_iter().enumerate().filter(|(n, job)| *n != which || !job.succeeded).map(|(_, job)| job).collect();
        let untested = FeedRows { tested_at: None, ..rows.clone() };
        let mut failed = rows.clone();
        failed.ended.push(ended(ago, Some(ReasonCode::DataUnavailable)));
        failed.ended.sort_by_key(|job| std::cmp::Reverse(job.at));
        for worse in [lost, untested, failed] {
            prop_assert!(worst(&found(&worse, now())) >= before, "{:?}", worse);
        }
    }

    #[test]
    fn no_start_is_denied_forever(rows in any_rows()) {
        let alone = FeedRows { open: Vec::new(), ..rows };
        prop_assert!(worst(&found(&alone, now() + TimeDelta::hours(1))) < Readiness::Blocked);
    }

    #[test]
    fn a_start_that_is_denied_says_when_the_next_is_let_in(rows in any_rows(), later in 0_i64..4_000) {
        let said = |at| found(&rows, at).into_iter().map(|one| one.message).collect::<Vec<_>>();
        prop_assert_eq!(said(now()), said(after(later)), "the same words at each look");
    }
}
