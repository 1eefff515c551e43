//! Whether the best of many trials earns more than as many coins. In: returns of all trials. Out: a p-value.
//!
//! A randomisation test beside the bootstrap: gains without skill are as likely as losses, so blocks of periods may change their signs,
//! all trials alike, and the best of the trials then looks as good as before about as often as not. Source: Romano and Wolf, "Exact and
//! Approximate Stepdown Methods for Multiple Hypothesis Testing", Journal of the American Statistical Association 100 (2005), with the
//! group of sign changes. Where returns are symmetric and blocks do not depend on each other it is exact for any number of trials and of
//! periods, but for the bad trials that are left out, as in Hansen's test; the bootstrap's deviations are estimates, of which the best of thousands of trials over few periods has the luckiest.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::{Bootstrap, Invalid, Trials, matrix::float, moments::all_equal};

/// The chance, above 0, that the best sum of returns over the root of their squares is as large with signs of blocks drawn at random.
/// Blocks are as long as those of the bootstrap are on average; changes of signs leave the squares as they are.
pub fn chance_of_signs(returns: &Trials, bootstrap: &Bootstrap) -> Result<f64, Invalid> {
    bootstrap.check(returns.periods())?;
    let length = usize::try_from(bootstrap.mean_block).unwrap_or(usize::MAX);
    let mut trials: Vec<Vec<f64>> =
        returns.series().iter().enumerate().map(|(trial, one)| blocks(trial, one, length)).collect::<Result<_, _>>()?;
    // Turned round, a trial that is surely bad would look good. Few that are not bad are beyond the law of the iterated logarithm.
    let bad = -(2.0 * libm::log(libm::log(float(returns.periods()).max(3.0)))).sqrt();
    trials.retain(|sums| sums.iter().sum::<f64>() >= bad);
    let by_block: Vec<Vec<f64>> = (0..returns.periods().div_ceil(length))
        .map(|block| trials.iter().filter_map(|sums| sums.get(block).copied()).collect())
        .collect();
    let seen = best(&by_block, &mut || false);
    if trials.is_empty() {
        return Ok(1.0);
    }
    let mut random = ChaCha8Rng::seed_from_u64(bootstrap.seed);
    let reached = (0..bootstrap.resamples).filter(|_| best(&by_block, &mut || random.next_u32() & 1 == 1) >= seen).count();
    // The signs as they are count as one more draw.
    Ok(float(reached + 1) / float(bootstrap.resamples + 1))
}

/// The sums of a trial's blocks over the root of its squares.
fn blocks(trial: usize, returns: &[f64], length: usize) -> Result<Vec<f64>, Invalid> {
    let norm = returns.iter().map(|value| value * value).sum::<f64>().sqrt();
    if all_equal(returns) || !(norm.is_finite() && norm > 0.0) {
        return Err(Invalid::NoVariance { trial });
    }
    Ok(returns.chunks(length).map(|block| block.iter().sum::<f64>() / norm).collect())
}

/// The largest sum of all trials with the signs of these blocks.
fn best(by_block: &[Vec<f64>], turned: &mut dyn FnMut() -> bool) -> f64 {
    let mut sums = vec![0.0; by_block.first().map_or(0, Vec::len)];
    for block in by_block {
        let sign = if turned() { -1.0 } else { 1.0 };
        sums.iter_mut().zip(block).for_each(|(sum, value)| *sum += sign * value);
    }
    sums.into_iter().fold(f64::NEG_INFINITY, f64::max)
}
