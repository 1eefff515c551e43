//! What the engine refuses, and what it says then.

use crate::support::{daily, donchian, execution, money, price, sma_cross, spec};
use assayer_engine::{BacktestError, Bar, Bars, FillAt, Money, NumberError, Price, Strategy, strategy::Direction};

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
fn every_familys_parameters_are_refused_by_their_field() {
    let complaint = |json: serde_json::Value| {
        let strategy: Strategy = serde_json::from_value(json).unwrap();
        let mut spec = spec(strategy);
        // a market with sessions and without regular hours, by the hour
        (spec.instrument.dataset, spec.instrument.schema) = ("SAMPLE.FX".to_owned(), assayer_engine::BarSchema::Hour);
        spec.validate().unwrap_err().to_string()
    };
    let keltner = |length, atr| serde_json::json!({"keltner": {"length": length, "atr": atr, "width": "2"}});
    let rsi = |length, oversold, trend, exit| serde_json::json!({"rsiReversion": {"length": length, "oversold": oversold, "trend": trend, "exit": exit}});
    let opening = |minutes, flat, hours: &str| serde_json::json!({"openingRange": {"minutes": minutes, "flatMinutes": flat, "hours": hours}});
    let vwap = |minutes, flat| serde_json::json!({"vwapFade": {"width": "2", "minutes": minutes, "flatMinutes": flat}});
    for (strategy, field) in [
        (keltner(1, 2), "strategy.keltner.length is 1"),
        (keltner(2, 1_001), "strategy.keltner.atr is 1001"),
        (serde_json::json!({"momentum": {"lookback": 1}}), "strategy.momentum.lookback is 1"),
        (rsi(1, 10, 200, 5), "strategy.rsiReversion.length is 1"),
        (rsi(2, 50, 200, 5), "strategy.rsiReversion.oversold is 50"),
        (rsi(2, 10, 1, 5), "strategy.rsiReversion.trend is 1"),
        (rsi(2, 10, 200, 1), "strategy.rsiReversion.exit is 1"),
        (serde_json::json!({"bollingerFade": {"length": 1, "width": "2"}}), "strategy.bollingerFade.length is 1"),
        (
            serde_json::json!({"squeeze": {"length": 1_001, "deviations": "2", "ranges": "1.5"}}),
            "strategy.squeeze.length is 1001",
        ),
        (opening(30, 60, "All"), "strategy.openingRange.minutes is 30: choose at least the length of a bar"),
        (opening(60, 0, "All"), "strategy.openingRange.flatMinutes is 0"),
        (opening(60, 60, "Regular"), "strategy.openingRange.hours is Regular: foreign-exchange has no regular hours"),
        (vwap(1_381, 60), "strategy.vwapFade.minutes is 1381"),
        (vwap(60, 59), "strategy.vwapFade.flatMinutes is 59"),
    ] {
        let message = complaint(strategy);
        assert!(message.starts_with(field), "{message}");
    }
    for width in ["0", "100.01", "1.005", "-1"] {
        let keltner = serde_json::json!({"keltner": {"length": 20, "atr": 10, "width": width}});
        assert!(serde_json::from_value::<Strategy>(keltner).is_err(), "{width}");
    }
}

#[test]
fn what_goes_with_a_family_is_refused_by_its_field() {
    let complaint = |more: serde_json::Value| {
        let mut strategy = serde_json::json!({"smaCross": {"fast": 2, "slow": 3}});
        strategy.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        strategy_complaint(serde_json::from_value(strategy).unwrap())
    };
    for (more, field) in [
        (serde_json::json!({"entry": {"order": "Limit", "ticks": -1}}), "strategy.entry.ticks is -1"),
        (serde_json::json!({"entry": {"order": "Stop", "ticks": 1, "bars": 0}}), "strategy.entry.bars is 0"),
        (
            serde_json::json!({"entry": {"order": "Stop", "ticks": 1, "limitTicks": 1}}),
            "strategy.entry.limitTicks is 1: give it with",
        ),
        (serde_json::json!({"entry": {"order": "StopLimit", "ticks": 1}}), "strategy.entry.limitTicks is absent: give it with"),
        (serde_json::json!({"exits": {"stop": {"ticks": 0}}}), "strategy.exits.stop.ticks is 0"),
        (serde_json::json!({"exits": {"maxBars": 0}}), "strategy.exits.maxBars is 0"),
        (serde_json::json!({"exits": {"atrLength": 1}}), "strategy.exits.atrLength is 1"),
        (serde_json::json!({"sizing": {"contracts": 0}}), "strategy.sizing.contracts is 0"),
        (
            serde_json::json!({"sizing": {"risk": {"percent": "1", "maxContracts": 1}}}),
            "strategy.sizing.risk.percent is 1: set strategy.exits.stop",
        ),
        (serde_json::json!({"filter": {"trend": {"length": 1, "only": "With"}}}), "strategy.filter.trend.length is 1"),
        (
            serde_json::json!({"filter": {"volatility": {"atr": 14, "over": 2, "allow": ["Low"]}}}),
            "strategy.filter.volatility.over is 2",
        ),
        (
            serde_json::json!({"filter": {"volatility": {"atr": 14, "over": 9, "allow": []}}}),
            "strategy.filter.volatility.allow is []: name one or two",
        ),
        (serde_json::json!({"filter": {"session": {}}}), "instrument.schema is ohlcv-1d: give bars of an hour or less"),
    ] {
        let message = complaint(more);
        assert!(message.starts_with(field), "{message}");
    }
}

#[test]
fn what_contradicts_the_contract_is_refused_by_its_field() {
    let micro_dow = |change: fn(&mut assayer_engine::BacktestSpec)| {
        let mut spec = spec(sma_cross(2, 3, Direction::LongOnly));
        (spec.instrument.dataset, spec.instrument.symbol) = ("GLBX.MDP3".to_owned(), "MYM.v.0".to_owned());
        (spec.instrument.tick_size, spec.instrument.multiplier, spec.instrument.divisor) = (price("1"), 1, Some(2));
        change(&mut spec);
        spec.validate().map_err(|error| error.to_string())
    };
    assert_eq!(micro_dow(|_| ()), Ok(()));
    let complaint = |change| micro_dow(change).unwrap_err();
    assert_eq!(complaint(|s| s.instrument.tick_size = price("0.5")), "instrument.tickSize is 0.5: MYM moves in ticks of \"1\"");
    assert_eq!(
        complaint(|s| s.instrument.multiplier = 5),
        "instrument.multiplier is 5: a point of MYM is worth multiplier 1, divisor 2"
    );
    assert!(complaint(|s| s.instrument.divisor = None).starts_with("instrument.divisor is 1: a point of MYM"));
    assert!(complaint(|s| s.capital.currency = "EUR".to_owned()).starts_with("capital.currency is EUR: MYM pays in USD"));
    let finest = complaint(|s| (s.instrument.tick_size, s.instrument.divisor) = (price("0.000000001"), Some(3)));
    assert!(finest.starts_with("instrument.divisor is 3: choose one that divides"), "{finest}");
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
    assert_eq!(complaint(|s| s.execution.delay_bars = 11), "execution.delayBars");
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
