//! Whether the best of many trials earns more than nothing. In: returns of all trials over those of the benchmark. Out: p-values.
//!
//! Source: Hansen, "A Test for Superior Predictive Ability", Journal of Business & Economic Statistics 23 (2005), with the stationary
//! bootstrap; White, "A Reality Check for Data Snooping", Econometrica 68 (2000).

use serde::Serialize;

use crate::{Bootstrap, Invalid, Resample, Trials, matrix::float, moments::all_equal};

/// Chances that trials of which none beats the benchmark look as good as these do; each from above 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PValues {
    /// Hansen's consistent one, by which to decide.
    pub consistent: f64,
    /// Where bad trials are thought to be as bad as they look: at most the consistent one.
    pub lower: f64,
    /// Where bad trials are thought to be as good as the benchmark: at least the consistent one.
    pub upper: f64,
    /// White's reality check, without division by deviations: bad and wild trials make it large.
    pub reality_check: f64,
}

/// Tests whether the best of the trials beats the benchmark. `returns` are those over the benchmark's, period by period; over cash
/// they are the returns themselves.
pub fn superior_predictive_ability(returns: &Trials, bootstrap: &Bootstrap) -> Result<PValues, Invalid> {
    let all: Vec<Measured> = returns
        .series()
        .iter()
        .enumerate()
        .map(|(trial, one)| measured(trial, one, bootstrap.restart()))
        .collect::<Result<_, _>>()?;
    let seen = Best::of(&all, |one| [one.ratio(), one.ratio(), one.ratio(), one.scaled_mean]);
    let mut reached = [0_usize; 4];
    for resample in bootstrap.draw(returns.periods())? {
        let best = Best::of(&all, |one| one.drawn(&resample));
        for ((count, drawn), seen) in reached.iter_mut().zip(best.0).zip(seen.0) {
            *count += usize::from(drawn >= seen);
        }
    }
    // The trials as they are count as one more draw: no finite number of draws shows a chance of zero.
    let [lower, consistent, upper, reality_check] = reached.map(|count| float(count + 1) / float(bootstrap.resamples + 1));
    Ok(PValues { consistent, lower, upper, reality_check })
}

/// The largest of each statistic: lower, consistent, upper, reality check. The first three are at least 0.
struct Best([f64; 4]);

impl Best {
    fn of(all: &[Measured], statistics: impl Fn(&Measured) -> [f64; 4]) -> Self {
        let mut best = [0.0, 0.0, 0.0, f64::NEG_INFINITY];
        for one in all {
            for (best, value) in best.iter_mut().zip(statistics(one)) {
                *best = f64::max(*best, value);
            }
        }
        Self(best)
    }
}

/// A trial as the test sees it.
struct Measured<'a> {
    returns: &'a [f64],
    /// √n times the mean return.
    scaled_mean: f64,
    /// Deviation of `scaled_mean`, from what follows from what.
    deviation: f64,
    /// What is taken off a drawn mean, times √n: lower, consistent, upper.
    centers: [f64; 3],
}

impl Measured<'_> {
    fn ratio(&self) -> f64 {
        self.scaled_mean / self.deviation
    }

    fn drawn(&self, resample: &Resample) -> [f64; 4] {
        let sum: f64 = self.returns.iter().zip(resample).map(|(value, times)| value * f64::from(*times)).sum();
        let scaled = sum / float(self.returns.len()).sqrt();
        let [lower, consistent, upper] = self.centers.map(|center| (scaled - center) / self.deviation);
        [lower, consistent, upper, scaled - self.scaled_mean]
    }
}

fn measured(trial: usize, returns: &[f64], restart: f64) -> Result<Measured<'_>, Invalid> {
    let periods = float(returns.len());
    let scaled_mean = returns.iter().sum::<f64>() / periods.sqrt();
    let deviation = long_run_variance(returns, restart).sqrt();
    if all_equal(returns) || !(deviation.is_finite() && deviation > 0.0) {
        return Err(Invalid::NoVariance { trial });
    }
    // The law of the iterated logarithm tells a bad trial from one that is as good as the benchmark.
    let threshold = -(2.0 * libm::log(libm::log(periods.max(3.0)))).sqrt();
    let consistent = if scaled_mean / deviation >= threshold { scaled_mean } else { 0.0 };
    Ok(Measured { returns, scaled_mean, deviation, centers: [scaled_mean.max(0.0), consistent, scaled_mean] })
}

/// Variance of √n times the mean under the stationary bootstrap: Hansen's equation for ω², with the kernel of Politis and Romano.
fn long_run_variance(returns: &[f64], restart: f64) -> f64 {
    let (count, periods) = (returns.len(), float(returns.len()));
    let mean = crate::moments::mean(returns);
    let covariance =
        |lag: usize| returns.iter().zip(returns.iter().skip(lag)).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / periods;
    let stay = 1.0 - restart;
    let powers: Vec<f64> = std::iter::successors(Some(1.0), |power| Some(power * stay)).take(count + 1).collect();
    let kernel = |lag: usize| {
        let [there, back] = [lag, count - lag].map(|power| powers.get(power).copied().unwrap_or(0.0));
        (periods - float(lag)) / periods * there + float(lag) / periods * back
    };
    // Weights below this are lost in rounding.
    let lags = (1..count).map(|lag| (lag, kernel(lag))).filter(|(_, weight)| *weight > 1e-12);
    covariance(0) + 2.0 * lags.map(|(lag, weight)| weight * covariance(lag)).sum::<f64>()
}
