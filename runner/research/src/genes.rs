//! The space that is searched: every parameter of a strategy, by its name. In: a strategy. Out: the same with one parameter changed.
//! Pure.
//!
//! A family's genes stand in `families`, those of what goes with every family in `parts`. Each destructures its parameters whole, so
//! that a parameter without a gene does not compile.

mod families;
mod parts;
#[cfg(test)]
mod space_tests;
mod typical;

use std::{borrow::Cow, ops::RangeInclusive};

use assayer_engine::{
    Multiple, Strategy,
    strategy::{Direction, Hours, Tercile, TrendSide},
};

use serde::Serialize;

use crate::dice::Dice;
pub(crate) use parts::Part;
pub(crate) use typical::typical;

/// What changing a parameter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One more or less is nearly the same strategy: what a plateau is made of.
    Measure,
    /// Another value is another strategy.
    Choice,
    /// More or less of the same strategy.
    Size,
}

/// A parameter where it stands.
enum Slot<'a> {
    Whole(&'a mut i32),
    Multiple(&'a mut Multiple),
    Direction(&'a mut Direction),
    Hours(&'a mut Hours),
    Side(&'a mut TrendSide),
    Terciles(&'a mut Vec<Tercile>),
}

/// A parameter with the values that are searched, from `low` to `high` in steps. Multiples are in hundredths, choices are counted.
pub(crate) struct Gene<'a> {
    pub(crate) name: Cow<'static, str>,
    pub(crate) kind: Kind,
    low: i32,
    high: i32,
    step: i32,
    slot: Slot<'a>,
}

/// The values of a parameter that are searched, as they are written: from the first to the last in steps, or a few to choose from.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Searched {
    Steps { name: Cow<'static, str>, from: String, to: String, step: String },
    Choices { name: Cow<'static, str>, one_of: Vec<String> },
}

/// A change of one parameter.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) strategy: Strategy,
    /// `smaCross.fast 20→25`.
    pub(crate) told: String,
}

const TERCILES: [&[Tercile]; 6] = [
    &[Tercile::Low],
    &[Tercile::Middle],
    &[Tercile::High],
    &[Tercile::Low, Tercile::Middle],
    &[Tercile::Middle, Tercile::High],
    &[Tercile::Low, Tercile::High],
];

impl<'a> Gene<'a> {
    fn whole(name: impl Into<Cow<'static, str>>, slot: &'a mut i32, range: RangeInclusive<i32>, step: i32) -> Self {
        Self { name: name.into(), kind: Kind::Measure, low: *range.start(), high: *range.end(), step, slot: Slot::Whole(slot) }
    }

    /// The range and the step are in hundredths.
    fn multiple(name: &'static str, slot: &'a mut Multiple, range: RangeInclusive<i32>, step: i32) -> Self {
        Self { name: name.into(), kind: Kind::Measure, low: *range.start(), high: *range.end(), step, slot: Slot::Multiple(slot) }
    }

    fn choice(name: &'static str, high: i32, slot: Slot<'a>) -> Self {
        Self { name: name.into(), kind: Kind::Choice, low: 0, high, step: 1, slot }
    }

    fn direction(name: &'static str, slot: &'a mut Direction) -> Self {
        Self::choice(name, 1, Slot::Direction(slot))
    }

    fn hours(name: &'static str, slot: &'a mut Hours) -> Self {
        Self::choice(name, 1, Slot::Hours(slot))
    }

    fn sized(self) -> Self {
        Self { kind: Kind::Size, ..self }
    }

    fn value(&self) -> i32 {
        match &self.slot {
            Slot::Whole(value) => **value,
            Slot::Multiple(value) => value.hundredths(),
            Slot::Direction(value) => i32::from(**value == Direction::LongShort),
            Slot::Hours(value) => i32::from(**value == Hours::Regular),
            Slot::Side(value) => i32::from(**value == TrendSide::Against),
            Slot::Terciles(value) => {
                (0..).zip(TERCILES).find(|(_, allow)| *allow == value.as_slice()).map_or(0, |(place, _)| place)
            }
        }
    }

    fn set(&mut self, new: i32) {
        match &mut self.slot {
            Slot::Whole(value) => **value = new,
            Slot::Multiple(value) => **value = Multiple::from_hundredths(new).unwrap_or(**value),
            Slot::Direction(value) => **value = if new == 1 { Direction::LongShort } else { Direction::LongOnly },
            Slot::Hours(value) => **value = if new == 1 { Hours::Regular } else { Hours::All },
            Slot::Side(value) => **value = if new == 1 { TrendSide::Against } else { TrendSide::With },
            Slot::Terciles(value) => {
                let allow = usize::try_from(new).ok().and_then(|place| TERCILES.get(place));
                **value = allow.map_or_else(Vec::new, |allow| allow.to_vec());
            }
        }
    }

    fn text(&self) -> String {
        match &self.slot {
            Slot::Whole(value) => value.to_string(),
            Slot::Multiple(value) => value.to_string(),
            Slot::Direction(value) => format!("{value:?}"),
            Slot::Hours(value) => format!("{value:?}"),
            Slot::Side(value) => format!("{value:?}"),
            Slot::Terciles(value) => format!("{value:?}"),
        }
    }

    /// What is searched of it; the value itself is lost.
    fn searched(&mut self) -> Searched {
        let (name, kind, low, high, step) = (self.name.clone(), self.kind, self.low, self.high, self.step);
        let mut written = |value| {
            self.set(value);
            self.text()
        };
        if kind == Kind::Choice {
            return Searched::Choices { name, one_of: (low..=high).map(written).collect() };
        }
        Searched::Steps { name, from: written(low), to: written(high), step: written(step) }
    }

    /// The value a step away, unless that leads out of the space; what stands outside may come nearer.
    fn stepped(&self, up: bool) -> Option<i32> {
        let (value, new) = (self.value(), self.value() + if up { self.step } else { -self.step });
        let leaves = if up { new > self.high && new > value } else { new < self.low && new < value };
        (!leaves).then_some(new)
    }

    fn random(&self, dice: &mut Dice) -> i32 {
        let steps = usize::try_from((self.high - self.low) / self.step.max(1)).unwrap_or(0);
        self.low + self.step * i32::try_from(dice.below(steps + 1)).unwrap_or(0)
    }
}

/// All parameters of a strategy, in a fixed order.
pub(crate) fn genes(strategy: &mut Strategy) -> Vec<Gene<'_>> {
    let Strategy { family, entry, exits, sizing, filter } = strategy;
    let mut all = families::genes(family);
    all.extend(entry.as_mut().into_iter().flat_map(parts::of_entry));
    all.extend(exits.as_mut().into_iter().flat_map(parts::of_exits));
    all.extend(sizing.as_mut().into_iter().flat_map(parts::of_sizing));
    all.extend(filter.as_mut().into_iter().flat_map(parts::of_filter));
    all
}

/// What is searched of all parameters of a strategy.
pub(crate) fn searched(strategy: &Strategy) -> Vec<Searched> {
    genes(&mut strategy.clone()).iter_mut().map(Gene::searched).collect()
}

/// Rules and parameters that a strategy is made of.
pub(crate) fn complexity(strategy: &Strategy) -> usize {
    let rules = 1 + Part::ALL.iter().filter(|part| part.is_in(strategy)).count();
    rules + genes(&mut strategy.clone()).len()
}

/// The strategy with one parameter, by its place, changed as is said.
fn changed(strategy: &Strategy, place: usize, to: impl FnOnce(&Gene<'_>) -> Option<i32>) -> Option<Step> {
    let mut strategy = strategy.clone();
    let mut all = genes(&mut strategy);
    let gene = all.get_mut(place)?;
    let (before, value) = (gene.text(), to(gene)?);
    gene.set(value);
    let told = format!("{} {before}→{}", gene.name, gene.text());
    drop(all);
    Some(Step { strategy, told })
}

/// Every strategy that is one step away in a parameter of these kinds.
pub(crate) fn steps(strategy: &Strategy, kinds: &[Kind]) -> Vec<Step> {
    let all: Vec<Kind> = genes(&mut strategy.clone()).iter().map(|gene| gene.kind).collect();
    let places = (0..).zip(all).filter(|(_, kind)| kinds.contains(kind)).map(|(place, _)| place);
    places.flat_map(|place| [false, true].map(|up| changed(strategy, place, |gene| gene.stepped(up)))).flatten().collect()
}

/// The strategy with one parameter a step away, whichever.
pub(crate) fn random_step(strategy: &Strategy, dice: &mut Dice) -> Option<Step> {
    let place = dice.below(genes(&mut strategy.clone()).len());
    let up = dice.flip();
    changed(strategy, place, |gene| gene.stepped(up))
}

/// The strategy with every parameter drawn anew but for its size.
pub(crate) fn redrawn(strategy: &Strategy, dice: &mut Dice) -> Strategy {
    let mut strategy = strategy.clone();
    for gene in genes(&mut strategy).iter_mut().filter(|gene| gene.kind != Kind::Size) {
        let value = gene.random(dice);
        gene.set(value);
    }
    strategy
}

/// The strategy with each parameter that another one has as well taken from there or left, by the toss of a coin.
pub(crate) fn mixed(strategy: &Strategy, other: &Strategy, dice: &mut Dice) -> Strategy {
    let mut other = other.clone();
    let theirs: Vec<(Cow<'static, str>, i32)> = genes(&mut other).iter().map(|gene| (gene.name.clone(), gene.value())).collect();
    let mut strategy = strategy.clone();
    for gene in &mut genes(&mut strategy) {
        let their = theirs.iter().find(|(name, _)| *name == gene.name);
        if let Some((_, value)) = their.filter(|_| dice.flip()) {
            gene.set(*value);
        }
    }
    strategy
}
