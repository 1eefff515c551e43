//! How many ideas there are among many trials. In: trials. Out: which of them are one idea, and how much the ideas differ.
//!
//! Thousands of trials that differ by a parameter are few independent ones; the deflated Sharpe ratio asks for those. Source: López de
//! Prado, "A Data Science Solution to the Multiple-Testing Crisis in Financial Research", Journal of Financial Data Science 1 (2019).
//! Instead of its k-means with random starts, trials are joined by average linkage up to a fixed distance, so that the same trials
//! are always the same clusters.

use std::collections::BTreeMap;

use kodama::{Method, linkage};
use serde::Serialize;

use crate::{Invalid, Moments, Trials, matrix::float, moments::mean};

/// Trials whose returns correlate at least so much on average are one idea.
pub const SAME_IDEA: f64 = 0.7;

/// The same where not every pair is compared: more, since joining in parts may join what would have been joined to others.
const SAME_IDEA_IN_PARTS: f64 = 0.75;

/// Trials of which every pair is compared: time and memory grow with the square of this, and beyond it with the number of trials.
const AT_ONCE: usize = 1_000;

/// Times at most that groups of trials are joined in parts, and ways in which they are dealt out, by turns.
const ROUNDS: usize = 9;
const DEALS: usize = 3;

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
    let of = joined(&scaled, AT_ONCE);
    let count = of.iter().max().map_or(0, |last| last + 1);
    let mut members: Vec<Vec<&Scaled>> = vec![Vec::new(); count];
    for (trial, cluster) in scaled.iter().zip(&of) {
        members.get_mut(*cluster).into_iter().for_each(|members| members.push(trial));
    }
    let sharpes = members.iter().map(|members| sharpe_of(members)).collect::<Result<Vec<f64>, Invalid>>()?;
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

/// The cluster of each trial, from 0 in the order of their first trials.
///
/// Average linkage compares every pair, so that more than `at_once` are joined in rounds: in parts, of which each is joined by itself,
/// until one part holds all that is left or a round joins next to nothing. The average correlation of two groups is the product of
/// their mean directions, so a group stands in the next round as one. What never met in a part stays apart and counts as ideas of
/// their own, so that there are rather too many than too few.
fn joined(trials: &[Scaled], at_once: usize) -> Vec<usize> {
    let mut groups: Vec<Group> = trials.iter().enumerate().map(|(trial, one)| Group::of(trial, &one.direction)).collect();
    let alike = if trials.len() > at_once { SAME_IDEA_IN_PARTS } else { SAME_IDEA };
    let mut in_vain = 0;
    for round in 0..ROUNDS {
        let before = groups.len();
        let parts = before.div_ceil(at_once);
        groups = dealt(groups, parts, round).into_iter().flat_map(|part| joined_at_once(part, alike)).collect();
        // The clusters are told in the order of the trials.
        groups.sort_by_key(|group| group.trials.first().copied());
        in_vain = if groups.len() * 50 > before * 49 { in_vain + 1 } else { 0 };
        if parts <= 1 || in_vain == DEALS {
            break;
        }
    }
    let mut of = vec![0; trials.len()];
    for (cluster, group) in groups.iter().enumerate() {
        for trial in &group.trials {
            if let Some(of) = of.get_mut(*trial) {
                *of = cluster;
            }
        }
    }
    of
}

/// Trials that were joined, in their order, and the mean of their directions.
struct Group {
    trials: Vec<usize>,
    direction: Vec<f64>,
}

impl Group {
    fn of(trial: usize, direction: &[f64]) -> Self {
        Self { trials: vec![trial], direction: direction.to_vec() }
    }

    fn correlation(&self, direction: &[f64]) -> f64 {
        self.direction.iter().zip(direction).map(|(x, y)| x * y).sum::<f64>()
    }

    /// All of them as one; none of none.
    fn merged(groups: Vec<Self>) -> Option<Self> {
        let size: usize = groups.iter().map(|group| group.trials.len()).sum();
        let mut groups = groups.into_iter();
        let mut all = groups.next()?;
        if all.trials.len() == size {
            return Some(all);
        }
        let share = |group: &Self| float(group.trials.len()) / float(size);
        let own = share(&all);
        all.direction.iter_mut().for_each(|value| *value *= own);
        for group in groups {
            let its = share(&group);
            all.direction.iter_mut().zip(&group.direction).for_each(|(sum, value)| *sum += value * its);
            all.trials.extend(group.trials);
        }
        all.trials.sort_unstable();
        Some(all)
    }
}

/// The groups in so many parts, by turns: as they come, since a search tries one after another what is alike; dealt out like cards, so
/// that others meet; and by their correlation with one of them, which brings together what moves with the market alike.
fn dealt(mut groups: Vec<Group>, parts: usize, round: usize) -> Vec<Vec<Group>> {
    if round % DEALS == 2 {
        let by = groups.get(groups.len() * round / ROUNDS).map(|group| group.direction.clone()).unwrap_or_default();
        groups.sort_by(|a, b| a.correlation(&by).total_cmp(&b.correlation(&by)));
    }
    let size = groups.len().div_ceil(parts.max(1)).max(1);
    let mut all: Vec<Vec<Group>> = (0..parts).map(|_| Vec::new()).collect();
    for (place, group) in groups.into_iter().enumerate() {
        let part = if round % DEALS == 1 { place % parts } else { place / size };
        if let Some(part) = all.get_mut(part) {
            part.push(group);
        }
    }
    all
}

