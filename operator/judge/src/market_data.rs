//! Whether the last completed cycle received the Bot's own bars from a vendor of the policy. In: its rows. Pure.

use assayer_contract::{Operation, Outcome, ReasonCode, Sent, Source, kept::ENDPOINTS, policy::Policy};

use crate::{Acceptance, Cycle, Evidence, Finding, RowFact, Subject, Verdict, delay, quality, sources};

pub(crate) fn prove(subject: &Subject, acceptance: &Acceptance, evidence: &Evidence) -> Finding {
    let policy = match acceptance {
        Acceptance::Accepted(policy) => policy,
        Acceptance::Refused(reason, message) => return Finding::new(Verdict::Unknown, *reason, message),
    };
    if let Some(disabled) = sources::disabled(Source::MarketData, &policy.market_data, policy) {
        return disabled;
    }
    let facts = match evidence {
        Evidence::Unreadable(why) => return Finding::new(Verdict::Unknown, ReasonCode::EvidenceUnavailable, why),
        Evidence::Read(facts) => facts,
    };
    let Some(cycle) = &facts.last_cycle else {
        return Finding::titled(Verdict::Unknown, ReasonCode::AwaitingFirstCycle);
    };
    let mut flaws = Vec::new();
    // One row that is good enough proves it, whatever others say: so evidence that is lost cannot prove anything.
    let good = cycle.rows.iter().rev().filter(|row| proves(row, cycle, subject, policy)).find(|row| {
        let place = || format!("job {}, trace {}, request {}", cycle.job.job_name, cycle.job.trace_id, row.id);
        let flaw = quality::flaw(row, cycle, policy).or_else(|| delay::flaw(row, subject, policy, &place()));
        flaws.extend(flaw.clone());
        flaw.is_none()
    });
    match good {
        Some(row) => Finding::new(
            Verdict::Proven,
            ReasonCode::Proven,
            format!(
                "{} bars of {} from {} in job {}, trace {}, request {}",
                row.bar_count.unwrap_or_default(),
                subject.symbol,
                row.provider,
                cycle.job.job_name,
                cycle.job.trace_id,
                row.id
            ),
        ),
        None => simulated(cycle, subject).or(flaws.into_iter().next()).unwrap_or_else(|| why_not(cycle, subject)),
    }
}

/// The vendor's own answer, or bars that the gateway kept of earlier ones where the vendor says in this very cycle that they are all.
fn proves(row: &RowFact, cycle: &Cycle, subject: &Subject, policy: &Policy) -> bool {
    row.source == Some(Source::MarketData)
        && row.operation == Operation::Call
        && (is_the_vendors_own(row) || quality::is_as_the_vendor_counts(row, cycle))
        // What stands in for a vendor proves nothing of it.
        && row.fallback_of.is_none()
        && policy.market_data.providers.contains(&row.provider)
        && ENDPOINTS.contains(&(row.provider.as_str(), row.endpoint.as_str()))
        && row.dataset.as_deref() == Some(&subject.dataset)
        && row.symbol.as_deref() == Some(&subject.symbol)
        && row.schema.as_deref() == Some(&subject.schema)
        && row.bar_count.is_some_and(|bars| bars > 0)
}

fn is_the_vendors_own(row: &RowFact) -> bool {
    row.outcome == Outcome::Success && row.sent == Sent::Yes
}

/// That the cycle went on with bars that were made up, which comes before why their vendor failed.
fn simulated(cycle: &Cycle, subject: &Subject) -> Option<Finding> {
    let row = cycle.stood_in().filter(|row| row.is_simulated())?;
    let failed = cycle.rows.iter().find(|failed| Some(failed.id) == row.fallback_of);
    let why = failed.and_then(|failed| Some(format!(": {} failed with {}", failed.provider, failed.reason?))).unwrap_or_default();
    let message = format!(
        "SIMULATED bars of {} stood in, which prove nothing{why} (job {}, trace {}, request {})",
        subject.symbol, cycle.job.job_name, cycle.job.trace_id, row.id
    );
    Some(Finding::new(Verdict::Refuted, ReasonCode::DataSimulated, message))
}

/// The newest attempt that did not work says why; without one, the job does.
fn why_not(cycle: &Cycle, subject: &Subject) -> Finding {
    let place = format!("job {}, trace {}", cycle.job.job_name, cycle.job.trace_id);
    let calls = || cycle.rows.iter().rev().filter(|row| row.source.is_none_or(|source| source == Source::MarketData));
    let failed = |row: &&RowFact| matches!(row.outcome, Outcome::Failed | Outcome::Refused | Outcome::Unknown);
    if let Some(row) = calls().find(failed) {
        let open = row.outcome == Outcome::Unknown;
        let (verdict, otherwise) = if open {
            (Verdict::Unknown, ReasonCode::UnknownOutcome)
        } else {
            (Verdict::Refuted, ReasonCode::MarketDataUnproven)
        };
        let reason = row.reason.unwrap_or(otherwise);
        let said = row.error_message.as_deref().unwrap_or(reason.title());
        // What is wrong comes first: a status has room for the beginning only.
        return Finding::new(verdict, reason, format!("{} {}: {said} ({place}, request {})", row.provider, row.endpoint, row.id));
    }
    let missing = format!("no row proves bars of {} {} {} ({place})", subject.dataset, subject.symbol, subject.schema);
    match cycle.job.reason {
        Some(reason) => {
            let said = cycle.job.message.as_deref().unwrap_or(reason.title());
            Finding::new(Verdict::Unknown, reason, format!("{said}; {missing}"))
        }
        None if calls().next().is_some() => Finding::new(Verdict::Refuted, ReasonCode::MarketDataUnproven, missing),
        None => Finding::new(Verdict::Unknown, ReasonCode::MarketDataUnproven, missing),
    }
}
