//! A vendor that fails, and another that the policy lets stand in for it.

use anyhow::{Context, Result, ensure};
use assayer_crds::{Bot, StagePolicy};
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::given::{DATABENTO, Given, MASSIVE};
use crate::wait::{self, Look};
use crate::world::World;

const BOT: &str = "spy-cross";
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
    is_labelled(world, namespace, &status, "massive").await?;
    let row = second.rows("fallback_of is not null")?.into_iter().next().context("a row of the other vendor")?;
    let failed = format!("id = '{}'", row["fallback_of"].as_str().context("the failed row")?);
    let failed = first.rows(&failed)?.into_iter().next().context("the failed row")?;
    ensure!(failed["outcome"] != "success" && failed["job_id"] == row["job_id"], "{failed}");
    ensure!(row["outcome"] == "success" && row["sent"] == "yes" && row["quality"]["calendar"]["name"] == "nyse", "{row}");

    // Databento knows no such dataset: what is asked wrongly is nobody else's to answer.
    first.mend(&key).await?;
    let status = until_last(world, namespace, "FAILED", None).await?;
    ensure!(condition(&status, "Fallback")["status"] == "False", "{status}");
    patch(world, json!({"fallback": null, "providers": before})).await?;
    world.remove_namespace(namespace).await
}

/// While Databento is down bars are made up where the policy says so, and only in an installation that allows it: without its word the
/// policy is refused, and by the gateway also where the controller was told otherwise. With it the cycle completes, and proves nothing.
pub async fn simulated_bars_stand_in_only_where_the_installation_allows_them(
    world: &World,
    namespace: &str,
    mut allow: impl AsyncFnMut(&str) -> Result<()>,
) -> Result<()> {
    let (first, key) = Given::connected(world, &DATABENTO, namespace).await?;
    first.order(&key, "metadata.get_dataset_range", "unavailable").await?;
    patch(world, json!({"fallback": "Sim"})).await?;
    bot(world, namespace).await?;
    wait::until("a Bot whose policy is refused", async || {
        let status = serde_json::to_value(world.bots(namespace).get(BOT).await?.status)?;
        let accepted = condition(&status, "Accepted");
        let said = accepted["message"].as_str().is_some_and(|message| message.contains("allowSimFallback=true"));
        let refused = accepted["status"] == "False" && accepted["reason"] == "PolicyInvalid" && said;
        Ok(if refused { Look::Found(()) } else { Look::NotYet(status.to_string()) })
    })
    .await?;
    let simulated = |outcome: &str| -> Result<Vec<Value>> {
        world.rows(&format!(
            "select * from requests where bot_namespace = '{namespace}' and provider = 'sim' and outcome = '{outcome}'"
        ))
    };
    ensure!(first.rows("job_id is not null")?.is_empty(), "a job was started under a policy that is refused");

    allow("controller").await?;
    let status = until_last(world, namespace, "FAILED", None).await?;
    ensure!(status["lastJob"]["reasonCode"] == "FALLBACK_NOT_ALLOWED", "{status}");
    let refused = simulated("refused")?.into_iter().next().context("the row of the gateway's refusal")?;
    ensure!(refused["reason_code"] == "FALLBACK_NOT_ALLOWED" && refused["sent"] == "no", "{refused}");
    ensure!(simulated("served")?.is_empty(), "the gateway trusted the controller");

    allow("gateway").await?;
    let status = until_last(world, namespace, "SUCCEEDED", Some("sim")).await?;
    is_labelled(world, namespace, &status, "sim").await?;
    let proven = condition(&status, "MarketDataProven");
    ensure!(proven["status"] == "False" && proven["reason"] == "DataSimulated", "{proven}");
    ensure!(proven["message"].as_str().is_some_and(|message| message.contains("SIMULATED")), "{proven}");
    ensure!(condition(&status, "NotGenuine")["status"] == "True", "{status}");
    let rows = simulated("served")?;
    for row in &rows {
        ensure!(row["sent"] == "no" && row["fallback_of"].is_string() && row["integration_id"].is_null(), "{row}");
        ensure!(row["bar_count"].as_i64() > Some(0) && row["response_digest"].is_string(), "{row}");
    }
    no_breach(world, &rows).await?;
    patch(world, json!({"fallback": null})).await?;
    first.mend(&key).await?;
    world.remove_namespace(namespace).await
}

/// A job that went on by its policy's fallback is none that went on without what it needs.
async fn no_breach(world: &World, rows: &[Value]) -> Result<()> {
    let job = rows.first().context("a row of simulated bars")?["job_id"].as_str().context("its job")?;
    let (_, proof) = world.get("/api/_proof/integrations").await?;
    ensure!(proof["fail_closed"].is_array() && !proof["fail_closed"].to_string().contains(job), "{}", proof["fail_closed"]);
    Ok(())
}

async fn patch(world: &World, market_data: Value) -> Result<()> {
    let patch = Patch::Merge(json!({"spec": {"sources": {"marketData": market_data}}}));
    Api::<StagePolicy>::all(world.client.clone()).patch("lab", &PatchParams::default(), &patch).await?;
    Ok(())
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
async fn is_labelled(world: &World, namespace: &str, status: &Value, provider: &str) -> Result<()> {
    let label = condition(status, "Fallback");
    let said = label["message"].as_str().unwrap_or_default();
    ensure!(label["reason"] == "FallbackUsed" && said.contains(&format!("{provider} stood in for databento")), "{label}");
    ensure!(condition(status, "MarketDataProven")["status"] != "True", "{status}");
    ensure!(status["proof"].as_str().is_some_and(|proof| proof.starts_with(&format!("MD✗ (fallback {provider})"))), "{status}");
    let none = |blocker: &Value| {
        blocker["message"].as_str().is_some_and(|message| message.contains("on a fallback's bars, which never count"))
    };
    ensure!(status["blockers"].as_array().is_some_and(|blockers| blockers.iter().any(none)), "{status}");
    let (_, proof) = world.get(&format!("/api/_proof/bot/{namespace}/{BOT}")).await?;
    let labelled = |job: &Value| job["fallback"]["provider"] == provider && job["session"].is_object();
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
