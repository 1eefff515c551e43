//! Whether an answer is too old to count. In: its row, the rule of its source, the time. Out: why it does not count, or nothing.
//! Pure. Waiting never makes an answer count again.

use assayer_contract::{Freshness, ReasonCode};
use assayer_engine::calendar::Calendar;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Cycle, Finding, RowFact, Verdict, release};

/// How far the clocks of two processes may be apart. An answer from a later time proves nothing.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(1);

/// Why the row does not count; `None` where it does. `place` names job, trace and row.
pub(crate) fn flaw(row: &RowFact, cycle: &Cycle, rule: &Freshness, place: &str, now: DateTime<Utc>) -> Option<Finding> {
    let too_old = rule.within.and_then(|within| {
        let (age, most) = (now - row.at, TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX));
        (age > most || age < -CLOCK_TOLERANCE).then(|| {
            let (measured, required) = (format!("{} s old", age.num_seconds()), format!("<= {} s", most.num_seconds()));
            stale(row, &measured, &required, place)
        })
    });
    too_old
        .or_else(|| if rule.in_regular_hours { outside(row, place) } else { None })
        .or_else(|| if rule.until_release { superseded(row, cycle, place, now) } else { None })
}

fn superseded(row: &RowFact, cycle: &Cycle, place: &str, now: DateTime<Utc>) -> Option<Finding> {
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%MZ").to_string();
    match release::newest_until(row, cycle) {
        Ok(until) if now < until => None,
        Ok(until) => {
            let required = format!("from after the release of {}", time(until));
            Some(stale(row, &format!("received {}", time(row.at)), &required, place))
        }
        Err(unknown) => {
            let message = format!("{} {}: {unknown} ({place})", row.provider, row.endpoint);
            Some(Finding::new(Verdict::Unknown, ReasonCode::GateUnmeasured, message))
        }
    }
}

fn outside(row: &RowFact, place: &str) -> Option<Finding> {
    let required = "in the regular hours of US options, 09:30 to 16:00 in New York";
    let received = format!("received {}", row.at.format("%Y-%m-%dT%H:%M:%SZ"));
    match Calendar::Nyse.sessions(row.at, row.at + TimeDelta::seconds(1)) {
        Ok(sessions) if sessions.is_empty() => Some(stale(row, &received, required, place)),
        Ok(_) => None,
        // Nobody knows whether the market was open.
        Err(error) => {
            let message = format!("{} {}: {received}, required {required}: {error} ({place})", row.provider, row.endpoint);
            Some(Finding::new(Verdict::Unknown, ReasonCode::GateUnmeasured, message))
        }
    }
}

fn stale(row: &RowFact, measured: &str, required: &str, place: &str) -> Finding {
    let message = format!("{} {}: measured {measured}, required {required} ({place})", row.provider, row.endpoint);
    let finding = Finding::new(Verdict::Refuted, ReasonCode::DataStale, message);
    Finding { measured: Some(measured.to_owned()), required: Some(required.to_owned()), ..finding }
}
