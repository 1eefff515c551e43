//! How often a credential is used. In: a vendor's limits, the times of the calls, now. Out: whether one more may go, or how long it
//! waits. Pure.
//!
//! The times themselves are kept: in no stretch of a limit's length are there ever more calls than it has. A bucket of tokens, full
//! at first and filled while it is emptied, lets twice as many through, and several of them cannot be asked as one, nor for a share.

use std::{collections::VecDeque, time::Duration};

use assayer_providers::Limit;
use tokio::time::Instant;

/// What is sent a second apart may arrive a little less apart.
const MARGIN: Duration = Duration::from_millis(50);

/// Which part of a limit a call may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::forward) enum Share {
    /// Four fifths.
    Ordinary,
    /// Nine tenths: what finds out whether a key is good must not wait for what is merely wanted.
    Handshake,
    /// All of it: what gets out of a position waits for nothing else.
    Exit,
}

impl Share {
    /// The calls of a limit that are within the share: at least one. Of a limit below ten nothing can be kept back from handshakes.
    pub(in crate::forward) fn of(self, requests: u32) -> usize {
        let most = match self {
            Self::Ordinary => requests - requests / 5,
            Self::Handshake => requests - requests / 10,
            Self::Exit => requests,
        };
        usize::try_from(most.max(1)).unwrap_or(usize::MAX)
    }
}

/// The calls of one credential, as far back as any of its limits looks.
#[derive(Debug)]
pub(in crate::forward) struct Window {
    limits: Vec<Limit>,
    times: VecDeque<Instant>,
    /// Calls that were let through and are not on their way yet.
    pending: usize,
}

impl Window {
    pub(in crate::forward) fn new(limits: &[Limit]) -> Self {
        Self { limits: limits.to_vec(), times: VecDeque::new(), pending: 0 }
    }

    /// Adds calls that were made before this process began.
    pub(in crate::forward) fn add_earlier(&mut self, times: impl IntoIterator<Item = Instant>) {
        self.times.extend(times);
        self.times.make_contiguous().sort();
    }

