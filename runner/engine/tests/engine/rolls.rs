//! Continuous series: rolls are charged, and no indicator sees them.

use crate::support::{DAY, daily, donchian, execution, money, sma_cross, spec};
use assayer_engine::{
    BacktestReport, BacktestSpec, Bar, Bars, ExitReason, Mark, Price, Strategy,
    strategy::{Direction, Distance, Exits},
};
use proptest::{
    collection::vec,
    prelude::{Strategy as Generator, any, prop_assert_eq, proptest},
};

const TICK: i64 = 250_000_000;

fn continuous(strategy: Strategy) -> BacktestSpec {
    let mut spec = spec(strategy);
    "MES.v.0".clone_into(&mut spec.instrument.symbol);
    spec
}

fn run(spec: &BacktestSpec, bars: &[Bar], contracts: &[u32]) -> (BacktestReport, Vec<Mark>) {
    let bars = Bars::of_contracts(&spec.instrument, bars.to_vec(), contracts).unwrap();
    let mut marks = Vec::new();
    let report = assayer_engine::backtest::run(spec, &bars, &mut |mark| marks.push(mark)).unwrap();
    (report, marks)
}

/// Closes above the channel at bar 3; from bar 5 on the next contract, two points higher.
const ROLLING: [&str; 9] = [
    "10 11 9 10",
    "10 12 9.5 11",
    "11 12 10 11.5",
    "11.5 13 11 12.75",
    "13 14 12.5 13.5",
    "15.5 16 15 15.5",
    "15.5 15.75 14.5 15",
    "14.5 14.5 13.25 13.5",
    "13.5 14 13.25 13.5",
];
const IDS: [u32; 9] = [1, 1, 1, 1, 1, 2, 2, 2, 2];

fn told(report: &BacktestReport) -> Vec<(String, String, i64, ExitReason)> {
    let days = |time: chrono::DateTime<chrono::Utc>| time.timestamp_nanos_opt().unwrap() / DAY;
    let row = |t: &assayer_engine::Trade| (t.entry_price.to_string(), t.exit_price.to_string(), days(t.exit_time), t.exit_reason);
    report.result.trades.iter().map(row).collect()
}

fn row(entry: &str, exit: &str, day: i64, reason: ExitReason) -> (String, String, i64, ExitReason) {
    (entry.to_owned(), exit.to_owned(), day, reason)
}

#[test]
fn a_roll_is_two_trades_at_each_contracts_own_prices() {
    let mut spec = continuous(donchian(3, 2, Direction::LongOnly));
    let (report, _) = run(&spec, &daily(&ROLLING), &IDS);
    // bought at 13, sold at the old contract's last close; bought anew at the first open of the new one, and sold by the signal of
    // bar 7, whose close of 13.5 is 11.5 at the level of the first contract
    assert_eq!(told(&report), [row("13", "13.5", 5, ExitReason::Roll), row("15.5", "13.5", 8, ExitReason::Signal)]);
    assert_eq!(report.result.net, money("-7.5"));
    let roll = report.result.rolls[0];
    assert_eq!((roll.time.timestamp_nanos_opt().unwrap(), roll.from, roll.to), (5 * DAY, 1, 2));
    assert_eq!(roll.gap.to_string(), "2");
    spec.execution = execution(assayer_engine::FillAt::NextOpen, 1, "1");
    let (dear, _) = run(&spec, &daily(&ROLLING), &IDS);
    // four fills of a tick and a fee each
    assert_eq!(dear.result.net, money("-16.5"));
}

#[test]
fn stops_go_along_into_the_next_contract() {
    let exits = Exits { stop: Some(Distance::Ticks(6)), ..Exits::default() };
    let strategy = Strategy { exits: Some(exits), ..donchian(3, 2, Direction::LongOnly) };
    let (report, _) = run(&continuous(strategy), &daily(&ROLLING), &IDS);
    // the stop at 11.5 is one at 13.5 in the next contract, which bar 7 meets
    assert_eq!(told(&report), [row("13", "13.5", 5, ExitReason::Roll), row("15.5", "13.5", 8, ExitReason::Stop)]);
}

#[test]
fn a_symbol_that_is_one_instrument_never_rolls_whatever_its_ids() {
    let spec = spec(donchian(3, 2, Direction::LongOnly));
    let (one, other) = (run(&spec, &daily(&ROLLING), &IDS).0, run(&spec, &daily(&ROLLING), &[7; 9]).0);
    assert!(one.result.rolls.is_empty());
    assert_eq!(one, other);
}

