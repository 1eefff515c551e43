//! When a Bot's work is due. In: its UID, the policy's cadence, its last jobs, the time. Out: slots, the same for every leader. Pure.

use std::time::Duration;

use assayer_contract::{ReasonCode, Sha256Hash};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// A job that has ended, as far as it bears on when the next is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The slot that it filled.
    pub due_slot: DateTime<Utc>,
    /// Why it failed; `None` where it succeeded, or failed by a reason that this version does not know.
    pub reason: Option<ReasonCode>,
    /// Whether it did.
    pub succeeded: bool,
    /// Whether it was planned under the Bot's present spec and the present policy.
    pub same_rules: bool,
}

/// When a Bot without an open job works next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Now, for this slot.
    Due(DateTime<Utc>),
    /// Later, at the start of its next slot.
    At(DateTime<Utc>),
    /// Later than its next slot, after this many failures in a row.
    BackOff(DateTime<Utc>, u32),
}

/// The longest wait after failures, in slots. Longer would keep a Bot down for hours after its key has been set right.
const MOST_SLOTS: i32 = 4;

/// When the Bot works next, given its last jobs, the newest first.
///
/// After a first failure the next slot tries again; after a second in a row one slot is left out, after a third and more, three.
/// Failures that pass by themselves neither count nor break the row; another spec or policy begins anew.
pub fn next(bot_id: Uuid, every: Duration, last: &[Ended], now: DateTime<Utc>) -> Next {
    let slot = current_slot(bot_id, every, now);
    let row = last.iter().take_while(|job| job.same_rules && !job.succeeded);
    let counted: Vec<_> = row.filter(|job| job.reason.is_none_or(|reason| !reason.passes_by_itself())).collect();
    if let [newest, _, ..] = counted.as_slice() {
        let wait = i32::try_from(counted.len() - 1).map_or(MOST_SLOTS, |n| 1 << n.min(2));
        let until = newest.due_slot + TimeDelta::milliseconds(millis(every)) * wait.min(MOST_SLOTS);
        if slot < until {
            return Next::BackOff(until, u32::try_from(counted.len()).unwrap_or(u32::MAX));
        }
    }
    if last.iter().any(|job| job.due_slot == slot) { Next::At(next_slot(bot_id, every, now)) } else { Next::Due(slot) }
}

/// The newest slot that has begun: the greatest `k · every + offset` that is not after `now`.
///
/// The offset is a stable hash of the UID within the cadence, so that Bots of one cadence do not all start at once. `every` is
/// taken in whole milliseconds, at least one.
pub fn current_slot(bot_id: Uuid, every: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
    let every = millis(every);
    let since = (now.timestamp_millis() - offset(bot_id, every)).rem_euclid(every);
    DateTime::from_timestamp_millis(now.timestamp_millis() - since).unwrap_or(now)
}

/// The first slot after `now`.
pub fn next_slot(bot_id: Uuid, every: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
    current_slot(bot_id, every, now) + TimeDelta::milliseconds(millis(every))
}

fn millis(every: Duration) -> i64 {
    // A year at most: no cadence is longer, and sums cannot overflow.
    i64::try_from(every.as_millis()).unwrap_or(i64::MAX).clamp(1, 366 * 86_400_000)
}

fn offset(bot_id: Uuid, every: i64) -> i64 {
    let hash = Sha256Hash::of(bot_id.as_bytes());
    let head = hash.as_bytes().iter().take(7).fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte));
    head.rem_euclid(every)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CADENCE: Duration = Duration::from_mins(20);

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    proptest! {
        #[test]
        fn now_lies_in_the_current_slot(id: u128, now in 0_i64..4_000_000_000_000, every in 5_u64..600_000) {
            let (id, now, every) = (Uuid::from_u128(id), at(now), Duration::from_secs(every));
            let slot = current_slot(id, every, now);
            prop_assert!(slot <= now && now < next_slot(id, every, now));
            prop_assert_eq!(current_slot(id, every, slot), slot);
            prop_assert_eq!(current_slot(id, every, next_slot(id, every, now)), next_slot(id, every, now));
        }
    }

    #[test]
    fn a_new_bot_has_a_slot_that_is_due_at_once() {
        let now = at(1_800_000_000_000);
        assert!(current_slot(Uuid::from_u128(7), CADENCE, now) <= now);
    }

    #[test]
    fn bots_of_one_cadence_start_at_different_times_and_keep_them() {
        let now = at(1_800_000_000_000);
        let slots: std::collections::BTreeSet<_> = (0..50).map(|n| current_slot(Uuid::from_u128(n), CADENCE, now)).collect();
        assert!(slots.len() > 45, "{}", slots.len());
        let one = current_slot(Uuid::from_u128(1), CADENCE, now);
        assert_eq!(current_slot(Uuid::from_u128(1), CADENCE, now + CADENCE * 3), one + CADENCE * 3);
    }

    fn failed(slots_ago: i32, reason: ReasonCode) -> Ended {
        let slot = current_slot(Uuid::from_u128(7), CADENCE, at(1_800_000_000_000));
        let due_slot = slot - TimeDelta::milliseconds(millis(CADENCE)) * slots_ago;
        Ended { due_slot, reason: Some(reason), succeeded: false, same_rules: true }
    }

    fn at_next(last: &[Ended]) -> Next {
        next(Uuid::from_u128(7), CADENCE, last, at(1_800_000_000_000))
    }

    #[test]
    fn failures_in_a_row_make_the_wait_longer_up_to_a_bound() {
        let auth = |ago| failed(ago, ReasonCode::ProviderAuth);
        assert!(matches!(at_next(&[auth(1)]), Next::Due(_)));
        assert!(matches!(at_next(&[auth(1), auth(2)]), Next::BackOff(_, 2)));
        assert!(matches!(at_next(&[auth(2), auth(3)]), Next::Due(_)));
        assert!(matches!(at_next(&[auth(3), auth(5), auth(6)]), Next::BackOff(_, 3)));
        let many: Vec<_> = (4..12).map(auth).collect();
        assert!(matches!(at_next(&many), Next::Due(_)));
    }

    #[test]
    fn a_success_other_rules_and_what_passes_by_itself_do_not_lengthen_the_wait() {
        let auth = |ago| failed(ago, ReasonCode::ProviderAuth);
        let won = Ended { succeeded: true, reason: None, ..auth(2) };
        let other = Ended { same_rules: false, ..auth(2) };
        let log = failed(2, ReasonCode::EvidenceUnavailable);
        for last in [[auth(1), won, auth(3)], [auth(1), other, auth(3)]] {
            assert!(matches!(at_next(&last), Next::Due(_)), "{last:?}");
        }
        assert!(matches!(at_next(&[auth(1), log, auth(3)]), Next::BackOff(_, 2)));
        assert!(matches!(at_next(&[log, failed(3, ReasonCode::EvidenceUnavailable)]), Next::Due(_)));
    }

    #[test]
    fn a_slot_is_worked_once() {
        let done = Ended { succeeded: true, reason: None, ..failed(0, ReasonCode::Proven) };
        assert!(matches!(at_next(&[done]), Next::At(_)));
        assert!(matches!(at_next(&[failed(0, ReasonCode::ProviderAuth)]), Next::At(_)));
        assert!(matches!(at_next(&[]), Next::Due(_)));
    }

    #[test]
    fn a_changed_cadence_gives_slots_of_the_new_length() {
        let (id, now, hourly) = (Uuid::from_u128(1), at(1_800_000_000_000), Duration::from_hours(1));
        assert_eq!(next_slot(id, hourly, now) - current_slot(id, hourly, now), TimeDelta::hours(1));
    }
}
