//! Strategies with one planted fault each: the gate that is named after it refuses them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use assayer_contract::{Lineage, ReasonCode, ResearchRules, ResearchStep, Verdict, research::Gate};
use assayer_engine::{Bar, Bars, Price, Strategy, backtest};

use crate::support::{TICK, bars_of, momentum, noise, rules, sma_cross, spec, study, swings, trends};
use crate::{
    dice::Dice,
    evaluate::traced,
    gates::{self, Found, Luck, looks_ahead},
    genes::{Part, redrawn, typical},
    lab::Lab,
};

/// What one gate says of a strategy, as if a search had found it.
fn verdict_of(
    gate: Gate,
    strategy: Strategy,
    bars: Vec<Bar>,
    change: impl FnOnce(&mut assayer_engine::BacktestSpec),
) -> (Verdict, Option<ReasonCode>, Option<String>) {
    let mut own = spec(sma_cross(90, 200));
    change(&mut own);
    let bars = Bars::new(&own.instrument, bars).unwrap();
    let (rules, lineage) = (rules(), Lineage::default());
    let study = study(&own, &bars, &rules, &lineage, 3);
    let mut lab = Lab::open(ResearchStep::Improve, &study).unwrap();
    let best = lab.try_one(strategy, Vec::new(), "planted".to_owned()).unwrap();
    lab.neighbours(best);
    let luck = Luck::of(&lab);
    let all = gates::all(&mut lab, best, &luck, &mut Dice::new(3));
    let found = all.into_iter().find(|result| result.gate == gate).unwrap();
    (found.verdict, found.reason_code, found.measured.or(found.unknown))
}

#[test]
fn an_edge_smaller_than_the_costs_times_two_is_refused_by_the_cost_stress() {
    let of = |gate| verdict_of(gate, sma_cross(8, 40), trends(1, 6_000), |own| own.execution.slippage_ticks = 52);
    let dear = of(Gate::CostStress);
    assert_eq!((dear.0, dear.1), (Verdict::Refuted, Some(ReasonCode::CostStressFailed)), "{dear:?}");
    assert_eq!(of(Gate::OneBarLate).0, Verdict::Proven, "at the costs as they are it earns, even late");
}

#[test]
fn without_any_costs_nobody_knows_what_higher_ones_would_do() {
    let free = verdict_of(Gate::CostStress, sma_cross(8, 40), trends(1, 6_000), |own| {
        (own.execution.slippage_ticks, own.execution.fee_per_contract) = (0, assayer_engine::Money::ZERO);
    });
    assert_eq!((free.0, free.1), (Verdict::Unknown, Some(ReasonCode::GateUnmeasured)), "{free:?}");
}

#[test]
fn an_edge_that_lasts_one_bar_is_refused_when_decisions_are_late() {
    let late = verdict_of(Gate::OneBarLate, momentum(12), swings(5, 6_000), |_| {});
    assert_eq!((late.0, late.1), (Verdict::Refuted, Some(ReasonCode::OneBarLateFailed)), "{late:?}");
    let lasting = verdict_of(Gate::OneBarLate, sma_cross(8, 40), trends(1, 6_000), |_| {});
    assert_eq!(lasting.0, Verdict::Proven, "{lasting:?}");
}

#[test]
fn a_net_that_one_trade_carries_is_refused() {
    // given: noise with one rise of 4,000 ticks over a hundred bars
    let mut rise = 0;
    let closes: Vec<i64> = (0..)
        .zip(noise(4, 6_000))
        .map(|(place, bar)| {
            rise += if (3_000..3_100).contains(&place) { 40 } else { 0 };
            bar.close.nanos() / TICK + rise
        })
        .collect();
    let carried = verdict_of(Gate::OneTrade, sma_cross(8, 40), bars_of(&closes), |_| {});
    assert_eq!((carried.0, carried.1), (Verdict::Refuted, Some(ReasonCode::OneTradeCarries)), "{carried:?}");
}

#[test]
fn equity_that_falls_too_deep_is_refused() {
    let deep = verdict_of(Gate::Drawdown, sma_cross(8, 40), noise(4, 6_000), |own| own.capital.amount = "500".parse().unwrap());
    assert_eq!((deep.0, deep.1), (Verdict::Refuted, Some(ReasonCode::DrawdownTooDeep)), "{deep:?}");
}

/// Steps that follow on nothing, and rise on the whole.
fn drifting() -> Vec<Bar> {
    let (mut dice, mut close) = (Dice::new(4), 20_000);
    let closes: Vec<i64> = (0..6_000)
        .map(|_| {
            close += i64::try_from(dice.below(61)).unwrap() - 28;
            close
        })
        .collect();
    bars_of(&closes)
}

