//! What a search finds, what it refuses, and what it keeps to.

use std::collections::BTreeSet;

use crate::support::{closed, donchian, gate, momentum, noise, rules, searched, sma_cross, spec, study, swings, trends};
use assayer_contract::{
    Lineage, ReasonCode, ResearchRules, ResearchStep, Verdict,
    research::{Candidate, Figure, Gate},
};
use assayer_engine::{
    Bar, Bars, Family, Strategy,
    strategy::{Direction, Hours, OpeningRange},
};
use assayer_research::{ResearchError, hold_out, search};

const BOTH: [ResearchStep; 2] = [ResearchStep::Improve, ResearchStep::Evolve];

#[test]
fn an_edge_that_is_there_gets_through_every_gate_and_the_hold_out() {
    let own = spec(sma_cross(4, 130));
    let bars = Bars::new(&own.instrument, trends(1, 12_000)).unwrap();
    for step in BOTH {
        let report = search(step, &study(&own, &bars, &rules(), &Lineage::default(), 7)).unwrap();
        assert_eq!(closed(&report), [], "{step}");
        let challenger = report.challenger.unwrap();
        let strategy: Strategy = serde_json::from_value(challenger.strategy).unwrap();
        assert_ne!(strategy, own.strategy);
        let read = hold_out(&study(&own, &bars, &rules(), &Lineage::default(), 7), &strategy).unwrap();
        assert_eq!((read.gate, read.verdict), (Gate::HoldOut, Verdict::Proven), "{read:?}");
    }
}

#[test]
fn every_earlier_trial_of_the_lineage_makes_the_same_edge_less_certain() {
    let own = spec(sma_cross(4, 130));
    let bars = Bars::new(&own.instrument, trends(3, 2_500)).unwrap();
    let after = |trials| {
        let lineage = Lineage { trials, ..Lineage::default() };
        let report = search(ResearchStep::Improve, &study(&own, &bars, &rules(), &lineage, 7)).unwrap();
        assert!((trials + 1..trials + 61).contains(&report.assumed_trials), "{}", report.assumed_trials);
        gate(&report, Gate::DeflatedSharpe).measured.as_ref().unwrap().parse::<Figure>().unwrap()
    };
    assert!(after(0) > after(100) && after(100) > after(1_000_000));
}

#[test]
fn noise_brings_no_challenger_however_it_is_searched() {
    for seed in 0..3 {
        for (step, own) in BOTH.into_iter().zip([sma_cross(4, 130), donchian(20, 10)]) {
            let report = searched(step, own, noise(seed, 5_000), &rules());
            assert!(report.challenger.is_none(), "{step} {seed}");
        }
    }
}

#[test]
fn the_best_of_hundreds_of_random_strategies_is_refused_as_luck() {
    let many = ResearchRules { trials_per_job: 600, other_families: true, oos_trades: 1, ..rules() };
    let report = searched(ResearchStep::Evolve, sma_cross(20, 50), noise(11, 4_000), &many);
    assert!(report.trials.len() > 500 && report.ideas.unwrap() > 20, "{} trials, {:?} ideas", report.trials.len(), report.ideas);
    let best = report.trials.iter().find(|trial| Some(trial.trial_id) == report.best).unwrap();
    assert!(best.out_of_sample.as_ref().unwrap().sharpe.unwrap() > "1".parse().unwrap(), "it looks good: {best:?}");
    let luck = gate(&report, Gate::DeflatedSharpe);
    assert_eq!((luck.verdict, luck.reason_code), (Verdict::Refuted, Some(ReasonCode::DeflatedSharpeTooLow)), "{luck:?}");
    assert!(report.challenger.is_none());
}

#[test]
fn a_peak_that_is_no_plateau_is_refused_as_such() {
    // given: lookbacks of 12 and 22 bars gain from swings of ten, those of 7, 17 and 27 lose
    let report = searched(ResearchStep::Improve, momentum(17), swings(5, 6_000), &rules());
    let best = report.trials.iter().find(|trial| Some(trial.trial_id) == report.best).unwrap();
    assert!(best.made_by.starts_with("step momentum.lookback 17→"), "{}", best.made_by);
    assert!(best.out_of_sample.as_ref().unwrap().sharpe.unwrap() > "3".parse().unwrap(), "{best:?}");
    let plateau = gate(&report, Gate::Plateau);
    assert_eq!((plateau.verdict, plateau.reason_code), (Verdict::Refuted, Some(ReasonCode::NotAPlateau)), "{plateau:?}");
    assert_eq!(plateau.measured.as_deref(), Some("0 (0 of 2)"));
    assert_eq!(best.refusal.as_ref().unwrap().reason_code, ReasonCode::NoImprovement, "the first gate that is closed");
}

