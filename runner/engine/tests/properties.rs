//! What holds for any strategy on any bars.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;

use assayer_engine::{
    BacktestSpec, Bar, Bars, ExitReason, FillAt, Mark, Money, Price, Side, Strategy, Target, Trade, strategy::Direction,
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy as Generator, any, prop_assert, prop_assert_eq, prop_assert_ne, prop_oneof, proptest},
};
use support::{DAY, donchian, price, run, sma_cross, spec};

const TICK: i64 = 250_000_000;

/// Bars of a random walk in ticks of 0.25, with gaps of up to four days; windows are at most 12, so there is always a signal to fill.
fn bars() -> impl Generator<Value = Vec<Bar>> {
    vec((1..5_i64, -8..=8_i64, 0..6_i64, 0..6_i64, -6..=6_i64), 14..90).prop_map(|steps| {
        let (mut time, mut last) = (0, 400);
        let bar = |(days, gap, up, down, change): (i64, i64, i64, i64, i64)| {
            let (open, close) = (last + gap, last + gap + change);
            time += days * DAY;
            last = close;
            let at = |ticks: i64| Price::from_nanos(ticks * TICK);
            let (high, low) = (at(open.max(close) + up), at(open.min(close) - down));
            Bar { ts_event: time, open: at(open), high, low, close: at(close), volume: 1 }
        };
        steps.into_iter().map(bar).collect()
    })
}

fn strategy() -> impl Generator<Value = Strategy> {
    let direction = prop_oneof![Just(Direction::LongOnly), Just(Direction::LongShort)];
    (any::<bool>(), 2..12_i32, 1..6_i32, direction).prop_map(|(cross, short, more, direction)| {
        let long = (short + more).min(12);
        if cross { sma_cross(short, long, direction) } else { donchian(long, short, direction) }
    })
}

fn specs() -> impl Generator<Value = BacktestSpec> {
    let fill_at = prop_oneof![Just(FillAt::NextOpen), Just(FillAt::Close)];
    (strategy(), fill_at, 0..5_i32, 0..500_i128, 1..100_i32).prop_map(|(strategy, fill_at, slippage_ticks, cents, multiplier)| {
        let mut spec = spec(strategy);
        spec.instrument.multiplier = multiplier;
        spec.execution.fill_at = fill_at;
        spec.execution.slippage_ticks = slippage_ticks;
        spec.execution.fee_per_contract = Money::from_nanos(cents * 10_000_000);
        spec
    })
}

fn targets(strategy: &Strategy, bars: &[Bar]) -> Vec<Option<Target>> {
    let mut signals = strategy.start();
    bars.iter().map(|bar| signals.on_close(bar)).collect()
}

fn wanted(side: Side) -> Target {
    if side == Side::Long { Target::Long } else { Target::Short }
}

/// Equity at a bar's close as the list of trades tells it.
fn equity_by_trades(spec: &BacktestSpec, trades: &[Trade], bar: &Bar, last: bool) -> i128 {
    let end = bar.ts_event + if spec.execution.fill_at == FillAt::Close { DAY } else { 0 };
    let by_now = |time: chrono::DateTime<chrono::Utc>| last || time.timestamp_nanos_opt().unwrap() <= end;
    let part = |trade: &Trade| {
        if by_now(trade.exit_time) {
            return trade.net.nanos();
        }
        let rise = i128::from(bar.close.nanos() - trade.entry_price.nanos()) * i128::from(spec.instrument.multiplier);
        (if trade.side == Side::Long { rise } else { -rise }) - spec.execution.fee_per_contract.nanos()
    };
    spec.capital.amount.nanos() + trades.iter().filter(|trade| by_now(trade.entry_time)).map(part).sum::<i128>()
}

