//! Local search: one parameter after the other, towards plateaus and not peaks. Pure.
//!
//! A strategy is worth the median Sharpe ratio, out of sample, of itself and its neighbours; the search climbs while that rises.

use assayer_engine::Strategy;

use crate::{
    dice::Dice,
    genes::{Kind, random_step, steps},
    lab::Lab,
};

/// How many of the best steps have their own neighbourhood tried.
const LOOKED_AT: usize = 3;
/// Steps of the random walk to a place that nobody has tried.
const WALK: usize = 4;

/// A strategy with the median of its neighbourhood.
#[derive(Clone, Copy)]
struct Center {
    place: usize,
    median: f64,
}

/// Climbs from the Bot's own strategy, or where all around it was tried before, from another; the best plateau found.
pub(crate) fn search(lab: &mut Lab<'_>, dice: &mut Dice) -> Option<usize> {
    // What the Bot's own strategy is worth is needed whatever is found.
    lab.median(0)?;
    let start = start(lab, dice)?;
    let median = lab.median(start)?;
    let (mut center, mut best) = (Center { place: start, median }, None);
    best = better(lab, best, center);
    while let Some(next) = climb(lab, center, &mut best) {
        center = next;
    }
    best.map(|best: Center| best.place)
}

/// The first of the Bot's own strategy and the lineage's candidates, best first, around which something is untried; else somewhere else.
fn start(lab: &mut Lab<'_>, dice: &mut Dice) -> Option<usize> {
    let own = lab.get(0)?.strategy.clone();
    if untried_around(lab, &own) {
        return Some(0);
    }
    for candidate in candidates(lab) {
        if candidate.family.name() == own.family.name() && untried_around(lab, &candidate) {
            return lab.try_one(candidate, Vec::new(), "candidate of the lineage".to_owned());
        }
    }
    let hash = lab.get(0)?.hash;
    let mut walked = own;
    for _ in 0..64 {
        for _ in 0..WALK {
            let next = random_step(&walked, dice).map(|step| step.strategy);
            walked = next.filter(|next| next.validate(&lab.study.spec.instrument).is_ok()).unwrap_or(walked);
        }
        if !lab.knows(&walked) {
            return lab.try_one(walked, vec![hash], "random walk".to_owned());
        }
    }
    None
}

/// The lineage's candidates that can be read, best first.
pub(crate) fn candidates(lab: &Lab<'_>) -> Vec<Strategy> {
    let mut all: Vec<_> = lab.study.lineage.candidates.iter().collect();
    all.sort_by_key(|candidate| std::cmp::Reverse(candidate.score));
    let read = |json: &serde_json::Value| serde_json::from_value::<Strategy>(json.clone()).ok();
    let fits = |strategy: &Strategy| strategy.validate(&lab.study.spec.instrument).is_ok();
    all.into_iter().filter_map(|candidate| read(&candidate.strategy)).filter(fits).collect()
}

fn untried_around(lab: &Lab<'_>, strategy: &Strategy) -> bool {
    let tried = &lab.study.lineage.tried;
    let unknown = |strategy: &Strategy| assayer_contract::canonical_hash(strategy).is_ok_and(|hash| !tried.contains(&hash));
    let valid = |strategy: &Strategy| strategy.validate(&lab.study.spec.instrument).is_ok();
    steps(strategy, &[Kind::Measure, Kind::Choice]).iter().any(|step| unknown(&step.strategy) && valid(&step.strategy))
}

/// The step from a center whose neighbourhood is better than the center's, if there is one.
fn climb(lab: &mut Lab<'_>, center: Center, best: &mut Option<Center>) -> Option<Center> {
    let of = lab.get(center.place)?;
    let (strategy, hash) = (of.strategy.clone(), of.hash);
    let mut around = Vec::new();
    for step in steps(&strategy, &[Kind::Measure, Kind::Choice]) {
        around.extend(lab.try_one(step.strategy, vec![hash], format!("step {}", step.told)));
    }
    let mut ranked: Vec<(usize, f64)> = around.iter().filter_map(|place| Some((*place, lab.out_of_sample(*place)?))).collect();
    ranked.sort_by(|(at, one), (other_at, other)| other.total_cmp(one).then(at.cmp(other_at)));
    ranked.retain(|(place, sharpe)| *place != center.place && *sharpe >= center.median);
    let mut next = None;
    for (place, _) in ranked.into_iter().take(LOOKED_AT) {
        let Some(median) = lab.median(place) else { break };
        let found = Center { place, median };
        *best = better(lab, *best, found);
        if median > next.map_or(center.median, |next: Center| next.median) {
            next = Some(found);
        }
    }
    next
}

/// The better of two centers, of those that may be proposed.
fn better(lab: &Lab<'_>, best: Option<Center>, found: Center) -> Option<Center> {
    let wins = lab.is_new(found.place) && best.is_none_or(|best| found.median > best.median);
    if wins { Some(found) } else { best }
}
