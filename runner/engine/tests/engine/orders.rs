//! Orders, exits and sizes, small enough to be worked out by hand.

use crate::support::{BREAKING_OUT, DAY, daily, donchian, execution, run, spec};
use assayer_engine::{
    BacktestResult, ExitReason, Side, Strategy,
    strategy::{Direction, Distance, Entry, EntryOrder, Exits, Filter, RiskSizing, Sizing, TrendFilter, TrendSide},
};

fn breakout() -> Strategy {
    donchian(3, 2, Direction::LongOnly)
}

fn with_exits(change: impl FnOnce(&mut Exits)) -> Strategy {
    let mut exits = Exits::default();
    change(&mut exits);
    Strategy { exits: Some(exits), ..breakout() }
}

fn with_entry(order: EntryOrder, ticks: i32, limit_ticks: Option<i32>, bars: i32) -> Strategy {
    Strategy { entry: Some(Entry { order, ticks, limit_ticks, bars }), ..breakout() }
}

fn result(strategy: Strategy, rows: &[&str]) -> BacktestResult {
    run(&spec(strategy), &daily(rows)).0.result
}

/// Entry price, exit price, bars from the first to the exit's time, reason.
fn told(result: &BacktestResult) -> Vec<(String, String, i64, ExitReason)> {
    let days = |time: chrono::DateTime<chrono::Utc>| time.timestamp_nanos_opt().map_or(-1, |nanos| nanos / DAY);
    let row = |t: &assayer_engine::Trade| (t.entry_price.to_string(), t.exit_price.to_string(), days(t.exit_time), t.exit_reason);
    result.trades.iter().map(row).collect()
}

fn row(entry: &str, exit: &str, day: i64, reason: ExitReason) -> (String, String, i64, ExitReason) {
    (entry.to_owned(), exit.to_owned(), day, reason)
}

#[test]
fn where_stop_and_target_lie_within_one_bar_the_stop_was_hit_first() {
    let both = with_exits(|exits| (exits.stop, exits.target) = (Some(Distance::Ticks(2)), Some(Distance::Ticks(3))));
    assert_eq!(told(&result(both, &BREAKING_OUT)), [row("13", "12.5", 5, ExitReason::Stop)]);
    let target = with_exits(|exits| exits.target = Some(Distance::Ticks(3)));
    assert_eq!(told(&result(target, &BREAKING_OUT)), [row("13", "13.75", 5, ExitReason::Target)]);
}

#[test]
fn a_target_that_is_only_touched_is_not_filled() {
    // the high of bar 4 is 14, the target
    let target = with_exits(|exits| exits.target = Some(Distance::Ticks(4)));
    assert_eq!(told(&result(target, &BREAKING_OUT)), [row("13", "11.75", 7, ExitReason::Signal)]);
}

#[test]
fn a_gap_fills_at_the_open_on_either_side() {
    let both = || with_exits(|exits| (exits.stop, exits.target) = (Some(Distance::Ticks(4)), Some(Distance::Ticks(8))));
    let mut rows = BREAKING_OUT;
    rows[5] = "11 11.5 10.5 11";
    assert_eq!(told(&result(both(), &rows)), [row("13", "11", 5, ExitReason::Stop)]);
    rows[5] = "16 16.5 11 11.25";
    assert_eq!(told(&result(both(), &rows)), [row("13", "16", 5, ExitReason::Target)]);
}

#[test]
fn stops_slip_and_targets_do_not_and_both_pay_fees() {
    let costs = |strategy| {
        let mut spec = spec(strategy);
        spec.execution = execution(assayer_engine::FillAt::NextOpen, 1, "1");
        run(&spec, &daily(&BREAKING_OUT)).0.result
    };
    let stopped = costs(with_exits(|exits| exits.stop = Some(Distance::Ticks(2))));
    assert_eq!(told(&stopped), [row("13.25", "12.25", 5, ExitReason::Stop)]);
    assert_eq!(stopped.net.to_string(), "-7");
    let taken = costs(with_exits(|exits| exits.target = Some(Distance::Ticks(3))));
    assert_eq!(told(&taken), [row("13.25", "13.75", 5, ExitReason::Target)]);
    assert_eq!(taken.net.to_string(), "0.5");
}

#[test]
fn a_limit_waits_for_a_bar_that_trades_through_it_and_gives_up_in_time() {
    // 12.5: touched by bar 4, traded through by bar 5
    let filled = result(with_entry(EntryOrder::Limit, 1, None, 2), &BREAKING_OUT);
    assert_eq!(told(&filled), [row("12.5", "11.75", 7, ExitReason::Signal)]);
    assert_eq!(filled.trades[0].entry_time.timestamp_nanos_opt(), Some(6 * DAY));
    let missed = result(with_entry(EntryOrder::Limit, 1, None, 1), &BREAKING_OUT);
    assert_eq!((missed.trades.len(), missed.not_entered.unfilled), (0, 1));
}

