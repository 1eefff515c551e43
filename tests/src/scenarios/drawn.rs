//! Strategies that users draw themselves: graphs of named nodes.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World, sample};

/// A family, and a graph that says the same.
const FAMILY: &str = "spx-cross";
const BOT: &str = "spx-drawn";
/// Two nodes that look at each other.
const CIRCLE: &str = "spx-circle";

/// The Bot with a graph in place of its family.
fn with_graph(graph: &Value) -> Result<Value> {
    let mut bot = sample(FAMILY)?;
    bot["spec"]["strategy"] = json!({ "graph": graph });
    Ok(bot)
}

/// The averages of the sample Bot, as nodes.
fn averages() -> Value {
    json!({
        "nodes": {
            "fast": {"sma": {"of": "close", "bars": 50}},
            "slow": {"sma": {"of": "close", "bars": 200}},
            "rising": {"above": {"of": "fast", "than": "slow"}},
        },
        "long": "rising",
    })
}

/// A graph is back-tested like any family, and one that says what a family says has its result to the bit. One that cannot be worked out is
/// not run, and its Bot says which node is wrong.
pub async fn a_graph_trades_as_the_family_that_it_draws(world: &World, namespace: &str, of_family: &str) -> Result<()> {
    world.namespace(namespace, GOOD_KEY).await?;
    let bots = world.bots(namespace);
    world.apply(&bots, BOT, &with_graph(&averages())?).await?;
    let mut circle = averages();
    circle["nodes"]["fast"]["sma"]["of"] = json!("slow");
    circle["nodes"]["slow"]["sma"]["of"] = json!("fast");
    world.apply(&bots, CIRCLE, &with_graph(&circle)?).await?;
    let results = |of: &str| {
        let query = format!("select distinct result_hash, data_hash from backtest_sessions where {of}");
        world.rows::<Value>(&query)
    };
    let drawn = wait::until("a session of the graph", async || {
        let results = results(&format!("bot_namespace = '{namespace}' and bot_name = '{BOT}'"))?;
        Ok(if results.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(results) })
    })
    .await?;
    let family = results(&format!("bot_namespace = '{of_family}' and bot_name = '{FAMILY}'"))?;
    ensure!(drawn == family, "the graph has {drawn:?}, the family {family:?}");
    wait::until("the circle to be told", async || {
        let status = bots.get(CIRCLE).await?.status.context("no status")?;
        let said: Vec<_> = status.conditions.into_iter().map(|condition| condition.message).collect();
        let told = said.iter().any(|message| message.contains("strategy.graph.nodes.slow.sma.of is fast"));
        Ok(if told { Look::Found(()) } else { Look::NotYet(said.join("; ")) })
    })
    .await?;
    let jobs =
        world.sql(&format!("select count(*) from bot_jobs where bot_namespace = '{namespace}' and bot_name = '{CIRCLE}'"))?;
    ensure!(jobs.trim() == "0", "a strategy that cannot be worked out has {} jobs", jobs.trim());
    world.remove_bots(namespace).await
}
