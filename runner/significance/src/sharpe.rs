//! The Sharpe ratio, less what luck explains. In: moments of one trial, and how many others were tried. Out: probabilities.
//!
//! Sources: Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", Journal of Risk 15 (2012), for the probabilistic ratio;
//! the same, "The Deflated Sharpe Ratio", Journal of Portfolio Management 40 (2014), for the deflated one.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::{Invalid, Moments, matrix::float};

/// The Euler–Mascheroni constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// A Sharpe ratio that is held against the best that luck alone would show among so many trials.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Deflated {
    /// Probability, from 0 to 1, that the true ratio is above `expected_maximum`.
    pub probability: f64,
    /// The best ratio per period that so many trials without any skill are expected to show.
    pub expected_maximum: f64,
    /// How many independent trials were assumed.
    pub trials: f64,
}

/// Probability that the true Sharpe ratio is above `benchmark`, which is per period like the ratio itself.
pub fn probabilistic_sharpe(of: &Moments, benchmark: f64) -> Result<f64, Invalid> {
    Invalid::unless_enough("returns", of.periods, 3)?;
    let Moments { periods, sharpe, skewness, kurtosis } = *of;
    // Never negative for a true distribution, whose kurtosis is at least 1 + skewness².
    let variance = 1.0 - skewness * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe;
    let deviations = (sharpe - benchmark) * float(periods - 1).sqrt() / variance.sqrt();
    if !deviations.is_finite() {
        return Err(Invalid::NotFinite("the ratio's own deviation"));
    }
    Ok(Normal::standard().cdf(deviations))
}

/// The best Sharpe ratio that `trials` independent trials without skill are expected to show, where their ratios differ by this
/// `variance`. One trial is expected to show none.
pub fn expected_maximum(variance: f64, trials: f64) -> Result<f64, Invalid> {
    if !(variance.is_finite() && variance >= 0.0) {
        return Err(Invalid::OutOfRange { parameter: "variance", range: "finite and at least 0" });
    }
    if !(trials.is_finite() && trials >= 1.0) {
        return Err(Invalid::OutOfRange { parameter: "trials", range: "finite and at least 1" });
    }
    // At one trial the formula's first quantile is infinite; the largest of one draw is the draw.
    if trials <= 1.0 {
        return Ok(0.0);
    }
    let quantile = |tail: f64| Normal::standard().inverse_cdf(1.0 - tail);
    let largest = (1.0 - EULER) * quantile(1.0 / trials) + EULER * quantile(1.0 / (trials * core::f64::consts::E));
    // The approximation is below zero for less than two trials; skill is never assumed to be negative.
    Ok(variance.sqrt() * largest.max(0.0))
}

/// The deflated Sharpe ratio of the trial that was chosen: `variance` is that of the ratios per period over all independent trials,
/// `trials` their number, the rejected ones included.
pub fn deflated_sharpe(chosen: &Moments, variance: f64, trials: f64) -> Result<Deflated, Invalid> {
    let expected_maximum = expected_maximum(variance, trials)?;
    Ok(Deflated { probability: probabilistic_sharpe(chosen, expected_maximum)?, expected_maximum, trials })
}
