//! What users rely on in a judgement: examples first, then the rules over any evidence.

#![allow(clippy::unwrap_used, clippy::wildcard_imports, reason = "a test fails by panicking, and takes all that is given")]

mod autonomy;
mod delay;
mod feed;
mod freshness;
mod given;
mod integration;
mod market_data;
mod release;
mod rules;
mod sources;
mod system;

use assayer_contract::{JobStatus, ReasonCode, policy::Requirement};
use assayer_judge::{Acceptance, Evidence, Facts, State, judge};
use given::*;

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
