//! What the log proves of an Integration: examples first, then the rules over any evidence.

use std::time::Duration;

use assayer_contract::{CredentialCheck, Operation, Outcome, ReasonCode};
use assayer_judge::{
    Attempt, IntegrationEvidence, IntegrationFacts, IntegrationJudgement, IntegrationState as S, Verdict, judge_integration,
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

const CONNECTED_FOR: Duration = Duration::from_mins(15);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

/// An attempt that ended so many seconds ago.
fn attempt(ago: i64, operation: Operation, outcome: Outcome, reason: Option<ReasonCode>) -> Attempt {
    let at = now() - TimeDelta::seconds(ago);
    let millis = u128::try_from(at.timestamp_millis()).unwrap();
    let check = (outcome != Outcome::Refused).then(CredentialCheck::default);
    let message = reason.map(|reason| format!("said {reason}"));
    Attempt {
        id: Uuid::from_u128(millis << 80),
        at,
        operation,
        outcome,
        reason,
        endpoint: "list".to_owned(),
        message,
        trace_id: Uuid::nil(),
        check,
    }
}

fn success(ago: i64) -> Attempt {
    attempt(ago, Operation::Verify, Outcome::Success, None)
}

fn failure(ago: i64, operation: Operation, reason: ReasonCode) -> Attempt {
    attempt(ago, operation, Outcome::Failed, Some(reason))
}

fn refused(ago: i64, reason: ReasonCode) -> Attempt {
    attempt(ago, Operation::Verify, Outcome::Refused, Some(reason))
}

fn judged(facts: IntegrationFacts) -> IntegrationJudgement {
    judge_integration(&IntegrationEvidence::Read(facts), CONNECTED_FOR, now())
}

/// State, reason, `Configured` and `Connected`.
fn said(facts: IntegrationFacts) -> (S, ReasonCode, Verdict, Verdict) {
    let judgement = judged(facts);
    (judgement.state, judgement.reason, judgement.configured.verdict, judgement.connected.verdict)
}

#[test]
fn each_state_has_its_evidence_and_its_reason() {
    use Operation::{Call, Verify};
    use ReasonCode as R;
    use Verdict::{Proven, Refuted, Unknown};
    let none = IntegrationFacts::default;
    let both = |of: Attempt| IntegrationFacts { verify: Some(of.clone()), failure: Some(of), ..none() };
    let turned_away = |of: Attempt| IntegrationFacts { turned_away: Some(of.clone()), ..both(of) };
    for (facts, expected) in [
        (none(), (S::NotConnected, R::AwaitingHandshake, Unknown, Unknown)),
        (both(refused(5, R::IntegrationKeyMissing)), (S::NotConfigured, R::IntegrationKeyMissing, Refuted, Refuted)),
        (both(refused(5, R::IntegrationKeyMalformed)), (S::NotConfigured, R::IntegrationKeyMalformed, Refuted, Refuted)),
        (both(refused(5, R::SecretForbidden)), (S::NotConfigured, R::SecretForbidden, Unknown, Unknown)),
        (turned_away(failure(5, Verify, R::ProviderAuth)), (S::NotConnected, R::ProviderAuth, Proven, Refuted)),
        (both(failure(5, Verify, R::ProviderUnreachable)), (S::NotConnected, R::ProviderUnreachable, Proven, Refuted)),
        (IntegrationFacts { success: Some(success(5)), ..none() }, (S::Connected, R::Proven, Proven, Proven)),
        (IntegrationFacts { success: Some(success(901)), ..none() }, (S::NotConnected, R::HandshakeStale, Proven, Unknown)),
        // given: a success, and after it something else
        (
            IntegrationFacts { success: Some(success(60)), ..both(failure(5, Call, R::ProviderError)) },
            (S::Degraded, R::ProviderError, Proven, Refuted),
        ),
        (
            IntegrationFacts { success: Some(success(60)), ..both(failure(5, Call, R::ProviderAuth)) },
            (S::Degraded, R::ProviderAuth, Proven, Refuted),
        ),
        (
            IntegrationFacts { success: Some(success(60)), ..turned_away(failure(5, Verify, R::ProviderAuth)) },
            (S::NotConnected, R::ProviderAuth, Proven, Refuted),
        ),
        (
            IntegrationFacts { success: Some(success(60)), ..both(failure(5, Verify, R::ProviderRateLimited)) },
            (S::Degraded, R::ProviderRateLimited, Proven, Unknown),
        ),
        (
            IntegrationFacts { success: Some(success(60)), ..both(refused(5, R::IntegrationKeyMissing)) },
            (S::NotConfigured, R::IntegrationKeyMissing, Refuted, Refuted),
        ),
        // given: a success after all of that
        (
            IntegrationFacts { success: Some(success(1)), ..turned_away(failure(5, Verify, R::ProviderAuth)) },
            (S::Connected, R::Proven, Proven, Proven),
        ),
        (
            IntegrationFacts { success: Some(success(1)), denial: Some(failure(5, Call, R::DataLicenseRequired)), ..none() },
            (S::Degraded, R::DataLicenseRequired, Proven, Proven),
        ),
    ] {
        assert_eq!(said(facts.clone()), expected, "{facts:?}");
    }
}

#[test]
fn a_vendor_without_a_harmless_call_is_configured_and_connected_only_by_a_real_success() {
    let mut verify = refused(5, ReasonCode::VerifyUnsupported);
    verify.check = Some(CredentialCheck::default());
    let facts = IntegrationFacts { verify: Some(verify), ..IntegrationFacts::default() };
    let expected = (S::NotConnected, ReasonCode::VerifyUnsupported, Verdict::Proven, Verdict::Unknown);
    // What was missing before the key was set says nothing of it.
    let missing = Some(refused(60, ReasonCode::IntegrationKeyMissing));
    assert_eq!(said(IntegrationFacts { failure: missing, ..facts.clone() }), expected);
    assert_eq!(said(facts.clone()), expected);
    let called = IntegrationFacts { success: Some(success(1)), ..facts };
    assert_eq!(said(called).0, S::Connected);
}

#[test]
fn a_log_that_cannot_be_read_proves_nothing() {
    let judgement = judge_integration(&IntegrationEvidence::Unreadable("away".into()), CONNECTED_FOR, now());
    assert_eq!((judgement.state, judgement.reason), (S::NotConnected, ReasonCode::EvidenceUnavailable));
    assert_eq!((judgement.configured.verdict, judgement.connected.verdict), (Verdict::Unknown, Verdict::Unknown));
}

#[test]
fn a_success_from_the_future_proves_nothing() {
    let facts = |ago| IntegrationFacts { success: Some(success(ago)), ..IntegrationFacts::default() };
    assert_eq!(said(facts(-30)).0, S::Connected, "clocks are a little apart");
    assert_eq!(said(facts(-600)).0, S::NotConnected);
}

fn reason() -> impl Strategy<Value = ReasonCode> {
    use ReasonCode as R;
    prop::sample::select(vec![
        R::ProviderAuth,
        R::ProviderEntitlement,
        R::ProviderRateLimited,
        R::ProviderTimeout,
        R::ProviderRejectedRequest,
        R::IntegrationKeyMissing,
        R::SecretForbidden,
        R::UnknownOutcome,
    ])
}

fn failed() -> impl Strategy<Value = Attempt> {
    (0_i64..2_000, reason(), prop::sample::select(vec![Operation::Call, Operation::Verify])).prop_map(
        |(ago, reason, operation)| {
            let outcome = match reason {
                ReasonCode::IntegrationKeyMissing | ReasonCode::SecretForbidden => Outcome::Refused,
                ReasonCode::UnknownOutcome => Outcome::Unknown,
                _ => Outcome::Failed,
            };
            attempt(ago, operation, outcome, Some(reason))
        },
    )
}

fn facts() -> impl Strategy<Value = IntegrationFacts> {
    let maybe = || prop::option::of(failed());
    let success = prop::option::of((0_i64..2_000).prop_map(success));
    (maybe(), success, maybe(), maybe(), maybe()).prop_map(|(verify, success, failure, turned_away, denial)| IntegrationFacts {
        verify,
        success,
        failure,
        turned_away,
        denial,
    })
}

/// The two lowest states open nothing.
fn openness(state: S) -> u8 {
    match state {
        S::NotConfigured | S::NotConnected => 0,
        S::Degraded => 1,
        S::Connected => 2,
    }
}

proptest! {
    #[test]
    fn losing_a_success_never_makes_it_more_connected(facts in facts()) {
        let without = judged(IntegrationFacts { success: None, ..facts.clone() });
        let with = judged(facts);
        prop_assert_eq!(openness(without.state), 0);
        prop_assert!(without.connected.verdict != Verdict::Proven && without.connected.verdict <= with.connected.verdict.max(Verdict::Unknown));
    }

    #[test]
    fn one_more_failure_never_makes_it_more_connected(facts in facts(), mut late in failed()) {
        let newest = [&facts.verify, &facts.success, &facts.failure, &facts.turned_away, &facts.denial];
        let last = newest.into_iter().flatten().map(|attempt| attempt.id).max().unwrap_or_default();
        late.id = Uuid::from_u128(last.as_u128() + 1);
        let before = judged(facts.clone());
        // Keys that were missing are there again where a call could be signed in, however it ended.
        prop_assume!(before.state != S::NotConfigured || late.check.is_none());
        let after = judged(IntegrationFacts { failure: Some(late), ..facts });
        prop_assert!(openness(after.state) <= openness(before.state), "{before:?} {after:?}");
        prop_assert!(after.connected.verdict != Verdict::Proven);
    }

    #[test]
    fn waiting_never_makes_it_more_connected(facts in facts(), wait in 0_i64..100_000) {
        let evidence = IntegrationEvidence::Read(facts);
        let before = judge_integration(&evidence, CONNECTED_FOR, now());
        let after = judge_integration(&evidence, CONNECTED_FOR, now() + TimeDelta::seconds(wait));
        prop_assert!(openness(after.state) <= openness(before.state));
        prop_assert!(before.connected.verdict == Verdict::Proven || after.connected.verdict != Verdict::Proven);
    }

    #[test]
    fn it_is_connected_only_by_a_fresh_success_after_which_nothing_failed(facts in facts()) {
        let judgement = judged(facts.clone());
        if judgement.state == S::Connected {
            let success = facts.success.unwrap();
            prop_assert!(now() - success.at <= TimeDelta::from_std(CONNECTED_FOR).unwrap());
            prop_assert!(facts.failure.is_none_or(|failure| failure.id <= success.id) && facts.denial.is_none());
            prop_assert_eq!(judgement.connected.verdict, Verdict::Proven);
        }
    }
}
