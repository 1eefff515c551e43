//! Back-tests small enough to be worked out by hand.

use crate::support::{BREAKING_OUT, DAY, daily, donchian, execution, money, run, sma_cross, spec};
use assayer_engine::{ExitReason, FillAt, Side, Trade, strategy::Direction};

/// Averages of 2 and 3 closes: above from bar 2 on, below from bar 4 on, equal at bar 7, above again at the last close.
const CROSSING: [&str; 9] = [
    "10 10 10 10",
    "11 11 11 11",
    "12 12 12 12",
    "12.25 13 12 13",
    "12 12 9 9",
    "9.5 9.5 8 8",
    "8 8 8 8",
    "8 8 8 8",
    "8.25 8.5 8.25 8.5",
];

fn told(trade: &Trade) -> (Side, String, String, String, ExitReason) {
    (trade.side, trade.entry_price.to_string(), trade.exit_price.to_string(), trade.net.to_string(), trade.exit_reason)
}

fn row(side: Side, entry: &str, exit: &str, net: &str, reason: ExitReason) -> (Side, String, String, String, ExitReason) {
    (side, entry.to_owned(), exit.to_owned(), net.to_owned(), reason)
}

#[test]
fn a_moving_average_cross_without_costs() {
    let (report, marks) = run(&spec(sma_cross(2, 3, Direction::LongShort)), &daily(&CROSSING));
    let trades: Vec<_> = report.result.trades.iter().map(told).collect();
    assert_eq!(
        trades,
        [
            row(Side::Long, "12.25", "9.5", "-13.75", ExitReason::Reversal),
            row(Side::Short, "9.5", "8.25", "6.25", ExitReason::Signal)
        ]
    );
    let equity: Vec<_> = marks.iter().map(|mark| mark.equity.to_string()).collect();
    assert_eq!(equity, ["1000", "1000", "1000", "1003.75", "983.75", "993.75", "993.75", "993.75", "992.5"]);
    assert_eq!(report.result.net, money("-7.5"));
    assert_eq!((report.result.max_drawdown.amount, report.result.max_drawdown.fraction.as_str()), (money("20"), "0.02"));
    assert_eq!((report.result.exposure.bars, report.result.exposure.fraction.as_str()), (5, "0.555555556"));
}

#[test]
fn a_moving_average_cross_with_fees_and_slippage() {
    let mut spec = spec(sma_cross(2, 3, Direction::LongShort));
    spec.execution = execution(FillAt::NextOpen, 1, "0.62");
    let (report, _) = run(&spec, &daily(&CROSSING));
    let trades: Vec<_> = report.result.trades.iter().map(told).collect();
    assert_eq!(
        trades,
        [
            row(Side::Long, "12.5", "9.25", "-17.49", ExitReason::Reversal),
            row(Side::Short, "9.25", "8.5", "2.51", ExitReason::Signal)
        ]
    );
    assert_eq!(
        (report.result.fees, report.result.net, report.result.final_equity),
        (money("2.48"), money("-14.98"), money("985.02"))
    );
}

#[test]
fn long_only_never_sells_short() {
    let (report, _) = run(&spec(sma_cross(2, 3, Direction::LongOnly)), &daily(&CROSSING));
    let trades: Vec<_> = report.result.trades.iter().map(told).collect();
    assert_eq!(trades, [row(Side::Long, "12.25", "9.5", "-13.75", ExitReason::Signal)]);
}

#[test]
fn a_breakout_is_filled_at_the_next_open_by_default() {
    let (report, _) = run(&spec(donchian(3, 2, Direction::LongOnly)), &daily(&BREAKING_OUT));
    let trade = &report.result.trades[0];
    assert_eq!(told(trade), row(Side::Long, "13", "11.75", "-6.25", ExitReason::Signal));
    assert_eq!((trade.entry_time.timestamp_nanos_opt(), trade.exit_time.timestamp_nanos_opt()), (Some(4 * DAY), Some(7 * DAY)));
    assert_eq!(report.result.trades.len(), 1);
}

#[test]
fn a_breakout_may_be_filled_at_the_close_that_showed_it() {
    let mut spec = spec(donchian(3, 2, Direction::LongOnly));
    spec.execution = execution(FillAt::Close, 0, "0");
    let (report, _) = run(&spec, &daily(&BREAKING_OUT));
    let trade = &report.result.trades[0];
    assert_eq!(told(trade), row(Side::Long, "12.75", "12", "-3.75", ExitReason::Signal));
    // a close is known when its bar has ended
    assert_eq!((trade.entry_time.timestamp_nanos_opt(), trade.exit_time.timestamp_nanos_opt()), (Some(4 * DAY), Some(7 * DAY)));
}

#[test]
fn a_breakout_with_fees_and_slippage() {
    for (fill_at, entry, exit, net) in [(FillAt::NextOpen, "13.5", "11.25", "-13.25"), (FillAt::Close, "13.25", "11.5", "-10.75")]
    {
        let mut spec = spec(donchian(3, 2, Direction::LongOnly));
        spec.execution = execution(fill_at, 2, "1");
        let (report, _) = run(&spec, &daily(&BREAKING_OUT));
        assert_eq!(told(&report.result.trades[0]), row(Side::Long, entry, exit, net, ExitReason::Signal));
    }
}

#[test]
fn what_is_open_at_the_end_is_closed_at_the_last_close_and_says_so() {
    let (report, _) = run(&spec(donchian(3, 2, Direction::LongOnly)), &daily(&BREAKING_OUT[..6]));
    let trade = &report.result.trades[0];
    assert_eq!(told(trade), row(Side::Long, "13", "12.5", "-2.5", ExitReason::EndOfData));
    assert_eq!(trade.exit_time.timestamp_nanos_opt(), Some(6 * DAY));
    assert_eq!(report.result.final_equity, money("997.5"));
}

#[test]
fn half_a_dollar_a_point_is_counted_exactly() {
    let mut spec = spec(donchian(3, 2, Direction::LongOnly));
    (spec.instrument.multiplier, spec.instrument.divisor) = (1, Some(2));
    // bought at 13, sold at 11.75
    assert_eq!(run(&spec, &daily(&BREAKING_OUT)).0.result.net, money("-0.625"));
}

#[test]
fn what_is_not_known_is_null_with_a_reason() {
    // given: closes that never rise, so that no trade is ever made
    let (report, _) = run(&spec(sma_cross(2, 3, Direction::LongOnly)), &daily(&["5 5 5 5"; 6]));
    let json = serde_json::to_value(&report.result).unwrap();
    assert_eq!(json["sharpe"], serde_json::json!({"value": null, "reason": "NoVariance", "days": 6}));
    assert_eq!(json["tradeCounts"]["total"], 0);
    assert_eq!(json["net"], "0");
}
