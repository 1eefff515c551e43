//! What holds for any strategy on any bars.

use std::collections::BTreeSet;

use crate::support::generators::{TICK, bars, specs, specs_of, specs_with_a_mirror_image, strategy};
use crate::support::{DAY, price, run, sma_cross, spec};
use assayer_engine::{
    BacktestSpec, Bar, Bars, ExitReason, Family, FillAt, Mark, Money, Price, Side, Strategy, Target, Trade,
    strategy::{Direction, EntryOrder, Sizing},
};
use proptest::prelude::{any, prop_assert, prop_assert_eq, prop_assert_ne, proptest};

fn targets(strategy: &Strategy, bars: &[Bar]) -> Vec<Option<Target>> {
    let mut signals = strategy.start(&spec(strategy.clone()).instrument);
    bars.iter().map(|bar| signals.on_close(bar, None).unwrap()).collect()
}

fn wanted(side: Side) -> Target {
    if side == Side::Long { Target::Long } else { Target::Short }
}

/// Equity at a bar's close as the list of trades tells it.
fn equity_by_trades(spec: &BacktestSpec, trades: &[Trade], bar: &Bar, mark: &Mark) -> i128 {
    let closed: i128 = trades[..mark.trades].iter().map(|trade| trade.net.nanos()).sum();
    let open = trades.get(mark.trades).filter(|_| mark.contracts != 0).map_or(0, |trade| {
        let rise = i128::from(bar.close.nanos() - trade.entry_price.nanos()) * i128::from(spec.instrument.multiplier);
        rise * i128::from(mark.contracts) - spec.execution.fee_per_contract.nanos() * i128::from(trade.contracts)
    });
    spec.capital.amount.nanos() + closed + open
}

/// What slippage takes from each contract of a trade, in ticks: market orders and stops slip, limits do not.
fn slipped(spec: &BacktestSpec, trade: &Trade) -> i64 {
    let ticks = i64::from(spec.execution.slippage_ticks);
    let market = spec.strategy.entry.as_ref().is_none_or(|entry| entry.order == EntryOrder::Stop);
    i64::from(market) * ticks + i64::from(trade.exit_reason != ExitReason::Target) * ticks
}

