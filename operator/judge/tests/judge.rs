//! What users rely on in a judgement: examples first, then the rules over any evidence.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use assayer_contract::{
    BarQuality, JobStatus, JobType, Operation, Outcome, QualityLimits, ReasonCode, Sent, Sha256Hash, Source, Stage,
    policy::{Policy, Requirement, StopPolicy},
    quality::{self, CalendarQuality},
};
use assayer_judge::{Acceptance, Cycle, Evidence, Facts, JobFact, Judgement, RowFact, SessionFact, State, Subject, judge};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn subject() -> Subject {
    Subject { bot_id: Uuid::from_u128(7), dataset: "SAMPLE.INDEX".into(), symbol: "SPX".into(), schema: "ohlcv-1d".into() }
}

fn policy(market_data: Requirement) -> Acceptance {
    Acceptance::Accepted(Policy {
        stage: Stage::Lab,
        hash: Sha256Hash::of(b"policy"),
        market_data,
        market_data_quality: Some(limits()),
        market_data_providers: vec!["databento".into()],
        backtest_every: Duration::from_mins(20),
        job_timeout: Duration::from_mins(10),
        stop: StopPolicy::None,
        max_concurrent_backtests: 4,
        market_data_max_latency: Duration::from_secs(30),
        max_data_usd_per_day: "5".into(),
        promotion_sessions: 3,
    })
}

fn limits() -> QualityLimits {
    let ratio = |text: &str| Some(text.parse().unwrap());
    QualityLimits {
        min_sessions: Some(60),
        min_rth_ratio: ratio("0.995"),
        min_eth_ratio: ratio("0.9"),
        max_gap_minutes: Some(60),
    }
}

fn quality() -> BarQuality {
    let rth = quality::Bars { present: 5_031, expected: 5_031 };
    let calendar = CalendarQuality { name: "nyse".into(), rth, sessions: 5_031, ..CalendarQuality::default() };
    BarQuality { calendar: Some(calendar), ..BarQuality::default() }
}

fn sessions(count: i64) -> SessionFact {
    SessionFact { count, bars: 5_031, record_count: Some(5_031), quality: Some(quality()) }
}

fn count() -> RowFact {
    let endpoint = "metadata.get_record_count".into();
    RowFact { id: Uuid::from_u128(4), endpoint, bar_count: None, record_count: Some(5_031), quality: None, ..bars() }
}

fn job(status: JobStatus, reason: Option<ReasonCode>) -> JobFact {
    JobFact {
        id: Uuid::from_u128(1),
        trace_id: Uuid::from_u128(2),
        job_name: "spx-cross-backtest-0123456789ab".into(),
        job_type: JobType::Backtest,
        status,
        reason,
        message: None,
        created_at: now(),
        started_at: Some(now()),
        completed_at: status.is_final().then(now),
        deadline: now(),
    }
}

fn bars() -> RowFact {
    RowFact {
        id: Uuid::from_u128(3),
        source: Some(Source::MarketData),
        operation: Operation::Call,
        provider: "databento".into(),
        endpoint: "timeseries.get_range".into(),
        sent: Sent::Yes,
        outcome: Outcome::Success,
        dataset: Some("SAMPLE.INDEX".into()),
        symbol: Some("SPX".into()),
        schema: Some("ohlcv-1d".into()),
        bar_count: Some(5_031),
        start: Some(now()),
        end: Some(now()),
        record_count: None,
        quality: Some(quality()),
        endpoint_override: None,
        vendor_warning: None,
        reason: None,
        error_message: None,
    }
}

fn refused_key() -> RowFact {
    RowFact {
        outcome: Outcome::Failed,
        bar_count: None,
        reason: Some(ReasonCode::ProviderAuth),
        error_message: Some("Authentication failed.".into()),
        ..bars()
    }
}

