//! Returns of several trials over the same periods. In: one series per trial. Out: the same, known to be finite and of one length.

use crate::Invalid;

/// Returns of trials over the same periods, in order of time; finite, of one length, of at least two periods.
#[derive(Clone, Debug)]
pub struct Trials {
    series: Vec<Vec<f64>>,
    periods: usize,
}

impl Trials {
    /// Checks the series: at least one, each of the same length of two or more, each return finite.
    pub fn new(series: Vec<Vec<f64>>) -> Result<Self, Invalid> {
        let periods = series.first().map_or(0, Vec::len);
        Invalid::unless_enough("trials", series.len(), 1)?;
        Invalid::unless_enough("returns", periods, 2)?;
        for (trial, returns) in series.iter().enumerate() {
            if returns.len() != periods {
                return Err(Invalid::Ragged { trial, have: returns.len(), need: periods });
            }
            if !returns.iter().all(|value| value.is_finite()) {
                return Err(Invalid::NotFinite("a return"));
            }
        }
        Ok(Self { series, periods })
    }

    /// The series, each of [`Trials::periods`] returns.
    pub fn series(&self) -> &[Vec<f64>] {
        &self.series
    }

    /// How many returns each trial has.
    pub fn periods(&self) -> usize {
        self.periods
    }
}

/// A count as a float; counts of periods, trials and resamples are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}
