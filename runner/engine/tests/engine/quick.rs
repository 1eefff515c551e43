//! A run that nobody watches gives the same bits as one that is watched bar by bar, for any strategy on any bars.

use crate::support::generators::{any_family, bars, graph, specs, specs_of};
use crate::support::{sma_cross, spec};
use assayer_engine::{
    BacktestSpec, Bar, Bars, Family, Money,
    backtest::{self, Columns, Unwatched},
    simulated,
    strategy::{Direction, Hours, OpeningRange, Sizing},
};
use proptest::prelude::{Strategy as Generator, prop_assert_eq, prop_oneof, proptest};

/// The result of each way, and the changes of equity from day to day as the marks tell them.
fn both(spec: &BacktestSpec, bars: &Bars) -> [Unwatched; 2] {
    let (mut daily, mut day, mut before, mut now) = (Vec::new(), None, spec.capital.amount, spec.capital.amount);
    let result = backtest::result(spec, bars, &mut |mark| {
        if day.is_some_and(|day| day != mark.day) {
            daily.push(now.minus(before).unwrap());
            before = now;
        }
        (day, now) = (Some(mark.day), mark.equity);
    });
    daily.push(now.minus(before).unwrap());
    [Unwatched { result: result.unwrap(), daily }, backtest::unwatched(&Columns::of(&spec.instrument, bars), spec, bars).unwrap()]
}

/// Strategies that act on closes alone.
fn on_closes() -> impl Generator<Value = BacktestSpec> {
    (specs_of(prop_oneof![6 => any_family(), 1 => graph()]), 1..4_i32, proptest::bool::ANY).prop_map(
        |(mut spec, contracts, sized)| {
            spec.strategy.sizing = sized.then_some(Sizing::Contracts(contracts));
            spec
        },
    )
}

/// The same bars an hour each, so that a day has several.
fn by_hours(spec: &mut BacktestSpec, bars: &[Bar]) -> Bars {
    spec.instrument.schema = assayer_engine::BarSchema::Hour;
    let bars = bars.iter().map(|bar| Bar { ts_event: bar.ts_event / 24, ..*bar }).collect();
    Bars::new(&spec.instrument, bars).unwrap()
}

proptest! {
    #[test]
    fn of_strategies_that_act_on_closes_alone(mut spec in on_closes(), bars in bars(), hours: bool) {
        let bars = if hours { by_hours(&mut spec, &bars) } else { Bars::new(&spec.instrument, bars).unwrap() };
        let [watched, unwatched] = both(&spec, &bars);
        prop_assert_eq!(watched, unwatched);
    }

    #[test]
    fn of_any_strategy(spec in specs(), bars in bars()) {
        let bars = Bars::new(&spec.instrument, bars).unwrap();
        let [watched, unwatched] = both(&spec, &bars);
        prop_assert_eq!(watched, unwatched);
    }
}

/// A market of the given symbol from a Friday to the Wednesday after the next weekend, over a change of the clocks.
fn market(mut spec: BacktestSpec, dataset: &str, symbol: &str) -> (BacktestSpec, Bars) {
    (spec.instrument.dataset, spec.instrument.symbol) = (dataset.to_owned(), symbol.to_owned());
    spec.instrument.schema = assayer_engine::BarSchema::Minute;
    let day = |text: &str| format!("{text}T00:00:00Z").parse().unwrap();
    let bars = simulated::bars(&spec.instrument, day("2024-03-01"), day("2024-03-13")).unwrap();
    let bars = Bars::new(&spec.instrument, bars).unwrap();
    (spec, bars)
}

#[test]
fn over_the_trade_dates_of_markets_whose_sessions_are_known() {
    let opening = OpeningRange { minutes: 60, flat_minutes: 30, hours: Hours::Regular, direction: Direction::LongShort };
    for strategy in [sma_cross(7, 30, Direction::LongShort), Family::OpeningRange(opening).into()] {
        for (dataset, symbol) in [("GLBX.MDP3", "MES.v.0"), ("EQUS.MINI", "SPY")] {
            let (spec, bars) = market(spec(strategy.clone()), dataset, symbol);
            let [watched, unwatched] = both(&spec, &bars);
            assert!(watched.daily.len() >= 7 && watched.result.trade_counts.total > 5, "{symbol}");
            assert_eq!(watched, unwatched, "{symbol}");
        }
    }
}

#[test]
fn over_bars_outside_of_all_sessions() {
    let (mut spec, bars) = market(spec(sma_cross(7, 30, Direction::LongOnly)), "SAMPLE.FX", "EURUSD");
    (spec.instrument.dataset, spec.instrument.symbol) = ("EQUS.MINI".to_owned(), "SPY".to_owned());
    let [watched, unwatched] = both(&spec, &bars);
    assert_eq!(watched, unwatched);
}

#[test]
fn what_does_not_fit_is_refused_by_both_with_the_same_words() {
    let mut spec = spec(sma_cross(2, 3, Direction::LongOnly));
    spec.capital.amount = Money::from_nanos(i128::MAX);
    let rising: Vec<String> = (1..9).map(|price| format!("{price} {price} {price} {price}")).collect();
    let bars =
        Bars::new(&spec.instrument, crate::support::daily(&rising.iter().map(String::as_str).collect::<Vec<_>>())).unwrap();
    spec.execution.fee_per_contract = Money::from_nanos(i128::MAX / 2);
    let watched = backtest::result(&spec, &bars, &mut |_| {}).unwrap_err().to_string();
    let unwatched = backtest::unwatched(&Columns::of(&spec.instrument, &bars), &spec, &bars).unwrap_err().to_string();
    assert_eq!(watched, unwatched);
}