#[test]
fn no_search_sees_a_bar_that_is_held_out() {
    let own = spec(sma_cross(4, 130));
    let (one, mut other) = (trends(1, 3_000), trends(1, 3_000));
    let held_out = other.len() - other.len() / 5;
    for (bar, noise) in other.iter_mut().zip(noise(9, 3_000)).skip(held_out) {
        *bar = Bar { ts_event: bar.ts_event, ..noise };
    }
    for step in BOTH {
        let [one, other] = [&one, &other].map(|bars| {
            let bars = Bars::new(&own.instrument, bars.clone()).unwrap();
            search(step, &study(&own, &bars, &rules(), &Lineage::default(), 7)).unwrap()
        });
        assert_eq!(one, other);
    }
}

#[test]
fn a_challenger_that_earns_nothing_over_the_held_out_bars_is_refused() {
    let own = spec(sma_cross(4, 130));
    let mut bars = trends(1, 6_000);
    let held_out = bars.len() - bars.len() / 5;
    for (bar, noise) in bars.iter_mut().zip(noise(9, 6_000)).skip(held_out) {
        *bar = Bar { ts_event: bar.ts_event, ..noise };
    }
    let bars = Bars::new(&own.instrument, bars).unwrap();
    let read = |rules: &ResearchRules| hold_out(&study(&own, &bars, rules, &Lineage::default(), 7), &sma_cross(2, 20)).unwrap();
    let result = read(&rules());
    assert_eq!((result.verdict, result.reason_code), (Verdict::Refuted, Some(ReasonCode::HoldOutFailed)), "{result:?}");
    let seldom = read(&ResearchRules { hold_out_trades: 10_000, ..rules() });
    assert_eq!((seldom.verdict, seldom.reason_code), (Verdict::Refuted, Some(ReasonCode::TooFewTrades)));
    let nothing = read(&ResearchRules { hold_out: "0".parse().unwrap(), ..rules() });
    assert_eq!((nothing.verdict, nothing.reason_code), (Verdict::Unknown, Some(ReasonCode::GateUnmeasured)), "{nothing:?}");
}

#[test]
fn a_search_keeps_to_its_budget_tries_nothing_twice_and_only_what_is_valid() {
    let own = spec(sma_cross(10, 40));
    for (step, trials_per_job) in BOTH.into_iter().flat_map(|step| [4, 9, 30, 90].map(|trials| (step, trials))) {
        let rules = ResearchRules { trials_per_job, ..rules() };
        let report = searched(step, own.strategy.clone(), noise(2, 1_500), &rules);
        assert!(report.trials.len() <= trials_per_job as usize, "{step} {}", report.trials.len());
        let hashes: BTreeSet<_> = report.trials.iter().map(|trial| trial.strategy_hash).collect();
        assert_eq!(hashes.len(), report.trials.len());
        for trial in &report.trials {
            let strategy: Strategy = serde_json::from_value(trial.strategy.clone()).unwrap();
            strategy.validate(&own.instrument).unwrap();
            assert_eq!(strategy.family.name(), "smaCross", "the lineage's family is kept");
            assert!(trial.refusal.is_some() || Some(trial.trial_id) == report.best);
        }
    }
}

