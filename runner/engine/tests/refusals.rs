//! What the engine refuses, and what it says then.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use assayer_engine::{BacktestError, Bar, Bars, FillAt, Money, NumberError, Price, Strategy, strategy::Direction};
use support::{daily, donchian, execution, money, price, sma_cross, spec};

fn bars_complaint(rows: &[&str]) -> String {
    Bars::new(&spec(sma_cross(2, 3, Direction::LongOnly)).instrument, daily(rows)).unwrap_err().to_string()
}

fn strategy_complaint(strategy: Strategy) -> String {
    spec(strategy).validate().unwrap_err().to_string()
}

#[test]
fn a_bar_off_the_tick_is_named_with_its_time_and_value() {
    assert_eq!(
        bars_complaint(&["1 1 1 1", "2 2.3 2 2"]),
        "the bar of 1970-01-02T00:00:00Z: high 2.3 is not a multiple of the tick size 0.25"
    );
}

#[test]
fn a_bar_whose_prices_contradict_each_other_is_refused() {
    assert_eq!(bars_complaint(&["2 3 1 3.25"]), "the bar of 1970-01-01T00:00:00Z: close 3.25 lies outside low 1 to high 3");
    assert!(bars_complaint(&["2 1 3 2"]).contains("outside low 3 to high 1"));
}

#[test]
fn bars_that_repeat_go_back_or_overlap_are_refused() {
    let spec = spec(sma_cross(2, 3, Direction::LongOnly));
    let good = daily(&["1 1 1 1", "1 1 1 1"]);
    for start in [0, -1, good[1].ts_event - 1] {
        let second = Bar { ts_event: start, ..good[1] };
        let message = Bars::new(&spec.instrument, vec![good[0], second]).unwrap_err().to_string();
        assert!(message.contains("does not start after the bar of 1970-01-01T00:00:00Z has ended (ohlcv-1d)"), "{message}");
    }
    assert_eq!(Bars::new(&spec.instrument, Vec::new()).unwrap_err().to_string(), "there are no bars");
}

#[test]
fn a_strategy_that_makes_no_sense_is_refused_with_field_value_and_remedy() {
    use Direction::LongOnly;
    assert_eq!(strategy_complaint(sma_cross(5, 5, LongOnly)), "strategy.smaCross.fast is 5: choose fewer bars than slow (5)");
    assert_eq!(
        strategy_complaint(sma_cross(1, 5, LongOnly)),
        "strategy.smaCross.fast is 1: choose a whole number from 2 to 1000"
    );
    assert_eq!(
        strategy_complaint(sma_cross(2, 1_001, LongOnly)),
        "strategy.smaCross.slow is 1001: choose a whole number from 2 to 1000"
    );
    assert_eq!(
        strategy_complaint(donchian(10, 11, LongOnly)),
        "strategy.donchianBreakout.exit is 11: choose at most as many bars as entry (10)"
    );
    assert!(spec(donchian(10, 10, LongOnly)).validate().is_ok());
}

#[test]
fn every_other_setting_is_checked_too() {
    let good = spec(sma_cross(2, 3, Direction::LongOnly));
    let complaint = |change: fn(&mut assayer_engine::BacktestSpec)| {
        let mut spec = good.clone();
        change(&mut spec);
        spec.validate().unwrap_err().field
    };
    assert_eq!(complaint(|s| s.instrument.dataset = String::new()), "instrument.dataset");
    assert_eq!(complaint(|s| s.instrument.symbol = "A,B".to_owned()), "instrument.symbol");
    assert_eq!(complaint(|s| s.instrument.tick_size = price("0")), "instrument.tickSize");
    assert_eq!(complaint(|s| s.instrument.multiplier = 0), "instrument.multiplier");
    assert_eq!(complaint(|s| s.execution.slippage_ticks = -1), "execution.slippageTicks");
    assert_eq!(complaint(|s| s.execution.fee_per_contract = money("-0.01")), "execution.feePerContract");
    assert_eq!(complaint(|s| s.capital.amount = money("0")), "capital.amount");
    assert_eq!(complaint(|s| s.capital.currency = "usd".to_owned()), "capital.currency");
}

#[test]
fn too_few_bars_for_a_signal_that_can_be_filled_are_refused() {
    let spec = spec(donchian(3, 2, Direction::LongOnly));
    let bars = Bars::new(&spec.instrument, daily(&["1 1 1 1"; 4])).unwrap();
    let message = assayer_engine::backtest::run(&spec, &bars, &mut |_| ()).unwrap_err().to_string();
    assert_eq!(message, "the strategy needs at least 5 bars, there are 4: use more bars or shorter windows");
}

#[test]
fn a_fill_beyond_the_largest_price_is_an_error_and_does_not_wrap() {
    let mut spec = spec(sma_cross(2, 3, Direction::LongOnly));
    spec.execution = execution(FillAt::NextOpen, 1_000, "0");
    let top = Price::from_nanos(i64::MAX - i64::MAX % spec.instrument.tick_size.nanos()).to_string();
    let (rising, flat) = (format!("1 {top} 1 {top}"), "1 1 1 1");
    let last = format!("{top} {top} {top} {top}");
    let bars = Bars::new(&spec.instrument, daily(&[flat, flat, &rising, &last])).unwrap();
    let error = assayer_engine::backtest::run(&spec, &bars, &mut |_| ()).unwrap_err();
    assert!(matches!(error, BacktestError::Overflow { .. }));
    assert_eq!(error.to_string(), "at the bar of 1970-01-04 00:00:00 UTC: a price with slippage is out of range");
}

#[test]
fn decimals_are_read_exactly_or_not_at_all() {
    for (text, nanos) in
        [("1.05153", 1_051_530_000), ("-12.5", -12_500_000_000), ("0", 0), ("-0.000000001", -1), ("007.10", 7_100_000_000)]
    {
        assert_eq!(money(text).nanos(), nanos);
    }
    for text in ["", "-", ".5", "1.", "+1", "1e5", "1,000", " 1", "0x10", "1.2.3", "--1", "٣"] {
        assert_eq!(text.parse::<Money>(), Err(NumberError::Malformed(text.to_owned())), "{text}");
    }
    assert!(matches!("0.0000000001".parse::<Money>(), Err(NumberError::TooFine(_))));
    assert!(matches!("9223372036.854775808".parse::<Price>(), Err(NumberError::OutOfRange(_))));
    assert!(matches!("9".repeat(50).parse::<Money>(), Err(NumberError::OutOfRange(_))));
    assert_eq!(price("-9223372036.854775808").to_string(), "-9223372036.854775808");
}
