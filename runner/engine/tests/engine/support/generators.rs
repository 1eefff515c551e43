//! Any bars, any strategy, any spec.

use assayer_engine::{
    BacktestSpec, Bar, Family, FillAt, Money, Multiple, Price, Strategy,
    strategy::{
        BollingerFade, Direction, Distance, Entry, EntryOrder, Exits, Filter, Keltner, Momentum, RiskSizing, RsiReversion,
        Sizing, Squeeze, Tercile, TrendFilter, TrendSide, VolatilityFilter,
    },
};
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy as Generator, any, prop_oneof},
};

use crate::support::{DAY, donchian, sma_cross, spec};

pub(crate) const TICK: i64 = 250_000_000;

/// Bars of a random walk in ticks of 0.25, with gaps of up to four days; windows are at most 12, so there is always a signal to fill.
pub(crate) fn bars() -> impl Generator<Value = Vec<Bar>> {
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

pub(crate) fn strategy() -> impl Generator<Value = Strategy> {
    let direction = prop_oneof![Just(Direction::LongOnly), Just(Direction::LongShort)];
    (any::<bool>(), 2..12_i32, 1..6_i32, direction).prop_map(|(cross, short, more, direction)| {
        let long = (short + more).min(12);
        if cross { sma_cross(short, long, direction) } else { donchian(long, short, direction) }
    })
}

/// Every family that does not look at sessions.
pub(crate) fn any_family() -> impl Generator<Value = Strategy> {
    let direction = || prop_oneof![Just(Direction::LongOnly), Just(Direction::LongShort)];
    let width = || (5..250_i32).prop_map(multiple);
    prop_oneof![
        strategy(),
        (2..12_i32, 2..11_i32, width(), direction())
            .prop_map(|(length, atr, width, direction)| { Family::Keltner(Keltner { length, atr, width, direction }).into() }),
        (2..12_i32, direction()).prop_map(|(lookback, direction)| Family::Momentum(Momentum { lookback, direction }).into()),
        (2..6_i32, 5..50_i32, 2..12_i32, 2..12_i32, direction()).prop_map(|(length, oversold, trend, exit, direction)| {
            Family::RsiReversion(RsiReversion { length, oversold, trend, exit, direction }).into()
        }),
        (2..12_i32, width(), direction())
            .prop_map(|(length, width, direction)| { Family::BollingerFade(BollingerFade { length, width, direction }).into() }),
        (2..12_i32, width(), width(), direction()).prop_map(|(length, deviations, ranges, direction)| {
            Family::Squeeze(Squeeze { length, deviations, ranges, direction }).into()
        }),
    ]
}

/// A chain of numbers, each of the one before, that closes are compared with.
pub(crate) fn graph() -> impl Generator<Value = Strategy> {
    let price = || prop_oneof![Just("open"), Just("high"), Just("low"), Just("close")];
    let node = (0..7_usize, 1..4_i32, price());
    (price(), vec(node, 1..4), any::<bool>(), any::<bool>()).prop_map(|(first, nodes, both, stays)| {
        let (mut of, mut all) = (first.to_owned(), serde_json::Map::new());
        for (place, (kind, bars, other)) in nodes.into_iter().enumerate() {
            let window = serde_json::json!({"of": of, "bars": bars});
            let node = match kind {
                0 => serde_json::json!({"sma": window}),
                1 => serde_json::json!({"ema": window}),
                2 => serde_json::json!({"highest": window}),
                3 => serde_json::json!({"lowest": window}),
                4 => serde_json::json!({"ago": window}),
                5 => serde_json::json!({"difference": {"of": of, "less": other}}),
                _ => serde_json::json!({"sum": {"of": [of, other]}}),
            };
            of = format!("n{place}");
            all.insert(of.clone(), node);
        }
        all.insert("up".to_owned(), serde_json::json!({"above": {"of": "close", "than": of}}));
        all.insert("down".to_owned(), serde_json::json!({"not": {"of": "up"}}));
        let mut graph = serde_json::json!({"nodes": all, "long": "up"});
        let last = if both { "short" } else { "leaveLong" };
        graph[last] = "down".into();
        if both && stays {
            graph["leaveShort"] = "up".into();
        }
        serde_json::from_value(serde_json::json!({"graph": graph})).unwrap()
    })
}

fn multiple(hundredths: i32) -> Multiple {
    Price::from_nanos(i64::from(hundredths) * 10_000_000).to_string().parse().unwrap()
}

fn entry() -> impl Generator<Value = Entry> {
    let order = prop_oneof![Just(EntryOrder::Limit), Just(EntryOrder::Stop), Just(EntryOrder::StopLimit)];
    (order, 0..6_i32, 0..4_i32, 1..5_i32).prop_map(|(order, ticks, limit, bars)| {
        let limit_ticks = (order == EntryOrder::StopLimit).then_some(limit);
        Entry { order, ticks, limit_ticks, bars }
    })
}

fn distance() -> impl Generator<Value = Distance> {
    let atr = (5..400_i32)
        .prop_map(|hundredths| Distance::Atr(Price::from_nanos(i64::from(hundredths) * 10_000_000).to_string().parse().unwrap()));
    prop_oneof![(1..20_i32).prop_map(Distance::Ticks), atr]
}

fn exits() -> impl Generator<Value = Exits> {
    let of = || option::of(distance());
    (of(), of(), of(), option::of(1..20_i32), 2..6_i32).prop_map(|(stop, target, trail, max_bars, atr_length)| Exits {
        stop,
        target,
        trail,
        max_bars,
        session_end: None,
        atr_length,
    })
}

fn filter() -> impl Generator<Value = Filter> {
    let tercile = || prop_oneof![Just(Tercile::Low), Just(Tercile::Middle), Just(Tercile::High)];
    let volatility =
        (2..6_i32, 3..6_i32, vec(tercile(), 1..3)).prop_map(|(atr, over, allow)| VolatilityFilter { atr, over, allow });
    let only = prop_oneof![Just(TrendSide::With), Just(TrendSide::Against)];
    let trend = (2..12_i32, only).prop_map(|(length, only)| TrendFilter { length, only });
    (option::of(volatility), option::of(trend)).prop_map(|(volatility, trend)| Filter { volatility, trend, session: None })
}

/// A family with everything that may go with it.
fn whole_strategy(family: impl Generator<Value = Strategy>) -> impl Generator<Value = Strategy> {
    let sizing = prop_oneof![
        (1..5_i32).prop_map(Sizing::Contracts),
        (1..5_i32).prop_map(|max_contracts| Sizing::Risk(RiskSizing { percent: "2.5".parse().unwrap(), max_contracts }))
    ];
    let rest = (option::of(entry()), option::of(exits()), option::of(sizing), option::weighted(0.3, filter()));
    (family, rest).prop_map(|(strategy, (entry, exits, sizing, filter))| {
        let has_stop = exits.as_ref().is_some_and(|exits| exits.stop.is_some());
        let sizing = sizing.filter(|sizing| has_stop || matches!(sizing, Sizing::Contracts(_)));
        Strategy { entry, exits, sizing, filter, ..strategy }
    })
}

pub(crate) fn specs_of(strategy: impl Generator<Value = Strategy>) -> impl Generator<Value = BacktestSpec> {
    let fill_at = prop_oneof![Just(FillAt::NextOpen), Just(FillAt::Close)];
    let late = prop_oneof![Just(0), 1..3_i32];
    (strategy, fill_at, 0..5_i32, 0..500_i128, 1..100_i32, late).prop_map(
        |(strategy, fill_at, slippage_ticks, cents, multiplier, delay_bars)| {
            let mut spec = spec(strategy);
            spec.instrument.multiplier = multiplier;
            spec.execution.fill_at = fill_at;
            spec.execution.slippage_ticks = slippage_ticks;
            spec.execution.fee_per_contract = Money::from_nanos(cents * 10_000_000);
            spec.execution.delay_bars = delay_bars;
            spec
        },
    )
}

pub(crate) fn specs() -> impl Generator<Value = BacktestSpec> {
    specs_of(whole_strategy(prop_oneof![6 => any_family(), 1 => graph()]))
}

/// Those whose strategy has a mirror image: all but graphs.
pub(crate) fn specs_with_a_mirror_image() -> impl Generator<Value = BacktestSpec> {
    specs_of(whole_strategy(any_family()))
}
