//! Short ways to write specs and bars.

pub(crate) mod generators;
pub(crate) mod real;

use assayer_engine::{
    BacktestReport, BacktestSpec, Bar, BarSchema, Bars, Capital, Execution, Family, FillAt, Instrument, IntraBar, Mark, Money,
    Price, Strategy,
    strategy::{Direction, DonchianBreakout, SmaCross},
};

pub(crate) const DAY: i64 = BarSchema::Day.nanos();

/// Bar 3 closes at 12.75, above the highest high of bars 0 to 2 (12); bar 6 at 12, below the lowest low of bars 4 and 5 (12.25).
pub(crate) const BREAKING_OUT: [&str; 8] = [
    "10 11 9 10",
    "10 12 9.5 11",
    "11 12 10 11.5",
    "11.5 13 11 12.75",
    "13 14 12.5 13.5",
    "13.5 13.75 12.25 12.5",
    "12.5 12.75 11.5 12",
    "11.75 12 11.5 11.75",
];

pub(crate) fn price(text: &str) -> Price {
    text.parse().unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

pub(crate) fn sma_cross(fast: i32, slow: i32, direction: Direction) -> Strategy {
    Family::SmaCross(SmaCross { fast, slow, direction }).into()
}

pub(crate) fn donchian(entry: i32, exit: i32, direction: Direction) -> Strategy {
    Family::DonchianBreakout(DonchianBreakout { entry, exit, direction }).into()
}

/// Daily bars, tick 0.25, multiplier 5, capital 1000 USD, no costs, fills at the next open.
pub(crate) fn spec(strategy: Strategy) -> BacktestSpec {
    let (dataset, symbol) = ("TEST.SET".to_owned(), "ABC".to_owned());
    BacktestSpec {
        instrument: Instrument {
            dataset,
            symbol,
            schema: BarSchema::Day,
            tick_size: price("0.25"),
            multiplier: 5,
            divisor: None,
            lookback_days: None,
        },
        strategy,
        execution: execution(FillAt::NextOpen, 0, "0"),
        capital: Capital { amount: money("1000"), currency: "USD".to_owned() },
    }
}

pub(crate) fn execution(fill_at: FillAt, slippage_ticks: i32, fee: &str) -> Execution {
    Execution { fill_at, slippage_ticks, fee_per_contract: money(fee), intra_bar: IntraBar::WorstCase, delay_bars: 0 }
}

/// Daily bars from 1970-01-01 of "open high low close".
pub(crate) fn daily(rows: &[&str]) -> Vec<Bar> {
    let bar = |(day, row): (i64, &&str)| {
        let mut prices = row.split(' ').map(price);
        let mut next = || prices.next().unwrap();
        Bar { ts_event: day * DAY, open: next(), high: next(), low: next(), close: next(), volume: 1 }
    };
    (0..).zip(rows).map(bar).collect()
}

pub(crate) fn run(spec: &BacktestSpec, bars: &[Bar]) -> (BacktestReport, Vec<Mark>) {
    let bars = Bars::new(&spec.instrument, bars.to_vec()).unwrap();
    let mut marks = Vec::new();
    let report = assayer_engine::backtest::run(spec, &bars, &mut |mark| marks.push(mark)).unwrap();
    (report, marks)
}
