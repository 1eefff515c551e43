//! How many ideas there are among many trials. In: trials. Out: which of them are one idea, and how much the ideas differ.
//!
//! Thousands of trials that differ by a parameter are few independent ones; the deflated Sharpe ratio asks for those. Source: López de
//! Prado, "A Data Science Solution to the Multiple-Testing Crisis in Financial Research", Journal of Financial Data Science 1 (2019).
//! Instead of its k-means with random starts, trials are joined by average linkage up to a fixed distance, so that the same trials
//! are always the same clusters.

use kodama::{Method, linkage};
use serde::Serialize;

use crate::{Invalid, Moments, Trials, matrix::float, moments::mean};

/// Trials whose returns correlate at least so much on average are one idea.
pub const SAME_IDEA: f64 = 0.7;

/// Trials, joined by idea.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Clusters {
    /// The cluster of each trial, from 0 in the order of their first trials.
    pub of: Vec<usize>,
    /// How many clusters there are: the number of effective trials.
    pub count: usize,
    /// Sample variance of the clusters' Sharpe ratios per period; 0 where there is one cluster.
    pub variance: f64,
}

/// Joins the trials. A trial without any variance is an error that names its place: it is no trial, and must be left out by its reason.
pub fn clusters(trials: &Trials) -> Result<Clusters, Invalid> {
    let scaled = scaled(trials)?;
    let of = joined(&scaled);
    let count = of.iter().max().map_or(0, |last| last + 1);
    let sharpes = (0..count).map(|cluster| sharpe_of(cluster, &of, &scaled)).collect::<Result<Vec<f64>, Invalid>>()?;
    let center = mean(&sharpes);
    let squares: f64 = sharpes.iter().map(|sharpe| (sharpe - center) * (sharpe - center)).sum();
    let variance = if count > 1 { squares / float(count - 1) } else { 0.0 };
    Ok(Clusters { of, count, variance })
}

/// A trial whose returns have a deviation of one, and its returns without their mean over their norm.
struct Scaled {
    returns: Vec<f64>,
    direction: Vec<f64>,
}

fn scaled(trials: &Trials) -> Result<Vec<Scaled>, Invalid> {
    let one = |(trial, returns): (usize, &Vec<f64>)| {
        let of_trial =
            |invalid| if matches!(invalid, Invalid::NoVariance { .. }) { Invalid::NoVariance { trial } } else { invalid };
        Moments::of(returns).map_err(of_trial)?;
        let center = mean(returns);
        let norm = returns.iter().map(|value| (value - center) * (value - center)).sum::<f64>().sqrt();
        let deviation = norm / float(returns.len() - 1).sqrt();
        Ok(Scaled {
            returns: returns.iter().map(|value| value / deviation).collect(),
            direction: returns.iter().map(|value| (value - center) / norm).collect(),
        })
    };
    trials.series().iter().enumerate().map(one).collect()
}

fn joined(trials: &[Scaled]) -> Vec<usize> {
    let correlation = |a: &Scaled, b: &Scaled| a.direction.iter().zip(&b.direction).map(|(x, y)| x * y).sum::<f64>();
    let rest = |at: usize| trials.iter().skip(at + 1);
    let mut distances: Vec<f64> =
        trials.iter().enumerate().flat_map(|(at, a)| rest(at).map(move |b| 1.0 - correlation(a, b))).collect();
    let steps = linkage(&mut distances, trials.len(), Method::Average);
    // Step k makes the group `trials + k` of two that were there before.
    let mut groups: Vec<Option<usize>> = vec![None; trials.len() + steps.steps().len()];
    for (made, step) in (trials.len()..).zip(steps.steps()) {
        if step.dissimilarity <= 1.0 - SAME_IDEA {
            for child in [step.cluster1, step.cluster2] {
                if let Some(parent) = groups.get_mut(child) {
                    *parent = Some(made);
                }
            }
        }
    }
    let root = |mut group: usize| {
        while let Some(Some(parent)) = groups.get(group) {
            group = *parent;
        }
        group
    };
    let mut seen = Vec::new();
    (0..trials.len()).map(|trial| place(root(trial), &mut seen)).collect()
}

/// The place of a root among those seen so far, in the order of their coming.
fn place(root: usize, seen: &mut Vec<usize>) -> usize {
    seen.iter().position(|other| *other == root).unwrap_or_else(|| {
        seen.push(root);
        seen.len() - 1
    })
}

/// Sharpe ratio of a cluster's trials held together, each by the inverse of its deviation.
fn sharpe_of(cluster: usize, of: &[usize], trials: &[Scaled]) -> Result<f64, Invalid> {
    let mut together: Vec<f64> = Vec::new();
    for (trial, _) in trials.iter().zip(of).filter(|(_, its)| **its == cluster) {
        together.resize(trial.returns.len(), 0.0);
        for (sum, value) in together.iter_mut().zip(&trial.returns) {
            *sum += value;
        }
    }
    Ok(Moments::of(&together)?.sharpe)
}
