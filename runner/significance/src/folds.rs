//! Which bars a trial is chosen on, and which it is tried on. In: how many bars. Out: folds that do not know of each other.
//!
//! Source: López de Prado, "Advances in Financial Machine Learning" (2018), chapters 7 and 12: what is held when training ends reaches
//! into the test, so that bars between the two are left out.

use std::ops::Range;

use serde::Serialize;

use crate::Invalid;

/// One step of a walk forward: chosen on `train`, tried on `test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fold {
    /// Bars to choose by, from the first bar on.
    pub train: Range<usize>,
    /// Bars to try on, all after those, with `embargo` bars between.
    pub test: Range<usize>,
}

/// Walks forward over so many bars: `folds` tests of equal length without a gap between them, the last of which ends with the last
/// bar; before each, all bars from the first on but for the `embargo` (the longest time that a position is held, in bars). The first
/// training has at least `train` bars, and at least as many as a test.
pub fn walk_forward(bars: usize, folds: usize, train: usize, embargo: usize) -> Result<Vec<Fold>, Invalid> {
    Invalid::unless_enough("folds", folds, 1)?;
    if train < 1 {
        return Err(Invalid::OutOfRange { parameter: "train", range: "at least 1" });
    }
    let fixed = train.saturating_add(embargo);
    let test = bars.saturating_sub(fixed) / folds;
    // The first training takes what a test has too few of: bars = first + embargo + folds × test, first ≥ max(train, test).
    let test = test.min(bars.saturating_sub(embargo) / folds.saturating_add(1));
    Invalid::unless_enough("bars", bars, fixed.saturating_add(folds))?;
    Invalid::unless_enough("bars of a test", test, 1)?;
    let begin = |fold: usize| bars - (folds - fold) * test;
    Ok((0..folds).map(|fold| Fold { train: 0..begin(fold) - embargo, test: begin(fold)..begin(fold) + test }).collect())
}
