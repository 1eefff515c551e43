//! Where the bars came from, and how their symbol rolls. In: rows of the last completed cycle, the Bot's symbol. Pure.

use assayer_contract::ReasonCode;

use crate::{Acceptance, Evidence, Finding, Subject, Verdict, market_data};

/// Whether the bars that prove market data came from the vendor itself, and without a warning.
pub(crate) fn genuine(evidence: &Evidence, subject: &Subject, acceptance: &Acceptance) -> Finding {
    let Some(row) = market_data::proving_row(subject, acceptance, evidence) else {
        return Finding::new(Verdict::Unknown, ReasonCode::MarketDataUnproven, "no row proves the Bot's bars");
    };
    let address = row.endpoint_override.as_ref().map(|address| format!("the bars came from {address}, not from the vendor"));
    let warning = row.vendor_warning.as_ref().map(|warning| format!("it warns: {warning}"));
    match (address, warning) {
        (None, None) => Finding::new(Verdict::Proven, ReasonCode::Proven, "the bars came from the vendor, without a warning"),
        (address, warning) => {
            let said: Vec<_> = address.into_iter().chain(warning).collect();
            Finding::new(Verdict::Refuted, ReasonCode::NotGenuine, said.join("; "))
        }
    }
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