/// One less the correlation of each pair, row by row: for each group all at once, period by period, which is several times faster than
/// pair by pair and sums in the same order.
fn distances(groups: &[Group]) -> Vec<f64> {
    let periods = groups.first().map_or(0, |group| group.direction.len());
    let column = |period: usize| groups.iter().filter_map(|group| group.direction.get(period).copied()).collect();
    let columns: Vec<Vec<f64>> = (0..periods).map(column).collect();
    let mut all = Vec::with_capacity(groups.len() * groups.len() / 2);
    for (at, group) in groups.iter().enumerate() {
        let mut sums = vec![0.0; groups.len() - at - 1];
        for (value, column) in group.direction.iter().zip(&columns) {
            let others = column.get(at + 1..).unwrap_or_default();
            sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += value * other);
        }
        all.extend(sums.into_iter().map(|sum| 1.0 - sum));
    }
    all
}

fn joined_at_once(groups: Vec<Group>, alike: f64) -> Vec<Group> {
    let steps = linkage(&mut distances(&groups), groups.len(), Method::Average);
    // Step k makes the group `groups + k` of two that were there before.
    let mut parents: Vec<Option<usize>> = vec![None; groups.len() + steps.steps().len()];
    for (made, step) in (groups.len()..).zip(steps.steps()) {
        if step.dissimilarity <= 1.0 - alike {
            for child in [step.cluster1, step.cluster2] {
                if let Some(parent) = parents.get_mut(child) {
                    *parent = Some(made);
                }
            }
        }
    }
    let root = |mut group: usize| {
        while let Some(Some(parent)) = parents.get(group) {
            group = *parent;
        }
        group
    };
    let mut by_root: BTreeMap<usize, Vec<Group>> = BTreeMap::new();
    for (place, group) in groups.into_iter().enumerate() {
        by_root.entry(root(place)).or_default().push(group);
    }
    by_root.into_values().filter_map(Group::merged).collect()
}

/// Sharpe ratio of a cluster's trials held together, each by the inverse of its deviation.
fn sharpe_of(cluster: &[&Scaled]) -> Result<f64, Invalid> {
    let mut together: Vec<f64> = Vec::new();
    for trial in cluster {
        together.resize(trial.returns.len(), 0.0);
        for (sum, value) in together.iter_mut().zip(&trial.returns) {
            *sum += value;
        }
    }
    Ok(Moments::of(&together)?.sharpe)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::{Strategy, any, prop_assert, proptest};
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    use super::*;

    /// Trials of so many ideas, each a mixture of its idea and noise of its own, in a random order.
    fn trials_of(ideas: usize, count: usize, periods: usize, noise: f64, seed: u64) -> Vec<Scaled> {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let draw = |random: &mut ChaCha8Rng| -> Vec<f64> {
            (0..periods).map(|_| f64::from(random.next_u32()) / f64::from(u32::MAX) - 0.5).collect()
        };
        let of_ideas: Vec<Vec<f64>> = (0..ideas).map(|_| draw(random)).collect();
        let mixed = (0..count).map(|_| {
            let idea = of_ideas.iter().cycle().nth(usize::try_from(random.next_u32() % 1_000).unwrap()).unwrap();
            idea.iter().zip(draw(random)).map(|(idea, own)| idea + noise * own).collect()
        });
        scaled(&Trials::new(mixed.collect()).unwrap()).unwrap()
    }

    fn count(of: &[usize]) -> usize {
        of.iter().max().unwrap() + 1
    }

    fn average(of: &[usize], trials: &[Scaled], cluster: usize) -> f64 {
        let mut group = Group { trials: Vec::new(), direction: vec![0.0; trials.first().unwrap().direction.len()] };
        for (place, trial) in trials.iter().enumerate().filter(|(place, _)| of.get(*place) == Some(&cluster)) {
            group.trials.push(place);
            group.direction.iter_mut().zip(&trial.direction).for_each(|(sum, value)| *sum += value);
        }
        let size = float(group.trials.len());
        if size > 1.0 { (group.correlation(&group.direction) - size) / (size * (size - 1.0)) } else { 1.0 }
    }

    fn kinds() -> impl Strategy<Value = (usize, usize, f64, usize, u64)> {
        (2..30_usize, 20..160_usize, 0.0..1.5_f64, 8..40_usize, any::<u64>())
    }

    proptest! {
        #[test]
        fn in_parts_there_are_not_fewer_ideas_than_all_at_once_but_for_one_in_ten((ideas, of, noise, at_once, seed) in kinds()) {
            let trials = trials_of(ideas, of, 40, noise, seed);
            let (exact, parts) = (joined(&trials, usize::MAX), joined(&trials, at_once));
            prop_assert!(count(&parts) * 10 + 10 >= count(&exact) * 9, "{} in parts, {} at once", count(&parts), count(&exact));
            for cluster in 0..count(&parts) {
                let average = average(&parts, &trials, cluster);
                prop_assert!(average > SAME_IDEA - 0.1, "trials that correlate by {average} became one idea");
            }
        }
    }

    #[test]
    fn thousands_of_copies_in_any_order_are_as_few_ideas_in_parts_as_at_once() {
        let trials = trials_of(40, 3_000, 60, 0.3, 7);
        assert_eq!((count(&joined(&trials, usize::MAX)), count(&joined(&trials, 200))), (40, 40));
        let different = trials_of(1_000, 3_000, 60, 1.0, 7);
        assert!(count(&joined(&different, 200)) >= count(&joined(&different, usize::MAX)));
    }
}
