//! The same bits in any process, on any thread, traced or not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and its child tells by printing"
)]

use assayer_contract::{Lineage, ResearchStep, Sha256Hash, canonical_hash};
use assayer_engine::{
    BacktestSpec, Bars, Strategy,
    backtest::{self, Columns},
};

use crate::support::{noise, rules, sma_cross, spec, study, trends};
use crate::{
    dice::Dice,
    evaluate::{evaluate, evaluate_from, traced},
    genes::{Part, redrawn, typical},
};

/// A strategy of any family with rules of any kind, on a market of its own.
fn random(seed: u64) -> (BacktestSpec, Bars) {
    let own = spec(sma_cross(2, 5));
    let mut dice = Dice::new(seed);
    let all = typical(&own.instrument);
    loop {
        let mut strategy: Strategy = dice.pick(&all).unwrap().clone();
        for _ in 0..dice.below(4) {
            strategy = dice.pick(&Part::ALL).unwrap().toggled(&strategy);
        }
        strategy = redrawn(&strategy, &mut dice);
        if strategy.validate(&own.instrument).is_ok() && strategy.warm_up_bars() < 600 {
            let bars = Bars::new(&own.instrument, noise(seed, 800)).unwrap();
            return (BacktestSpec { strategy, ..own }, bars);
        }
    }
}

/// What 200 random strategies do on random markets, and what two searches find, as one hash.
fn digest() -> Sha256Hash {
    let mut hashes: Vec<Sha256Hash> = (0..200)
        .map(|seed| {
            let (spec, bars) = random(seed);
            backtest::run(&spec, &bars, &mut |_| {}).unwrap().result_hash
        })
        .collect();
    let own = spec(sma_cross(4, 130));
    let bars = Bars::new(&own.instrument, trends(1, 2_000)).unwrap();
    for step in [ResearchStep::Improve, ResearchStep::Evolve] {
        let report = crate::search(step, &study(&own, &bars, &rules(), &Lineage::default(), 7)).unwrap();
        hashes.push(canonical_hash(&report).unwrap());
    }
    canonical_hash(&hashes).unwrap()
}

#[test]
fn random_strategies_and_searches_give_the_same_bits_on_two_threads_and_in_another_process() {
    const CHILD: &str = "ASSAYER_RESEARCH_DIGEST";
    if std::env::var_os(CHILD).is_some() {
        println!("{}", digest());
        return;
    }
    let threads = [(); 2].map(|()| std::thread::spawn(digest)).map(|thread| thread.join().unwrap());
    assert_eq!(threads[0], threads[1]);
    let name = "random_strategies_and_searches_give_the_same_bits_on_two_threads_and_in_another_process";
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    let child = child.args(["--nocapture", "--test-threads", "1", name]).env(CHILD, "1").output().unwrap();
    let told = String::from_utf8(child.stdout).unwrap();
    assert!(told.contains(&threads[0].to_string()), "another process tells another story: {told}");
}

#[test]
fn a_traced_run_and_one_that_nobody_watches_are_the_same_to_the_bit() {
    for seed in 0..200 {
        let (spec, bars) = random(seed);
        let columns = Columns::of(&spec.instrument, &bars);
        let fast = backtest::unwatched(&columns, &spec, &bars).unwrap().result;
        assert_eq!(fast, backtest::run(&spec, &bars, &mut |_| {}).unwrap().result);
        assert_eq!(evaluate(&spec, &bars, &columns).unwrap(), evaluate_from(0, &spec, &bars).unwrap());
        let (marks, trades) = traced(&spec, &bars).unwrap();
        assert_eq!(marks.last().map(|mark| mark.equity), Some(fast.final_equity));
        assert_eq!(trades, fast.trades);
    }
}
