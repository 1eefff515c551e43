//! A vendor that fails, and another that the policy lets stand in for it.

use anyhow::{Context, Result, ensure};
use assayer_crds::{Bot, StagePolicy};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::given::{DATABENTO, Given, Vendor};
use crate::wait::{self, Look};
use crate::world::World;

const BOT: &str = "spy-cross";
/// The other one.
const MASSIVE: Vendor = Vendor {
    provider: "massive",
    key: "MASSIVE_API_KEY",
    malformed: "two words",
    unknown: "ffffffffffffffffffffffffffffffff",
    endpoint: "v1/marketstatus/now",
};

/// While Databento is down Massive stands in for it where the policy says so: in rows of its own, named on the Bot, its job and by the
/// API, and proving nothing. Without that word, or for what Databento was asked wrongly, Massive is not asked.
pub async fn another_vendor_stands_in_only_by_policy_and_proves_nothing(world: &World, namespace: &str) -> Result<()> {
    let ((first, key), (second, _)) =
        (Given::connected(world, &DATABENTO, namespace).await?, Given::connected(world, &MASSIVE, namespace).await?);
    let before = policy(world, "None").await?;
    first.order(&key, "metadata.get_dataset_range", "unavailable").await?;
    bot(world, namespace).await?;
    let status = until_last(world, namespace, "FAILED", None).await?;
    ensure!(condition(&status, "Fallback")["status"] == "False", "{status}");
    ensure!(second.rows("job_id is not null")?.is_empty(), "nobody let it stand in");

    policy(world, "AltProvider").await?;
    let status = until_last(world, namespace, "SUCCEEDED", Some("massive")).await?;
    is_labelled(world, namespace, &status).await?;
    let row = second.rows("fallback_of is not null")?.into_iter().next().context("a row of the other vendor")?;
    let failed = format!("id = '{}'", row["fallback_of"].as_str().context("the failed row")?);
    let failed = first.rows(&failed)?.into_iter().next().context("the failed row")?;
    ensure!(failed["outcome"] != "success" && failed["job_id"] == row["job_id"], "{failed}");
    ensure!(row["outcome"] == "success" && row["sent"] == "yes" && row["quality"]["calendar"]["name"] == "nyse", "{row}");

    // Databento knows no such dataset: what is asked wrongly is nobody else's to answer.
    first.mend(&key).await?;
    let status = until_last(world, namespace, "FAILED", None).await?;
    ensure!(condition(&status, "Fallback")["status"] == "False", "{status}");
    let patch = Patch::Merge(json!({"spec": {"sources": {"marketData": {"fallback": null, "providers": before}}}}));
    Api::<StagePolicy>::all(world.client.clone()).patch("lab", &PatchParams::default(), &patch).await?;
    world.remove_namespace(namespace).await
}

/// Names both vendors; the providers that were there.
async fn policy(world: &World, fallback: &str) -> Result<Value> {
    let api = Api::<StagePolicy>::all(world.client.clone());
    let before = serde_json::to_value(&api.get("lab").await?.spec.sources.market_data.providers)?;
    let patch = json!({"spec": {"sources": {"marketData": {"fallback": fallback, "providers": ["databento", "massive"]}}}});
    api.patch("lab", &PatchParams::default(), &Patch::Merge(patch)).await?;
    Ok(before)
}

async fn bot(world: &World, namespace: &str) -> Result<()> {
    let bot = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Bot", "spec": {
        "instrument": {"dataset": "EQUS.MINI", "symbol": "SPY", "schema": "ohlcv-1h", "tickSize": "0.01", "multiplier": 1,
            "lookbackDays": 100},
        "strategy": {"smaCross": {"fast": 5, "slow": 20}},
        "execution": {"slippageTicks": 1, "feePerContract": "1"},
        "capital": {"amount": "100000", "currency": "USD"}}});
    world.apply::<Bot>(&world.bots(namespace), BOT, &bot).await.map(drop)
}

/// The Bot says it in its condition, its line of proof and its last job; the API of the job; and no session of it counts.
async fn is_labelled(world: &World, namespace: &str, status: &Value) -> Result<()> {
    let label = condition(status, "Fallback");
    let said = label["message"].as_str().unwrap_or_default();
    ensure!(label["reason"] == "FallbackUsed" && said.contains("massive stood in for databento"), "{label}");
    ensure!(condition(status, "MarketDataProven")["status"] != "True", "{status}");
    ensure!(status["proof"].as_str().is_some_and(|proof| proof.starts_with("MD✗ (fallback massive)")), "{status}");
    let none = |blocker: &Value| {
        blocker["message"].as_str().is_some_and(|message| message.contains("on a fallback's bars, which never count"))
    };
    ensure!(status["blockers"].as_array().is_some_and(|blockers| blockers.iter().any(none)), "{status}");
    let (_, proof) = world.get(&format!("/api/_proof/bot/{namespace}/{BOT}")).await?;
    let labelled = |job: &Value| job["fallback"]["provider"] == "massive" && job["session"].is_object();
    ensure!(proof["jobs"].as_array().is_some_and(|jobs| jobs.iter().any(labelled)), "{proof}");
    Ok(())
}

async fn until_last(world: &World, namespace: &str, ended: &str, fallback: Option<&str>) -> Result<Value> {
    wait::until(&format!("a job that is {ended} with {fallback:?} standing in"), async || {
        let status = serde_json::to_value(world.bots(namespace).get(BOT).await?.status)?;
        let last = &status["lastJob"];
        let there = last["status"] == ended && last["fallback"].as_str() == fallback;
        Ok(if there { Look::Found(status) } else { Look::NotYet(status.to_string()) })
    })
    .await
}

fn condition(status: &Value, kind: &str) -> Value {
    let conditions = status["conditions"].as_array().cloned().unwrap_or_default();
    conditions.into_iter().find(|condition| condition["type"] == kind).unwrap_or_default()
}
