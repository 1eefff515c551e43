//! Where the bars came from, and how their symbol rolls. In: rows of the last completed cycle, the Bot's symbol. Pure.

use assayer_contract::{Outcome, ReasonCode, Source};

use crate::{Cycle, Evidence, Finding, RowFact, Subject, Verdict};

/// Whether any market data of the last completed cycle came from elsewhere than the vendor, or with a warning.
pub(crate) fn not_genuine(evidence: &Evidence) -> Finding {
    let cycle = match evidence {
        Evidence::Read(facts) => facts.last_cycle.as_ref(),
        Evidence::Unreadable(_) => return Finding::titled(Verdict::Unknown, ReasonCode::EvidenceUnavailable),
    };
    if let Some(row) = cycle.and_then(Cycle::stood_in).filter(|row| row.is_simulated()) {
        let message = format!("the bars were simulated, and no vendor's (request {})", row.id);
        return Finding::new(Verdict::Proven, ReasonCode::NotGenuine, message);
    }
    let of_market_data = |row: &&RowFact| row.source == Some(Source::MarketData) && row.outcome == Outcome::Success;
    let rows: Vec<_> = cycle.iter().flat_map(|cycle| cycle.rows.iter().rev()).filter(of_market_data).collect();
    let address = rows.iter().find_map(|row| row.endpoint_override.as_ref());
    let warning = rows.iter().find_map(|row| row.vendor_warning.as_ref());
    let said: Vec<_> = address
        .map(|address| format!("the data came from {address}, not from the vendor"))
        .into_iter()
        .chain(warning.map(|warning| format!("its warning: {warning}")))
        .collect();
    match (rows.is_empty(), said.is_empty()) {
        (true, _) => Finding::new(Verdict::Unknown, ReasonCode::MarketDataUnproven, "no row of market data succeeded"),
        (false, true) => Finding::new(Verdict::Refuted, ReasonCode::Accepted, "the data came from the vendor, without a warning"),
        (false, false) => Finding::new(Verdict::Proven, ReasonCode::NotGenuine, said.join("; ")),
    }
}

/// Whether anything stood in for a vendor in the last completed cycle: what, and for which call.
pub(crate) fn fallback(evidence: &Evidence) -> Finding {
    let cycle = match evidence {
        Evidence::Read(facts) => facts.last_cycle.as_ref(),
        Evidence::Unreadable(_) => return Finding::titled(Verdict::Unknown, ReasonCode::EvidenceUnavailable),
    };
    let Some(cycle) = cycle else { return Finding::titled(Verdict::Unknown, ReasonCode::AwaitingFirstCycle) };
    let Some((row, of)) = cycle.stood_in().and_then(|row| Some((row, row.fallback_of?))) else {
        return Finding::new(Verdict::Refuted, ReasonCode::Accepted, "nothing stood in for a vendor");
    };
    let failed = cycle.rows.iter().find(|row| row.id == of);
    let why = failed.map_or_else(String::new, |failed| {
        let reason = failed.reason.map_or_else(|| failed.outcome.to_string(), |reason| reason.to_string());
        format!("{}, which failed with {reason}, ", failed.provider)
    });
    let message = format!(
        "{} stood in for {why}request {of}: its bars prove nothing (job {}, request {})",
        row.provider, cycle.job.job_name, row.id
    );
    Finding::new(Verdict::Proven, ReasonCode::FallbackUsed, message)
}

/// `ROOT.c.N` changes contracts when they expire, so it trades each through its last days.
pub(crate) fn roll_risk(subject: &Subject) -> Finding {
    match subject.symbol.split('.').collect::<Vec<_>>().as_slice() {
        [root, "c", rank] if rank.parse::<u8>().is_ok() => Finding::new(
            Verdict::Proven,
            ReasonCode::RollRisk,
            format!(
                "{} holds each contract until it expires, through days when few trade it; {root}.v.{rank} rolls with the volume, about a week before",
                subject.symbol
            ),
        ),
        _ => Finding::new(Verdict::Refuted, ReasonCode::Accepted, "the symbol does not hold contracts until they expire"),
    }
}
