//! Conditions and times at the door between the log (chrono) and Kubernetes. Pure.

use chrono::{DateTime, Utc};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

/// A moment as Kubernetes writes it, to the second. `None` beyond the year 9999.
pub fn to_k8s(at: DateTime<Utc>) -> Option<Time> {
    k8s_openapi::jiff::Timestamp::from_second(at.timestamp()).ok().map(Time)
}

/// A moment as the log writes it.
pub fn from_k8s(at: &Time) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(at.0.as_microsecond())
}

/// The transition time moves only when the status flips, so that an unchanged condition compares equal and is not written.
#[must_use]
pub fn merge(old: &[Condition], mut new: Condition) -> Condition {
    if let Some(was) = old.iter().find(|c| c.type_ == new.type_ && c.status == new.status) {
        new.last_transition_time = was.last_transition_time.clone();
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(status: &str, reason: &str, second: i64) -> Condition {
        Condition {
            type_: "Promotable".into(),
            status: status.into(),
            reason: reason.into(),
            message: String::new(),
            observed_generation: None,
            last_transition_time: to_k8s(DateTime::from_timestamp(second, 0).unwrap()).unwrap(),
        }
    }

    #[test]
    fn the_transition_time_moves_only_when_the_status_flips() {
        let old = [condition("False", "SessionsTooFew", 1)];
        assert_eq!(merge(&old, condition("False", "ProviderAuth", 2)), condition("False", "ProviderAuth", 1));
        assert_eq!(merge(&old, condition("True", "Proven", 2)), condition("True", "Proven", 2));
    }

    #[test]
    fn a_moment_survives_the_way_to_kubernetes_and_back() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        assert_eq!(from_k8s(&to_k8s(at).unwrap()), Some(at));
    }
}
