//! A market with the same moves in another order. In: bars, dice. Out: bars at the same times. Pure.

use assayer_engine::{Bar, Bars, Instrument, Price};

use crate::{dice::Dice, figures::price as nanos};

/// What a bar did, as multiples of the close before it.
#[derive(Clone, Copy)]
struct Move {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
    volume: u64,
}

/// The bars' moves, each with its gap, range and volume, shuffled; times and the first bar stay. The step from one contract to another is no
/// move, so that the series is as of one.
///
/// # Errors
/// Prices at or below 0 have no multiples; bars that are refused say why.
pub(crate) fn permuted(instrument: &Instrument, bars: &Bars, dice: &mut Dice) -> Result<Bars, String> {
    let all = bars.as_slice();
    let (first, rest) = all.split_first().ok_or("there are no bars")?;
    if all.iter().any(|bar| bar.low.nanos() <= 0) {
        return Err("prices at or below 0 cannot be put in another order".to_owned());
    }
    let mut moves = moves(bars);
    shuffle(&mut moves, dice);
    let mut made = Vec::with_capacity(all.len());
    made.push(*first);
    let mut close = nanos(first.close);
    for (bar, moved) in rest.iter().zip(moves) {
        let price = |times: f64| on_tick(close * times, instrument.tick_size);
        let [open, high, low, next] = [moved.open, moved.high, moved.low, moved.close].map(price);
        made.push(Bar { ts_event: bar.ts_event, open, high, low, close: next, volume: moved.volume });
        close = nanos(next);
    }
    Bars::new(instrument, made).map_err(|error| error.to_string())
}

fn moves(bars: &Bars) -> Vec<Move> {
    let all = bars.as_slice();
    let rolls: std::collections::BTreeSet<usize> = bars.rolls().iter().map(|roll| roll.bar).collect();
    let of = |(place, (before, bar)): (usize, (&Bar, &Bar))| {
        let base = nanos(if rolls.contains(&place) { bar.open } else { before.close });
        let times = |price: Price| nanos(price) / base;
        Move { open: times(bar.open), high: times(bar.high), low: times(bar.low), close: times(bar.close), volume: bar.volume }
    };
    (1..).zip(all.iter().zip(all.iter().skip(1))).map(of).collect()
}

/// Fisher and Yates, from the end.
fn shuffle<T>(all: &mut [T], dice: &mut Dice) {
    for last in (1..all.len()).rev() {
        all.swap(last, dice.below(last + 1));
    }
}

/// The nearest multiple of the tick, at least one.
#[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates, and bars of such prices are refused")]
fn on_tick(value: f64, tick: Price) -> Price {
    let ticks = (value / nanos(tick)).round().max(1.0) as i64;
    Price::from_nanos(ticks.saturating_mul(tick.nanos()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::support::{noise, sma_cross, spec};

    proptest! {
        #[test]
        fn times_volumes_and_the_first_bar_stay_and_the_whole_move_nearly_does(series in 0_u64..50, seed: u64) {
            let instrument = spec(sma_cross(90, 200)).instrument;
            let bars = Bars::new(&instrument, noise(series, 500)).unwrap();
            let other = permuted(&instrument, &bars, &mut Dice::new(seed)).unwrap();
            let times = |bars: &Bars| bars.as_slice().iter().map(|bar| bar.ts_event).collect::<Vec<_>>();
            prop_assert_eq!(times(&bars), times(&other));
            prop_assert_eq!(bars.as_slice().first(), other.as_slice().first());
            let volume = |bars: &Bars| bars.as_slice().iter().map(|bar| bar.volume).sum::<u64>();
            prop_assert_eq!(volume(&bars), volume(&other));
            let end = |bars: &Bars| nanos(bars.as_slice().last().unwrap().close);
            // Each of 500 bars is rounded to half a tick.
            prop_assert!((end(&bars) - end(&other)).abs() <= 500.0 * nanos(instrument.tick_size));
            prop_assert!(other.as_slice() != bars.as_slice());
        }
    }
}
