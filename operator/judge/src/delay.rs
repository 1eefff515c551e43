//! Whether bars come late. In: a row of bars, the rule, the Bot's series. Out: why the row does not count, or nothing. Pure.
//!
//! Only an answer that reaches to the present tells: of a range that was over long before, all bars are old.

use assayer_contract::{ReasonCode, policy::Policy};
use assayer_engine::{BarSchema, calendar::Calendar};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Finding, RowFact, Subject, Verdict};

/// Why the bars are too late to count; `None` where they are not, or where the policy does not ask. `place` names job, trace and row.
pub(crate) fn flaw(row: &RowFact, subject: &Subject, policy: &Policy, place: &str) -> Option<Finding> {
    let most = policy.market_data.freshness.max_delay?;
    let required = format!("<= {} s", most.as_secs());
    if row.delayed {
        return Some(late(row, "the vendor says that its data is delayed", &required, place));
    }
    let most = TimeDelta::from_std(most).unwrap_or(TimeDelta::MAX);
    if row.end.is_some_and(|end| row.at - end > most) {
        return None;
    }
    let missing = row.staleness_ms.zip(length(subject)).map(|(staleness, length)| {
        let end = row.at - TimeDelta::milliseconds(staleness);
        open_between(subject, end, row.at) - length
    });
    match missing {
        Some(missing) if missing <= most => None,
        Some(missing) => Some(late(row, &format!("the newest bar missing for {} s", missing.num_seconds()), &required, place)),
        None => {
            let message =
                format!("{} {}: no bar tells how late they come, required {required} ({place})", row.provider, row.endpoint);
            Some(Finding::new(Verdict::Unknown, ReasonCode::GateUnmeasured, message))
        }
    }
}

/// How long a bar takes to be complete: until then the newest one is not missing.
fn length(subject: &Subject) -> Option<TimeDelta> {
    BarSchema::from_name(&subject.schema).map(|schema| TimeDelta::nanoseconds(schema.nanos()))
}

/// For how long the market was open. Where nobody knows its hours, it counts as open all the time.
fn open_between(subject: &Subject, start: DateTime<Utc>, end: DateTime<Utc>) -> TimeDelta {
    let nanos = |time: DateTime<Utc>| time.timestamp_nanos_opt();
    let sessions = Calendar::of(&subject.dataset, &subject.symbol).and_then(|calendar| calendar.sessions(start, end));
    let (Ok(sessions), Some(from), Some(to)) = (sessions, nanos(start), nanos(end)) else { return end - start };
    // Regular hours lie within the others, so sessions overlap.
    let mut open = (0, from);
    for session in sessions {
        let (begin, close) = (session.open.max(open.1), session.close.min(to));
        open = (open.0 + (close - begin).max(0), open.1.max(close));
    }
    TimeDelta::nanoseconds(open.0)
}

fn late(row: &RowFact, measured: &str, required: &str, place: &str) -> Finding {
    let message = format!("{} {}: measured {measured}, required {required} ({place})", row.provider, row.endpoint);
    let finding = Finding::new(Verdict::Refuted, ReasonCode::DataDelayed, message);
    Finding { measured: Some(measured.to_owned()), required: Some(required.to_owned()), ..finding }
}
