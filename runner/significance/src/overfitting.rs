//! How likely the best trial is best by luck. In: returns of all trials. Out: the probability of backtest overfitting.
//!
//! Source: Bailey, Borwein, López de Prado and Zhu, "The Probability of Backtest Overfitting", Journal of Computational Finance 20
//! (2017): combinatorially symmetric cross-validation.

use serde::Serialize;

use crate::{Invalid, Trials, matrix::float};

/// The probability of backtest overfitting, and what it was counted from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Overfitting {
    /// Share of the splits in which the trial that was best in one half is no better than the median in the other; from 0 to 1.
    pub probability: f64,
    /// Share of the splits in which that trial loses in the other half; from 0 to 1.
    pub loses: f64,
    /// How many splits there are: the ways to choose half of the blocks.
    pub splits: usize,
    /// How many trials there are.
    pub trials: usize,
}

/// Counts over all ways to split the periods, cut into `blocks` (even, from 4 to 16) of equal length, into two halves. Periods that
/// are left over at the beginning do not count. A trial without any variance in a half has a Sharpe ratio of 0 there if its mean is 0,
/// which is what not trading earns, and is an error else.
pub fn probability_of_overfitting(trials: &Trials, blocks: usize) -> Result<Overfitting, Invalid> {
    Invalid::unless_enough("trials", trials.series().len(), 2)?;
    if !(4..=16).contains(&blocks) || !blocks.is_multiple_of(2) {
        return Err(Invalid::OutOfRange { parameter: "blocks", range: "even, from 4 to 16" });
    }
    let length = trials.periods() / blocks;
    Invalid::unless_enough("returns", trials.periods(), blocks * 2)?;
    let sums: Vec<Vec<Block>> = trials.series().iter().map(|returns| block_sums(returns, length, blocks)).collect();
    let (mut splits, mut overfitted, mut lost) = (0, 0, 0);
    for mask in (0..1_u32 << blocks).filter(|mask| mask.count_ones() as usize == blocks / 2) {
        let inside = ratios(&sums, |block| mask >> block & 1 == 1)?;
        let outside = ratios(&sums, |block| mask >> block & 1 == 0)?;
        let best = best(&inside);
        let its = outside.get(best).copied().unwrap_or(f64::NEG_INFINITY);
        splits += 1;
        overfitted += usize::from(!above_median(its, &outside));
        lost += usize::from(its < 0.0);
    }
    let share = |count: usize| float(count) / float(splits);
    Ok(Overfitting { probability: share(overfitted), loses: share(lost), splits, trials: trials.series().len() })
}

/// Count, sum and sum of squares of a block.
#[derive(Clone, Copy, Default)]
struct Block {
    count: usize,
    sum: f64,
    squares: f64,
}

fn block_sums(returns: &[f64], length: usize, blocks: usize) -> Vec<Block> {
    let left_over = returns.len() - length * blocks;
    let of = |block: &[f64]| Block {
        count: block.len(),
        sum: block.iter().sum(),
        squares: block.iter().map(|value| value * value).sum(),
    };
    returns.get(left_over..).unwrap_or_default().chunks(length).map(of).collect()
}

/// Sharpe ratios of all trials over the chosen blocks.
fn ratios(sums: &[Vec<Block>], chosen: impl Fn(usize) -> bool) -> Result<Vec<f64>, Invalid> {
    let mut all = Vec::with_capacity(sums.len());
    for (trial, blocks) in sums.iter().enumerate() {
        let of = blocks.iter().enumerate().filter(|(block, _)| chosen(*block)).fold(Block::default(), |all, (_, one)| Block {
            count: all.count + one.count,
            sum: all.sum + one.sum,
            squares: all.squares + one.squares,
        });
        let mean = of.sum / float(of.count);
        let variance = of.squares / float(of.count) - mean * mean;
        // What cancels to less than this share of the squares is rounding.
        let varies = variance > of.squares / float(of.count) * 1e-12;
        match (varies, of.squares > 0.0) {
            (true, _) => all.push(mean / variance.sqrt()),
            (false, false) => all.push(0.0),
            (false, true) => return Err(Invalid::NoVariance { trial }),
        }
    }
    Ok(all)
}

/// The first of the best.
fn best(ratios: &[f64]) -> usize {
    let better = |best: (usize, f64), (at, ratio): (usize, &f64)| if *ratio > best.1 { (at, *ratio) } else { best };
    ratios.iter().enumerate().fold((0, f64::NEG_INFINITY), better).0
}

/// Whether its relative rank is above one half. Who is as good as it counts half, so that trials that are all the same are luck.
fn above_median(its: f64, all: &[f64]) -> bool {
    let below = all.iter().filter(|other| **other < its).count();
    let equal = all.iter().filter(|other| other.to_bits() == its.to_bits()).count();
    // Rank over (number + 1) is above one half; both sides doubled.
    2 * below + equal + 1 > all.len() + 1
}