#[test]
fn what_the_lineage_has_tried_is_bred_from_and_not_proposed_again() {
    let own = spec(sma_cross(4, 130));
    let bars = Bars::new(&own.instrument, trends(1, 4_000)).unwrap();
    for step in BOTH {
        let first = search(step, &study(&own, &bars, &rules(), &Lineage::default(), 7)).unwrap();
        let candidates = first.trials.iter().filter_map(|trial| {
            let (strategy, score) = (trial.strategy.clone(), trial.score?);
            Some(Candidate { strategy, score })
        });
        let tried: BTreeSet<_> = first.trials.iter().map(|trial| trial.strategy_hash).collect();
        let lineage =
            Lineage { trials: first.trials.len() as u64, candidates: candidates.collect(), tried, ..Lineage::default() };
        let second = search(step, &study(&own, &bars, &rules(), &lineage, 8)).unwrap();
        let best = second.trials.iter().find(|trial| Some(trial.trial_id) == second.best).unwrap();
        assert!(!lineage.tried.contains(&best.strategy_hash), "{step}");
        let new = second.trials.iter().filter(|trial| !lineage.tried.contains(&trial.strategy_hash)).count();
        assert!(new >= 15, "{step} tries {new} that are new");
        assert!(second.assumed_trials > first.trials.len() as u64);
    }
}

#[test]
fn a_retry_is_the_same_report_and_every_input_changes_the_trials_ids() {
    let own = spec(sma_cross(10, 40));
    let bars = Bars::new(&own.instrument, noise(2, 1_500)).unwrap();
    let (rules, lineage) = (rules(), Lineage::default());
    let of = |step, seed| search(step, &study(&own, &bars, &rules, &lineage, seed)).unwrap();
    for step in BOTH {
        assert_eq!(of(step, 1), of(step, 1));
    }
    let mut ids = BTreeSet::from([of(ResearchStep::Improve, 1).trials[0].trial_id]);
    assert!(ids.insert(of(ResearchStep::Improve, 2).trials[0].trial_id), "the seed");
    assert!(ids.insert(of(ResearchStep::Evolve, 1).trials[0].trial_id), "the step");
    let other = ResearchRules { oos_trades: 41, ..rules.clone() };
    let report = search(ResearchStep::Improve, &study(&own, &bars, &other, &lineage, 1)).unwrap();
    assert!(ids.insert(report.trials[0].trial_id), "the rules");
    let more = Bars::new(&own.instrument, noise(2, 1_510)).unwrap();
    let report = search(ResearchStep::Improve, &study(&own, &more, &rules, &lineage, 1)).unwrap();
    assert!(ids.insert(report.trials[0].trial_id), "the bars");
    let mut dear = own.clone();
    dear.execution.slippage_ticks = 2;
    let report = search(ResearchStep::Improve, &study(&dear, &bars, &rules, &lineage, 1)).unwrap();
    assert!(ids.insert(report.trials[0].trial_id), "the costs");
}

#[test]
fn rules_that_cannot_be_obeyed_and_bars_that_are_too_few_are_named() {
    let own = spec(sma_cross(10, 40));
    let refused = |bars: usize, rules: ResearchRules| {
        let bars = Bars::new(&own.instrument, noise(2, bars)).unwrap();
        search(ResearchStep::Improve, &study(&own, &bars, &rules, &Lineage::default(), 1)).unwrap_err()
    };
    let error = refused(1_500, ResearchRules { folds_positive: 7, ..rules() });
    assert_eq!(error.to_string(), "research.foldsPositive is 7: choose at most folds (6)");
    assert!(matches!(refused(120, rules()), ResearchError::TooFewBars(_)));
    assert!(matches!(refused(40, rules()), ResearchError::Backtest(_)));
    assert!(matches!(refused(100, ResearchRules { hold_out: "1".parse().unwrap(), ..rules() }), ResearchError::TooFewBars(_)));
}

#[test]
fn evolving_moves_parameters_adds_and_drops_rules_and_crosses_strategies_that_it_has_tried() {
    let rules = ResearchRules { trials_per_job: 150, ..rules() };
    let report = searched(ResearchStep::Evolve, sma_cross(10, 40), trends(1, 3_000), &rules);
    for how in ["step ", "add ", "drop ", "crossover", "all parameters drawn anew"] {
        assert!(report.trials.iter().any(|trial| trial.made_by.starts_with(how)), "{how}");
    }
    let mut before = BTreeSet::new();
    for trial in &report.trials {
        assert!(trial.parents.iter().all(|parent| before.contains(parent)), "{trial:?}");
        before.insert(trial.strategy_hash);
    }
}

