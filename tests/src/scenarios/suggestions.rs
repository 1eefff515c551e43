//! A language model suggests strategies to an evolution: only where policy and Bot say so, once, recorded, and without any weight of its own.

use anyhow::{Context, Result, ensure};
use assayer_crds::{Bot, Integration};
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{GOOD_KEY, World, sample};

const BOT: &str = "spx-cross";
const KEY: &str = "sk-proj-SuggestionsOfTheStandIn0000000";
const MODEL: &str = "gpt-5-mini";

/// Policy without, then with; then a day whose tokens are used up. The model says one strategy that is good, one that is malformed, and
/// one with a script for a name.
pub async fn a_model_suggests_only_where_it_may_and_is_only_one_more_parent(world: &World, namespace: &str) -> Result<()> {
    let often = json!({"improveRoundsBeforeEvolve": 1, "retireAfterFailedEvolutions": 100, "trialsPerJob": 12, "oosTrades": 5});
    let budgets = json!({"maxImprovementsPerHour": 1_000, "maxEvolutionsPerHour": 1_000, "maxTrialsPerDayPerRoot": 100_000,
        "holdoutReadsPerQuarterPerRoot": 4});
    let sources = json!({"ai": {"requirement": "Optional", "providers": ["openai"]}});
    world
        .patch_lab(
            &json!({"cadence": {"improve": "5s", "evolve": "5s"}, "research": often, "budgets": budgets, "sources": sources,
            "ai": {"mode": "Advisory", "dailyTokens": 200_000}}),
        )
        .await?;
    let said = model(world, namespace).await?;
    let of = format!("from bot_jobs j join research_reports f on f.job_id = j.id where j.bot_namespace = '{namespace}'");
    without_its_policy_nobody_is_asked(world, namespace, &of).await?;
    world.patch_lab(&json!({"research": {"aiSuggestions": {"maxPerRound": 3, "maxTokens": 2_000}}})).await?;
    what_it_says_is_tried_or_refused(world, namespace, &of, &said).await?;
    world.patch_lab(&json!({"ai": {"dailyTokens": 1}})).await?;
    a_budget_that_is_used_up_ends_no_round(world, &of).await?;
    world.remove_bots(namespace).await?;
    world.patch_lab(&json!({"research": {"aiSuggestions": null}, "ai": {"dailyTokens": 200_000}})).await
}

/// A namespace with a Bot that names the model, its vendor's key, and what the vendor is to say. The strategy that is good.
async fn model(world: &World, namespace: &str) -> Result<Value> {
    world.namespace(namespace, GOOD_KEY).await?;
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"OPENAI_API_KEY": KEY}});
    world.apply(&Api::<Secret>::namespaced(world.client.clone(), namespace), "openai", &secret).await?;
    let integration = json!({"apiVersion": "assayer.dev/v1alpha1", "kind": "Integration", "spec": {
        "provider": "openai", "credentials": {"secretRef": {"name": "openai"}}, "endpoint": world.endpoint_of("openai")?}});
    world.apply(&Api::<Integration>::namespaced(world.client.clone(), namespace), "openai", &integration).await?;
    let good = json!({"smaCross": {"fast": 7, "slow": 90, "direction": "LongShort"}});
    let words = json!({"suggestions": [
        {"name": "shorter", "strategy": good},
        {"name": "longer", "strategy": {"smaCross": {"fast": "ten", "slow": 90}}},
        {"name": "<script>alert(1)</script>", "strategy": {"smaCross": {"fast": 9, "slow": 70}}},
    ]});
    let order = json!({"match": {"path": "chat/completions", "key": World::fingerprint(KEY)}, "fault": "says", "text": words.to_string()});
    let base = world.vendors.get("openai").context("the stand-in")?;
    for (what, body) in [("keys", json!({"keys": [KEY]})), ("faults", order)] {
        let url = format!("{base}/__stand-in/{what}");
        world.http.request(Method::POST, url).json(&body).send().await?.error_for_status()?;
    }
    let mut bot = sample(BOT)?;
    bot["spec"]["suggestions"] = json!({"provider": "openai", "model": MODEL});
    let bots: Api<Bot> = world.bots(namespace);
    world.apply(&bots, BOT, &bot).await?;
    Ok(good)
}

async fn without_its_policy_nobody_is_asked(world: &World, namespace: &str, of: &str) -> Result<()> {
    world
        .until_sql("an evolution", &format!("select exists (select {of} and job_type = 'EVOLVE' and status = 'SUCCEEDED')"))
        .await?;
    let asked: Vec<Value> =
        world.rows(&format!("select id, endpoint from requests where bot_namespace = '{namespace}' and source = 'ai'"))?;
    ensure!(asked.is_empty(), "a policy without aiSuggestions asks nobody, but {asked:?}");
    let told: Vec<Value> = world.rows(&format!("select f.report {of} and f.report ? 'suggestions'"))?;
    ensure!(told.is_empty(), "{told:?}");
    Ok(())
}