    /// How long a call waits until every limit has room for it; `None` where all have now.
    pub(in crate::forward) fn wait(&self, share: Share, now: Instant) -> Option<Duration> {
        let free_at = |limit: &Limit| {
            let before = (self.times.len() + self.pending).checked_sub(share.of(limit.requests))?;
            // What is not on its way goes now at the earliest.
            Some(*self.times.get(before).unwrap_or(&now) + limit.per + MARGIN)
        };
        let free_at = self.limits.iter().filter_map(free_at).max()?;
        free_at.checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    /// Notes a call that will go.
    pub(in crate::forward) fn admit(&mut self) {
        self.pending += 1;
    }

    /// Notes that a call which was to go does not.
    pub(in crate::forward) fn give_back(&mut self) {
        self.pending = self.pending.saturating_sub(1);
    }

    /// Notes that one goes now.
    pub(in crate::forward) fn goes(&mut self, now: Instant) {
        self.give_back();
        let most = self.limits.iter().map(|limit| Share::Exit.of(limit.requests)).max().unwrap_or_default();
        self.times.push_back(now);
        self.times.drain(..self.times.len().saturating_sub(most));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: [Limit; 2] =
        [Limit { requests: 10, per: Duration::from_secs(1) }, Limit { requests: 25, per: Duration::from_secs(10) }];

    fn within(times: &[Instant], per: Duration) -> usize {
        times
            .iter()
            .map(|end| times.iter().filter(|time| **time <= *end && **time + per > *end).count())
            .max()
            .unwrap_or_default()
    }

    fn any_share() -> impl Strategy<Value = Share> {
        prop_oneof![Just(Share::Ordinary), Just(Share::Handshake), Just(Share::Exit)]
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_has_more_calls_than_a_limit_nor_more_of_a_kind_than_their_share(
            asked in prop::collection::vec((0_u64..400, any_share()), 1..200)
        ) {
            let (mut now, mut window) = (Instant::now(), Window::new(&LIMITS));
            let (mut all, mut no_exits, mut ordinary) = (Vec::new(), Vec::new(), Vec::new());
            for (pause, share) in asked {
                now += Duration::from_millis(pause);
                if window.wait(share, now).is_none() {
                    window.goes(now);
                    all.push(now);
                    if share != Share::Exit { no_exits.push(now) }
                    if share == Share::Ordinary { ordinary.push(now) }
                }
            }
            for limit in LIMITS {
                prop_assert!(within(&all, limit.per) <= limit.requests as usize);
                prop_assert!(within(&no_exits, limit.per) <= Share::Handshake.of(limit.requests));
                prop_assert!(within(&ordinary, limit.per) <= Share::Ordinary.of(limit.requests));
            }
        }

        #[test]
        fn whatever_else_was_asked_an_exit_finds_the_last_tenth(
            asked in prop::collection::vec((0_u64..400, prop::bool::ANY), 1..200)
        ) {
            let (mut now, mut window) = (Instant::now(), Window::new(&LIMITS));
            for (pause, handshake) in asked {
                now += Duration::from_millis(pause);
                if window.wait(if handshake { Share::Handshake } else { Share::Ordinary }, now).is_none() {
                    window.goes(now);
                }
                prop_assert_eq!(window.wait(Share::Exit, now), None);
            }
        }

        #[test]
        fn who_waits_as_long_as_it_is_told_goes(asked in prop::collection::vec(any_share(), 1..100)) {
            let (mut now, mut window) = (Instant::now(), Window::new(&LIMITS));
            for share in asked {
                now += window.wait(share, now).unwrap_or_default();
                prop_assert_eq!(window.wait(share, now), None);
                window.goes(now);
            }
        }
    }

    #[test]
    fn a_tenth_is_kept_for_handshakes_and_one_for_exits_that_handshakes_cannot_take() {
        let (now, mut window) = (Instant::now(), Window::new(&LIMITS));
        let mut count = |share| {
            let mut gone = 0;
            while window.wait(share, now).is_none() {
                window.goes(now);
                gone += 1;
            }
            gone
        };
        assert_eq!((count(Share::Ordinary), count(Share::Handshake), count(Share::Exit)), (8, 1, 1));
        assert_eq!([1, 4, 5_000].map(|requests| Share::Ordinary.of(requests)), [1, 4, 4_000]);
        assert_eq!([1, 4, 5_000].map(|requests| Share::Handshake.of(requests)), [1, 4, 4_500]);
    }

    #[test]
    fn what_is_let_through_counts_until_it_is_given_back_and_from_when_it_goes() {
        let (now, mut window) = (Instant::now(), Window::new(&LIMITS));
        (0..10).for_each(|_| window.admit());
        let later = now + Duration::from_secs(5);
        assert_eq!(window.wait(Share::Exit, later), Some(LIMITS[0].per + MARGIN), "none is on its way yet");
        (0..9).for_each(|_| window.goes(later));
        window.give_back();
        assert_eq!((window.wait(Share::Exit, later), window.wait(Share::Ordinary, later)), (None, Some(LIMITS[0].per + MARGIN)));
    }

    #[test]
    fn what_was_sent_before_a_restart_counts() {
        let (now, mut window) = (Instant::now(), Window::new(&LIMITS));
        window.add_earlier((0..25).map(|n| now.checked_sub(Duration::from_millis(300 * n)).unwrap()));
        // 20 of 25 within ten seconds are ordinary: the twentieth newest was 5.7 s ago.
        assert_eq!(window.wait(Share::Ordinary, now), Some(Duration::from_millis(4_350)));
    }

    #[test]
    fn a_vendor_without_limits_is_not_waited_for() {
        let (now, mut window) = (Instant::now(), Window::new(&[]));
        (0..1_000).for_each(|_| window.goes(now));
        assert_eq!(window.wait(Share::Ordinary, now), None);
    }
}
