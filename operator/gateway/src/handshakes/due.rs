//! When a handshake is due. In: what the log says of the last one. Out: now, or when. Pure.

use std::time::Duration;

use assayer_contract::{Bearing, ReasonCode, Sha256Hash, Source};
use assayer_crds::{DurationText, Integration};
use assayer_providers::Category;
use assayer_store::handshakes::LastHandshake;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Time between two handshakes of an Integration.
pub(super) fn every(integration: &Integration, category: Category) -> Duration {
    integration.spec.verify_every.as_ref().map_or_else(|| by_category(category), DurationText::duration)
}

/// Brokers are noticed soonest; language models are paid by the call, and their lists of models are no different.
fn by_category(category: Category) -> Duration {
    match category {
        Category::Source(Source::Broker) => Duration::from_mins(1),
        Category::Source(Source::Ai) => Duration::from_mins(15),
        _ => Duration::from_mins(5),
    }
}

/// Until a vendor that is away is asked again.
const AWAY: Duration = Duration::from_secs(30);
/// Until a vendor that says no to the credential or its plan is asked again: it may have changed its mind, and a wrong key that is
/// tried more often looks like an attack.
const REFUSED: Duration = Duration::from_mins(1);
/// Until a vendor is asked that could not be for want of Assayer's own: nothing was sent, so nobody is pressed.
const OWN: Duration = Duration::from_secs(5);
/// Until a credential that has changed is tried, at least.
const CHANGED: TimeDelta = TimeDelta::seconds(3);

/// Time until the next one, given how the last one went. Where a key is missing nothing is gained by asking more often: that its
/// Secret changes is noticed.
pub(super) fn between_two(every: Duration, failed: Option<ReasonCode>) -> Duration {
    let failed = failed.filter(|reason| *reason != ReasonCode::VerifyUnsupported);
    if failed.is_some_and(|reason| !reason.fails_a_handshake()) {
        return every.min(OWN);
    }
    match failed.map(ReasonCode::bearing) {
        None | Some(Bearing::Configuration) => every,
        Some(Bearing::Credential | Bearing::Plan) => every.min(REFUSED),
        Some(Bearing::Rate | Bearing::Vendor | Bearing::Nothing) => every.min(AWAY),
    }
}

/// When one is due whose credential has changed since the last one.
pub(super) fn changed(last: &LastHandshake, now: DateTime<Utc>) -> DateTime<Utc> {
    let soonest = last.at.map_or(now, |at| at + CHANGED);
    last.wait_until.map_or(soonest, |until| soonest.max(until))
}

/// When the next one is due: at once where there was none, and never before the vendor wants to be called again.
pub(super) fn at(last: &LastHandshake, integration_id: Uuid, every: Duration, now: DateTime<Utc>) -> DateTime<Utc> {
    let due = last.at.map_or(now, |at| at + between(integration_id, at, every));
    last.wait_until.map_or(due, |until| due.max(until))
}

/// Four fifths of the time and up to three twentieths more, so that Integrations which began together do not stay together, and
/// each handshake is made before the one before it is too old.
fn between(integration_id: Uuid, last: DateTime<Utc>, every: Duration) -> TimeDelta {
    let hash = Sha256Hash::of_parts([integration_id.as_bytes().as_slice(), &last.timestamp_micros().to_be_bytes()]);
    let spread = hash.as_bytes().first().copied().map_or(0, i64::from);
    let millis = i64::try_from(every.as_millis()).unwrap_or(i64::MAX / 1_000);
    TimeDelta::milliseconds(millis * 4 / 5 + millis * spread / 255 * 3 / 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_mins(5);
    const ID: Uuid = Uuid::from_u128(7);

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + 60 * minute, 0).unwrap()
    }

    fn due(last: Option<i64>, wait_until: Option<i64>) -> DateTime<Utc> {
        at(
            &LastHandshake { at: last.map(minute), wait_until: wait_until.map(minute), ..LastHandshake::default() },
            ID,
            EVERY,
            minute(100),
        )
    }

    #[test]
    fn the_first_is_due_at_once_and_the_next_before_the_time_is_over() {
        assert_eq!(due(None, None), minute(100));
        let next = due(Some(98), None) - minute(98);
        assert!(next >= TimeDelta::minutes(4) && next <= TimeDelta::seconds(285), "{next}");
    }

    #[test]
    fn a_vendor_that_wants_to_be_left_alone_is() {
        assert_eq!(due(Some(90), Some(103)), minute(103));
        assert_eq!(due(None, Some(103)), minute(103));
        assert_eq!(due(Some(98), Some(99)), due(Some(98), None));
    }

    #[test]
    fn a_vendor_that_is_away_is_asked_again_soon_and_one_that_says_no_a_little_later() {
        let every = |failed| between_two(EVERY, failed);
        assert_eq!(every(None), EVERY);
        assert_eq!(every(Some(ReasonCode::ProviderUnreachable)), AWAY);
        assert_eq!(every(Some(ReasonCode::ProviderAuth)), REFUSED);
        assert_eq!(every(Some(ReasonCode::IntegrationKeyMissing)), EVERY, "nothing is sent, so nothing is gained");
        assert_eq!(every(Some(ReasonCode::VerifyUnsupported)), EVERY);
        assert_eq!(every(Some(ReasonCode::EvidenceUnavailable)), OWN, "the vendor was not asked");
        assert_eq!(between_two(Duration::from_secs(5), Some(ReasonCode::ProviderAuth)), Duration::from_secs(5));
    }

    #[test]
    fn a_credential_that_has_changed_is_tried_at_once_unless_the_vendor_wants_to_be_left_alone() {
        let failed = Some(ReasonCode::ProviderAuth);
        let last = |wait_until| LastHandshake { at: Some(minute(98)), wait_until, failed, secret_version: None };
        assert!(changed(&last(None), minute(100)) < minute(100));
        assert_eq!(changed(&last(Some(minute(103))), minute(100)), minute(103));
    }

    #[test]
    fn integrations_that_began_together_do_not_stay_together() {
        let times: std::collections::BTreeSet<_> = (0..20).map(|n| between(Uuid::from_u128(n), minute(0), EVERY)).collect();
        assert!(times.len() > 15, "{times:?}");
    }
}
