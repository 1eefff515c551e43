//! Whether bars are good enough to count. In: what rows say of them, and the policy. Out: a finding, or the sessions that count. Pure.

use assayer_contract::{
    Outcome, ReasonCode,
    policy::Policy,
    quality::{Breach, Delivered, breaches},
};

use crate::{Cycle, Facts, Finding, RowFact, Verdict};

/// Endpoints whose answers are the vendor's own count of records.
const COUNT_ENDPOINTS: [(&str, &str); 1] = [("databento", "metadata.get_record_count")];

/// What keeps the bars of a row from counting; `None` where nothing does.
pub(crate) fn flaw(row: &RowFact, cycle: &Cycle, policy: &Policy) -> Option<Finding> {
    let limits = policy.market_data_quality.as_ref()?;
    let bars = row.bar_count.unwrap_or_default();
    let counts: Vec<_> =
        cycle.rows.iter().rev().filter(|count| counts(count, row)).filter_map(|count| count.record_count).collect();
    let record_count = counts.iter().find(|count| **count == bars).or(counts.first()).copied();
    let found = breaches(limits, Delivered { bars, record_count, quality: row.quality.as_ref() });
    let place = format!("job {}, trace {}, request {}", cycle.job.job_name, cycle.job.trace_id, row.id);
    of_breaches(&found, &place)
}

/// Whether a row holds bars that the gateway kept, as many as the vendor itself counts in the same cycle.
pub(crate) fn is_as_the_vendor_counts(row: &RowFact, cycle: &Cycle) -> bool {
    let kept = row.outcome == Outcome::Served && row.served_from.is_some();
    kept && cycle.rows.iter().any(|count| counts(count, row) && count.record_count == row.bar_count)
}

/// Sessions whose bars satisfy the policy as it is now. None counts in whose job anything stood in for a vendor.
pub(crate) fn sessions(facts: &Facts, policy: &Policy) -> i64 {
    let good = facts.sessions.iter().filter(|session| !session.fallback).filter(|session| {
        let delivered = Delivered { bars: session.bars, record_count: session.record_count, quality: session.quality.as_ref() };
        policy.market_data_quality.as_ref().is_none_or(|limits| breaches(limits, delivered).is_empty())
    });
    good.map(|session| session.count).sum()
}

/// Whether `count` is the vendor's own count of the very range of `row`.
fn counts(count: &RowFact, row: &RowFact) -> bool {
    COUNT_ENDPOINTS.contains(&(count.provider.as_str(), count.endpoint.as_str()))
        && count.outcome == Outcome::Success
        && (&count.provider, &count.dataset, &count.symbol, &count.schema)
            == (&row.provider, &row.dataset, &row.symbol, &row.schema)
        && (count.start, count.end) == (row.start, row.end)
}

fn of_breaches(found: &[Breach], place: &str) -> Option<Finding> {
    let first = found.first()?;
    let (verdict, reason) =
        if first.known { (Verdict::Refuted, ReasonCode::DataQuality) } else { (Verdict::Unknown, ReasonCode::GateUnmeasured) };
    let all: Vec<_> = found.iter().map(ToString::to_string).collect();
    let finding = Finding::new(verdict, reason, format!("{}; {place}", all.join("; ")));
    Some(Finding { measured: Some(first.measured.clone()), required: Some(first.required.clone()), ..finding })
}
