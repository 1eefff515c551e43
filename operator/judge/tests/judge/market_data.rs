//! Whether market data is proven, and what is said of it.

use crate::given::*;
use assayer_contract::{BarQuality, JobStatus, Operation, Outcome, ReasonCode, Sent, Source, policy::Requirement};
use assayer_judge::{Acceptance, Cycle, Evidence, Facts, RowFact, SessionFact, Subject, judge};

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

#[test]
fn bars_that_the_gateway_kept_prove_market_data_only_where_the_vendor_counts_as_many_in_the_same_cycle() {
    let kept = RowFact { outcome: Outcome::Served, sent: Sent::No, served_from: Some(uuid::Uuid::from_u128(9)), ..bars() };
    let proven = |kept: &RowFact, count: Option<RowFact>| {
        let rows = count.into_iter().chain([kept.clone()]).collect();
        let last_cycle = Some(Cycle { job: job(JobStatus::Succeeded, None), rows });
        let judgement = judged(&Evidence::Read(Facts { last_cycle, sessions: vec![sessions(1)], ..Facts::default() }));
        condition(&judgement, "MarketDataProven").0 == "True"
    };
    assert!(proven(&kept, Some(count())));
    assert!(!proven(&kept, None), "nobody says that they are all");
    assert!(!proven(&kept, Some(RowFact { record_count: Some(5_032), ..count() })), "the vendor has one more");
    assert!(!proven(&kept, Some(RowFact { start: Some(now() - chrono::TimeDelta::days(1)), ..count() })), "of another range");
    assert!(!proven(&RowFact { served_from: None, ..kept }, Some(count())), "it names no row that they came with");
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
fn what_stands_in_for_a_vendor_is_named_and_proves_nothing_whatever_it_brought() {
    let failed = RowFact { reason: Some(ReasonCode::ProviderUnreachable), ..refused_key() };
    let stood_in = |provider: &str, outcome, sent| RowFact {
        id: uuid::Uuid::from_u128(9),
        provider: provider.into(),
        fallback_of: Some(failed.id),
        outcome,
        sent,
        ..bars()
    };
    let of = |row: RowFact| judged(&after(vec![failed.clone(), row], job(JobStatus::Succeeded, None), 3));
    for (provider, outcome, sent) in
        [("massive", Outcome::Success, Sent::Yes), ("databento", Outcome::Success, Sent::Yes), ("sim", Outcome::Served, Sent::No)]
    {
        let judgement = of(stood_in(provider, outcome, sent));
        let (status, reason, message) = condition(&judgement, "Fallback");
        assert_eq!((status, reason), ("True", ReasonCode::FallbackUsed));
        assert!(
            message.contains(&format!("{provider} stood in for databento, which failed with PROVIDER_UNREACHABLE")),
            "{message}"
        );
        assert_eq!(condition(&judgement, "MarketDataProven").0, "False", "{provider}");
        assert_ne!(condition(&judgement, "Promotable").0, "True");
        assert_eq!(judgement.proof, format!("MD✗ (fallback {provider})"));
    }
    let judgement = of(stood_in("massive", Outcome::Failed, Sent::Yes));
    assert_eq!(condition(&judgement, "Fallback").0, "False", "one that failed as well brought nothing");
    assert_eq!(condition(&judged(&Evidence::Read(Facts::default())), "Fallback").0, "Unknown");
}

#[test]
fn simulated_bars_are_called_that_and_are_never_genuine_whatever_else_the_rows_say() {
    let failed = RowFact { reason: Some(ReasonCode::ProviderUnreachable), ..refused_key() };
    let simulated = RowFact {
        id: uuid::Uuid::from_u128(9),
        provider: "sim".into(),
        endpoint: "bars".into(),
        fallback_of: Some(failed.id),
        outcome: Outcome::Served,
        sent: Sent::No,
        ..bars()
    };
    let mut policy = policy(Requirement::Required);
    // Not even a policy that somehow names it makes a vendor of it.
    if let Acceptance::Accepted(policy) = &mut policy {
        policy.market_data.providers.push("sim".into());
    }
    let evidence = after(vec![failed, simulated], job(JobStatus::Succeeded, None), 3);
    let judgement = judge(&subject(), &policy, &evidence, now());
    let (status, reason, message) = condition(&judgement, "MarketDataProven");
    assert_eq!((status, reason), ("False", ReasonCode::DataSimulated));
    assert!(message.contains("SIMULATED") && message.contains("databento failed with PROVIDER_UNREACHABLE"), "{message}");
    assert_eq!(condition(&judgement, "NotGenuine").0, "True");
    assert_eq!(condition(&judgement, "Fallback").1, ReasonCode::FallbackUsed);
    assert_eq!(judgement.proof, "MD✗ (fallback sim)");
    assert_ne!(condition(&judgement, "Promotable").0, "True");
}

#[test]
fn a_session_on_the_bars_of_a_fallback_never_counts_and_the_gate_says_so() {
    let stood_in = SessionFact { fallback: true, ..sessions(5) };
    let cycle = Cycle { job: job(JobStatus::Succeeded, None), rows: vec![count(), bars()] };
    let facts = Facts { last_cycle: Some(cycle), sessions: vec![sessions(1), stood_in], ..Facts::default() };
    let (_, reason, message) = condition(&judged(&Evidence::Read(facts)), "Promotable");
    assert_eq!(reason, ReasonCode::SessionsTooFew);
    assert!(message.contains("1 of 3 sessions") && message.contains("5 on a fallback's bars, which never count"), "{message}");
}
