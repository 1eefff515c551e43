//! The real bars of the repository.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail by panicking")]

use assayer_engine::{BacktestSpec, Bar, BarSchema, Capital, FillAt, Instrument, Strategy};
use chrono::DateTime;

use super::{execution, money, price};

pub(crate) fn bars(file: &str) -> Vec<Bar> {
    let path = format!("{}/../../tests/data/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let bar = |line: &str| {
        let fields: Vec<_> = line.split(',').collect();
        let ts_event = DateTime::parse_from_rfc3339(fields[0]).unwrap().timestamp_nanos_opt().unwrap();
        let [open, high, low, close] = [1, 2, 3, 4].map(|i| price(fields[i]));
        Bar { ts_event, open, high, low, close, volume: fields[5].parse().unwrap() }
    };
    text.lines().skip(1).map(bar).collect()
}

/// S&P 500, daily, 1999 to 2018.
pub(crate) fn spx(strategy: Strategy) -> BacktestSpec {
    spec(strategy, ("SAMPLE.INDEX", "SPX", BarSchema::Day), "0.01", 5, "0.62")
}

/// EUR/USD, hourly, 2017.
pub(crate) fn eurusd(strategy: Strategy) -> BacktestSpec {
    spec(strategy, ("SAMPLE.FX", "EURUSD", BarSchema::Hour), "0.00001", 100_000, "3")
}

fn spec(strategy: Strategy, of: (&str, &str, BarSchema), tick: &str, multiplier: i32, fee: &str) -> BacktestSpec {
    let (dataset, symbol, schema) = of;
    BacktestSpec {
        instrument: Instrument {
            dataset: dataset.to_owned(),
            symbol: symbol.to_owned(),
            schema,
            tick_size: price(tick),
            multiplier,
            divisor: None,
            lookback_days: None,
        },
        strategy,
        execution: execution(FillAt::NextOpen, 1, fee),
        capital: Capital { amount: money("100000"), currency: "USD".to_owned() },
    }
}