#[test]
fn a_stop_buys_where_the_move_is_confirmed() {
    let filled = result(with_entry(EntryOrder::Stop, 4, None, 1), &BREAKING_OUT);
    assert_eq!(told(&filled), [row("13.75", "11.75", 7, ExitReason::Signal)]);
}

#[test]
fn a_stop_that_becomes_a_limit_never_pays_more_than_it() {
    // the stop at 12.75 is met by the open of 13, which is beyond the limit; the same bar comes back to it
    let filled = result(with_entry(EntryOrder::StopLimit, 0, Some(0), 1), &BREAKING_OUT);
    assert_eq!(told(&filled), [row("12.75", "11.75", 7, ExitReason::Signal)]);
    // slippage of three ticks, of which the limit at 14 lets one pass
    let mut spec = spec(with_entry(EntryOrder::StopLimit, 4, Some(1), 1));
    spec.execution.slippage_ticks = 3;
    assert_eq!(run(&spec, &daily(&BREAKING_OUT)).0.result.trades[0].entry_price.to_string(), "14");
}

#[test]
fn a_position_entered_within_a_bar_has_its_range_against_it_and_its_close_for_it() {
    let mut strategy = with_entry(EntryOrder::Stop, 4, None, 1);
    strategy.exits = Some(Exits { stop: Some(Distance::Ticks(5)), target: Some(Distance::Ticks(1)), ..Exits::default() });
    // entered at 13.75; the low of 12.5 may have come afterwards, the high of 14 may have come before
    assert_eq!(told(&result(strategy.clone(), &BREAKING_OUT)), [row("13.75", "12.5", 5, ExitReason::Stop)]);
    let mut rows = BREAKING_OUT;
    rows[4] = "13 15 13 14.5";
    assert_eq!(told(&result(strategy, &rows)), [row("13.75", "14", 5, ExitReason::Target)]);
}

#[test]
fn a_trailing_stop_follows_the_best_close_and_never_goes_back() {
    let trail = with_exits(|exits| exits.trail = Some(Distance::Ticks(3)));
    // 12.25 from the entry at 13, then 12.75 from the close of 13.5
    assert_eq!(told(&result(trail, &BREAKING_OUT)), [row("13", "12.75", 6, ExitReason::TrailingStop)]);
}

#[test]
fn a_position_that_ran_out_of_time_is_not_entered_again_while_the_same_is_wanted() {
    let timed = with_exits(|exits| exits.max_bars = Some(1));
    assert_eq!(told(&result(timed, &BREAKING_OUT)), [row("13", "13.5", 5, ExitReason::TimeStop)]);
}

#[test]
fn the_size_is_what_the_stop_may_lose_and_never_more_than_the_cap() {
    let sized = |percent: &str, max_contracts| {
        let risk = RiskSizing { percent: percent.parse().expect("a multiple"), max_contracts };
        result(Strategy { sizing: Some(Sizing::Risk(risk)), ..with_exits(|e| e.stop = Some(Distance::Ticks(2))) }, &BREAKING_OUT)
    };
    // 1 % of 1,000 is 10; two ticks of 0.25 at 5 a point are 2.5
    let four = sized("1", 100);
    assert_eq!((four.trades[0].contracts, four.net.to_string().as_str()), (4, "-10"));
    assert_eq!(sized("1", 3).trades[0].contracts, 3);
    // long is wanted at the closes of bars 3, 4 and 5
    let none = sized("0.2", 3);
    assert_eq!((none.trades.len(), none.not_entered.size), (0, 3));
}

#[test]
fn a_filter_keeps_positions_from_being_entered_and_counts_how_often() {
    let filter = |only| Filter { trend: Some(TrendFilter { length: 4, only }), ..Filter::default() };
    let with = result(Strategy { filter: Some(filter(TrendSide::With)), ..breakout() }, &BREAKING_OUT);
    assert_eq!(told(&with), [row("13", "11.75", 7, ExitReason::Signal)]);
    // the averages of four closes are 11.3, 12.2, 12.6: the close of 12.5 is the first below
    let against = result(Strategy { filter: Some(filter(TrendSide::Against)), ..breakout() }, &BREAKING_OUT);
    assert_eq!(told(&against), [row("12.5", "11.75", 7, ExitReason::Signal)]);
    assert_eq!(against.not_entered.filter, 2);
}

#[test]
fn a_decision_that_is_a_bar_late_is_filled_a_bar_later() {
    let mut spec = spec(breakout());
    spec.execution.delay_bars = 1;
    let late = run(&spec, &daily(&BREAKING_OUT)).0.result;
    assert_eq!((late.trades[0].side, late.trades[0].entry_price.to_string().as_str()), (Side::Long, "13.5"));
    assert_eq!(late.trades[0].exit_reason, ExitReason::EndOfData);
}
