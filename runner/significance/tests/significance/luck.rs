//! What passes by luck is refused, what is better passes, and the figures are those of the papers.

use assayer_significance::{
    Bootstrap, Invalid, Moments, Trials, chance_of_signs, clusters, deflated_sharpe, expected_maximum, probabilistic_sharpe,
    probability_of_overfitting, superior_predictive_ability,
};
use sharpebench_stats as oracle;

const BOOTSTRAP: Bootstrap = Bootstrap { seed: 7, resamples: 1000, mean_block: 5 };

/// Numbers that look random, near the normal distribution, the same on every machine: sums of twelve uniform ones.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        let uniform = |state: &mut u64| {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(*state >> 32).unwrap_or(0)) / f64::from(u32::MAX)
        };
        (0..12).map(|_| uniform(&mut self.0)).sum::<f64>() - 6.0
    }

    fn series(&mut self, periods: usize, mean: f64) -> Vec<f64> {
        (0..periods).map(|_| self.next() / 100.0 + mean).collect()
    }
}

fn of_no_skill(trials: usize, periods: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut noise = Noise(seed);
    (0..trials).map(|_| noise.series(periods, 0.0)).collect()
}

fn near(a: f64, b: f64, within: f64) {
    assert!((a - b).abs() <= within, "{a} is not within {within} of {b}");
}

/// "The Deflated Sharpe Ratio", section "A numerical example": five years of days, a ratio of 2.5 a year, a hundred trials.
#[test]
fn the_worked_example_of_the_deflated_sharpe_ratio_comes_out() {
    let chosen = Moments { periods: 1250, sharpe: 2.5 / 250.0_f64.sqrt(), skewness: -3.0, kurtosis: 10.0 };
    let found = deflated_sharpe(&chosen, 0.5 / 250.0, 100.0).unwrap();
    near(found.expected_maximum, 0.1132, 0.000_05);
    near(found.probability, 0.9004, 0.000_05);
}

#[test]
fn an_independent_implementation_agrees() {
    let trials = of_no_skill(20, 400, 3);
    for returns in &trials {
        let ours = probabilistic_sharpe(&Moments::of(returns).unwrap(), 0.02).unwrap();
        near(ours, oracle::deflated_sharpe::probabilistic_sharpe_ratio(returns, 0.02), 0.001);
    }
    for count in [2_u32, 10, 500] {
        let theirs = oracle::deflated_sharpe::expected_max_sharpe(0.05, count).unwrap();
        near(expected_maximum(0.05 * 0.05, f64::from(count)).unwrap(), theirs, 1e-6);
    }
    let bootstrap = Bootstrap { resamples: 4000, ..BOOTSTRAP };
    let ours = superior_predictive_ability(&Trials::new(trials.clone()).unwrap(), &bootstrap).unwrap();
    let theirs = oracle::significance::reality_check_pvalue(&trials, 1, 4000, 0.2).unwrap();
    near(ours.reality_check, theirs, 0.04);
    near(ours.consistent, oracle::significance::spa_consistent_pvalue(&trials, 1, 4000, 0.2).unwrap(), 0.06);
}

/// The trap that the gates are for: the best of many that know nothing.
#[test]
fn the_best_of_many_random_trials_is_refused_by_each_test() {
    let series = of_no_skill(500, 500, 11);
    let best = series.iter().max_by(|a, b| sharpe(a).total_cmp(&sharpe(b))).unwrap();
    assert!(probabilistic_sharpe(&Moments::of(best).unwrap(), 0.0).unwrap() > 0.99, "alone, it would have passed");
    let trials = Trials::new(series.clone()).unwrap();
    let ideas = clusters(&trials).unwrap();
    assert_eq!(ideas.count, 500, "noise is no idea twice");
    let deflated = deflated_sharpe(&Moments::of(best).unwrap(), ideas.variance, 500.0).unwrap();
    assert!(deflated.probability < 0.95, "{deflated:?}");
    let few = Trials::new(series.into_iter().take(100).collect()).unwrap();
    let overfitting = probability_of_overfitting(&few, 10).unwrap();
    assert!(overfitting.probability > 0.2, "{overfitting:?}");
    let chances = superior_predictive_ability(&few, &BOOTSTRAP).unwrap();
    assert!(chances.consistent > 0.05 && chances.reality_check > 0.05, "{chances:?}");
}

#[test]
fn a_trial_with_skill_among_them_passes_each_test() {
    let mut series = of_no_skill(40, 1000, 5);
    series.push(Noise(99).series(1000, 0.003));
    let skilled = Moments::of(series.last().unwrap()).unwrap();
    let trials = Trials::new(series).unwrap();
    let ideas = clusters(&trials).unwrap();
    assert!(deflated_sharpe(&skilled, ideas.variance, 41.0).unwrap().probability > 0.95);
    assert!(probability_of_overfitting(&trials, 10).unwrap().probability < 0.05);
    let chances = superior_predictive_ability(&trials, &BOOTSTRAP).unwrap();
    assert!(chances.consistent < 0.05 && chances.reality_check < 0.05, "{chances:?}");
    assert!(chances.lower <= chances.consistent && chances.consistent <= chances.upper);
}

