//! The gates between a Bot and its next stage. In: policy and evidence. Out: one finding a gate, and their meet. Pure.

use assayer_contract::{ReasonCode, policy::Requirement};

use crate::{Acceptance, Evidence, Finding, Verdict, quality, sources::SourceFinding};

/// A gate that is not proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// Which gate, or why it is closed.
    pub reason: ReasonCode,
    /// What is missing, with names and numbers.
    pub message: String,
    /// What was measured.
    pub measured: Option<String>,
    /// What the policy requires.
    pub required: Option<String>,
}

/// The gates in the order in which they are to be cleared. Never empty.
pub(crate) fn of(acceptance: &Acceptance, evidence: &Evidence, market_data: &Finding, sources: &[SourceFinding]) -> Vec<Finding> {
    let policy = match acceptance {
        Acceptance::Accepted(policy) => policy,
        Acceptance::Refused(reason, message) => return vec![Finding::new(Verdict::Unknown, *reason, message)],
    };
    let facts = match evidence {
        Evidence::Unreadable(why) => return vec![Finding::new(Verdict::Unknown, ReasonCode::EvidenceUnavailable, why)],
        Evidence::Read(facts) => facts,
    };
    let mut gates = Vec::new();
    // What keeps the next cycle from starting is to be cleared before what the last one left.
    gates.extend(facts.blocked().map(|one| Finding {
        verdict: one.verdict,
        reason: one.reason,
        message: one.message.clone(),
        measured: one.measured.clone(),
        required: one.required.clone(),
    }));
    if policy.market_data.requirement == Requirement::Required {
        gates.push(market_data.clone());
    }
    let required = sources.iter().filter(|source| source.requirement == Requirement::Required);
    gates.extend(required.map(|source| source.finding.clone()));
    let last_failure = facts.last_cycle.as_ref().and_then(|cycle| Some((&cycle.job, cycle.job.reason?)));
    let count = quality::sessions(facts, policy);
    let stood_in: i64 = facts.sessions.iter().filter(|session| session.fallback).map(|session| session.count).sum();
    let besides = if stood_in == 0 { String::new() } else { format!("; {stood_in} on a fallback's bars, which never count") };
    let sessions = format!("{count} of {} sessions of the present strategy{besides}", policy.promotion_sessions);
    let sessions = match last_failure {
        _ if count >= i64::from(policy.promotion_sessions) => Finding::new(Verdict::Proven, ReasonCode::Proven, sessions),
        // A count that does not grow has a cause, and the cause is what helps.
        Some((job, reason)) => {
            let said = job.message.as_deref().unwrap_or(reason.title());
            let message =
                format!("{sessions}; the last job {}: {said} (job {}, trace {})", job.status, job.job_name, job.trace_id);
            Finding::new(Verdict::Refuted, reason, message)
        }
        None => Finding::new(Verdict::Refuted, ReasonCode::SessionsTooFew, sessions),
    };
    gates.push(sessions.with_figures(count, policy.promotion_sessions));
    // Nothing replays sessions yet, so nothing is known of their results.
    gates.push(Finding::titled(Verdict::Unknown, ReasonCode::ResultUnverified));
    gates
}

/// Proven only if every gate is; the reason is that of the first gate that is not.
pub(crate) fn promotable(gates: &[Finding]) -> Finding {
    let verdict = gates.iter().map(|gate| gate.verdict).min().unwrap_or(Verdict::Unknown);
    match gates.iter().find(|gate| gate.verdict != Verdict::Proven) {
        Some(first) => Finding { verdict, ..first.clone() },
        None => Finding::new(verdict, ReasonCode::Proven, "every gate to the next stage is proven"),
    }
}

pub(crate) fn blockers(gates: &[Finding]) -> Vec<Blocker> {
    let closed = gates.iter().filter(|gate| gate.verdict != Verdict::Proven).cloned();
    closed.map(|Finding { reason, message, measured, required, .. }| Blocker { reason, message, measured, required }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate() -> impl Strategy<Value = Finding> {
        let verdict = prop_oneof![Just(Verdict::Proven), Just(Verdict::Unknown), Just(Verdict::Refuted)];
        verdict.prop_map(|verdict| Finding::titled(verdict, ReasonCode::GateUnmeasured))
    }

    proptest! {
        #[test]
        fn a_bot_is_promotable_only_if_every_gate_is_proven(gates in prop::collection::vec(gate(), 1..6)) {
            let all = gates.iter().all(|gate| gate.verdict == Verdict::Proven);
            prop_assert_eq!(promotable(&gates).verdict == Verdict::Proven, all);
            prop_assert_eq!(blockers(&gates).is_empty(), all);
        }
    }

    #[test]
    fn without_gates_nothing_is_promotable() {
        assert_eq!(promotable(&[]).verdict, Verdict::Unknown);
    }
}