#[test]
fn what_is_earned_by_the_drift_alone_is_refused() {
    let drift = verdict_of(Gate::Permutation, sma_cross(8, 40), drifting(), |_| {});
    assert_eq!((drift.0, drift.1), (Verdict::Refuted, Some(ReasonCode::OrderDoesNotMatter)), "{drift:?}");
    let trend = verdict_of(Gate::Permutation, sma_cross(8, 40), trends(1, 6_000), |_| {});
    assert_eq!(trend.0, Verdict::Proven, "{trend:?}");
}

#[test]
fn a_strategy_that_was_tried_in_one_kind_of_market_is_refused() {
    // given: a market that stands still but for a rise out of sample
    let closes: Vec<i64> = (0..6_000).map(|place| 20_000 + (place - 4_000).clamp(0, 300) * 10).collect();
    let one = verdict_of(Gate::Regimes, sma_cross(8, 40), bars_of(&closes), |_| {});
    assert_eq!((one.0, one.1), (Verdict::Refuted, Some(ReasonCode::TooFewRegimes)), "{one:?}");
    let several = verdict_of(Gate::Regimes, sma_cross(8, 40), trends(1, 6_000), |_| {});
    assert_eq!(several.0, Verdict::Proven, "{several:?}");
}

#[test]
fn seldom_trades_are_refused() {
    let seldom = verdict_of(Gate::Trades, sma_cross(100, 400), trends(1, 6_000), |_| {});
    assert_eq!((seldom.0, seldom.1), (Verdict::Refuted, Some(ReasonCode::TooFewTrades)), "{seldom:?}");
}

#[test]
fn what_the_budget_does_not_reach_is_unknown_and_opens_nothing() {
    let own = spec(sma_cross(90, 200));
    let bars = Bars::new(&own.instrument, trends(1, 4_000)).unwrap();
    let (rules, lineage) = (ResearchRules { trials_per_job: 4, ..rules() }, Lineage::default());
    let study = study(&own, &bars, &rules, &lineage, 3);
    let mut lab = Lab::open(ResearchStep::Improve, &study).unwrap();
    let best = lab.try_one(sma_cross(8, 40), Vec::new(), "planted".to_owned()).unwrap();
    let luck = Luck::of(&lab);
    let all = gates::all(&mut lab, best, &luck, &mut Dice::new(3));
    for gate in [Gate::Improvement, Gate::Plateau] {
        let found = all.iter().find(|result| result.gate == gate).unwrap();
        assert_eq!((found.verdict, found.reason_code), (Verdict::Unknown, Some(ReasonCode::GateUnmeasured)), "{found:?}");
        assert!(!found.is_open() && found.measured.is_none() && found.unknown.is_some());
    }
}

#[test]
fn the_best_of_ten_thousand_random_strategies_is_refused_as_luck() {
    const TRIALS: u32 = 10_000;
    let own = spec(sma_cross(90, 200));
    let bars = Bars::new(&own.instrument, noise(11, 2_500)).unwrap();
    let (rules, lineage) = (ResearchRules { trials_per_job: TRIALS, oos_trades: 1, ..rules() }, Lineage::default());
    let study = study(&own, &bars, &rules, &lineage, 3);
    let mut lab = Lab::open(ResearchStep::Evolve, &study).unwrap();
    let (mut dice, all) = (Dice::new(17), typical(&own.instrument));
    while lab.left() > 0 {
        let mut strategy = dice.pick(&all).unwrap().clone();
        for _ in 0..dice.below(3) {
            strategy = dice.pick(&Part::ALL).unwrap().toggled(&strategy);
        }
        lab.try_one(redrawn(&strategy, &mut dice), Vec::new(), "drawn".to_owned());
    }
    assert_eq!(lab.tried.len(), TRIALS as usize);
    let ratio = |place: &usize| lab.out_of_sample(*place).unwrap_or(f64::NEG_INFINITY);
    let best = (0..lab.tried.len()).max_by(|a, b| ratio(a).total_cmp(&ratio(b))).unwrap();
    assert!(ratio(&best) > 3.0, "it looks good: {}", ratio(&best));
    let luck = Luck::of(&lab);
    let refused = [
        (luck.deflated_sharpe(&lab, best), ReasonCode::DeflatedSharpeTooLow),
        (luck.superior_ability(&lab), ReasonCode::SpaNotSignificant),
    ];
    for (found, reason) in refused {
        assert_eq!((found.verdict, found.reason_code), (Verdict::Refuted, Some(reason)), "{found:?}");
    }
}

/// The same bars, each with the close of the bar after it: what a strategy sees that looks one bar ahead.
fn from_the_future(bars: &Bars, own: &assayer_engine::BacktestSpec) -> Bars {
    let of = bars.as_slice();
    let next = |place: usize| of.get(place + 1).unwrap_or(&of[place]).close;
    let peek = |(place, bar): (usize, &Bar)| {
        let close: Price = next(place);
        Bar { close, high: bar.high.max(close), low: bar.low.min(close), ..*bar }
    };
    Bars::new(&own.instrument, of.iter().enumerate().map(peek).collect()).unwrap()
}