/// Bad trials must not hide a good one from the consistent test; that is what it was made for.
#[test]
fn bad_trials_cost_the_consistent_test_nothing() {
    let good = Noise(21).series(500, 0.001);
    let mut noise = Noise(22);
    let with_bad: Vec<Vec<f64>> = std::iter::once(good.clone()).chain((0..50).map(|_| noise.series(500, -0.01))).collect();
    let alone = superior_predictive_ability(&Trials::new(vec![good]).unwrap(), &BOOTSTRAP).unwrap();
    let among = superior_predictive_ability(&Trials::new(with_bad).unwrap(), &BOOTSTRAP).unwrap();
    near(among.consistent, alone.consistent, 1e-12);
    assert!(among.upper > 2.0 * among.consistent, "{among:?}");
}

#[test]
fn copies_of_an_idea_are_one_trial() {
    let ideas = of_no_skill(5, 300, 8);
    let mut noise = Noise(9);
    let variants = |idea: &Vec<f64>| -> Vec<Vec<f64>> {
        let noise = &mut noise;
        (0..20).map(|_| idea.iter().map(|value| value + noise.next() / 1000.0).collect()).collect()
    };
    let series: Vec<Vec<f64>> = ideas.iter().flat_map(variants).collect();
    let found = clusters(&Trials::new(series).unwrap()).unwrap();
    assert_eq!(found.count, 5);
    assert_eq!(found.of, (0..100).map(|trial| trial / 20).collect::<Vec<_>>());
}

/// Four blocks of two days, counted by hand: where one half has both blocks in which `a` gains, the best of it is second in the other;
/// in the other four splits both are equal, which is luck. Only `a` chosen by its gains loses.
#[test]
fn the_splits_of_four_blocks_are_counted_as_by_hand() {
    let a = vec![3.0, 1.0, 3.0, 1.0, -1.0, -3.0, -1.0, -3.0];
    let b = vec![1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0];
    let found = probability_of_overfitting(&Trials::new(vec![a, b]).unwrap(), 4).unwrap();
    assert_eq!(found.splits, 6);
    near(found.probability, 1.0, 1e-12);
    near(found.loses, 1.0 / 6.0, 1e-12);
}

/// Where the bootstrap errs: thousands of trials that trade now and then, over few days. Of 40 such markets two may pass by chance; a
/// test that is right passes seven or more once in two hundred times.
#[test]
fn the_best_of_thousands_of_trials_that_seldom_trade_is_told_from_skill_by_signs() {
    let seldom = |noise: &mut Noise| -> Vec<f64> {
        let mut trial: Vec<f64> = (0..60).map(|_| if noise.next() > 1.0 { noise.next() } else { 0.0 }).collect();
        trial.push(noise.next());
        trial
    };
    let bootstrap = Bootstrap { resamples: 200, mean_block: 1, ..BOOTSTRAP };
    let by_signs = |seed: &u64| {
        let mut noise = Noise(*seed);
        let trials = (0..1_000).map(|_| seldom(&mut noise)).collect();
        chance_of_signs(&Trials::new(trials).unwrap(), &bootstrap).unwrap()
    };
    assert!((0..40).filter(|seed| by_signs(seed) <= 0.05).count() < 7);
}

#[test]
fn signs_tell_skill_among_bad_trials_and_count_every_way_to_turn_two_blocks() {
    let mut noise = Noise(22);
    let good = Noise(21).series(500, 0.002);
    let trials = std::iter::once(good).chain((0..50).map(|_| noise.series(500, -0.01))).collect();
    assert!(chance_of_signs(&Trials::new(trials).unwrap(), &BOOTSTRAP).unwrap() < 0.05);
    // Two blocks that gain: of four ways to set their signs one is as good.
    let two = Trials::new(vec![vec![0.5, 0.5, 0.25, 0.75]]).unwrap();
    let chance = chance_of_signs(&two, &Bootstrap { mean_block: 2, resamples: 10_000, ..BOOTSTRAP }).unwrap();
    near(chance, 0.25, 0.02);
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let trials = Trials::new(of_no_skill(10, 250, 1)).unwrap();
    let one = superior_predictive_ability(&trials, &BOOTSTRAP).unwrap();
    assert_eq!(one, superior_predictive_ability(&trials, &BOOTSTRAP).unwrap());
    assert_ne!(one, superior_predictive_ability(&trials, &Bootstrap { seed: 8, ..BOOTSTRAP }).unwrap());
}

#[test]
fn what_cannot_be_known_is_an_error_and_never_zero() {
    let still = vec![0.01; 50];
    assert_eq!(Moments::of(&still), Err(Invalid::NoVariance { trial: 0 }));
    let trials = Trials::new(vec![of_no_skill(1, 50, 1).remove(0), still]).unwrap();
    assert_eq!(clusters(&trials).unwrap_err(), Invalid::NoVariance { trial: 1 });
    assert_eq!(superior_predictive_ability(&trials, &BOOTSTRAP).unwrap_err(), Invalid::NoVariance { trial: 1 });
    assert_eq!(chance_of_signs(&trials, &BOOTSTRAP).unwrap_err(), Invalid::NoVariance { trial: 1 });
    assert_eq!(probability_of_overfitting(&trials, 4).unwrap_err(), Invalid::NoVariance { trial: 1 });
    assert_eq!(Trials::new(vec![vec![1.0, f64::NAN]]).unwrap_err(), Invalid::NotFinite("a return"));
    assert!(matches!(Trials::new(vec![vec![1.0, 2.0], vec![1.0]]).unwrap_err(), Invalid::Ragged { trial: 1, have: 1, need: 2 }));
    assert!(expected_maximum(f64::NAN, 10.0).is_err() && expected_maximum(1.0, 0.0).is_err());
}

fn sharpe(returns: &[f64]) -> f64 {
    Moments::of(returns).map_or(f64::NAN, |moments| moments.sharpe)
}
