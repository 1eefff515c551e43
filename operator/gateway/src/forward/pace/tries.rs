//! Whether a call that failed is made again, and when. In: the call, its row, what its policy allows, a random number. Out: a pause,
//! or the end. Pure.
//!
//! Only what can do no harm: calls that cost nothing and change nothing, and, where no byte of it was sent, one that changes
//! something. Never an order, a language model, or data that is paid for: those are the runner's to ask for again.

use std::time::Duration;

use assayer_contract::{ReasonCode, RequestRow, Sent, Source};
use assayer_providers::{Call, Charge};
use tokio::time::Instant;

/// The longest pause before the second attempt; it doubles with each.
const FIRST: Duration = Duration::from_millis(200);
/// No pause is longer.
const LONGEST: Duration = Duration::from_secs(5);
/// With less time left, another attempt would only end late.
const LEAST: Duration = Duration::from_millis(500);

/// How patient a caller is with a vendor that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::forward) struct Patience {
    /// Attempts after the first.
    pub(in crate::forward) retries: u8,
    /// How long a vendor that fails again and again is left alone.
    pub(in crate::forward) cooldown: Duration,
}

impl Patience {
    /// Of a caller without a policy.
    pub(in crate::forward) const NONE: Self = Self { retries: 0, cooldown: Duration::from_mins(1) };
}

/// The attempts of one call.
#[derive(Clone, Copy, Debug)]
pub(in crate::forward) struct Tries {
    /// Attempts that were made.
    pub(in crate::forward) made: u8,
    patience: Patience,
    deadline: Instant,
}

impl Tries {
    /// No attempt yet; all of them end by the deadline.
    pub(in crate::forward) fn new(patience: Patience, deadline: Instant) -> Self {
        Self { made: 0, patience, deadline }
    }

    /// Time that is left for the next attempt.
    pub(in crate::forward) fn left(&self, now: Instant) -> Duration {
        self.deadline.saturating_duration_since(now)
    }

    /// The pause before the next attempt; `None` where this was the last. `random` is from 0 to 1.
    pub(in crate::forward) fn again(&self, call: &Call, row: &RequestRow, random: f64, now: Instant) -> Option<Duration> {
        if self.made > self.patience.retries || !is_repeatable(call, row) {
            return None;
        }
        let most = FIRST.saturating_mul(1 << self.made.saturating_sub(1).min(8)).min(LONGEST);
        let asked = row.retry_after_s.map_or(Duration::ZERO, |seconds| Duration::from_secs(seconds.unsigned_abs()));
        let pause = most.mul_f64(random.clamp(0.0, 1.0)).max(asked);
        (pause <= LONGEST && pause + LEAST <= self.left(now)).then_some(pause)
    }
}

fn is_repeatable(call: &Call, row: &RequestRow) -> bool {
    let passes = matches!(
        row.reason_code,
        Some(
            ReasonCode::DataTruncated
                | ReasonCode::ProviderError
                | ReasonCode::ProviderRateLimited
                | ReasonCode::ProviderTimeout
                | ReasonCode::ProviderUnreachable
                | ReasonCode::UnknownOutcome
        )
    );
    let was_not_sent = row.sent == Sent::No && call.charge == Charge::Free && call.source != Some(Source::Broker);
    // A limit of the rate without a time is the cooldown's.
    let limited = row.reason_code == Some(ReasonCode::ProviderRateLimited) && row.retry_after_s.is_none();
    passes && !limited && (call.is_safe_to_repeat() || was_not_sent)
}

#[cfg(test)]
#[path = "tries_tests.rs"]
mod tests;
