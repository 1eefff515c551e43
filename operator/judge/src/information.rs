//! Whether another backtest could find anything new. In: the newest session of the present strategy, the market's calendar, the policy.
//! Out: nothing, or until when there is nothing. Pure.
//!
//! A slot is filled by new bars, by a round of research, or by an audit that is due: the same backtest once more, which must give the
//! same result. A slot with none of the three is kept by doing nothing: the same backtest over the same bars would be padding.

use assayer_contract::{policy::Policy, research::Round};
use assayer_engine::{
    BarSchema,
    calendar::{Calendar, Slots},
};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Subject, cadence::Ended, research};

/// No market is closed for longer.
const LOOK_AHEAD: TimeDelta = TimeDelta::days(15);

/// The newest stored session of a Bot's present strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tested {
    /// When it was stored.
    pub at: DateTime<Utc>,
    /// Start of the last bar that it saw.
    pub last_bar: DateTime<Utc>,
}

/// Why a slot has no work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NothingNew {
    /// Start of the last bar that was seen.
    pub last_bar: DateTime<Utc>,
    /// When the next bar of the market will be complete.
    pub next_bar_at: DateTime<Utc>,
    /// When the session is to be repeated as an audit.
    pub audit_at: DateTime<Utc>,
}

/// What a Bot has done.
#[derive(Clone, Copy, Debug)]
pub struct Done<'a> {
    /// Its jobs that ended last, the newest first.
    pub recent: &'a [Ended],
    /// Its rounds of research that ended last, the newest first.
    pub rounds: &'a [Round],
    /// Its newest session.
    pub tested: Option<&'a Tested>,
}

/// Why the slot has no work for a Bot that has done this.
///
/// There is work where the policy sets no time between audits, where the last job failed or was planned under other rules, and where
/// nobody knows when the market trades.
pub fn nothing_new(subject: &Subject, policy: &Policy, done: Done<'_>, slot: DateTime<Utc>) -> Option<NothingNew> {
    let audit_every = TimeDelta::from_std(policy.audit_every?).ok()?;
    let tested = done.tested.filter(|_| done.recent.first().is_some_and(|last| last.succeeded && last.same_rules))?;
    let searches = |policy| research::due(subject.bot_id, policy, done.rounds, slot).is_ok();
    if policy.research.as_ref().is_some_and(searches) {
        return None;
    }
    let nothing = NothingNew {
        last_bar: tested.last_bar,
        next_bar_at: next_bar_at(subject, tested.last_bar)?,
        audit_at: tested.at + audit_every,
    };
    (nothing.next_bar_at > slot && nothing.audit_at > slot).then_some(nothing)
}

/// When the first bar after this one will be complete.
fn next_bar_at(subject: &Subject, last_bar: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let length = BarSchema::from_name(&subject.schema)?.nanos();
    let end = last_bar + LOOK_AHEAD;
    let sessions = Calendar::of(&subject.dataset, &subject.symbol).ok()?.sessions(last_bar, end).ok()?;
    let after = last_bar.timestamp_nanos_opt()?.saturating_add(1);
    let next = Slots::new(sessions, length, after, end.timestamp_nanos_opt()?).next()?;
    Some(DateTime::from_timestamp_nanos(next.start.saturating_add(length)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::activity::tests::policy;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn subject(schema: &str) -> Subject {
        Subject { bot_id: uuid::Uuid::nil(), dataset: "GLBX.MDP3".into(), symbol: "MES.c.0".into(), schema: schema.into() }
    }

    fn succeeded() -> Ended {
        Ended { due_slot: at("2026-11-20T20:40:00Z"), reason: None, succeeded: true, same_rules: true }
    }

    fn audited_every(hours: u64) -> Policy {
        Policy { audit_every: Some(Duration::from_hours(hours)), ..policy() }
    }

    /// Friday's last minute: Globex closes at 22:00 UTC until Sunday, 23:00.
    fn friday() -> Tested {
        Tested { at: at("2026-11-20T22:05:00Z"), last_bar: at("2026-11-20T21:59:00Z") }
    }

    #[test]
    fn over_a_weekend_there_is_nothing_new_until_the_first_bar_or_an_audit() {
        let (subject, recent, friday) = (subject("ohlcv-1m"), [succeeded()], friday());
        let done = Done { recent: &recent, rounds: &[], tested: Some(&friday) };
        let said = |policy: &Policy, slot| nothing_new(&subject, policy, done, at(slot));
        let daily = audited_every(24);
        let nothing = said(&daily, "2026-11-21T12:00:00Z").unwrap();
        assert_eq!(nothing.next_bar_at, at("2026-11-22T23:01:00Z"));
        assert_eq!(nothing.audit_at, at("2026-11-21T22:05:00Z"));
        assert_eq!(said(&daily, "2026-11-21T22:05:00Z"), None, "the audit");
        assert!(said(&audited_every(168), "2026-11-22T23:00:00Z").is_some());
        assert_eq!(said(&audited_every(168), "2026-11-22T23:01:00Z"), None, "the bar");
    }

    #[test]
    fn a_daily_bar_is_new_once_a_day() {
        let tested = Tested { at: at("2026-11-19T00:20:00Z"), last_bar: at("2026-11-18T00:00:00Z") };
        let done = Done { recent: &[succeeded()], rounds: &[], tested: Some(&tested) };
        let said = |slot| nothing_new(&subject("ohlcv-1d"), &audited_every(168), done, at(slot));
        assert!(said("2026-11-19T23:40:00Z").is_some());
        assert_eq!(said("2026-11-20T00:00:00Z"), None);
    }

    #[test]
    fn there_is_work_where_nothing_says_that_there_is_none() {
        let (slot, friday) = (at("2026-11-21T12:00:00Z"), friday());
        let minutes = subject("ohlcv-1m");
        let said = |subject: &Subject, policy: &Policy, recent: &[Ended], tested: Option<&Tested>| {
            nothing_new(subject, policy, Done { recent, rounds: &[], tested }, slot)
        };
        let failed = Ended { succeeded: false, ..succeeded() };
        let other = Ended { same_rules: false, ..succeeded() };
        assert!(said(&minutes, &audited_every(24), &[succeeded()], Some(&friday)).is_some());
        assert_eq!(said(&minutes, &policy(), &[succeeded()], Some(&friday)), None, "no time between audits");
        assert_eq!(said(&minutes, &audited_every(24), &[failed], Some(&friday)), None);
        assert_eq!(said(&minutes, &audited_every(24), &[other], Some(&friday)), None);
        assert_eq!(said(&minutes, &audited_every(24), &[], Some(&friday)), None);
        assert_eq!(said(&minutes, &audited_every(24), &[succeeded()], None), None);
        let searching = Policy { research: Some(research::tests::policy()), ..audited_every(24) };
        assert_eq!(said(&minutes, &searching, &[succeeded()], Some(&friday)), None, "a round is due");
        let unknown = Subject { symbol: "???".into(), ..subject("ohlcv-1m") };
        assert_eq!(said(&unknown, &audited_every(24), &[succeeded()], Some(&friday)), None);
    }
}
