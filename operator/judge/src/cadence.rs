//! When a Bot's work is due. In: its UID, the policy's cadence, the time. Out: slots, the same for every leader. Pure.

use std::time::Duration;

use assayer_contract::Sha256Hash;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

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

    #[test]
    fn a_changed_cadence_gives_slots_of_the_new_length() {
        let (id, now, hourly) = (Uuid::from_u128(1), at(1_800_000_000_000), Duration::from_hours(1));
        assert_eq!(next_slot(id, hourly, now) - current_slot(id, hourly, now), TimeDelta::hours(1));
    }
}