/// The families by their definitions, at whatever cost.
fn targets_by_definition(strategy: &Strategy, bars: &[Bar]) -> Vec<Option<Target>> {
    let close = |i: usize| i128::from(bars[i].close.nanos());
    let mut held = Target::Flat;
    let at = |i: usize| match strategy {
        Strategy::SmaCross(s) => {
            let (fast, slow) = (usize::try_from(s.fast).unwrap(), usize::try_from(s.slow).unwrap());
            let sum = |n: usize| (i + 1 - n..=i).map(close).sum::<i128>();
            (i + 1 >= slow).then(|| match (sum(fast) * i128::from(s.slow)).cmp(&(sum(slow) * i128::from(s.fast))) {
                std::cmp::Ordering::Greater => Target::Long,
                std::cmp::Ordering::Less if s.direction == Direction::LongShort => Target::Short,
                _ => Target::Flat,
            })
        }
        Strategy::DonchianBreakout(s) => {
            let before = |n: i32| i.checked_sub(usize::try_from(n).unwrap()).map(|first| &bars[first..i]);
            let (entry, exit) = (before(s.entry)?, before(s.exit)?);
            let high = |bars: &[Bar]| bars.iter().map(|bar| bar.high).max().unwrap();
            let low = |bars: &[Bar]| bars.iter().map(|bar| bar.low).min().unwrap();
            let (close, both) = (bars[i].close, s.direction == Direction::LongShort);
            if close > high(entry) {
                held = Target::Long;
            } else if close < low(entry) && both {
                held = Target::Short;
            } else if (held == Target::Long && close < low(exit)) || (held == Target::Short && close > high(exit)) {
                held = Target::Flat;
            }
            Some(held)
        }
    };
    (0..bars.len()).map(at).collect()
}

/// The same bars upside down.
fn mirrored(bars: &[Bar]) -> Vec<Bar> {
    let flip = |price: Price| Price::from_nanos(-price.nanos());
    let turn = |b: &Bar| Bar { open: flip(b.open), high: flip(b.low), low: flip(b.high), close: flip(b.close), ..*b };
    bars.iter().map(turn).collect()
}