fn after(rows: Vec<RowFact>, end: JobFact, passed: i64) -> Evidence {
    let rows = std::iter::once(count()).chain(rows).collect();
    let last_cycle = Some(Cycle { job: end, rows });
    Evidence::Read(Facts { last_cycle, sessions: vec![sessions(passed)], ..Facts::default() })
}

fn judged(evidence: &Evidence) -> Judgement {
    judge(&subject(), &policy(Requirement::Required), evidence, now())
}

fn condition(judgement: &Judgement, kind: &str) -> (&'static str, ReasonCode, String) {
    let found = judgement.conditions.iter().find(|c| c.kind.to_string() == kind).unwrap();
    (found.status, found.reason, found.message.clone())
}

#[test]
fn a_successful_row_with_the_bots_own_bars_proves_market_data() {
    let judgement = judged(&after(vec![bars()], job(JobStatus::Succeeded, None), 1));
    let (status, reason, message) = condition(&judgement, "MarketDataProven");
    assert_eq!((status, reason), ("True", ReasonCode::Proven));
    assert!(message.contains("5031 bars of SPX") && message.contains("spx-cross-backtest-0123456789ab"), "{message}");
    assert_eq!(judgement.proof, "MD✓");
    assert_eq!(condition(&judgement, "ProofComplete").0, "True");
}

#[test]
fn no_row_that_lacks_one_of_the_facts_proves_market_data() {
    let flaws: [fn(&mut RowFact); 10] = [
        |row| row.source = Some(Source::News),
        |row| row.operation = Operation::Verify,
        |row| row.outcome = Outcome::Served,
        |row| row.sent = Sent::Unknown,
        |row| row.provider = "another".into(),
        |row| row.endpoint = "metadata.get_dataset_range".into(),
        |row| row.dataset = Some("SAMPLE.FX".into()),
        |row| row.symbol = Some("EURUSD".into()),
        |row| row.schema = Some("ohlcv-1h".into()),
        |row| row.bar_count = Some(0),
    ];
    for (number, flaw) in flaws.into_iter().enumerate() {
        let mut row = bars();
        flaw(&mut row);
        let judgement = judged(&after(vec![row], job(JobStatus::Succeeded, None), 1));
        assert_ne!(condition(&judgement, "MarketDataProven").0, "True", "flaw {number}");
    }
}

type QualityFlaw = fn(&mut RowFact, &mut RowFact);

#[test]
fn bars_that_fail_the_policy_refute_market_data_with_what_was_measured_and_what_is_required() {
    let flaws: [(QualityFlaw, &str, ReasonCode, &str); 5] = [
        (|bars, _| bars.quality.as_mut().unwrap().duplicates = 3, "False", ReasonCode::DataQuality, "duplicates: measured 3"),
        (
            |bars, _| bars.quality.as_mut().unwrap().calendar.as_mut().unwrap().rth.present = 5_000,
            "False",
            ReasonCode::DataQuality,
            "minBarRatio.rth: measured 0.993838 (5000 of 5031), required >= 0.995",
        ),
        (|bars, _| bars.bar_count = Some(5_030), "False", ReasonCode::DataQuality, "required 5031, as the vendor counts"),
        (|bars, _| bars.quality = None, "Unknown", ReasonCode::GateUnmeasured, "quality: measured nothing"),
        (|_, count| count.end = None, "Unknown", ReasonCode::GateUnmeasured, "recordCount: measured nothing"),
    ];
    for (flaw, status, reason, said) in flaws {
        let (mut bars, mut count) = (bars(), count());
        flaw(&mut bars, &mut count);
        let cycle = Cycle { job: job(JobStatus::Succeeded, None), rows: vec![count, bars] };
        let facts = Facts { last_cycle: Some(cycle), sessions: vec![sessions(3)], ..Facts::default() };
        let judgement = judged(&Evidence::Read(facts));
        let found = condition(&judgement, "MarketDataProven");
        assert_eq!((found.0, found.1), (status, reason), "{found:?}");
        assert!(found.2.contains(said), "{found:?}");
        let first = judgement.blockers.first().unwrap();
        assert!(first.measured.is_some() && first.required.is_some() && first.reason == reason, "{first:?}");
    }
}

