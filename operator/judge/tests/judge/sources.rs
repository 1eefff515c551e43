//! Kinds of source beside market data, as a policy names them.

use assayer_contract::{
    JobStatus, Outcome, ReasonCode, Sent, Source,
    policy::{Requirement, SourceRule},
};
use assayer_judge::{Denied, Evidence, Facts, Judgement, RowFact, judge};

use crate::given::*;

fn fred(outcome: Outcome, reason: Option<ReasonCode>) -> RowFact {
    let sent = if outcome == Outcome::Refused { Sent::No } else { Sent::Yes };
    RowFact {
        source: Some(Source::Macro),
        provider: "fred".into(),
        endpoint: "series/observations".into(),
        outcome,
        bar_count: None,
        items: (outcome == Outcome::Success).then_some(11),
        sent,
        reason,
        ..bars()
    }
}

fn said(requirement: Requirement, rows: Vec<RowFact>) -> Judgement {
    let rows = std::iter::once(bars()).chain(rows).collect();
    let evidence: Evidence = after(rows, job(JobStatus::Succeeded, None), 3);
    judge(&subject(), &with_source(Source::Macro, rule(requirement, "fred")), &evidence, now())
}

#[test]
fn a_required_source_is_proven_by_a_successful_row_of_a_provider_of_the_policy() {
    let judgement = said(Requirement::Required, vec![fred(Outcome::Success, None)]);
    assert_eq!(condition(&judgement, "MacroProven").0, "True");
    assert_eq!((condition(&judgement, "ProofComplete").0, judgement.proof.as_str()), ("True", "MD✓ Macro✓"));
    let other = RowFact { provider: "fmp".into(), ..fred(Outcome::Success, None) };
    assert_ne!(condition(&said(Requirement::Required, vec![other]), "MacroProven").0, "True");
}

#[test]
fn a_required_source_that_nobody_asked_blocks_and_says_who_should_have_been_asked() {
    let judgement = said(Requirement::Required, vec![]);
    let (status, reason, message) = condition(&judgement, "MacroProven");
    assert_eq!((status, reason), ("Unknown", ReasonCode::SourceUnproven));
    assert!(message.contains("macro from fred"), "{message}");
    assert_eq!((condition(&judgement, "ProofComplete").0, judgement.proof.as_str()), ("Unknown", "MD✓ Macro?"));
    assert_eq!(judgement.blockers.first().unwrap().reason, ReasonCode::SourceUnproven);
}

#[test]
fn a_required_source_that_its_vendors_plan_does_not_cover_blocks_by_that_reason_although_nobody_asked() {
    let Evidence::Read(facts) = after(vec![bars()], job(JobStatus::Succeeded, None), 3) else { panic!("it was read") };
    let denied = |provider: &str| {
        let message = "economic-calendar: Exclusive Endpoint".to_owned();
        Denied { provider: provider.to_owned(), reason: ReasonCode::ProviderEntitlement, message }
    };
    let said = |requirement: Requirement, provider: &str| {
        let evidence = Evidence::Read(Facts { denied: vec![denied(provider)], ..facts.clone() });
        judge(&subject(), &with_source(Source::Macro, rule(requirement, "fmp")), &evidence, now())
    };
    let judgement = said(Requirement::Required, "fmp");
    let (status, reason, message) = condition(&judgement, "MacroProven");
    assert_eq!((status, reason), ("False", ReasonCode::ProviderEntitlement));
    assert!(message.contains("economic-calendar"), "{message}");
    assert_eq!(judgement.blockers.first().unwrap().reason, ReasonCode::ProviderEntitlement);
    assert_eq!(condition(&said(Requirement::Required, "fred"), "MacroProven").1, ReasonCode::SourceUnproven);
    assert_eq!(condition(&said(Requirement::Optional, "fmp"), "MacroProven").1, ReasonCode::NotRequired);
}

#[test]
fn a_required_source_that_failed_blocks_by_the_vendors_reason() {
    let judgement = said(Requirement::Required, vec![fred(Outcome::Failed, Some(ReasonCode::ProviderAuth))]);
    assert_eq!(condition(&judgement, "MacroProven").1, ReasonCode::ProviderAuth);
    assert_eq!(condition(&judgement, "Promotable").1, ReasonCode::ProviderAuth);
    assert_eq!(judgement.proof, "MD✓ Macro✗");
}

#[test]
fn an_optional_source_closes_nothing_and_shows_only_where_it_was_asked() {
    let judgement = said(Requirement::Optional, vec![]);
    assert_eq!((condition(&judgement, "ProofComplete").0, judgement.proof.as_str()), ("True", "MD✓"));
    let judgement = said(Requirement::Optional, vec![fred(Outcome::Failed, Some(ReasonCode::ProviderError))]);
    assert_eq!((condition(&judgement, "ProofComplete").0, judgement.proof.as_str()), ("True", "MD✓ Macro✗"));
    assert!(judgement.blockers.iter().all(|blocker| blocker.reason != ReasonCode::ProviderError));
}

#[test]
fn a_source_that_the_policy_does_not_name_has_no_condition() {
    let judgement = judged(&after(vec![bars(), fred(Outcome::Success, None)], job(JobStatus::Succeeded, None), 3));
    assert!(judgement.conditions.iter().all(|condition| condition.kind.to_string() != "MacroProven"));
    assert_eq!(judgement.proof, "MD✓");
}

#[test]
fn a_source_that_the_policy_disables_is_shown_as_not_asked_and_says_why_whatever_rows_there_are() {
    let disabled = SourceRule { reason: Some("too dear".into()), ..rule(Requirement::Disabled, "fred") };
    for rows in [vec![], vec![fred(Outcome::Success, None)], vec![fred(Outcome::Refused, Some(ReasonCode::SourceDisabled))]] {
        let evidence = after(std::iter::once(bars()).chain(rows).collect(), job(JobStatus::Succeeded, None), 3);
        let judgement = judge(&subject(), &with_source(Source::Macro, disabled.clone()), &evidence, now());
        let (status, reason, message) = condition(&judgement, "MacroProven");
        assert_eq!((status, reason), ("Unknown", ReasonCode::SourceDisabled));
        assert_eq!(message, "sources.macro is Disabled in the StagePolicy of LAB: too dear");
        assert_eq!((condition(&judgement, "ProofComplete").0, judgement.proof.as_str()), ("True", "MD✓ Macro–"));
        assert!(judgement.blockers.iter().all(|blocker| blocker.reason != ReasonCode::SourceDisabled));
    }
}

#[test]
fn a_broker_that_lab_may_not_touch_has_no_mark() {
    let evidence = after(vec![bars()], job(JobStatus::Succeeded, None), 3);
    let acceptance = with_source(Source::Broker, rule(Requirement::Disabled, "tradovate"));
    assert_eq!(judge(&subject(), &acceptance, &evidence, now()).proof, "MD✓");
}
