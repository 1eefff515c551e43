//! Whether a credential may be used at all now. In: how its calls ended, the time. Out: go, or until when not and why. Pure.
//!
//! A vendor that asks to be left alone is. One that limits the rate without a time is left alone for the caller's cooldown. One that
//! fails [`FAILURES`] times in a row opens the circuit: nothing goes for the cooldown, then one call tries, and its end decides.
//! A handshake may try at any time, since it is made to find out.

use std::time::Duration;

use assayer_contract::{Outcome, ReasonCode, RequestRow, Sent};
use tokio::time::Instant;

/// Failures in a row that open the circuit.
pub(in crate::forward) const FAILURES: u32 = 5;
/// No longer is any vendor left alone without being asked anew.
const LONGEST: Duration = Duration::from_hours(24);

/// What a call says of the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::forward) enum Ending {
    /// It answers, if only with a no to what was asked.
    Answered,
    /// It is away, or fails.
    Failed,
    /// Nothing: the call was not made.
    NotMade,
}

impl Ending {
    pub(in crate::forward) fn of(row: &RequestRow) -> Self {
        let away =
            [ReasonCode::ProviderError, ReasonCode::ProviderTimeout, ReasonCode::ProviderUnreachable, ReasonCode::UnknownOutcome];
        match row.outcome {
            Outcome::Refused | Outcome::Served => Self::NotMade,
            _ if row.reason_code.is_some_and(|reason| away.contains(&reason)) => Self::Failed,
            _ if row.sent == Sent::No => Self::NotMade,
            _ => Self::Answered,
        }
    }
}

/// Why a call may not go, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::forward) enum Shut {
    /// The vendor asked for it, or is given it after a limit of the rate; the reason of the row that said so.
    LeftAlone { reason: ReasonCode, until: Instant, asked: Option<Duration> },
    /// The circuit is open.
    Open { until: Instant },
    /// The circuit is open, and a call finds out whether it still is.
    Trying,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { since: Instant },
    Trying { since: Instant },
}

#[derive(Clone, Copy, Debug)]
struct Limited {
    reason: ReasonCode,
    since: Instant,
    asked: Option<Duration>,
}

/// What is known of one credential at its vendor. A process begins with it closed: handshakes tell soon enough.
#[derive(Debug)]
pub(in crate::forward) struct Circuit {
    state: State,
    limited: Option<Limited>,
}

impl Circuit {
    pub(in crate::forward) fn new() -> Self {
        Self { state: State::Closed { failures: 0 }, limited: None }
    }

    /// Whether a call may go, for a caller with this cooldown; `true` where it is the one that tries.
    pub(in crate::forward) fn admit(&mut self, handshake: bool, cooldown: Duration, now: Instant) -> Result<bool, Shut> {
        if let Some(shut) = self.left_alone(cooldown, now) {
            return Err(shut);
        }
        match self.state {
            State::Closed { .. } => Ok(false),
            State::Open { since } if handshake || now >= since + cooldown => {
                self.state = State::Trying { since };
                Ok(true)
            }
            State::Open { since } => Err(Shut::Open { until: since + cooldown }),
            State::Trying { .. } if handshake => Ok(false),
            State::Trying { .. } => Err(Shut::Trying),
        }
    }

    fn left_alone(&self, cooldown: Duration, now: Instant) -> Option<Shut> {
        let Limited { reason, since, asked } = self.limited?;
        let until = since + asked.unwrap_or(cooldown).min(LONGEST);
        (until > now).then_some(Shut::LeftAlone { reason, until, asked })
    }

    /// Notes how a call ended that was admitted, as the one that tries or not.
    pub(in crate::forward) fn ended(&mut self, tried: bool, ending: Ending, now: Instant) {
        self.state = match (self.state, ending) {
            (_, Ending::Answered) => State::Closed { failures: 0 },
            (State::Trying { since }, Ending::NotMade) if tried => State::Open { since },
            (state, Ending::NotMade) => state,
            (State::Closed { failures }, Ending::Failed) if failures + 1 < FAILURES => State::Closed { failures: failures + 1 },
            (State::Trying { since }, Ending::Failed) if !tried => State::Trying { since },
            (_, Ending::Failed) => State::Open { since: now },
        };
    }

    /// Notes what a row says of the rate: that the vendor wants to be left alone, for so long or without a time.
    pub(in crate::forward) fn note_rate(&mut self, reason: Option<ReasonCode>, asked: Option<Duration>, now: Instant) {
        let until = |limited: &Limited| limited.since + limited.asked.unwrap_or_default().min(LONGEST);
        match reason {
            None if self.limited.is_some_and(|limited| limited.asked.is_none()) => self.limited = None,
            Some(reason) if asked.is_some() || reason == ReasonCode::ProviderRateLimited => {
                let new = Limited { reason, since: now, asked };
                if self.limited.is_none_or(|known| until(&known) <= until(&new)) {
                    self.limited = Some(new);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "circuit_tests.rs"]
mod tests;
