//! A market whose moves last, so that a strategy can be found for it. In: a seed and the days. Out: one bar for each. Pure, in whole numbers.

use super::random::Random;
use crate::bars::Bar;

/// One tick, in 1e-9.
const TICK: i64 = 250_000_000;
/// First price, in ticks.
const START: i64 = 20_000;
/// What a day adds to a move, in ticks.
const DRIFT: i64 = 4;
/// What a day adds one way or the other, at most, in ticks.
const NOISE: u64 = 8;
/// Days of the shortest move, and how many more the longest may have.
const DAYS: (i64, u64) = (20, 39);

/// The bars of days that begin at these nanoseconds since 1970. Each opens where the one before closed.
pub fn bars(seed: u64, days: impl Iterator<Item = u64>) -> Vec<Bar> {
    let mut random = Random::of(seed, "trends");
    let (mut price, mut left, mut drift) = (START, 0, DRIFT);
    let next = |ts_event| {
        if left == 0 {
            left = DAYS.0 + random.below(DAYS.1 + 1).cast_signed();
            drift = -drift;
        }
        left -= 1;
        let open = price;
        price += drift + random.around(NOISE);
        let [open, high, low, close] = [open, open.max(price) + 1, open.min(price) - 1, price].map(|ticks| ticks * TICK);
        Bar { ts_event, open, high, low, close, volume: 100_000 }
    };
    days.map(next).collect()
}
