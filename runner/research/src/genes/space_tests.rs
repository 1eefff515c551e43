//! What holds for the space that is searched.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use assayer_contract::canonical_hash;
use assayer_engine::Strategy;
use serde_json::json;

use super::{Kind, Part, complexity, genes, mixed, redrawn, steps, typical};
use crate::{
    dice::Dice,
    support::{sma_cross, spec},
};

const ALL: [Kind; 3] = [Kind::Measure, Kind::Choice, Kind::Size];

fn graph() -> Strategy {
    let nodes = json!({
        "mean": {"ema": {"of": "close", "bars": 41}}, "top": {"highest": {"of": "mean", "bars": 11}},
        "before": {"ago": {"of": "top", "bars": 6}}, "up": {"above": {"of": "close", "than": "before"}},
    });
    serde_json::from_value(json!({"graph": {"nodes": nodes, "long": "up"}})).unwrap()
}

/// A typical strategy of each family and a graph, with every rule that can go with it.
fn whole() -> Vec<Strategy> {
    let instrument = spec(sma_cross(2, 5)).instrument;
    let dressed = |strategy: Strategy| {
        let parts = [Part::StopEntry, Part::Stop, Part::Target, Part::Trail, Part::MaxBars, Part::Volatility, Part::Trend];
        parts.iter().fold(strategy, |strategy, part| part.toggled(&strategy))
    };
    typical(&instrument).into_iter().chain([graph()]).map(dressed).collect()
}

#[test]
fn a_step_changes_one_parameter_and_says_which() {
    for strategy in whole() {
        let stepped = steps(&strategy, &ALL);
        let hashes: BTreeSet<_> = stepped.iter().map(|step| canonical_hash(&step.strategy).unwrap()).collect();
        assert_eq!(hashes.len(), stepped.len(), "each is another strategy");
        assert!(!hashes.contains(&canonical_hash(&strategy).unwrap()));
        for step in stepped {
            let values = |strategy: &Strategy| -> Vec<_> {
                genes(&mut strategy.clone()).iter().map(|gene| (gene.name.clone(), gene.value())).collect()
            };
            let (before, after) = (values(&strategy), values(&step.strategy));
            let changed: Vec<_> = before.iter().zip(&after).filter(|(one, other)| one != other).collect();
            assert_eq!(changed.len(), 1, "{}", step.told);
            assert!(changed.iter().all(|(one, _)| step.told.starts_with(&*one.0)), "{}", step.told);
        }
    }
}

#[test]
fn a_graph_is_searched_by_what_its_nodes_look_at() {
    let told: Vec<String> = steps(&graph(), &ALL).into_iter().map(|step| step.told).collect();
    let expected = [
        "graph.nodes.before.ago.bars 6→1",
        "graph.nodes.before.ago.bars 6→11",
        "graph.nodes.mean.ema.bars 41→36",
        "graph.nodes.mean.ema.bars 41→46",
        "graph.nodes.top.highest.bars 11→6",
        "graph.nodes.top.highest.bars 11→16",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_parameter_outside_of_its_space_may_come_nearer_and_go_no_further() {
    let fast = |value: i32| -> Vec<String> {
        let stepped = steps(&sma_cross(value, 900), &[Kind::Measure]);
        stepped.into_iter().map(|step| step.told).filter(|told| told.starts_with("smaCross.fast")).collect()
    };
    assert_eq!(fast(2), ["smaCross.fast 2→4"]);
    assert_eq!(fast(300), ["smaCross.fast 300→298"]);
    assert_eq!(fast(60), ["smaCross.fast 60→58", "smaCross.fast 60→62"]);
}

#[test]
fn a_rule_that_is_added_and_dropped_again_leaves_the_strategy_as_it_was() {
    for strategy in typical(&spec(sma_cross(2, 5)).instrument) {
        for part in Part::ALL {
            let with = part.toggled(&strategy);
            assert!(part.is_in(&with) && !part.is_in(&strategy), "{}", part.name());
            assert!(complexity(&with) > complexity(&strategy) + 1, "a rule counts, and its parameters do");
            assert_eq!(part.toggled(&with), strategy, "{}", part.name());
        }
    }
}

#[test]
fn a_child_of_two_takes_each_parameter_from_one_of_them() {
    let mut dice = Dice::new(5);
    for strategy in whole() {
        let (one, other) = (redrawn(&strategy, &mut dice), redrawn(&strategy, &mut dice));
        let child = mixed(&one, &other, &mut dice);
        let values = |strategy: &Strategy| -> Vec<i32> { genes(&mut strategy.clone()).iter().map(super::Gene::value).collect() };
        let (a, b, c) = (values(&one), values(&other), values(&child));
        assert!(c.iter().zip(a.iter().zip(&b)).all(|(c, (a, b))| c == a || c == b));
    }
}