#[test]
fn a_session_whose_bars_fail_the_policy_does_not_count_whatever_the_runner_says() {
    let bad = SessionFact { quality: Some(BarQuality { off_tick: 1, ..quality() }), ..sessions(2) };
    let unmeasured = SessionFact { quality: None, ..sessions(4) };
    let short = SessionFact { bars: 5_030, ..sessions(8) };
    let cycle = Cycle { job: job(JobStatus::Succeeded, None), rows: vec![count(), bars()] };
    let facts = Facts { last_cycle: Some(cycle), sessions: vec![sessions(1), bad, unmeasured, short], ..Facts::default() };
    let (_, reason, message) = condition(&judged(&Evidence::Read(facts)), "Promotable");
    assert_eq!(reason, ReasonCode::SessionsTooFew);
    assert!(message.contains("1 of 3 sessions"), "{message}");
}

#[test]
fn data_from_another_address_or_with_a_warning_is_said_not_to_be_genuine() {
    let ended = || job(JobStatus::Succeeded, None);
    assert_eq!(condition(&judged(&after(vec![bars()], ended(), 1)), "NotGenuine").0, "False");
    let row = RowFact {
        endpoint_override: Some("http://stand-in:8080".into()),
        vendor_warning: Some("The bars are synthetic.".into()),
        ..bars()
    };
    let (status, reason, message) = condition(&judged(&after(vec![row], ended(), 1)), "NotGenuine");
    assert_eq!((status, reason), ("True", ReasonCode::NotGenuine));
    assert!(message.contains("http://stand-in:8080") && message.contains("synthetic"), "{message}");
    assert_eq!(condition(&judged(&Evidence::Read(Facts::default())), "NotGenuine").0, "Unknown");
}

#[test]
fn a_symbol_that_holds_contracts_to_the_end_is_accepted_with_a_warning_that_recommends_another() {
    let of = |symbol: &str| {
        let subject = Subject { symbol: symbol.into(), ..subject() };
        condition(&judge(&subject, &policy(Requirement::Required), &Evidence::Read(Facts::default()), now()), "RollRisk")
    };
    let (status, reason, message) = of("MES.c.0");
    assert_eq!((status, reason), ("True", ReasonCode::RollRisk));
    assert!(message.contains("MES.v.0"), "{message}");
    for symbol in ["MES.v.0", "MESZ5", "SPX"] {
        assert_eq!(of(symbol).0, "False", "{symbol}");
    }
}

#[test]
fn a_refused_key_shows_in_market_data_and_in_what_blocks_promotion() {
    let end = job(JobStatus::Failed, Some(ReasonCode::ProviderAuth));
    let judgement = judged(&after(vec![refused_key()], end, 0));
    assert_eq!(condition(&judgement, "MarketDataProven").1, ReasonCode::ProviderAuth);
    let (status, reason, message) = condition(&judgement, "Promotable");
    assert_eq!((status, reason), ("False", ReasonCode::ProviderAuth));
    assert!(message.contains("Authentication failed."), "{message}");
    assert_eq!(judgement.proof, "MD✗");
    assert_eq!(condition(&judgement, "Ready").0, "True");
}

#[test]
fn a_runner_that_died_without_a_call_is_named_as_what_blocks() {
    let judgement = judged(&after(vec![], job(JobStatus::Failed, Some(ReasonCode::RunnerFailed)), 0));
    assert_eq!(condition(&judgement, "MarketDataProven").0, "Unknown");
    assert_eq!(condition(&judgement, "Promotable").1, ReasonCode::RunnerFailed);
}

