//! Manifests that the API server must refuse, each with a message that names the field.

use anyhow::{Context, Result, bail, ensure};
use assayer_crds::{Bot, Integration, StagePolicy};
use kube::api::{Patch, PatchParams};
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::world::{World, checkout};

/// A change to a good Bot, and what the refusal must say.
fn bad_bots() -> Vec<(&'static str, Value, &'static str)> {
    let cross = |fast: i64, slow: i64| json!({"smaCross": {"fast": fast, "slow": slow}});
    vec![
        ("spec/strategy", cross(200, 50), "fast"),
        ("spec/strategy", json!({"donchianBreakout": {"entry": 1, "exit": 1}}), "spec.strategy.donchianBreakout.entry"),
        (
            "spec/strategy",
            json!({"smaCross": {"fast": 5, "slow": 9}, "donchianBreakout": {"entry": 9, "exit": 5}}),
            "spec.strategy",
        ),
        (
            "spec/strategy",
            json!({"graph": {"nodes": {"mean": {"sma": {"of": "close", "bars": 0}}}, "long": "mean"}}),
            "spec.strategy.graph.nodes.mean.sma.bars",
        ),
        (
            "spec/strategy",
            json!({"graph": {"nodes": {"two": {"atr": {"bars": 2}, "rsi": {"bars": 2}}}, "long": "two"}}),
            "nodes.two",
        ),
        ("spec/strategy", json!({"graph": {"nodes": {"odd": {"median": {"bars": 2}}}, "long": "odd"}}), "nodes.odd"),
        ("spec/instrument/tickSize", json!("a quarter"), "spec.instrument.tickSize"),
        ("spec/instrument/multiplier", json!(0), "spec.instrument.multiplier"),
        ("spec/instrument/schema", json!("ohlcv-2h"), "spec.instrument.schema"),
        ("spec/execution/slippageTicks", json!(-1), "spec.execution.slippageTicks"),
        ("spec/execution/fillAt", json!("Yesterday"), "spec.execution.fillAt"),
        ("spec/capital/amount", json!("-5"), "spec.capital.amount"),
        ("spec/capital/currency", json!("dollars"), "spec.capital.currency"),
    ]
}

/// Each bad manifest is refused with a message that names the field; the good one passes the same way.
pub async fn bad_manifests_are_refused_by_field(world: &World) -> Result<()> {
    let text = std::fs::read_to_string(checkout().join("charts/assayer/samples/spx-cross.yaml"))?;
    let good: Value = serde_saphyr::from_str(&text)?;
    let bots = world.bots("default");
    dry_run(&bots, "good", &good).await.context("the sample itself")?;
    for (field, value, names) in bad_bots() {
        let mut bad = good.clone();
        *bad.pointer_mut(&format!("/{field}")).with_context(|| format!("the sample has no {field}"))? = value.clone();
        refused(&bots, "bad", &bad, names).await.with_context(|| format!("{field} = {value}"))?;
    }
    refused(&bots, &"n".repeat(41), &good, "metadata.name").await?;
    others(&world.client).await
}

async fn others(client: &Client) -> Result<()> {
    let policy = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "StagePolicy", "spec": {
        "stage": "LAB", "sources": {"marketData": {"requirement": "Required", "providers": ["databento"]}},
        "cadence": {"backtest": "20m"}, "jobTimeout": "10m",
        "budgets": {"maxConcurrentBacktests": 4, "maxDataUsdPerDay": "5"}, "promotion": {"requires": {"sessions": 3}}}});
    let policies: Api<StagePolicy> = Api::all(client.clone());
    refused(&policies, "paper", &policy, "metadata.name").await?;
    let mut slow = policy.clone();
    slow["spec"]["cadence"]["backtest"] = json!("often");
    refused(&policies, "lab", &slow, "spec.cadence.backtest").await?;
    let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration",
        "spec": {"provider": "nobody", "credentials": {"secretRef": {"name": "x"}}}});
    refused(&Api::<Integration>::namespaced(client.clone(), "default"), "nobody", &integration, "spec.provider").await
}

/// What the sample Bot trades cannot be changed under its history.
pub async fn the_instrument_of_a_bot_cannot_change(world: &World, namespace: &str) -> Result<()> {
    let bots = world.bots(namespace);
    let bot: Bot = bots.get("spx-cross").await?;
    let mut changed = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Bot", "spec": bot.spec});
    changed["spec"]["instrument"]["symbol"] = json!("NDX");
    refused(&bots, "spx-cross", &changed, "spec.instrument").await
}

async fn dry_run<K>(api: &Api<K>, name: &str, object: &Value) -> kube::Result<K>
where
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let mut object = object.clone();
    object["metadata"]["name"] = json!(name);
    api.patch(name, &PatchParams::apply("scenario").force().dry_run(), &Patch::Apply(&object)).await
}

async fn refused<K>(api: &Api<K>, name: &str, object: &Value, names: &str) -> Result<()>
where
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    match dry_run(api, name, object).await {
        Err(kube::Error::Api(status)) => {
            ensure!(status.message.contains(names), "the refusal does not name {names}: {}", status.message);
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => bail!("accepted: {object}"),
    }
}
