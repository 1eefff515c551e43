//! How strategies are made of strategies. In: parents. Out: a child that nobody has tried. Pure.

use assayer_contract::Sha256Hash;
use assayer_engine::Strategy;

use super::{DRAWS, Member, TOURNAMENT};
use crate::{
    dice::Dice,
    genes::{Part, mixed, random_step, redrawn},
    lab::{Lab, Tried},
};

/// A strategy that is to be tried.
pub(super) struct Child {
    pub(super) strategy: Strategy,
    pub(super) parents: Vec<Sha256Hash>,
    pub(super) made_by: String,
}

/// A child of the population; none where nothing new is found.
pub(super) fn child(lab: &Lab<'_>, population: &[Member], dice: &mut Dice) -> Option<Child> {
    for _ in 0..DRAWS {
        let one = lab.get(drawn(population, dice)?)?;
        let made = if dice.flip() {
            let other = lab.get(drawn(population, dice)?)?;
            crossed(one, other, dice)
        } else {
            mutation(one, dice)
        };
        if let Some(made) = made.filter(|made| may_be_tried(lab, &made.strategy)) {
            return Some(made);
        }
    }
    None
}

/// A mutant of one strategy that nobody has tried.
pub(super) fn mutated(lab: &Lab<'_>, parent: &Tried, dice: &mut Dice) -> Option<Child> {
    (0..DRAWS).find_map(|_| mutation(parent, dice).filter(|made| may_be_tried(lab, &made.strategy)))
}

fn may_be_tried(lab: &Lab<'_>, strategy: &Strategy) -> bool {
    strategy.validate(&lab.study.spec.instrument).is_ok() && !lab.knows(strategy)
}

/// The best of a few that are drawn: the population is in order, so that the first is the best.
fn drawn(population: &[Member], dice: &mut Dice) -> Option<usize> {
    let first = (0..TOURNAMENT).map(|_| dice.below(population.len())).min()?;
    population.get(first).map(|member| member.place)
}

/// A parameter moved, a rule added or dropped, or all parameters drawn anew.
fn mutation(parent: &Tried, dice: &mut Dice) -> Option<Child> {
    let of = &parent.strategy;
    let (strategy, made_by) = match dice.below(8) {
        0..=3 => {
            let mut step = random_step(of, dice)?;
            // A single step is what improving looks at; two lead further.
            let further = random_step(&step.strategy, dice)?;
            step.told = format!("step {}, {}", step.told, further.told);
            (further.strategy, step.told)
        }
        4..=6 => {
            let part = *dice.pick(&Part::ALL)?;
            let made_by = if part.is_in(of) { format!("drop {}", part.name()) } else { format!("add {}", part.name()) };
            (part.toggled(of), made_by)
        }
        _ => (redrawn(of, dice), "all parameters drawn anew".to_owned()),
    };
    Some(Child { strategy, parents: vec![parent.hash], made_by })
}

/// The family of one with its parameters mixed with the other's, where that is of the same family; each of what goes with it from
/// either.
fn crossed(one: &Tried, other: &Tried, dice: &mut Dice) -> Option<Child> {
    if one.hash == other.hash {
        return None;
    }
    let (theirs, mut strategy) = (other.strategy.clone(), one.strategy.clone());
    if dice.flip() {
        strategy.entry = theirs.entry;
    }
    if dice.flip() {
        strategy.exits = theirs.exits;
    }
    if dice.flip() {
        strategy.sizing = theirs.sizing;
    }
    if dice.flip() {
        strategy.filter = theirs.filter;
    }
    let strategy = mixed(&strategy, &other.strategy, dice);
    Some(Child { strategy, parents: vec![one.hash, other.hash], made_by: "crossover".to_owned() })
}