async fn what_it_says_is_tried_or_refused(world: &World, namespace: &str, of: &str, good: &Value) -> Result<()> {
    let accepted = "jsonb_array_length(f.report -> 'suggestions' -> 'accepted') = 1";
    world.until_sql("a suggestion that is tried", &format!("select exists (select {of} and {accepted})")).await?;
    let query =
        format!("select f.job_id, f.report -> 'suggestions' as said, j.status {of} and {accepted} order by f.created_at limit 1");
    let round = world.rows::<Value>(&query)?.pop().context("the round")?;
    let (said, job) = (&round["said"], round["job_id"].as_str().unwrap_or_default());
    ensure!(
        said["provider"] == "openai" && said["model"] == MODEL && said["asked"] == 3 && said["reasonCode"].is_null(),
        "{said}"
    );
    ensure!(said["accepted"][0]["strategy"] == *good && said["hash"].is_string(), "{said}");
    let refused = said["refused"].as_array().context("the refused")?;
    let fields: Vec<_> = refused.iter().map(|one| (one["field"].as_str(), one["reasonCode"].as_str())).collect();
    let invalid = Some("SUGGESTION_INVALID");
    ensure!(fields == [(Some("strategy.smaCross.fast"), invalid), (Some("name"), invalid)], "{refused:?}");
    let row = said["requestId"].as_str().unwrap_or_default();
    let rows: Vec<Value> = world.rows(&format!(
        "select outcome, sent, provider, model, tokens_in, tokens_out, job_id, operation from requests where id = '{row}'"
    ))?;
    let [call] = &rows[..] else { anyhow::bail!("the report names the row {row}, and there is none") };
    ensure!(
        call["outcome"] == "success" && call["sent"] == "yes" && call["operation"] == "call" && call["job_id"] == job,
        "{call}"
    );
    ensure!(call["tokens_in"].as_i64() > Some(0) && call["tokens_out"].as_i64() > Some(0), "{call}");
    let hash = said["accepted"][0]["strategyHash"].as_str().unwrap_or_default();
    let tried: Vec<Value> = world.rows(&format!(
        "select trial -> 'madeBy' as made_by, trial -> 'outOfSample' as out, trial -> 'refusal' as refusal from trials
         where job_id = '{job}' and strategy_hash = '{hash}'"
    ))?;
    ensure!(tried.len() == 1 && tried[0]["made_by"] == "suggestion \"shorter\"" && tried[0]["out"].is_object(), "{tried:?}");
    laws(world, namespace)?;
    let (status, page) = world.get(&format!("/api/bots/{namespace}/{BOT}/trials?jobId={job}")).await?;
    ensure!(status == 200 && page["rounds"][0]["suggestions"] == *said, "{status} {page}");
    Ok(())
}

fn laws(world: &World, namespace: &str) -> Result<()> {
    for (law, query) in [
        (
            "a round asks one model once",
            format!(
                "select job_id from requests where bot_namespace = '{namespace}' and source = 'ai' and operation = 'call'
                 group by job_id having count(*) > 1"
            ),
        ),
        (
            "evolutions alone ask, and nothing but the model",
            format!(
                "select r.id from requests r join bot_jobs j on j.id = r.job_id where r.bot_namespace = '{namespace}'
                     and ((r.source = 'ai') <> (j.job_type = 'EVOLVE') or j.job_type = 'IMPROVE')"
            ),
        ),
        (
            "what a model suggested is within what the round was granted",
            format!(
                "select j.id from bot_jobs j where j.bot_namespace = '{namespace}' and j.trials_granted is not null
                     and (select count(*) from trials t where t.job_id = j.id) > j.trials_granted"
            ),
        ),
    ] {
        let broken: Vec<Value> = world.rows(&query)?;
        ensure!(broken.is_empty(), "{law}, but {broken:?}");
    }
    Ok(())
}

async fn a_budget_that_is_used_up_ends_no_round(world: &World, of: &str) -> Result<()> {
    let why = "f.report -> 'suggestions' ->> 'reasonCode' = 'AI_BUDGET' and f.trials > 1 and j.status = 'SUCCEEDED'";
    world.until_sql("a round that goes on without a model", &format!("select exists (select {of} and {why})")).await?;
    let rows: Vec<Value> = world.rows(&format!(
        "select j.id {of} and {why} and not exists (select from requests r where r.id = (f.report -> 'suggestions' ->> 'requestId')::uuid
             and r.outcome = 'refused' and r.sent = 'no' and r.reason_code = 'AI_BUDGET' and r.job_id = j.id)"
    ))?;
    ensure!(rows.is_empty(), "the refusal is a row, and the report names it, but {rows:?}");
    Ok(())
}