#[test]
fn a_strategy_that_looks_one_bar_ahead_is_found_out_on_shorter_series() {
    let own = spec(sma_cross(2, 5));
    let bars = Bars::new(&own.instrument, noise(6, 600)).unwrap();
    let ahead = |bars: &Bars| traced(&own, &from_the_future(bars, &own));
    let cuts: Vec<usize> = (1..40).map(|k| 10 + 14 * k).collect();
    let found = looks_ahead(&ahead(&bars).unwrap(), &bars, &cuts, &ahead).unwrap();
    assert!(!found.open, "{}", found.measured);
    let honest = |bars: &Bars| traced(&own, bars);
    assert!(looks_ahead(&honest(&bars).unwrap(), &bars, &cuts, &honest).unwrap().open);
}

/// Bars in a month of an economic series, and from when on its first figure is known as revised.
const MONTH: usize = 60;
const REVISED_AFTER: usize = 90;

/// The bars at the level of an economic series: of each bar's month its figure as it was known when `known_at` bars had ended, which
/// without a vintage is the newest revision for every bar, and with one what was known at the bar itself.
fn beside_a_series(bars: &Bars, own: &assayer_engine::BacktestSpec, known_at: impl Fn(usize) -> usize) -> Bars {
    let (first, revision) = (noise(31, 12), noise(32, 12));
    let ticks = |of: &[Bar], month: usize| of.get(month).map_or(0, |bar| bar.close.nanos() / TICK % 40);
    let at_level = |(place, bar): (usize, &Bar)| {
        let month = place / MONTH;
        let revised = known_at(place + 1) >= month * MONTH + REVISED_AFTER;
        let level = ticks(&first, month) + if revised { ticks(&revision, month) } else { 0 };
        let moved = |price: Price| Price::from_nanos(price.nanos() + level * TICK);
        Bar { open: moved(bar.open), high: moved(bar.high), low: moved(bar.low), close: moved(bar.close), ..*bar }
    };
    Bars::new(&own.instrument, bars.as_slice().iter().enumerate().map(at_level).collect()).unwrap()
}

#[test]
fn a_leak_from_an_economic_series_that_was_revised_later_is_found_out_on_shorter_series() {
    let own = spec(sma_cross(2, 5));
    let bars = Bars::new(&own.instrument, noise(6, 600)).unwrap();
    let cuts: Vec<usize> = (1..40).map(|k| 10 + 14 * k).collect();
    let newest = |bars: &Bars| traced(&own, &beside_a_series(bars, &own, |_| bars.as_slice().len()));
    let found = looks_ahead(&newest(&bars).unwrap(), &bars, &cuts, &newest).unwrap();
    assert!(!found.open, "{}", found.measured);
    let as_known = |bars: &Bars| traced(&own, &beside_a_series(bars, &own, |place| place));
    let found = looks_ahead(&as_known(&bars).unwrap(), &bars, &cuts, &as_known).unwrap();
    assert!(found.open, "{}", found.measured);
}

#[test]
fn no_strategy_that_can_be_written_looks_ahead() {
    let mut dice = Dice::new(21);
    let own = spec(sma_cross(2, 5));
    let bars = Bars::new(&own.instrument, noise(6, 900)).unwrap();
    for strategy in typical(&own.instrument) {
        for _ in 0..5 {
            let drawn = redrawn(&strategy, &mut dice);
            if drawn.validate(&own.instrument).is_err() {
                continue;
            }
            let spec = assayer_engine::BacktestSpec { strategy: drawn, ..own.clone() };
            let run = |bars: &Bars| traced(&spec, bars);
            let Found { open, measured } = looks_ahead(&run(&bars).unwrap(), &bars, &[450, 600, 777], &run).unwrap();
            assert!(open, "{:?}: {measured}", spec.strategy);
        }
    }
}

#[test]
fn cash_and_position_are_equity_for_every_strategy_that_is_tried() {
    let own = spec(sma_cross(8, 40));
    let bars = Bars::new(&own.instrument, noise(6, 1_500)).unwrap();
    let (rules, lineage) = (ResearchRules { other_families: true, ..rules() }, Lineage::default());
    let report = crate::search(ResearchStep::Evolve, &study(&own, &bars, &rules, &lineage, 3)).unwrap();
    for trial in report.trials.iter().filter(|trial| trial.out_of_sample.is_some()) {
        let strategy = serde_json::from_value(trial.strategy.clone()).unwrap();
        let spec = assayer_engine::BacktestSpec { strategy, ..own.clone() };
        let balanced = &mut |mark: assayer_engine::Mark| {
            assert_eq!(mark.cash.plus(mark.position_value), Ok(mark.equity), "{:?}", trial.strategy);
        };
        backtest::run(&spec, &bars, balanced).unwrap();
    }
}
