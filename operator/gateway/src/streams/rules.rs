//! How old, late and slow live data may be. In: a job's own limits. Out: those that bind it. Pure.

use std::time::Duration;

use assayer_contract::policy::LiveLimits;

/// What holds for all sessions and readers, and what holds where a stage's policy says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// `sources.marketData.heartbeatMaxAge` where the policy does not say.
    pub heartbeat_max_age: Duration,
    /// `sources.marketData.barMaxAge` where the policy does not say.
    pub bar_max_age: Duration,
    /// What the vendor is asked to send a heartbeat after: the least that it takes, so that no policy takes one for none.
    pub heartbeat_every: Duration,
    /// From the first byte sent until the session has begun. It is one for readers of several stages, and its intent lives for a minute;
    /// how long a reader waits for it is its policy's `maxLatency`.
    pub opening: Duration,
    /// Readers that come together within this time share one opening: jobs of one slot start at once.
    pub gather: Duration,
    /// Between two openings: at first, and at most. The vendor counts connections.
    pub pause: (Duration, Duration),
    /// A session that nobody reads is closed after this: longer than a reader takes to come back.
    pub idle: Duration,
    /// A reader that takes nothing for this long is cut: what waits for it is a row already, and its age is not told to anybody.
    pub patience: Duration,
    /// How far back the vendor replays: a fact of its own.
    pub replay: Duration,
    /// Bars and gaps of one series that are held for readers that come back: memory.
    pub held: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            heartbeat_max_age: Duration::from_secs(30),
            bar_max_age: Duration::from_secs(75),
            heartbeat_every: Duration::from_secs(5),
            opening: Duration::from_secs(20),
            gather: Duration::from_millis(100),
            pause: (Duration::from_millis(500), Duration::from_secs(30)),
            idle: Duration::from_mins(1),
            patience: Duration::from_secs(15),
            replay: Duration::from_hours(24),
            // Two days of minutes.
            held: 2_880,
        }
    }
}

/// What binds one reader, by the policy of its job's stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// A bar that is received later after its end is delayed; none calls no bar that.
    pub(super) max_delay: Option<Duration>,
    /// In an open market, a newest bar of a minute that ended longer ago is stale, though the session lives.
    pub(super) bar_max_age: Duration,
    /// A session without a sign of life for this long is dead.
    pub(super) heartbeat_max_age: Duration,
}

impl Limits {
    pub(super) fn of(own: LiveLimits, rules: &Rules) -> Self {
        let time = |millis: u32| Duration::from_millis(millis.into());
        Self {
            max_delay: own.max_delay_ms.map(time),
            bar_max_age: own.bar_max_age_ms.map_or(rules.bar_max_age, time),
            heartbeat_max_age: own.heartbeat_max_age_ms.map_or(rules.heartbeat_max_age, time),
        }
    }

    /// How old the newest bar of this length may be: as much older than a minute's as it is longer.
    pub(super) fn bar_age(&self, length: i64) -> Duration {
        let longer = u64::try_from(length).unwrap_or_default().saturating_sub(MINUTE);
        self.bar_max_age + Duration::from_nanos(longer)
    }
}

/// Nanoseconds.
const MINUTE: u64 = 60_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_binds_its_own_jobs_and_what_it_leaves_out_is_the_gateways() {
        let rules = Rules::default();
        let own = LiveLimits { max_delay_ms: Some(1_000), bar_max_age_ms: Some(90_000), heartbeat_max_age_ms: None };
        let limits = Limits::of(own, &rules);
        assert_eq!((limits.max_delay, limits.heartbeat_max_age), (Some(Duration::from_secs(1)), rules.heartbeat_max_age));
        assert_eq!(Limits::of(LiveLimits::default(), &rules).max_delay, None, "any delay counts");
        let minute = 60_000_000_000;
        assert_eq!(limits.bar_age(minute), Duration::from_secs(90));
        assert_eq!(
            limits.bar_age(60 * minute),
            Duration::from_secs(90 + 59 * 60),
            "an hour's bar is an hour old before the next"
        );
    }
}
