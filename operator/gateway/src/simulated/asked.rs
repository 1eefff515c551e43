//! Which days are asked for. In: a job and a query. Out: its series and the range, or what is wrong with it. Pure.

use assayer_contract::ReasonCode;
use assayer_engine::Instrument;
use assayer_store::gateway_jobs::GatewayJob;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use http::StatusCode;
use serde::Deserialize;

use crate::refusal::Refusal;

/// Days that one question may have.
const LONGEST: TimeDelta = TimeDelta::days(31);

/// Bars of a series from midnight to midnight UTC.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) instrument: Instrument,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
}

/// The series is always the job's own; there are none of days that are still to come.
pub(super) fn read(job: &GatewayJob, query: &str, now: DateTime<Utc>) -> Result<Asked, Refusal> {
    let instrument = job.body.get("instrument").map(Instrument::deserialize);
    let instrument = instrument.and_then(Result::ok).filter(|instrument| instrument.validate().is_ok());
    let instrument = instrument.ok_or_else(|| invalid("the job has no sound spec.instrument"))?;
    let (mut start, mut end) = (None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let day = match name.as_ref() {
            "start" => &mut start,
            "end" => &mut end,
            _ => return Err(invalid(format!("{name} is not known: the query is start and end"))),
        };
        let parsed: NaiveDate =
            value.parse().map_err(|_| invalid(format!("{name} is \"{value}\": give a day such as 2026-01-05")))?;
        if day.replace(parsed.and_time(NaiveTime::MIN).and_utc()).is_some() {
            return Err(invalid(format!("{name} is given twice")));
        }
    }
    let (Some(start), Some(end)) = (start, end) else { return Err(invalid("start and end are needed")) };
    if start >= end || end - start > LONGEST || end > now {
        let message = format!("start is {start} and end {end}: end must be after start, at most 31 days, and not to come");
        return Err(invalid(message));
    }
    Ok(Asked { instrument, start, end })
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, ReasonCode::RequestInvalid, message)
}
