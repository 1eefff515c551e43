//! Bars of which only the newest are asked of their vendor, since the gateway keeps the others. In: what is wanted. Out: all of them, or none.

use assayer_contract::{ReasonCode, kept::KeptQuery};
use chrono::{DateTime, Utc};
use databento::historical::DateTimeRange;
use tracing::{info, warn};

use super::{Failure, Fetched, PROVIDER, Wanted, symbol_type};

/// Every bar of the range, `count` of them by the vendor's own word. None where they must be asked for as a whole: too little is kept, or what
/// is kept is not what the vendor has now.
pub(super) async fn bars(wanted: &Wanted<'_>, range: &DateTimeRange, count: u64) -> Result<Option<Fetched>, Failure> {
    let Some(until) = until(wanted, range).await? else { return Ok(None) };
    if until < range.end {
        info!(%until, "bars are kept to here; newer ones are asked for");
        wanted.buy(DateTimeRange { start: until, end: range.end }).await?;
    }
    match wanted.kept(range.clone()).await {
        Ok(fetched) if u64::try_from(fetched.bars.len() + fetched.incomplete) == Ok(count) => Ok(Some(fetched)),
        Ok(fetched) => {
            warn!(kept = fetched.bars.len(), count, "the vendor counts other bars than are kept: all are asked for");
            Ok(None)
        }
        Err(failure) => {
            warn!(%failure, "what is kept is of no use: all bars are asked for");
            Ok(None)
        }
    }
}

async fn until(wanted: &Wanted<'_>, range: &DateTimeRange) -> Result<Option<time::OffsetDateTime>, Failure> {
    let stype_in = symbol_type(&wanted.instrument.symbol).to_string();
    let (Some(start), Some(end)) = (moment(range.start), moment(range.end)) else { return Ok(None) };
    let until = wanted.gateway.kept_until(PROVIDER, &KeptQuery { stype_in, start, end }).await?;
    let unfit =
        |error: time::error::ComponentRange| Failure::new(ReasonCode::RunnerFailed, format!("a time that no bar has: {error}"));
    // The gateway's times are whole microseconds.
    let at = |until: DateTime<Utc>| match moment(range.end) {
        Some(end) if end == until => Ok(range.end),
        _ => time::OffsetDateTime::from_unix_timestamp(until.timestamp()).map_err(unfit),
    };
    until.map(at).transpose()
}

fn moment(at: time::OffsetDateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000)).ok()?)
}
