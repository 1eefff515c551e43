//! What a stage requires beside bars: each is a condition of the Bot, by the rows of its last cycle alone.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use assayer_crds::StagePolicy;
use chrono::Utc;
use futures::future::try_join_all;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::given::{FRED, Given, OPENAI, UNUSUAL_WHALES};
use crate::held;
use crate::raw::Raw;
use crate::wait::{self, Look};
use crate::world::{Columns, World};

const BOT: &str = "spx-cross";

/// Of one cycle: the figures that it got and that are the newest ones are proven, what it did not ask for nobody knows, and what the
/// plan lacks is refuted. While the stage asks for them no other Bot starts, so nothing else runs beside this. What must be found nowhere.
pub async fn what_a_stage_requires_is_proven_by_rows_of_the_cycle_alone(world: &World, namespace: &str) -> Result<Vec<String>> {
    let required = |provider: &str| json!({"requirement": "Required", "providers": [provider]});
    let mut of_macro = required("fred");
    of_macro["freshness"] = json!({"basis": "release"});
    let sources = json!({"macro": of_macro, "optionsFlow": required("unusualWhales"), "ai": required("openai")});
    lab(world, &json!({"sources": sources, "ai": {"mode": "Advisory", "dailyTokens": 200_000}})).await?;
    let connected = [&FRED, &UNUSUAL_WHALES, &OPENAI].map(|vendor| Given::connected(world, vendor, namespace));
    let all = try_join_all(connected).await?;
    let (openai, key) = all.last().context("the language model")?;
    openai.order(key, "chat/completions", "forbidden").await?;
    let data = World::key_of(namespace);
    world.add_keys([data.clone()]).await?;
    world.namespace(namespace, &data).await?;

    let bot = async || world.sample_bot(namespace, BOT).await.map(drop);
    let held = held::first_living(world, namespace, bot).await?;
    let token = held.token(world).await?;
    let today = Utc::now().date_naive();
    let figures = format!(
        "fred/series/observations?series_id=CPIAUCSL&file_type=json&observation_start=2024-01-01\
         &realtime_start={today}&realtime_end={today}"
    );
    let prompt = r#"{"model":"gpt-5-mini","messages":[{"role":"user","content":"Buy?"}],"max_completion_tokens":200}"#;
    for (method, target, body, status) in [
        ("GET", "fred/series/release?series_id=CPIAUCSL&file_type=json", "", 200),
        ("GET", "fred/release/dates?release_id=10&file_type=json&include_release_dates_with_no_data=true", "", 200),
        ("GET", &figures, "", 200),
        ("POST", "openai/chat/completions", prompt, 403),
    ] {
        let target = format!("/v1/providers/{target}");
        let headers = [(wire::TOKEN_HEADER, token.as_str()), ("content-type", "application/json")];
        let headers = if body.is_empty() { &headers[..1] } else { &headers };
        let answer = Raw { method, target: &target, headers, body }.send(&world.gateway).await?;
        ensure!(answer.status == status, "{target}: {answer:?}");
    }
    // The next cycle asks for none of them: while its vendor is slow, the last one is this.
    let trace = held.trace_id.to_string();
    for (condition, status, reason) in [
        ("MacroProven", "True", "Proven"),
        ("OptionsFlowProven", "Unknown", "SourceUnproven"),
        ("AIProven", "False", "ProviderEntitlement"),
    ] {
        let found = until_about(world, namespace, condition, &trace).await?;
        ensure!(found["status"] == status && found["reason"] == reason, "{condition}: {found}");
    }
    let proof = Columns::of(&world.bots(namespace).get(BOT).await?)?;
    ensure!(["Macro✓", "Flow?", "AI✗"].iter().all(|mark| proof.get("PROOF").contains(mark)), "{proof:?}");
    world.clear_faults(&data).await?;
    world.remove_namespace(namespace).await?;
    lab(world, &json!({"sources": {"macro": null, "optionsFlow": null, "ai": null}, "ai": null})).await?;
    Ok(all.into_iter().map(|(_, key)| key).chain([data]).collect())
}

/// The condition, once it speaks of the cycle with this trace.
async fn until_about(world: &World, namespace: &str, condition: &str, trace: &str) -> Result<Value> {
    wait::until(&format!("{condition} by the cycle {trace}"), async || {
        let status = serde_json::to_value(world.bots(namespace).get(BOT).await?.status)?;
        let all = status["conditions"].as_array().cloned().unwrap_or_default();
        let found = all.iter().find(|one| one["type"] == condition).cloned().unwrap_or_default();
        let there = found["message"].as_str().is_some_and(|message| message.contains(trace));
        Ok(if there { Look::Found(found) } else { Look::NotYet(status.to_string()) })
    })
    .await
}

async fn lab(world: &World, spec: &Value) -> Result<()> {
    let patch = Patch::Merge(json!({"spec": spec}));
    Api::<StagePolicy>::all(world.client.clone()).patch("lab", &PatchParams::default(), &patch).await?;
    Ok(())
}
