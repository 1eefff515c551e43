//! What a formula needs to know of a series of returns. In: returns of one trial. Out: Sharpe ratio, skewness, kurtosis.

use serde::Serialize;

use crate::{Invalid, matrix::float};

/// Length and shape of a series of returns; all figures are per period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Moments {
    /// How many returns there are.
    pub periods: usize,
    /// Mean over the sample's standard deviation (n − 1).
    pub sharpe: f64,
    /// Third standardised moment: 0 for the normal distribution.
    pub skewness: f64,
    /// Fourth standardised moment, not the excess: 3 for the normal distribution.
    pub kurtosis: f64,
}

impl Moments {
    /// Moments of at least three finite returns that are not all equal.
    pub fn of(returns: &[f64]) -> Result<Self, Invalid> {
        let periods = returns.len();
        Invalid::unless_enough("returns", periods, 3)?;
        if !returns.iter().all(|value| value.is_finite()) {
            return Err(Invalid::NotFinite("a return"));
        }
        let mean = mean(returns);
        let central = |power: fn(f64) -> f64| returns.iter().map(|value| power(value - mean)).sum::<f64>() / float(periods);
        // Not `powi`, whose rounding may differ between machines.
        let variance = central(|x| x * x);
        if all_equal(returns) || variance <= 0.0 {
            return Err(Invalid::NoVariance { trial: 0 });
        }
        let deviation = variance.sqrt();
        let sample_deviation = (variance * float(periods) / float(periods - 1)).sqrt();
        let moments = Self {
            periods,
            sharpe: mean / sample_deviation,
            skewness: central(|x| x * x * x) / (variance * deviation),
            kurtosis: central(|x| x * x * x * x) / (variance * variance),
        };
        let finite = [moments.sharpe, moments.skewness, moments.kurtosis].iter().all(|value| value.is_finite());
        if finite { Ok(moments) } else { Err(Invalid::NotFinite("a moment")) }
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / float(values.len())
}

/// Rounding gives equal returns a variance that is not quite zero.
pub(crate) fn all_equal(values: &[f64]) -> bool {
    values.windows(2).all(|pair| matches!(pair, [a, b] if a.to_bits() == b.to_bits()))
}