#[test]
fn evolving_leaves_the_family_only_where_the_rules_allow_it() {
    let families = |other_families| {
        let rules = ResearchRules { other_families, ..rules() };
        let report = searched(ResearchStep::Evolve, sma_cross(10, 40), trends(1, 3_000), &rules);
        let name =
            |trial: &assayer_contract::Trial| serde_json::from_value::<Strategy>(trial.strategy.clone()).unwrap().family.name();
        report.trials.iter().map(name).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(families(false), 1);
    assert!(families(true) >= 5);
}

#[test]
fn a_budget_that_reaches_no_neighbourhood_but_its_own_finds_nothing() {
    let rules = ResearchRules { trials_per_job: 6, ..rules() };
    for step in BOTH {
        let report = searched(step, sma_cross(4, 130), trends(1, 3_000), &rules);
        assert!(report.best.is_none() && report.gates.is_empty() && report.challenger.is_none(), "{step}");
    }
}

#[test]
fn over_twenty_years_of_the_real_index_every_gate_is_measured() {
    let mut own = spec(donchian(40, 20));
    own.instrument.schema = assayer_engine::BarSchema::Day;
    own.instrument.tick_size = "0.01".parse().unwrap();
    own.capital.amount = "20000".parse().unwrap();
    let bars = Bars::new(&own.instrument, crate::support::spx()).unwrap();
    for step in BOTH {
        let report = search(step, &study(&own, &bars, &rules(), &Lineage::default(), 7)).unwrap();
        assert_eq!(report.gates.len(), 15, "{step}");
        assert!(
            report.gates.iter().all(|gate| gate.verdict != Verdict::Unknown && gate.measured.is_some()),
            "{:?}",
            report.gates
        );
        let refused = report.gates.iter().filter(|gate| !gate.is_open()).all(|gate| gate.reason_code.is_some());
        assert!(refused && report.challenger.is_some() == closed(&report).is_empty());
    }
}

#[test]
fn of_many_markets_without_memory_luck_alone_gets_hardly_one_through() {
    // given: every gate wide open that does not ask about luck
    let open = ResearchRules {
        trials_per_job: 40,
        oos_trades: 1,
        folds_positive: 1,
        plateau: "0".parse().unwrap(),
        max_trade_share_of_pnl: "1".parse().unwrap(),
        max_drawdown: "1".parse().unwrap(),
        ..rules()
    };
    let lucky = |seed: &u64, rules: &ResearchRules| {
        let (step, own) = if seed.is_multiple_of(2) { (BOTH[0], sma_cross(10, 60)) } else { (BOTH[1], donchian(40, 20)) };
        searched(step, own, noise(1_000 + seed, 2_500), rules).challenger.is_some()
    };
    let through: Vec<u64> = (0..100).filter(|seed| lucky(seed, &open)).collect();
    assert!(through.len() <= 5, "{through:?} of 100 markets without memory bring a challenger");
    let rules = ResearchRules { trials_per_job: 40, ..rules() };
    assert!(!through.iter().any(|seed| lucky(seed, &rules)), "and none of them through all gates");
}

#[test]
fn strategies_that_look_at_sessions_are_searched_over_the_trade_dates_of_their_market() {
    let family = OpeningRange { minutes: 120, flat_minutes: 60, hours: Hours::All, direction: Direction::LongShort };
    let mut own = spec(Family::OpeningRange(family).into());
    (own.instrument.dataset, own.instrument.symbol) = ("GLBX.MDP3".to_owned(), "MES.v.0".to_owned());
    let begin = "2023-01-02T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_nanos_opt().unwrap();
    let bars = trends(1, 5_000).into_iter().map(|bar| Bar { ts_event: bar.ts_event + begin, ..bar }).collect();
    let bars = Bars::new(&own.instrument, bars).unwrap();
    let rules = ResearchRules { other_families: true, ..rules() };
    for step in BOTH {
        let report = search(step, &study(&own, &bars, &rules, &Lineage::default(), 7)).unwrap();
        assert!(report.trials.iter().all(|trial| trial.out_of_sample.is_some()), "{step}: each could be run");
        let days: BTreeSet<u32> = report.trials.iter().map(|trial| trial.out_of_sample.as_ref().unwrap().days).collect();
        assert_eq!(days.len(), 1, "all are tried on the same trade dates");
        for of in [Gate::LookAhead, Gate::WarmUp] {
            assert!(gate(&report, of).is_open(), "{step}: {:?}", gate(&report, of));
        }
    }
}
