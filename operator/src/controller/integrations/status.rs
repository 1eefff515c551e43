//! The status of an Integration. In: its judgement and its last status. Out: a new status, the same where nothing changed. Pure.

use assayer_contract::{CredentialCheck, ReasonCode, condition::IntegrationCondition};
use assayer_crds::{
    Integration, IntegrationState, IntegrationStatus, LastVerified,
    conditions::{merge, to_k8s},
};
use assayer_judge::{Attempt, Finding, IntegrationJudgement};
use chrono::{DateTime, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use crate::{controller::publish::cut, integration_state::state};

/// The status that says what was judged.
pub(super) fn status(integration: &Integration, judgement: IntegrationJudgement, now: DateTime<Utc>) -> IntegrationStatus {
    let old = integration.status.as_ref();
    let seen = judgement.reason != ReasonCode::EvidenceUnavailable;
    // What was known of keys and handshakes still happened where the log cannot be read.
    let CredentialCheck { missing, doubts, .. } = judgement.check.unwrap_or_else(|| known(old.filter(|_| !seen)));
    let last_verified = match judgement.last_verified {
        None if !seen => old.and_then(|old| old.last_verified.clone()),
        verified => verified.as_ref().map(verified_as),
    };
    let new = IntegrationStatus {
        observed_generation: integration.metadata.generation,
        state: state(judgement.state),
        reason_code: judgement.reason.to_string(),
        message: cut(&judgement.message),
        missing_keys: missing,
        doubts: doubts.iter().map(|doubt| cut(doubt)).collect(),
        last_verified,
        conditions: Vec::new(),
    };
    let findings =
        [(IntegrationCondition::Configured, judgement.configured), (IntegrationCondition::Connected, judgement.connected)];
    let generation = new.observed_generation;
    let conditions = findings.into_iter().filter_map(|(kind, finding)| condition(kind, &finding, generation, now));
    calm(old, IntegrationStatus { conditions: conditions.collect(), ..new })
}

/// Keeps what an unchanged status says: times of conditions; and, where calls fail for one reason again and again, the first of
/// their messages, so that not every call is a write.
fn calm(old: Option<&IntegrationStatus>, new: IntegrationStatus) -> IntegrationStatus {
    let Some(old) = old else { return new };
    let same = new.state == IntegrationState::Degraded
        && (old.state, &old.reason_code, old.observed_generation) == (new.state, &new.reason_code, new.observed_generation);
    let keep = |new: Condition| {
        let merged = merge(&old.conditions, new);
        let was = old.conditions.iter().find(|was| (&was.type_, &was.reason) == (&merged.type_, &merged.reason));
        match was.filter(|_| same) {
            Some(was) => Condition { message: was.message.clone(), ..merged },
            None => merged,
        }
    };
    IntegrationStatus {
        message: if same { old.message.clone() } else { new.message },
        conditions: new.conditions.into_iter().map(keep).collect(),
        ..new
    }
}

fn known(old: Option<&IntegrationStatus>) -> CredentialCheck {
    old.map_or_else(CredentialCheck::default, |old| CredentialCheck {
        missing: old.missing_keys.clone(),
        malformed: Vec::new(),
        doubts: old.doubts.clone(),
    })
}

fn verified_as(attempt: &Attempt) -> LastVerified {
    LastVerified {
        at: to_k8s(attempt.at),
        outcome: attempt.outcome,
        reason_code: attempt.reason.map(|reason| reason.to_string()),
        message: attempt.message.as_deref().map(cut),
        trace_id: attempt.trace_id,
    }
}

fn condition(kind: IntegrationCondition, finding: &Finding, generation: Option<i64>, now: DateTime<Utc>) -> Option<Condition> {
    Some(Condition {
        type_: kind.to_string(),
        status: finding.verdict.status().to_owned(),
        reason: finding.reason.condition_reason(),
        message: cut(&finding.message),
        observed_generation: generation,
        last_transition_time: to_k8s(now)?,
    })
}

#[cfg(test)]
mod tests {
    use assayer_contract::{Operation, Outcome};
    use assayer_judge::{IntegrationEvidence, IntegrationFacts, judge_integration};
    use chrono::TimeDelta;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn integration(status: Option<IntegrationStatus>) -> Integration {
        let spec = json!({"provider": "databento", "credentials": {"secretRef": {"name": "databento"}}});
        let metadata = json!({"name": "databento", "namespace": "desk", "generation": 2});
        let object = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "metadata": metadata, "spec": spec});
        Integration { status, ..serde_json::from_value(object).unwrap() }
    }

    fn attempt(second: i64, outcome: Outcome, reason: Option<ReasonCode>, said: &str) -> Attempt {
        Attempt {
            id: Uuid::from_u128(u128::try_from(second).unwrap()),
            at: now() + TimeDelta::seconds(second),
            operation: Operation::Call,
            outcome,
            reason,
            endpoint: "x".to_owned(),
            message: Some(said.to_owned()),
            trace_id: Uuid::nil(),
            check: Some(CredentialCheck { doubts: vec!["odd".to_owned()], ..CredentialCheck::default() }),
        }
    }

    fn of(evidence: &IntegrationEvidence, old: Option<IntegrationStatus>, later: i64) -> IntegrationStatus {
        let integration = integration(old);
        let now = now() + TimeDelta::seconds(later);
        let judgement = judge_integration(evidence, integration.spec.connected_for.duration(), now);
        status(&integration, judgement, now)
    }

    fn failing(second: i64, said: &str) -> IntegrationEvidence {
        IntegrationEvidence::Read(IntegrationFacts {
            success: Some(attempt(0, Outcome::Success, None, "")),
            failure: Some(attempt(second, Outcome::Failed, Some(ReasonCode::ProviderError), said)),
            verify: Some(attempt(0, Outcome::Success, None, "")),
            ..IntegrationFacts::default()
        })
    }

    #[test]
    fn the_same_judgement_later_gives_the_same_status() {
        let first = of(&failing(1, "a"), None, 10);
        assert_eq!(of(&failing(1, "a"), Some(first.clone()), 20), first);
    }

    #[test]
    fn calls_that_fail_again_and_again_for_one_reason_are_written_once() {
        let first = of(&failing(1, "request 1"), None, 10);
        assert_eq!(first.state, IntegrationState::Degraded);
        assert_eq!(of(&failing(2, "request 2"), Some(first.clone()), 20), first);
    }

    #[test]
    fn what_was_known_of_keys_and_handshakes_outlives_an_outage_of_the_log_and_the_claim_to_be_connected_does_not() {
        let first = of(&failing(1, "a"), None, 10);
        let away = of(&IntegrationEvidence::Unreadable("away".into()), Some(first.clone()), 20);
        assert_eq!((away.state, away.reason_code.as_str()), (IntegrationState::NotConnected, "EVIDENCE_UNAVAILABLE"));
        assert!(away.conditions.iter().all(|condition| condition.status == "Unknown"), "{away:?}");
        assert_eq!((&away.doubts, &away.last_verified), (&first.doubts, &first.last_verified));
    }

    #[test]
    fn the_worst_status_stays_below_four_kibibytes() {
        let text = "x".repeat(10_000);
        let mut evidence = failing(1, &text);
        if let IntegrationEvidence::Read(facts) = &mut evidence {
            facts.verify = Some(attempt(1, Outcome::Failed, Some(ReasonCode::ProviderError), &text));
        }
        let size = serde_json::to_string(&of(&evidence, None, 10)).unwrap().len();
        assert!(size <= 4_096, "{size}");
    }
}