#[test]
fn too_few_sessions_are_counted_in_the_message() {
    let judgement = judged(&after(vec![bars()], job(JobStatus::Succeeded, None), 2));
    let (status, reason, message) = condition(&judgement, "Promotable");
    assert_eq!((status, reason), ("False", ReasonCode::SessionsTooFew));
    assert!(message.contains("2 of 3 sessions"), "{message}");
    let first = judgement.blockers.first().unwrap();
    assert_eq!((first.measured.as_deref(), first.required.as_deref()), (Some("2"), Some("3")));
}

#[test]
fn with_enough_sessions_the_unverified_result_is_what_blocks() {
    let judgement = judged(&after(vec![bars()], job(JobStatus::Succeeded, None), 3));
    assert_eq!(
        condition(&judgement, "Promotable"),
        ("Unknown", ReasonCode::ResultUnverified, "no replay has reproduced the results".into())
    );
}

#[test]
fn before_the_first_cycle_everything_is_unknown_and_the_bot_is_ready() {
    let judgement = judged(&Evidence::Read(Facts::default()));
    assert_eq!(condition(&judgement, "MarketDataProven").1, ReasonCode::AwaitingFirstCycle);
    assert_eq!(judgement.proof, "MD?");
    assert_eq!(condition(&judgement, "Ready").0, "True");
    assert_eq!((judgement.activity.state, judgement.activity.reason), (State::Idle, ReasonCode::AwaitingFirstCycle));
}

#[test]
fn a_log_that_cannot_be_read_proves_nothing() {
    let judgement = judged(&Evidence::Unreadable("the database is not available".into()));
    assert_eq!(condition(&judgement, "EvidenceAvailable").0, "False");
    for kind in ["MarketDataProven", "ProofComplete", "Promotable"] {
        let (status, reason, _) = condition(&judgement, kind);
        assert_eq!((status, reason), ("Unknown", ReasonCode::EvidenceUnavailable), "{kind}");
    }
    assert_eq!(condition(&judgement, "Ready").0, "False");
}

#[test]
fn without_a_policy_the_bot_is_stalled_and_says_so() {
    let refused = Acceptance::Refused(ReasonCode::PolicyMissing, "no StagePolicy \"lab\" exists".into());
    let judgement = judge(&subject(), &refused, &Evidence::Read(Facts::default()), now());
    for (kind, status) in [("Accepted", "False"), ("Stalled", "True"), ("Ready", "False"), ("Promotable", "Unknown")] {
        let found = condition(&judgement, kind);
        assert_eq!((found.0, found.1), (status, ReasonCode::PolicyMissing), "{kind}");
    }
}

#[test]
fn an_optional_source_is_reported_but_closes_nothing() {
    let evidence = after(vec![refused_key()], job(JobStatus::Succeeded, None), 3);
    let judgement = judge(&subject(), &policy(Requirement::Optional), &evidence, now());
    assert_eq!(condition(&judgement, "MarketDataProven").0, "False");
    assert_eq!(condition(&judgement, "ProofComplete").1, ReasonCode::NotRequired);
    assert_eq!(condition(&judgement, "Promotable").1, ReasonCode::ResultUnverified);
}

#[test]
fn a_job_at_work_is_the_activity() {
    let running = Facts { open_job: Some(job(JobStatus::Running, None)), ..Facts::default() };
    let judgement = judged(&Evidence::Read(running));
    assert_eq!((judgement.activity.state, judgement.activity.reason), (State::Backtesting, ReasonCode::JobRunning));
    let queued = Facts { open_job: Some(job(JobStatus::Queued, None)), ..Facts::default() };
    assert_eq!(judged(&Evidence::Read(queued)).activity.state, State::Queued);
}