/// The families by their definitions, at whatever cost.
fn targets_by_definition(strategy: &Strategy, bars: &[Bar]) -> Vec<Option<Target>> {
    let close = |i: usize| i128::from(bars[i].close.nanos());
    let mut held = Target::Flat;
    let at = |i: usize| match &strategy.family {
        Family::SmaCross(s) => {
            let (fast, slow) = (usize::try_from(s.fast).unwrap(), usize::try_from(s.slow).unwrap());
            let sum = |n: usize| (i + 1 - n..=i).map(close).sum::<i128>();
            (i + 1 >= slow).then(|| match (sum(fast) * i128::from(s.slow)).cmp(&(sum(slow) * i128::from(s.fast))) {
                std::cmp::Ordering::Greater => Target::Long,
                std::cmp::Ordering::Less if s.direction == Direction::LongShort => Target::Short,
                _ => Target::Flat,
            })
        }
        Family::DonchianBreakout(s) => {
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
        other => unreachable!("{other:?}"),
    };
    (0..bars.len()).map(at).collect()
}

fn direction(family: &mut Family) -> &mut Direction {
    match family {
        Family::SmaCross(family) => &mut family.direction,
        Family::DonchianBreakout(family) => &mut family.direction,
        Family::Keltner(family) => &mut family.direction,
        Family::Momentum(family) => &mut family.direction,
        Family::RsiReversion(family) => &mut family.direction,
        Family::BollingerFade(family) => &mut family.direction,
        Family::VwapFade(family) => &mut family.direction,
        Family::OpeningRange(family) => &mut family.direction,
        Family::Squeeze(family) => &mut family.direction,
        Family::Graph(graph) => unreachable!("{graph:?}"),
    }
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
            prop_assert_eq!(mark.equity.nanos(), equity_by_trades(&spec, &report.result.trades, bar, mark), "bar {}", mark.bar);
        }
    }

    #[test]
    fn the_trades_account_for_every_unit_of_money(spec in specs(), bars in bars()) {
        let (report, marks) = run(&spec, &bars);
        let result = report.result;
        let sum = |amount: fn(&Trade) -> Money| result.trades.iter().map(|trade| amount(trade).nanos()).sum::<i128>();
        prop_assert_eq!(sum(|t| t.net), result.final_equity.nanos() - result.capital.nanos());
        prop_assert_eq!(Some(result.final_equity), marks.last().map(|mark: &Mark| mark.equity));
        let sides: i128 = result.trades.iter().map(|trade| i128::from(2 * trade.contracts)).sum();
        prop_assert_eq!(result.fees.nanos(), sides * spec.execution.fee_per_contract.nanos());
        prop_assert_eq!(result.gross.nanos() - result.fees.nanos(), result.net.nanos());
        prop_assert!(result.trades.iter().all(|trade| trade.entry_time <= trade.exit_time));
    }

    #[test]
    fn costs_take_exactly_what_they_say_and_change_nothing_else(spec in specs(), bars in bars()) {
        let mut free = spec.clone();
        (free.execution.slippage_ticks, free.execution.fee_per_contract) = (0, Money::ZERO);
        let (dear, free) = (run(&spec, &bars).0.result, run(&free, &bars).0.result);
        let path = |trades: &[Trade]| -> Vec<_> {
            trades.iter().map(|t| (t.side, t.contracts, t.entry_time, t.exit_time, t.exit_reason)).collect()
        };
        prop_assert_eq!(path(&dear.trades), path(&free.trades));
        for (dear, free) in dear.trades.iter().zip(&free.trades) {
            let contracts = i128::from(dear.contracts);
            let fees = 2 * spec.execution.fee_per_contract.nanos() * contracts;
            let slip = |ticks: i64| i128::from(ticks * TICK) * i128::from(spec.instrument.multiplier) * contracts;
            let cost = free.net.nanos() - dear.net.nanos();
            let bounded = spec.strategy.entry.as_ref().is_some_and(|entry| entry.order == EntryOrder::StopLimit);
            if bounded {
                // the limit bounds the slippage of the entry
                let most = slipped(&spec, dear) + i64::from(spec.execution.slippage_ticks);
                prop_assert!((fees + slip(slipped(&spec, dear))..=fees + slip(most)).contains(&cost));
            } else {
                prop_assert_eq!(cost, fees + slip(slipped(&spec, dear)));
            }
        }
    }

    #[test]
    fn no_fill_lies_outside_of_its_bar(spec in specs(), bars in bars()) {
        let mut spec = spec;
        spec.execution.slippage_ticks = 0;
        for trade in run(&spec, &bars).0.result.trades {
            for (time, price) in [(trade.entry_time, trade.entry_price), (trade.exit_time, trade.exit_price)] {
                let time = time.timestamp_nanos_opt().unwrap();
                let mut of = bars.iter().filter(|bar| bar.ts_event == time || bar.ts_event + DAY == time);
                prop_assert!(of.any(|bar| bar.low <= price && price <= bar.high), "{trade:?}");
            }
        }
    }

    #[test]
    fn signals_are_those_of_the_definition_and_begin_when_the_warm_up_ends(strategy in strategy(), bars in bars()) {
        let signals = targets(&strategy, &bars);
        prop_assert_eq!(signals.iter().position(Option::is_some), Some(strategy.warm_up_bars() - 1));
        prop_assert_eq!(signals, targets_by_definition(&strategy, &bars));
    }

    #[test]
    fn a_strategy_warms_up_as_long_as_it_says_and_nothing_is_traded_before(spec in specs(), bars in bars()) {
        let (_, marks) = run(&spec, &bars);
        let first = marks.iter().position(|mark| mark.target.is_some());
        prop_assert_eq!(first, Some(spec.strategy.warm_up_bars() - 1));
        prop_assert!(marks[..first.unwrap()].iter().all(|mark| mark.contracts == 0 && mark.trades == 0));
    }

    #[test]
    fn a_prefix_of_the_bars_gives_a_prefix_of_the_trades(spec in specs(), bars in bars(), cut in 14..90_usize) {
        let prefix = &bars[..cut.min(bars.len())];
        let ((whole, whole_marks), (part, part_marks)) = (run(&spec, &bars), run(&spec, prefix));
        // at its last close a series closes what is open
        let seen = prefix.len() - 1;
        prop_assert_eq!(&whole_marks[..seen], &part_marks[..seen]);
        prop_assert_eq!(whole_marks[seen].target, part_marks[seen].target);
        let finished: Vec<_> = part.result.trades.into_iter().filter(|trade| trade.exit_reason != ExitReason::EndOfData).collect();
        prop_assert_eq!(&whole.result.trades[..finished.len()], &finished[..]);
    }

    #[test]
    fn a_fill_at_the_next_open_answers_a_signal_of_the_bar_before_or_as_much_earlier_as_decisions_are_late(
        spec in specs_of(strategy()), bars in bars()
    ) {
        let mut spec = spec;
        spec.execution.fill_at = FillAt::NextOpen;
        let late = usize::try_from(spec.execution.delay_bars).unwrap();
        let signals = targets(&spec.strategy, &bars);
        for trade in run(&spec, &bars).0.result.trades {
            let start = trade.entry_time.timestamp_nanos_opt().unwrap();
            let filled = bars.iter().position(|bar| bar.ts_event == start).unwrap();
            let decided = filled - 1 - late;
            prop_assert_eq!(signals[decided], Some(wanted(trade.side)));
            prop_assert_ne!(decided.checked_sub(1).and_then(|i| signals[i]), Some(wanted(trade.side)));
            let slip = i64::from(spec.execution.slippage_ticks) * TICK;
            let worse = if trade.side == Side::Long { slip } else { -slip };
            prop_assert_eq!(trade.entry_price.nanos(), bars[filled].open.nanos() + worse);
        }
    }

    #[test]
    fn prices_upside_down_turn_every_signal_and_every_trade_round(spec in specs_with_a_mirror_image(), bars in bars()) {
        let mut spec = spec;
        *direction(&mut spec.strategy.family) = Direction::LongShort;
        let turned = targets(&spec.strategy, &mirrored(&bars)).into_iter().map(|target| target.map(|target| match target {
            Target::Long => Target::Short,
            Target::Short => Target::Long,
            Target::Flat => Target::Flat,
        }));
        prop_assert!(turned.eq(targets(&spec.strategy, &bars)));
        let (trades, turned) = (run(&spec, &bars).0.result.trades, run(&spec, &mirrored(&bars)).0.result.trades);
        let told = |t: &Trade| (t.side == Side::Long, t.contracts, t.entry_time, t.exit_time, t.net, t.exit_reason);
        let other = |t: &Trade| (t.side == Side::Short, t.contracts, t.entry_time, t.exit_time, t.net, t.exit_reason);
        prop_assert_eq!(trades.iter().map(told).collect::<Vec<_>>(), turned.iter().map(other).collect::<Vec<_>>());
    }

    #[test]
    fn the_same_inputs_give_the_same_report_and_any_other_input_another_inputs_hash(spec in specs(), bars in bars()) {
        let (first, again) = (run(&spec, &bars).0, run(&spec, &bars).0);
        prop_assert_eq!(&first, &again);
        let mut hashes = BTreeSet::from([first.inputs_hash]);
        let mut changed = |change: &dyn Fn(&mut BacktestSpec)| {
            let mut other = spec.clone();
            change(&mut other);
            hashes.insert(run(&other, &bars).0.inputs_hash)
        };
        prop_assert!(changed(&|s| s.instrument.symbol.push('X')));
        prop_assert!(changed(&|s| s.instrument.tick_size = price("0.125")));
        prop_assert!(changed(&|s| s.instrument.multiplier += 1));
        prop_assert!(changed(&|s| s.execution.slippage_ticks += 1));
        prop_assert!(changed(&|s| s.execution.delay_bars += 1));
        prop_assert!(changed(&|s| s.strategy.sizing = Some(Sizing::Contracts(7))));
        let exits = |s: &mut BacktestSpec| s.strategy.exits.get_or_insert_default().max_bars = Some(77);
        prop_assert!(changed(&exits));
        prop_assert!(changed(&|s| s.capital.amount = crate::support::money("1000.000000001")));
        let mut other = bars.clone();
        other[3].volume += 1;
        prop_assert!(hashes.insert(run(&spec, &other).0.inputs_hash));
    }

    #[test]
    fn a_spec_survives_being_written_and_read(spec in specs()) {
        let written = serde_json::to_value(&spec).unwrap();
        prop_assert_eq!(&serde_json::from_value::<BacktestSpec>(written.clone()).unwrap(), &spec);
        prop_assert!(!written.to_string().contains("null"), "what is left out is not null: {written}");
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
