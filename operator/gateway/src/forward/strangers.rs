//! Callers that are not proven. In: the row of each refusal. Out: the rows that are written of them: the first of each kind in a
//! minute at once, and how many more there were when the minute is over. Pure, but for its own table.
//!
//! A kind is a user with a reason in words. There are at most sixteen at a time and one for all others, hence at most 34 rows a
//! minute, however many callers there are.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use assayer_contract::{RequestRow, wire::NOBODY};
use axum::response::Response;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    Forwarder, Target, answer,
    draft::{self, stamped},
};
use crate::identity::Stranger;

/// Between two looks for counts that are to be recorded.
const TELL_EVERY: Duration = Duration::from_secs(5);
const WINDOW: TimeDelta = TimeDelta::minutes(1);
const KINDS: usize = 16;

/// User and reason; `None` is all others.
type Kind = Option<(String, String)>;

#[derive(Default)]
pub(super) struct Strangers(Mutex<BTreeMap<Kind, Seen>>);

impl Forwarder {
    /// Refuses a caller that is not proven to work for a job, and records it: the like of it only so often, lest a flood of them
    /// fills the log.
    pub async fn refuse_stranger(&self, to: Target<'_>, stranger: Stranger) -> Response {
        let now = Utc::now();
        let Stranger { user, refusal } = stranger;
        let row = draft::of_user(user.as_deref().unwrap_or(NOBODY), to.provider, to.method, now);
        let row = draft::refused(draft::with_path(row, to.path), &refusal, now);
        self.metrics.count(&row);
        let answer = refusal.to(to.provider);
        let Some(row) = self.strangers.seen(row, now) else { return answer };
        let id = row.id;
        // It is refused whether or not that can be written.
        if self.recorder.row(row).await.is_ok() { answer::with_id(answer, id) } else { answer }
    }

    /// Records how many strangers were refused without a row of their own, until it is cancelled, and then what is left.
    pub async fn tell_of_strangers(&self, stop: CancellationToken) {
        let mut stopped = false;
        while !stopped {
            stopped = tokio::time::timeout(TELL_EVERY, stop.cancelled()).await.is_ok();
            let now = Utc::now();
            for (kind, seen) in self.strangers.due(now, stopped) {
                if let Err(error) = self.recorder.row(counted(&seen, now)).await {
                    tracing::warn!(%error, refusals = seen.more, "a count of refused strangers is not recorded yet");
                    self.strangers.keep(kind, seen);
                }
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct Seen {
    first: DateTime<Utc>,
    newest: RequestRow,
    more: u64,
}

impl Strangers {
    /// The row, if it is to be written now; otherwise it is counted.
    pub(super) fn seen(&self, row: RequestRow, now: DateTime<Utc>) -> Option<RequestRow> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = Some((row.user_id.clone(), row.error_message.clone().unwrap_or_default()));
        let kind = if all.contains_key(&kind) || all.len() < KINDS { kind } else { None };
        if let Some(seen) = all.get_mut(&kind) {
            seen.more += 1;
            seen.newest = row;
            return None;
        }
        all.insert(kind, Seen { first: now, newest: row.clone(), more: 0 });
        Some(row)
    }

    /// What of minutes that are over, or of all where `ending`, is to be counted in a row.
    fn due(&self, now: DateTime<Utc>, ending: bool) -> Vec<(Kind, Seen)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (over, current) = std::mem::take(&mut *all).into_iter().partition(|(_, seen)| ending || now - seen.first >= WINDOW);
        *all = current;
        let over: BTreeMap<Kind, Seen> = over;
        over.into_iter().filter(|(_, seen)| seen.more > 0).collect()
    }

    /// Keeps what could not be recorded, beside what has come since.
    fn keep(&self, kind: Kind, seen: Seen) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(&kind) {
            Some(since) => (since.first, since.more) = (seen.first, since.more + seen.more),
            None => drop(all.insert(kind, seen)),
        }
    }
}

/// The newest of its kind, with the count in its parameters.
fn counted(seen: &Seen, now: DateTime<Utc>) -> RequestRow {
    let since = seen.first.to_rfc3339_opts(SecondsFormat::Millis, true);
    RequestRow {
        params: json!({"refusals": seen.more, "since": since}),
        completed_at: Some(now),
        ..stamped(seen.newest.clone(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Refusal;
    use assayer_contract::ReasonCode;
    use http::StatusCode;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn refused(user: &str, why: &str) -> RequestRow {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IdentityUnproven, why);
        draft::refused(draft::of_user(user, "databento", "GET", at(0)), &refusal, at(0))
    }

    #[test]
    fn the_first_is_written_at_once_and_the_others_are_counted_when_the_minute_is_over() {
        let strangers = Strangers::default();
        assert!(strangers.seen(refused("a", "expired"), at(0)).is_some());
        for _ in 0..1_000 {
            assert_eq!(strangers.seen(refused("a", "expired"), at(1)), None);
        }
        assert!(strangers.due(at(59), false).is_empty());
        let due = strangers.due(at(60), false);
        assert_eq!(
            due.iter().map(|(_, seen)| counted(seen, at(60)).params["refusals"].clone()).collect::<Vec<_>>(),
            [json!(1_000)]
        );
        assert!(strangers.seen(refused("a", "expired"), at(61)).is_some(), "another minute");
    }

    #[test]
    fn a_flood_of_other_names_and_reasons_is_bounded_and_nothing_goes_uncounted() {
        let strangers = Strangers::default();
        let at_once = (0..5_000).filter_map(|n| strangers.seen(refused("a", &n.to_string()), at(0))).count();
        let later = strangers.due(at(1), true);
        assert_eq!((at_once, later.len()), (KINDS + 1, 1));
        let counted: u64 = later.iter().map(|(_, seen)| seen.more).sum();
        assert_eq!(at_once as u64 + counted, 5_000);
    }

    #[test]
    fn what_could_not_be_recorded_is_counted_with_what_has_come_since() {
        let strangers = Strangers::default();
        for _ in 0..3 {
            strangers.seen(refused("a", "expired"), at(0));
        }
        let [(kind, seen)] = <[_; 1]>::try_from(strangers.due(at(60), false)).unwrap();
        strangers.seen(refused("a", "expired"), at(61));
        strangers.seen(refused("a", "expired"), at(61));
        strangers.keep(kind, seen);
        let later = strangers.due(at(62), false);
        assert_eq!(later.iter().map(|(_, seen)| (seen.first, seen.more)).collect::<Vec<_>>(), [(at(0), 3)]);
    }
}
