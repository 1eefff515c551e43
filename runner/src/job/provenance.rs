//! Which rows of the log fed a session. In: the job's rows as the gateway lists them, and the bars that arrived. Out: the ids of
//! the rows, or why the bars cannot be used. Pure.

use assayer_contract::{
    BarQuality, Outcome, QualityLimits, ReasonCode, RequestSummary,
    quality::{Delivered, breaches},
};
use uuid::Uuid;

use super::{
    Failure,
    fetch::{BARS, COUNT, ENDPOINTS, PROVIDER},
};

/// The newest success of each call, in the order of use. The bars that arrived must be as many as the gateway counted: the client
/// takes the end of a stream for the end of the data, and a connection that broke looks the same.
pub(super) fn fed_by(rows: &[RequestSummary], bars: usize) -> Result<Vec<Uuid>, Failure> {
    let [asked @ .., _] = ENDPOINTS;
    let mut used: Vec<_> = asked.into_iter().map(|endpoint| newest_success(rows, endpoint)).collect::<Result<_, _>>()?;
    used.extend(of_bars(rows)?);
    let counted = used.last().and_then(|row| row.bar_count);
    if counted == i64::try_from(bars).ok() {
        return Ok(used.iter().map(|row| row.id).collect());
    }
    let counted = counted.map_or_else(|| "an unknown number of".to_owned(), |count| count.to_string());
    Err(Failure::new(ReasonCode::DataTruncated, format!("{bars} bars arrived, the gateway counted {counted}")))
}

/// Whether the bars satisfy the policy, by what the gateway measured and the vendor counted: the rows that the judge reads too.
pub(super) fn good_enough(rows: &[RequestSummary], limits: Option<&QualityLimits>) -> Result<(), Failure> {
    if limits.is_none() {
        return Ok(());
    }
    let row = of_bars(rows)?.pop().ok_or_else(|| missing(BARS))?;
    let record_count = newest_success(rows, COUNT)?.record_count;
    let found = Found { bars: row.bar_count.unwrap_or_default(), record_count, quality: row.quality.clone() };
    judge(&found, limits, row.id)
}

/// What the log says of bars.
pub(super) struct Found {
    /// How many the gateway counted.
    pub(super) bars: i64,
    /// How many the vendor says there are.
    pub(super) record_count: Option<i64>,
    /// What the gateway measured.
    pub(super) quality: Option<BarQuality>,
}

/// The first limit that the bars do not satisfy is why they cannot be used; `request` says whose they are.
pub(super) fn judge(found: &Found, limits: Option<&QualityLimits>, request: Uuid) -> Result<(), Failure> {
    let Some(limits) = limits else { return Ok(()) };
    let Found { bars, record_count, quality } = found;
    let found = breaches(limits, Delivered { bars: *bars, record_count: *record_count, quality: quality.as_ref() });
    let said: Vec<_> = found.iter().map(ToString::to_string).collect();
    match found.first() {
        None => Ok(()),
        Some(first) => {
            let reason = if first.known { ReasonCode::DataQuality } else { ReasonCode::GateUnmeasured };
            Err(Failure::new(reason, format!("{}; request {request}", said.join("; "))))
        }
    }
}

/// The newest answer with bars; before it, where the gateway made it of what it keeps, the newest that came from the vendor in this job.
fn of_bars(rows: &[RequestSummary]) -> Result<Vec<&RequestSummary>, Failure> {
    let of = |outcome| rows.iter().rposition(|row| row.provider == PROVIDER && row.endpoint == BARS && row.outcome == outcome);
    let (own, kept) = (of(Outcome::Success), of(Outcome::Served));
    let used: Vec<_> = own.into_iter().chain(kept.filter(|kept| own.is_none_or(|own| own < *kept))).collect();
    let used: Vec<_> = used.into_iter().filter_map(|place| rows.get(place)).collect();
    if used.is_empty() { Err(missing(BARS)) } else { Ok(used) }
}

fn missing(endpoint: &str) -> Failure {
    Failure::new(ReasonCode::EvidenceUnavailable, format!("the log has no successful {endpoint} of this job"))
}

fn newest_success<'a>(rows: &'a [RequestSummary], endpoint: &str) -> Result<&'a RequestSummary, Failure> {
    let matches = |row: &&RequestSummary| row.provider == PROVIDER && row.endpoint == endpoint && row.outcome == Outcome::Success;
    rows.iter().rfind(matches).ok_or_else(|| missing(endpoint))
}