proptest! {
    #[test]
    fn cash_plus_position_value_is_equity_at_every_close_and_the_trades_tell_the_same(spec in specs(), bars in bars()) {
        let (report, marks) = run(&spec, &bars);
        prop_assert_eq!(marks.len(), bars.len());
        for (bar, mark) in bars.iter().zip(&marks) {
            prop_assert_eq!(mark.cash.nanos() + mark.position_value.nanos(), mark.equity.nanos());
            let last = mark.bar + 1 == bars.len();
            prop_assert_eq!(mark.equity.nanos(), equity_by_trades(&spec, &report.result.trades, bar, last), "bar {}", mark.bar);
        }
    }

    #[test]
    fn the_trades_account_for_every_unit_of_money(spec in specs(), bars in bars()) {
        let (report, marks) = run(&spec, &bars);
        let result = report.result;
        let sum = |amount: fn(&Trade) -> Money| result.trades.iter().map(|trade| amount(trade).nanos()).sum::<i128>();
        prop_assert_eq!(sum(|t| t.net), result.final_equity.nanos() - result.capital.nanos());
        prop_assert_eq!(Some(result.final_equity), marks.last().map(|mark: &Mark| mark.equity));
        let fills = i128::try_from(2 * result.trades.len()).unwrap();
        prop_assert_eq!(result.fees.nanos(), fills * spec.execution.fee_per_contract.nanos());
        prop_assert_eq!(result.gross.nanos() - result.fees.nanos(), result.net.nanos());
        prop_assert!(result.trades.iter().all(|trade| trade.entry_time < trade.exit_time));
    }

    #[test]
    fn costs_take_exactly_what_they_say(spec in specs(), bars in bars()) {
        let mut free = spec.clone();
        (free.execution.slippage_ticks, free.execution.fee_per_contract) = (0, Money::ZERO);
        let (dear, free) = (run(&spec, &bars).0.result, run(&free, &bars).0.result);
        let slip = i128::from(TICK) * i128::from(spec.execution.slippage_ticks) * i128::from(spec.instrument.multiplier);
        let fills = i128::try_from(2 * dear.trades.len()).unwrap();
        prop_assert_eq!(free.net.nanos() - dear.net.nanos(), fills * (slip + spec.execution.fee_per_contract.nanos()));
    }

    #[test]
    fn signals_are_those_of_the_definition_and_begin_when_the_warm_up_ends(strategy in strategy(), bars in bars()) {
        let signals = targets(&strategy, &bars);
        prop_assert_eq!(signals.iter().position(Option::is_some), Some(strategy.warm_up_bars() - 1));
        prop_assert_eq!(signals, targets_by_definition(&strategy, &bars));
    }

    #[test]
    fn no_signal_and_no_finished_trade_depends_on_later_bars(spec in specs(), bars in bars(), cut in 14..90_usize) {
        let prefix = &bars[..cut.min(bars.len())];
        let (whole, part) = (targets(&spec.strategy, &bars), targets(&spec.strategy, prefix));
        prop_assert_eq!(&whole[..prefix.len()], &part[..]);
        let (whole, part) = (run(&spec, &bars).0.result.trades, run(&spec, prefix).0.result.trades);
        let finished: Vec<_> = part.into_iter().filter(|trade| trade.exit_reason != ExitReason::EndOfData).collect();
        prop_assert_eq!(&whole[..finished.len()], &finished[..]);
    }

    #[test]
    fn a_fill_at_the_next_open_answers_a_signal_of_the_bar_before(spec in specs(), bars in bars()) {
        let mut spec = spec;
        spec.execution.fill_at = FillAt::NextOpen;
        let signals = targets(&spec.strategy, &bars);
        for trade in run(&spec, &bars).0.result.trades {
            let start = trade.entry_time.timestamp_nanos_opt().unwrap();
            let filled = bars.iter().position(|bar| bar.ts_event == start).unwrap();
            prop_assert_eq!(signals[filled - 1], Some(wanted(trade.side)));
            prop_assert_ne!(filled.checked_sub(2).and_then(|i| signals[i]), Some(wanted(trade.side)));
            let slip = i64::from(spec.execution.slippage_ticks) * TICK;
            let worse = if trade.side == Side::Long { slip } else { -slip };
            prop_assert_eq!(trade.entry_price.nanos(), bars[filled].open.nanos() + worse);
        }
    }

    #[test]
    fn prices_upside_down_turn_every_signal_round(strategy in strategy(), bars in bars()) {
        let both = match strategy {
            Strategy::SmaCross(s) => sma_cross(s.fast, s.slow, Direction::LongShort),
            Strategy::DonchianBreakout(s) => donchian(s.entry, s.exit, Direction::LongShort),
        };
        let turned = targets(&both, &mirrored(&bars)).into_iter().map(|target| target.map(|target| match target {
            Target::Long => Target::Short,
            Target::Short => Target::Long,
            Target::Flat => Target::Flat,
        }));
        prop_assert!(turned.eq(targets(&both, &bars)));
    }

    #[test]
    fn the_same_inputs_give_the_same_report_and_any_other_input_another_inputs_hash(spec in specs(), bars in bars()) {
        let (first, again) = (run(&spec, &bars).0, run(&spec, &bars).0);
        prop_assert_eq!(&first, &again);
        let mut hashes = BTreeSet::from([first.inputs_hash]);
        let mut changed = |change: fn(&mut BacktestSpec)| {
            let mut other = spec.clone();
            change(&mut other);
            hashes.insert(run(&other, &bars).0.inputs_hash)
        };
        prop_assert!(changed(|s| s.instrument.symbol.push('X')));
        prop_assert!(changed(|s| s.instrument.tick_size = price("0.125")));
        prop_assert!(changed(|s| s.instrument.multiplier += 1));
        prop_assert!(changed(|s| s.execution.slippage_ticks += 1));
        prop_assert!(changed(|s| s.capital.amount = support::money("1000.000000001")));
        let mut other = bars.clone();
        other[3].volume += 1;
        prop_assert!(hashes.insert(run(&spec, &other).0.inputs_hash));
    }

    #[test]
    fn a_decimal_survives_being_written_and_read(nanos in any::<i64>()) {
        let price = Price::from_nanos(nanos);
        prop_assert_eq!(price.to_string().parse::<Price>(), Ok(price));
        let money = Money::from_nanos(i128::from(nanos) * i128::from(i64::MAX));
        prop_assert_eq!(serde_json::from_value::<Money>(serde_json::to_value(money).unwrap()).unwrap(), money);
    }

    #[test]
    fn the_data_hash_tells_series_apart(bars in bars()) {
        let spec = spec(sma_cross(2, 3, Direction::LongOnly));
        let mut other = spec.instrument.clone();
        // the same letters, split elsewhere
        (other.dataset, other.symbol) = ("TEST.SE".to_owned(), "TABC".to_owned());
        let series = Bars::new(&spec.instrument, bars).unwrap();
        prop_assert_ne!(series.hash(&spec.instrument), series.hash(&other));
    }
}
