//! What is run: so many bars, pairs of windows, repetitions. And whether two engines traded the same. Pure.

use serde::{Deserialize, Serialize};

/// Bars, and the pairs of windows that are run over them.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Workload {
    /// `single` or `sweep`.
    pub(crate) name: &'static str,
    /// How many of the first bars.
    pub(crate) bars: usize,
    /// Fast and slow windows.
    pub(crate) pairs: Vec<(i32, i32)>,
    /// How often it is timed, after once for warming up.
    pub(crate) repeats: usize,
}

/// What was traded with one pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Traded {
    /// Trades that were closed before the last bar: how the last one ends is a rule of each engine's own.
    pub(crate) trades: usize,
    /// Their net.
    pub(crate) cents: i64,
    /// SHA-256 of each trade's times of entry and exit in nanoseconds and net in cents, in order, as little-endian integers of 64 bits.
    pub(crate) digest: String,
}

impl Workload {
    /// One pair of windows.
    pub(crate) fn single(bars: usize, repeats: usize) -> Self {
        Self { name: "single", bars, pairs: vec![(20, 100)], repeats }
    }

    /// Twenty fast windows with fifty slow ones.
    pub(crate) fn sweep(bars: usize, repeats: usize) -> Self {
        let pairs = (1..=20).flat_map(|fast| (1..=50).map(move |slow| (2 * fast, 40 + 5 * slow))).collect();
        Self { name: "sweep", bars, pairs, repeats }
    }

    /// Bars of all pairs.
    pub(crate) fn size(&self) -> usize {
        self.bars * self.pairs.len()
    }
}

/// Where a peer traded otherwise, in words.
pub(crate) fn differences(peer: &str, work: &Workload, ours: &[Traded], theirs: &[Traded]) -> Vec<String> {
    if ours.len() != theirs.len() {
        return vec![format!("{peer}, {}: {} results, expected {}", work.name, theirs.len(), ours.len())];
    }
    let pairs = work.pairs.iter().zip(ours.iter().zip(theirs));
    let differ = pairs.filter(|(_, (ours, theirs))| ours != theirs);
    differ.map(|(pair, (ours, theirs))| format!("{peer}, {} {pair:?}: {theirs:?}, ours {ours:?}", work.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traded(cents: i64) -> Traded {
        Traded { trades: 3, cents, digest: "d".to_owned() }
    }

    #[test]
    fn a_cent_is_a_difference_and_so_is_a_result_that_is_missing() {
        let work = Workload::sweep(10, 1);
        assert_eq!((work.pairs.len(), work.size()), (1_000, 10_000));
        assert!(work.pairs.iter().all(|(fast, slow)| fast < slow));
        assert_eq!(differences("it", &work, &[traded(100)], &[traded(100)]), [""; 0]);
        assert_eq!(differences("it", &work, &[traded(100)], &[traded(101)]).len(), 1);
        assert_eq!(differences("it", &work, &[traded(100)], &[]).len(), 1);
    }
}