#[test]
fn the_data_hash_knows_the_contracts_of_a_continuous_series() {
    let spec = continuous(sma_cross(2, 3, Direction::LongOnly));
    let hash = |ids: &[u32]| run(&spec, &daily(&ROLLING), ids).0.data_hash;
    let plain = Bars::new(&spec.instrument, daily(&ROLLING)).unwrap().hash(&spec.instrument);
    assert_eq!(hash(&[5; 9]), plain, "one contract is no roll");
    let all = [hash(&IDS), hash(&[1, 1, 1, 1, 2, 2, 2, 2, 2]), hash(&[1, 1, 1, 1, 1, 3, 3, 3, 3]), plain];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    let message = Bars::of_contracts(&spec.instrument, daily(&ROLLING), &[1]).unwrap_err().to_string();
    assert_eq!(message, "1 bars have a contract, there are 9");
}

/// A random walk; at each bar that begins a contract the open is the last close, so that its gap is the roll's alone.
fn walk() -> impl Generator<Value = (Vec<Bar>, Vec<u32>)> {
    vec((any::<bool>(), -4..=4_i64, 0..5_i64, 0..5_i64, -6..=6_i64), 16..70).prop_map(|steps| {
        let (mut time, mut last, mut id) = (0, 800, 1);
        let bar = |(rolls, gap, up, down, change): (bool, i64, i64, i64, i64)| {
            let rolls = rolls && time % (5 * DAY) == 0;
            id += u32::from(rolls);
            let (open, close) = if rolls { (last, last + change) } else { (last + gap, last + gap + change) };
            let at = |ticks: i64| Price::from_nanos(ticks * TICK);
            (time, last) = (time + DAY, close);
            let (high, low) = (at(open.max(close) + up), at(open.min(close) - down));
            (Bar { ts_event: time, open: at(open), high, low, close: at(close), volume: 1 }, id)
        };
        steps.into_iter().map(bar).unzip()
    })
}

/// The same walk as its contracts are quoted: each some ticks above or below the one before.
fn quoted(bars: &[Bar], ids: &[u32]) -> Vec<Bar> {
    let lift = |id: u32| i64::from(id - ids[0]) * if ids.len().is_multiple_of(2) { 12 } else { -7 } * TICK;
    let up = |price: Price, id: u32| Price::from_nanos(price.nanos() + lift(id));
    let lifted = |(b, id): (&Bar, &u32)| Bar {
        open: up(b.open, *id),
        high: up(b.high, *id),
        low: up(b.low, *id),
        close: up(b.close, *id),
        ..*b
    };
    bars.iter().zip(ids).map(lifted).collect()
}

fn strategies() -> impl Generator<Value = Strategy> {
    let distance = || (1..20_i32).prop_map(Distance::Ticks);
    let exits = (proptest::option::of(distance()), proptest::option::of(distance()), proptest::option::of(distance()));
    (any::<bool>(), 2..6_i32, 1..6_i32, exits).prop_map(|(cross, short, more, (stop, target, trail))| {
        let both = Direction::LongShort;
        let family = if cross { sma_cross(short, short + more, both) } else { donchian(short + more, short, both) };
        Strategy { exits: Some(Exits { stop, target, trail, ..Exits::default() }), ..family }
    })
}

proptest! {
    #[test]
    fn rolls_change_no_signal_and_cost_what_two_trades_cost(strategy in strategies(), (bars, ids) in walk(), slip in 0..4_i32) {
        let mut spec = continuous(strategy);
        spec.execution = execution(assayer_engine::FillAt::NextOpen, slip, "0.5");
        let (plain, plain_marks) = run(&spec, &bars, &vec![1; bars.len()]);
        let (rolled, marks) = run(&spec, &quoted(&bars, &ids), &ids);
        let wants = |marks: &[Mark]| marks.iter().map(|mark| (mark.target, mark.contracts)).collect::<Vec<_>>();
        prop_assert_eq!(wants(&plain_marks), wants(&marks));
        let rolls = rolled.result.trades.iter().filter(|trade| trade.exit_reason == ExitReason::Roll).count();
        prop_assert_eq!(rolled.result.trades.len(), plain.result.trades.len() + rolls);
        let each = 2 * (i128::from(slip) * i128::from(TICK) * 5 + money("0.5").nanos());
        let cost = plain.result.net.nanos() - rolled.result.net.nanos();
        prop_assert_eq!(cost, each * i128::try_from(rolls).unwrap());
    }

    #[test]
    fn later_bars_and_later_rolls_change_nothing_before_them(strategy in strategies(), (bars, ids) in walk(), cut in 16..70_usize) {
        let (spec, bars) = (continuous(strategy), quoted(&bars, &ids));
        let cut = cut.min(bars.len());
        let (whole, part) = (run(&spec, &bars, &ids).1, run(&spec, &bars[..cut], &ids[..cut]).1);
        prop_assert_eq!(&whole[..cut - 1], &part[..cut - 1]);
        prop_assert_eq!(whole[cut - 1].target, part[cut - 1].target);
    }
}
