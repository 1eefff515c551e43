//! Graphs as users write them: the families drawn as graphs trade as the families do, and what cannot be worked out is refused by its
//! node's name.

use crate::support::{daily, generators, real, run, spec};
use assayer_engine::{BacktestSpec, Strategy};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};

fn strategy(name: &str, parameters: &Value) -> Strategy {
    serde_json::from_value(json!({ name: parameters })).unwrap()
}

fn graph(value: &Value) -> Strategy {
    strategy("graph", value)
}

/// Families, and graphs that say the same.
fn drawn() -> [((&'static str, Value), Value); 5] {
    [
        (
            ("smaCross", json!({"fast": 20, "slow": 50, "direction": "LongShort"})),
            json!({
                "nodes": {
                    "fast": {"sma": {"of": "close", "bars": 20}},
                    "slow": {"sma": {"of": "close", "bars": 50}},
                    "rising": {"above": {"of": "fast", "than": "slow"}},
                    "falling": {"below": {"of": "fast", "than": "slow"}},
                },
                "long": "rising", "short": "falling",
            }),
        ),
        (
            ("donchianBreakout", json!({"entry": 48, "exit": 24, "direction": "LongShort"})),
            json!({
                "nodes": {
                    "highest": {"highest": {"of": "high", "bars": 48}}, "top": {"ago": {"of": "highest", "bars": 1}},
                    "lowest": {"lowest": {"of": "low", "bars": 48}}, "bottom": {"ago": {"of": "lowest", "bars": 1}},
                    "nearHighest": {"highest": {"of": "high", "bars": 24}}, "nearTop": {"ago": {"of": "nearHighest", "bars": 1}},
                    "nearLowest": {"lowest": {"of": "low", "bars": 24}}, "nearBottom": {"ago": {"of": "nearLowest", "bars": 1}},
                    "up": {"above": {"of": "close", "than": "top"}}, "down": {"below": {"of": "close", "than": "bottom"}},
                    "back": {"below": {"of": "close", "than": "nearBottom"}}, "forth": {"above": {"of": "close", "than": "nearTop"}},
                },
                "long": "up", "leaveLong": "back", "short": "down", "leaveShort": "forth",
            }),
        ),
        (
            ("keltner", json!({"length": 48, "atr": 24, "width": "1.75", "direction": "LongShort"})),
            json!({
                "nodes": {
                    "middle": {"ema": {"of": "close", "bars": 48}}, "range": {"atr": {"bars": 24}},
                    "half": {"times": {"of": "range", "by": "1.75"}},
                    "top": {"sum": {"of": ["middle", "half"]}}, "bottom": {"difference": {"of": "middle", "less": "half"}},
                    "up": {"above": {"of": "close", "than": "top"}}, "down": {"below": {"of": "close", "than": "bottom"}},
                    "under": {"below": {"of": "close", "than": "middle"}}, "over": {"above": {"of": "close", "than": "middle"}},
                },
                "long": "up", "leaveLong": "under", "short": "down", "leaveShort": "over",
            }),
        ),
        (
            ("momentum", json!({"lookback": 60})),
            json!({
                "nodes": {
                    "before": {"ago": {"of": "close", "bars": 60}},
                    "risen": {"above": {"of": "close", "than": "before"}},
                },
                "long": "risen",
            }),
        ),
        (
            ("rsiReversion", json!({"length": 2, "oversold": 10, "trend": 200, "exit": 5})),
            json!({
                "nodes": {
                    "strength": {"rsi": {"bars": 2}}, "ten": {"number": "10"},
                    "trend": {"sma": {"of": "close", "bars": 200}}, "near": {"sma": {"of": "close", "bars": 5}},
                    "rising": {"above": {"of": "close", "than": "trend"}}, "oversold": {"below": {"of": "strength", "than": "ten"}},
                    "bought": {"all": {"of": ["rising", "oversold"]}}, "over": {"above": {"of": "close", "than": "near"}},
                },
                "long": "bought", "leaveLong": "over",
            }),
        ),
    ]
}

#[test]
fn a_family_drawn_as_a_graph_trades_as_the_family_does() {
    for ((name, parameters), nodes) in drawn() {
        let (family, graph) = (strategy(name, &parameters), graph(&nodes));
        assert_eq!(graph.warm_up_bars(), family.warm_up_bars(), "{name}");
        for (spec, file) in
            [(real::spx as fn(Strategy) -> BacktestSpec, "spx-1d-1999-2018.csv"), (real::eurusd, "eurusd-1h-2017.csv")]
        {
            let bars = real::bars(file);
            let [one, other] = [&family, &graph].map(|strategy| run(&spec(strategy.clone()), &bars).0);
            assert!(one.result.trades.len() > 10, "{file} shows nothing of {name}");
            assert_eq!(one.result, other.result, "{name} on {file}");
            assert_ne!(one.strategy_hash, other.strategy_hash, "each is a strategy of its own");
        }
    }
}

#[test]
fn not_any_and_begins_say_what_they_are_called() {
    // closes of 10, 12, 12, 9, 13: above eleven at 12, 12 and 13, which begins twice
    let strategy = graph(&json!({
            "nodes": {
                "eleven": {"number": "11"},
                "above": {"above": {"of": "close", "than": "eleven"}},
                "begins": {"begins": {"of": "above"}},
                "below": {"not": {"of": "above"}},
                "always": {"any": {"of": ["above", "below"]}},
                "once": {"all": {"of": ["begins", "always"]}},
            },
            "long": "once", "leaveLong": "below",
    }));
    let bars = daily(&["10 10 10 10", "12 12 12 12", "12 12 12 12", "9 9 9 9", "13 13 13 13", "13 13 13 13"]);
    assert_eq!(strategy.warm_up_bars(), 2);
    let entries: Vec<String> =
        run(&spec(strategy), &bars).0.result.trades.iter().map(|trade| trade.entry_price.to_string()).collect();
    assert_eq!(entries, ["12", "13"]);
}

#[test]
fn what_cannot_be_worked_out_is_refused_by_the_nodes_name() {
    let complaint = |value: &Value| spec(graph(value)).validate().unwrap_err().to_string();
    let with = |change: fn(&mut Value)| {
        let mut value = json!({
            "nodes": {"mean": {"sma": {"of": "close", "bars": 5}}, "up": {"above": {"of": "close", "than": "mean"}}},
            "long": "up",
        });
        change(&mut value);
        complaint(&value)
    };
    let said = [
        with(|v| v["nodes"]["mean"]["sma"]["of"] = json!("closing")),
        with(|v| v["nodes"]["mean"]["sma"]["of"] = json!("up")),
        with(|v| v["nodes"]["mean"]["sma"]["bars"] = json!(0)),
        with(|v| v["nodes"]["mean"] = json!({"sma": {"of": "other", "bars": 2}, })),
        with(|v| v["nodes"]["spare"] = json!({"rsi": {"bars": 2}})),
        with(|v| v["nodes"]["close"] = json!({"rsi": {"bars": 2}})),
        with(|v| v["long"] = json!("mean")),
        with(|v| v["leaveShort"] = json!("up")),
        with(|v| v["nodes"]["up"] = json!({"any": {"of": ["up", "up"]}})),
        with(|v| v["nodes"]["up"] = json!({"all": {"of": ["up"]}})),
        complaint(&json!({"nodes": {"ten": {"number": "10"}}})),
        complaint(&json!({"nodes": {}, "long": "up"})),
    ];
    let expected = [
        "strategy.graph.nodes.mean.sma.of is closing: name open, high, low, close, or a node that is a number",
        "strategy.graph.nodes.mean.sma.of is up: name open, high, low, close, or a node that is a number",
        "strategy.graph.nodes.mean.sma.bars is 0: choose a whole number from 1 to 1000",
        "strategy.graph.nodes.mean.sma.of is other: name open, high, low, close, or a node that is a number",
        "strategy.graph.nodes.spare is looked at by nothing: use it, or take it away",
        "strategy.graph.nodes.close is rsi: choose a name that is not a price's",
        "strategy.graph.long is mean: name a node that is a condition",
        "strategy.graph.leaveShort is up: name a condition for the same side as well, or leave this out",
        "strategy.graph.nodes.up.any.of is up: name a node that does not look at up itself: up",
        "strategy.graph.nodes.up.all.of is 1 names: name 2 to 8 nodes",
        "strategy.graph.long is absent: name a condition as long, as short, or one as each",
        "strategy.graph.nodes is 0 nodes: use 1 to 32",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_circle_is_told_as_the_way_around_and_windows_of_windows_end_somewhere() {
    let circle = json!({
        "nodes": {
            "a": {"sma": {"of": "b", "bars": 2}}, "b": {"ema": {"of": "c", "bars": 2}}, "c": {"ago": {"of": "a", "bars": 1}},
            "up": {"above": {"of": "a", "than": "close"}},
        },
        "long": "up",
    });
    assert_eq!(
        spec(graph(&circle)).validate().unwrap_err().to_string(),
        "strategy.graph.nodes.c.ago.of is a: name a node that does not look at a itself: up → a → b → c"
    );
    let mut nodes = json!({"w0": {"sma": {"of": "close", "bars": 1000}}});
    for place in 1..6 {
        nodes[format!("w{place}")] = json!({"sma": {"of": format!("w{}", place - 1), "bars": 1000}});
    }
    nodes["up"] = json!({"above": {"of": "close", "than": "w5"}});
    let deep = spec(graph(&json!({"nodes": nodes, "long": "up"}))).validate().unwrap_err().to_string();
    assert_eq!(deep, "strategy.graph is 5995 bars before its first signal: choose fewer bars: there may be 5000 at most");
}

proptest! {
    #[test]
    fn a_graph_speaks_from_the_end_of_its_warm_up_on_and_a_prefix_of_the_bars_gives_a_prefix_of_what_it_says(
        strategy in generators::graph(), bars in generators::bars(), cut in 0_usize..90,
    ) {
        let spec = spec(strategy);
        let wanted = |count: usize| {
            let mut signals = spec.strategy.start(&spec.instrument);
            bars.iter().take(count).map(|bar| signals.on_close(bar, None).unwrap()).collect::<Vec<_>>()
        };
        let all = wanted(bars.len());
        let first = all.iter().position(Option::is_some);
        prop_assert!(first.is_none_or(|first| first + 1 == spec.strategy.warm_up_bars()), "{:?}", first);
        prop_assert!(all.iter().skip_while(|said| said.is_none()).all(Option::is_some));
        prop_assert_eq!(wanted(cut), &all[..cut.min(bars.len())]);
    }
}
