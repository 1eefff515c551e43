//! Which rows of the log fed a session. In: the job's rows as the gateway lists them, and the bars that arrived. Out: the ids of
//! the rows, or why the bars cannot be used. Pure.

use assayer_contract::{Outcome, ReasonCode, RequestSummary};
use uuid::Uuid;

use super::{
    Failure,
    fetch::{ENDPOINTS, PROVIDER},
};

/// The newest success of each call, in the order of use. The bars that arrived must be as many as the gateway counted: the client
/// takes the end of a stream for the end of the data, and a connection that broke looks the same.
pub(super) fn fed_by(rows: &[RequestSummary], bars: usize) -> Result<Vec<Uuid>, Failure> {
    let used: Vec<_> = ENDPOINTS.into_iter().map(|endpoint| newest_success(rows, endpoint)).collect::<Result<_, _>>()?;
    let counted = used.last().and_then(|row| row.bar_count);
    if counted == i64::try_from(bars).ok() {
        return Ok(used.iter().map(|row| row.id).collect());
    }
    let counted = counted.map_or_else(|| "an unknown number of".to_owned(), |count| count.to_string());
    Err(Failure::new(ReasonCode::DataTruncated, format!("{bars} bars arrived, the gateway counted {counted}")))
}

fn newest_success<'a>(rows: &'a [RequestSummary], endpoint: &str) -> Result<&'a RequestSummary, Failure> {
    let matches = |row: &&RequestSummary| row.provider == PROVIDER && row.endpoint == endpoint && row.outcome == Outcome::Success;
    let missing = || Failure::new(ReasonCode::EvidenceUnavailable, format!("the log has no successful {endpoint} of this job"));
    rows.iter().rfind(matches).ok_or_else(missing)
}