fn any_row() -> impl Strategy<Value = RowFact> {
    let source = prop_oneof![Just(None), Just(Some(Source::MarketData)), Just(Some(Source::Ai))];
    let outcome = prop_oneof![
        Just(Outcome::Success),
        Just(Outcome::Success),
        Just(Outcome::Failed),
        Just(Outcome::Refused),
        Just(Outcome::Unknown)
    ];
    let sent = prop_oneof![Just(Sent::Yes), Just(Sent::Yes), Just(Sent::No), Just(Sent::Unknown)];
    let symbol = prop_oneof![Just(None), Just(Some("SPX".to_owned())), Just(Some("EURUSD".to_owned()))];
    let provider = prop_oneof![Just("databento".to_owned()), Just("another".to_owned())];
    let counts = (prop::option::of(0_i64..3), prop::option::of(0_i64..3), any::<bool>(), any::<bool>());
    (any::<u128>(), source, outcome, sent, symbol, provider, counts).prop_map(
        |(id, source, outcome, sent, symbol, provider, (bar_count, record_count, measured, counts))| RowFact {
            record_count: record_count.filter(|_| counts),
            quality: measured.then(quality),
            endpoint: if counts { count().endpoint } else { bars().endpoint },
            id: Uuid::from_u128(id),
            source,
            outcome,
            sent,
            symbol,
            provider,
            bar_count,
            ..bars()
        },
    )
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let end = prop_oneof![
        Just(job(JobStatus::Succeeded, None)),
        Just(job(JobStatus::Failed, Some(ReasonCode::EngineError))),
        Just(job(JobStatus::TimedOut, Some(ReasonCode::JobTimeout))),
    ];
    let cycle = (end, prop::collection::vec(any_row(), 0..5)).prop_map(|(job, rows)| Cycle { job, rows });
    (prop::option::of(Just(job(JobStatus::Running, None))), prop::option::of(cycle), 0_i64..6).prop_map(
        |(open_job, last_cycle, passed)| {
            let sessions = vec![sessions(passed)];
            Facts { open_job, last_cycle, sessions, ..Facts::default() }
        },
    )
}

/// The same evidence with some of it gone.
fn less(facts: &Facts, keep: &[bool], keep_cycle: bool, fewer: i64) -> Facts {
    let mut less = facts.clone();
    for session in &mut less.sessions {
        session.count = (session.count - fewer).max(0);
    }
    if let Some(cycle) = &mut less.last_cycle {
        let mut keep = keep.iter().copied();
        cycle.rows.retain(|_| keep.next().unwrap_or(true));
    }
    less.last_cycle = less.last_cycle.filter(|_| keep_cycle);
    less
}

fn proven(judgement: &Judgement) -> Vec<String> {
    let gates = ["MarketDataProven", "ProofComplete", "Promotable"];
    let all = judgement.conditions.iter().filter(|c| c.status == "True").map(|c| c.kind.to_string());
    all.filter(|kind| gates.contains(&kind.as_str())).collect()
}

proptest! {
    #[test]
    fn losing_evidence_never_proves_anything(
        facts in any_facts(), keep in prop::collection::vec(any::<bool>(), 5), keep_cycle: bool, fewer in 0_i64..6, optional: bool,
    ) {
        let acceptance = policy(if optional { Requirement::Optional } else { Requirement::Required });
        let judge = |evidence: &Evidence| judge(&subject(), &acceptance, evidence, now());
        let before = proven(&judge(&Evidence::Read(facts.clone())));
        for evidence in [Evidence::Read(less(&facts, &keep, keep_cycle, fewer)), Evidence::Unreadable("gone".into())] {
            for kind in proven(&judge(&evidence)) {
                prop_assert!(before.contains(&kind), "{} was not proven before", kind);
            }
        }
    }

    #[test]
    fn the_same_evidence_gives_the_same_judgement(facts in any_facts()) {
        let evidence = Evidence::Read(facts);
        prop_assert_eq!(judged(&evidence), judged(&evidence));
    }

    #[test]
    fn promotable_means_that_every_condition_of_proof_is_true_and_nothing_blocks(facts in any_facts()) {
        let judgement = judged(&Evidence::Read(facts));
        let promotable = condition(&judgement, "Promotable").0 == "True";
        prop_assert_eq!(promotable, judgement.blockers.is_empty());
        prop_assert!(!promotable || condition(&judgement, "MarketDataProven").0 == "True");
    }
}
