//! How old, late and slow live data may be. Pure.

use std::time::Duration;

/// The numbers of the default StagePolicies. No stage that runs today rests on live data, so no StagePolicy can set them yet.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// A session without a sign of life for this long is dead.
    pub heartbeat_max_age: Duration,
    /// In an open market, a newest bar that ended longer ago is stale, though the session lives.
    pub bar_max_age: Duration,
    /// A bar that is received later after its end is delayed.
    pub max_delay: Duration,
    /// What the vendor is asked to send a heartbeat after.
    pub heartbeat_every: Duration,
    /// From the first byte sent until the session has begun.
    pub opening: Duration,
    /// Readers that come together within this time share one opening.
    pub gather: Duration,
    /// Between two openings: at first, and at most.
    pub pause: (Duration, Duration),
    /// A session that nobody reads is closed after this.
    pub idle: Duration,
    /// A reader that takes nothing for this long is cut.
    pub patience: Duration,
    /// How far back the vendor replays.
    pub replay: Duration,
    /// Bars and gaps of one series that are held for readers that come back.
    pub held: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            heartbeat_max_age: Duration::from_secs(30),
            bar_max_age: Duration::from_secs(75),
            max_delay: Duration::from_secs(2),
            heartbeat_every: Duration::from_secs(10),
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
