//! Checks of a job against its rows. In: what the log says. Out: a verdict, or why there is none. Pure.

use assayer_contract::{JobStatus, Outcome, RequestRow, Source};
use assayer_store::proof::{JobEvidence, JobRow, SessionRow};
use schemars::JsonSchema;
use serde::Serialize;

/// A verdict with its reason; `value` is `None` where it is unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Check<T> {
    /// The verdict.
    pub(crate) value: Option<T>,
    /// Why it is refuted or unknown; `None` where it holds.
    pub(crate) reason: Option<String>,
}

/// Whether the symbol that was used is the Bot's instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) enum SymbolCheck {
    /// Every row with a symbol names the Bot's own, and at least one of them was answered.
    #[serde(rename = "exact")]
    Exact,
    /// A row names another symbol.
    #[serde(rename = "MISMATCH")]
    Mismatch,
}

impl<T> Check<T> {
    fn holds(value: T) -> Self {
        Self { value: Some(value), reason: None }
    }

    fn refuted(value: T, reason: impl Into<String>) -> Self {
        Self { value: Some(value), reason: Some(reason.into()) }
    }

    fn unknown(reason: impl Into<String>) -> Self {
        Self { value: None, reason: Some(reason.into()) }
    }
}

/// Compares the symbols in the job's market data rows with its instrument.
pub(crate) fn symbol(evidence: &JobEvidence) -> Check<SymbolCheck> {
    let instrument = evidence.job.instrument.as_str();
    let named = || evidence.requests.iter().filter(|row| row.source == Some(Source::MarketData) && row.symbol.is_some());
    if let Some(row) = named().find(|row| row.symbol.as_deref() != Some(instrument)) {
        let other = row.symbol.as_deref().unwrap_or_default();
        return Check::refuted(
            SymbolCheck::Mismatch,
            format!("row {} asked for {other}, the Bot's instrument is {instrument}", row.id),
        );
    }
    if incomplete(evidence) {
        return Check::unknown(format!("only {} of {} rows were looked at", evidence.requests.len(), evidence.requests_total));
    }
    if named().any(answered) {
        Check::holds(SymbolCheck::Exact)
    } else {
        Check::unknown("no row of this job was answered for a symbol")
    }
}

/// Compares the strategy of the session with that of the job and with `present`, the hash of the Bot's own now.
pub(crate) fn strategy(job: &JobRow, session: Option<&SessionRow>, present: Option<&str>) -> Check<bool> {
    let Some(session) = session else {
        return Check::unknown("there is no session");
    };
    if session.strategy_hash != job.strategy_hash {
        return Check::refuted(false, "the session names another strategy than its job");
    }
    match present {
        None => Check::unknown("the Bot has been deleted, so its strategy is not known"),
        Some(present) if present != job.strategy_hash => {
            Check::refuted(false, "the Bot's strategy has been changed since this job was planned")
        }
        Some(_) => Check::holds(true),
    }
}

/// Whether every request that the session names is a successful row of this very job.
pub(crate) fn request_ids(session: Option<&SessionRow>) -> Check<bool> {
    match session {
        None => Check::unknown("there is no session"),
        Some(session) if session.unresolved_request_ids.is_empty() => Check::holds(true),
        Some(session) => {
            let ids: Vec<_> = session.unresolved_request_ids.iter().map(ToString::to_string).collect();
            Check::refuted(false, format!("no successful row of this job: {}", ids.join(", ")))
        }
    }
}

/// Why a job has no session.
pub(crate) fn no_session(job: &JobRow) -> String {
    let reason = job.reason_code.map_or_else(|| "no reason given".to_owned(), |reason| reason.to_string());
    match job.status {
        JobStatus::Queued | JobStatus::Running => "the job has not finished".to_owned(),
        JobStatus::Failed => format!("the job failed: {reason}"),
        JobStatus::TimedOut => format!("the job ran past its time: {reason}"),
        JobStatus::Succeeded => "the job counts as succeeded, but nothing was posted".to_owned(),
    }
}

/// Whether the job has more rows than were read.
pub(crate) fn incomplete(evidence: &JobEvidence) -> bool {
    i64::try_from(evidence.requests.len()).is_ok_and(|read| read < evidence.requests_total)
}

fn answered(row: &RequestRow) -> bool {
    matches!(row.outcome, Outcome::Success | Outcome::Served)
}
