//! Breeding: mutation and crossover of the best so far, of the simple before the complicated, of the new before the like. Pure.
//!
//! A steady state: each child takes the place of the worst where it is better, so that the best are never lost. Source of the parts
//! (tournament, elitism): Goldberg, "Genetic Algorithms in Search, Optimization and Machine Learning" (1989).

mod breed;

use std::collections::BTreeSet;

use assayer_contract::research::Suggestion;
use assayer_engine::Strategy;

use crate::{
    dice::Dice,
    figures::float,
    genes::{Kind, steps, typical},
    improve::candidates,
    lab::Lab,
    suggestions::is_of_the_family,
};
use breed::{Child, child, mutated};

/// Strategies that are bred from at most.
const POPULATION: usize = 32;
/// How many are drawn, of which the best is a parent.
const TOURNAMENT: usize = 3;
/// Share of entries that two strategies have in common, from which on they are one.
const ALIKE: f64 = 0.9;
/// How many of the best have their neighbourhood tried.
const LOOKED_AT: usize = 3;
/// Draws for a child that nobody has tried.
const DRAWS: usize = 32;

/// A strategy that is bred from.
struct Member {
    place: usize,
    score: f64,
    /// Its entries, by which it is told from others.
    entries: BTreeSet<(i64, bool)>,
}

/// Breeds until the budget is used up but for the neighbourhoods of the best; the best of those.
pub(crate) fn search(lab: &mut Lab<'_>, dice: &mut Dice) -> Option<usize> {
    lab.median(0)?;
    let mut population = founders(lab, dice);
    while lab.left() > reserve(lab, &population) {
        let Some(made) = child(lab, &population, dice) else { break };
        let Some(place) = lab.try_one(made.strategy, made.parents, made.made_by) else { break };
        admit(lab, &mut population, place);
    }
    best(lab, &population)
}

/// The Bot's own strategy, what a language model suggested, the lineage's candidates of its family, and mutants of those.
fn founders(lab: &mut Lab<'_>, dice: &mut Dice) -> Vec<Member> {
    let size = POPULATION.min(lab.left() / 3);
    let mut population = Vec::new();
    admit(lab, &mut population, 0);
    for (name, strategy) in suggested(lab) {
        if let Some(place) = lab.try_one(strategy, Vec::new(), format!("suggestion \"{name}\"")) {
            admit(lab, &mut population, place);
        }
    }
    let allowed: Vec<Strategy> = candidates(lab).into_iter().filter(|strategy| may_breed(lab, strategy)).collect();
    for strategy in allowed.into_iter().take(size / 2) {
        if let Some(place) = lab.try_one(strategy, Vec::new(), "candidate of the lineage".to_owned()) {
            admit(lab, &mut population, place);
        }
    }
    if lab.study.rules.other_families {
        for strategy in typical(&lab.study.spec.instrument) {
            if let Some(place) = lab.try_one(strategy, Vec::new(), "typical of its family".to_owned()) {
                admit(lab, &mut population, place);
            }
        }
    }
    for _ in population.len()..size {
        let parent = dice.pick(&population).and_then(|member: &Member| lab.get(member.place));
        let Some(Child { strategy, parents, made_by }) = parent.and_then(|parent| mutated(lab, parent, dice)) else { continue };
        if let Some(place) = lab.try_one(strategy, parents, made_by) {
            admit(lab, &mut population, place);
        }
    }
    population
}

/// Whether the strategy is of the lineage's family, or may be of another.
fn may_breed(lab: &Lab<'_>, strategy: &Strategy) -> bool {
    is_of_the_family(lab.study, strategy)
}

/// What was suggested and accepted, by name, read again as strictly as anything else.
fn suggested(lab: &Lab<'_>) -> Vec<(String, Strategy)> {
    let accepted = lab.study.suggestions.iter().flat_map(|suggestions| &suggestions.accepted);
    let read = |one: &Suggestion| Some((one.name.clone(), serde_json::from_value::<Strategy>(one.strategy.clone()).ok()?));
    accepted.filter_map(read).filter(|(_, strategy)| may_breed(lab, strategy)).collect()
}

/// Trials that the neighbourhood of the best needs.
fn reserve(lab: &Lab<'_>, population: &[Member]) -> usize {
    let around = |member: &Member| lab.get(member.place).map_or(0, |tried| steps(&tried.strategy, &[Kind::Measure]).len());
    population.iter().take(LOOKED_AT).map(around).max().unwrap_or(0)
}

/// Takes a strategy into the population, which is kept from the best to the worst: in the place of one that it is like, if it is better
/// than that, else beside them.
fn admit(lab: &Lab<'_>, population: &mut Vec<Member>, place: usize) {
    let Some((score, of)) = lab.score(place).zip(lab.evaluation(place)) else { return };
    let member = Member { place, score, entries: of.entries() };
    if let Some(at) = population.iter().position(|other| alike(&other.entries, &member.entries)) {
        if population.get(at).is_some_and(|other| other.score >= score) {
            return;
        }
        population.remove(at);
    }
    let at = population.partition_point(|other| other.score >= score);
    population.insert(at, member);
    population.truncate(POPULATION);
}

/// Jaccard's index of two sets of entries; two strategies that never trade are alike.
fn alike(one: &BTreeSet<(i64, bool)>, other: &BTreeSet<(i64, bool)>) -> bool {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    all == 0 || float(common) / float(all) >= ALIKE
}

/// The best plateau of the best strategies that may be proposed; without any budget for it the best strategy, whose plateau is unknown.
fn best(lab: &mut Lab<'_>, population: &[Member]) -> Option<usize> {
    let new: Vec<usize> = population.iter().map(|member| member.place).filter(|place| lab.is_new(*place)).collect();
    let mut best: Option<(usize, f64)> = None;
    for place in new.iter().copied().take(LOOKED_AT) {
        let Some(median) = lab.median(place) else { continue };
        if best.is_none_or(|(_, other)| median > other) {
            best = Some((place, median));
        }
    }
    best.map(|(place, _)| place).or(new.first().copied())
}
