//! Whether the last completed cycle used the kinds of source beside market data that the policy names. In: its rows. Pure.

use assayer_contract::{
    Operation, Outcome, ReasonCode, Source,
    condition::ConditionType,
    policy::{Policy, Requirement, SourceRule},
};

use chrono::{DateTime, Utc};

use crate::{Acceptance, Cycle, Denied, Evidence, Finding, RowFact, Verdict, freshness};

/// One kind of source that a policy names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFinding {
    pub(crate) source: Source,
    pub(crate) requirement: Requirement,
    pub(crate) finding: Finding,
}

/// The name that the kind has in a Bot's line of proof, and its condition.
fn names(source: Source) -> (&'static str, Option<ConditionType>) {
    match source {
        Source::MarketData => ("MD", Some(ConditionType::MarketDataProven)),
        Source::Macro => ("Macro", Some(ConditionType::MacroProven)),
        Source::OptionsFlow => ("Flow", Some(ConditionType::OptionsFlowProven)),
        Source::News => ("News", Some(ConditionType::NewsProven)),
        Source::Ai => ("AI", Some(ConditionType::AiProven)),
        Source::Broker => ("Broker", None),
    }
}

impl SourceFinding {
    pub(crate) fn condition(&self) -> Option<(ConditionType, Finding)> {
        names(self.source).1.map(|kind| (kind, self.finding.clone()))
    }

    /// The mark in the line of proof; an optional source that was not asked has none, nor has one without a condition.
    pub(crate) fn mark(&self) -> Option<String> {
        let (name, condition) = names(self.source);
        let silent = condition.is_none() || self.finding.reason == ReasonCode::NotRequired;
        let mark = if self.requirement == Requirement::Disabled { '–' } else { self.finding.verdict.mark() };
        (!silent).then(|| format!(" {name}{mark}"))
    }
}

pub(crate) fn prove(acceptance: &Acceptance, evidence: &Evidence, now: DateTime<Utc>) -> Vec<SourceFinding> {
    let Acceptance::Accepted(policy) = acceptance else { return Vec::new() };
    let of = |(source, rule): (&Source, &SourceRule)| SourceFinding {
        source: *source,
        requirement: rule.requirement,
        finding: disabled(*source, rule, policy).unwrap_or_else(|| finding(*source, rule, evidence, now)),
    };
    policy.sources.iter().map(of).collect()
}

/// Of what the policy disables nothing is proven or refuted, whatever rows there are.
pub(crate) fn disabled(source: Source, rule: &SourceRule, policy: &Policy) -> Option<Finding> {
    let message = rule.disabled(source, policy.stage)?;
    Some(Finding::new(Verdict::Unknown, ReasonCode::SourceDisabled, message))
}

fn finding(source: Source, rule: &SourceRule, evidence: &Evidence, now: DateTime<Utc>) -> Finding {
    let facts = match evidence {
        Evidence::Unreadable(why) => return Finding::new(Verdict::Unknown, ReasonCode::EvidenceUnavailable, why),
        Evidence::Read(facts) => facts,
    };
    let Some(cycle) = &facts.last_cycle else {
        return Finding::titled(Verdict::Unknown, ReasonCode::AwaitingFirstCycle);
    };
    let calls = || cycle.rows.iter().rev().filter(|row| row.source == Some(source) && row.operation == Operation::Call);
    let answered =
        |row: &&RowFact| matches!(row.outcome, Outcome::Success | Outcome::Served) && rule.providers.contains(&row.provider);
    let mut flaws = Vec::new();
    // One row that counts proves it, whatever others say: so evidence that is lost cannot prove anything.
    for row in calls().filter(answered) {
        let place = format!("{}, request {}", place(cycle), row.id);
        match empty(row, &place).or_else(|| freshness::flaw(row, cycle, &rule.freshness, &place, now)) {
            Some(flaw) => flaws.push(flaw),
            None => {
                let held = held(row).unwrap_or_default();
                let message = format!("{} {} answered {held} items ({place})", row.provider, row.endpoint);
                return Finding::new(Verdict::Proven, ReasonCode::Proven, message);
            }
        }
    }
    // What came closest says more than what was asked last.
    if let Some(flaw) = flaws.into_iter().min_by_key(|flaw| flaw.reason == ReasonCode::SourceUnproven) {
        return flaw;
    }
    match calls().next() {
        Some(row) => {
            let verdict = if row.outcome == Outcome::Unknown { Verdict::Unknown } else { Verdict::Refuted };
            let reason = row.reason.unwrap_or(ReasonCode::SourceUnproven);
            let said = row.error_message.as_deref().unwrap_or(reason.title());
            let message = format!("{} {}: {said} ({}, request {})", row.provider, row.endpoint, place(cycle), row.id);
            Finding::new(verdict, reason, message)
        }
        None if rule.requirement == Requirement::Optional => Finding::titled(Verdict::Unknown, ReasonCode::NotRequired),
        None => unasked(source, rule, &facts.denied, cycle),
    }
}

/// Nobody asked for what the stage requires; where a vendor's plan does not cover it, that is why it would be of no use.
fn unasked(source: Source, rule: &SourceRule, denied: &[Denied], cycle: &Cycle) -> Finding {
    if let Some(denied) = denied.iter().find(|denied| rule.providers.contains(&denied.provider)) {
        let message = format!("{}: {}; nobody asked it ({})", denied.provider, denied.message, place(cycle));
        return Finding::new(Verdict::Refuted, denied.reason, message);
    }
    let wanted = rule.providers.join(", ");
    let message = format!("the stage requires {source} from {wanted}, and nobody asked ({})", place(cycle));
    Finding::new(Verdict::Unknown, ReasonCode::SourceUnproven, message)
}

/// What the answer held of its source; none where it only spoke about it, such as a list of models.
fn held(row: &RowFact) -> Option<i64> {
    row.items.or(row.bar_count)
}

fn empty(row: &RowFact, place: &str) -> Option<Finding> {
    let what = match held(row) {
        Some(1..) => return None,
        Some(_) => "the answer was empty",
        None => "the answer speaks about the source and holds nothing of it",
    };
    let message = format!("{} {}: {what} ({place})", row.provider, row.endpoint);
    Some(Finding::new(Verdict::Refuted, ReasonCode::SourceUnproven, message))
}

fn place(cycle: &Cycle) -> String {
    format!("job {}, trace {}", cycle.job.job_name, cycle.job.trace_id)
}
