//! Whether the installation and its Bots can start: from no Secret to a job by itself, a key that breaks at the vendor, and a planner
//! that is gone.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use assayer_crds::StagePolicy;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::given::{DATABENTO, Given};
use crate::held;
use crate::part::Part;
use crate::raw::Raw;
use crate::scenarios::{api::conforms, autonomy};
use crate::wait::{self, Look};
use crate::world::{Columns, World};

const STATUS: &str = "/api/system/status";
const BOT: &str = "spx-cross";

/// Without a Secret nothing starts, and Bot, API and planner say why and what to do; once it is there, the Bot works by itself. A key
/// that breaks for some calls degrades, one that the vendor does not accept blocks, and healed it is healed.
pub async fn nothing_starts_without_its_key_and_everything_with_it(world: &World, namespace: &str) -> Result<()> {
    let status = system(world).await?;
    ensure!(status["system_status"] == "OK" && status["autonomy_allowed"] == true && status["blockers"] == json!([]), "{status}");
    let gate = &status["gates"]["dataFeedsHealthy"];
    ensure!(gate["ok"].is_null() && gate["required"] == false && gate["reason"] == "required by no Bot", "{gate}");

    let given = Given::without_a_secret(world, &DATABENTO, namespace).await?;
    world.sample_bot(namespace, BOT).await?;
    says_what_to_do(world, namespace).await?;
    let status = until(world, "BLOCKED").await?;
    names_what_is_missing(&status, namespace)?;
    denied(world, namespace, "INTEGRATION_KEY_MISSING").await?;
    ensure!(jobs(world, namespace)? == 0, "a job was started without its key");

    let key = given.own_key();
    given.accept(&key).await?;
    given.set_key(&key).await?;
    let status = until(world, "OK").await?;
    let gate = &status["gates"]["dataFeedsHealthy"];
    ensure!(
        gate["ok"] == true && gate["evidence"][0]["kind"] == "requests" && status["bots"][0]["readiness"] == "OK",
        "{status}"
    );
    let row = given.rows(&format!("id = '{}'", gate["evidence"][0]["id"].as_str().unwrap_or_default()))?;
    ensure!(row.len() == 1 && row[0]["operation"] == "verify" && row[0]["outcome"] == "success", "{row:?}");
    world.until_columns(namespace, BOT, "proven by a job of its own", |columns| columns.get("PROOF") == "MD✓").await?;

    let order = |path: &str| json!({"match": {"path": path, "key": World::fingerprint(&key)}, "fault": "unauthorized"});
    world.order_faults(&[order("timeseries.get_range")]).await?;
    let status = until(world, "DEGRADED").await?;
    ensure!(status["autonomy_allowed"] == true && status["bots"][0]["readiness"] == "DEGRADED", "{status}");
    world.order_faults(&[order("")]).await?;
    let status = until(world, "BLOCKED").await?;
    ensure!(status["blockers"][0]["reason_code"] == "PROVIDER_AUTH" && status["autonomy_allowed"] == false, "{status}");
    ensure!(status["blockers"][0]["suggested_fix"].as_str().is_some_and(|fix| fix.contains("Set a valid key")), "{status}");
    denied(world, namespace, "PROVIDER_AUTH").await?;
    world.until_columns(namespace, BOT, "blocked by its key", |columns| columns.get("BLOCKED-BY") == "ProviderAuth").await?;

    world.clear_faults(&key).await?;
    until(world, "OK").await?;
    let sessions = format!("select count(*) from backtest_sessions where bot_namespace = '{namespace}'");
    let before = world.sql(&sessions)?;
    world.until_sql("another session", &format!("select ({sessions}) > {before}")).await
}

/// A job that is under way calls no more once something that its stage requires is blocked, whatever it asks for itself: the policy
/// asks for one more source while it works, of which there is no Integration.
pub async fn a_job_under_way_obeys(world: &World, namespace: &str) -> Result<()> {
    // One that ends before the gateway has heard of the change says nothing.
    let (held, token, refused) = wait::until("a job that is refused while it lives", async || {
        let held = held::living(world, namespace).await?;
        let token = held.token(world).await?;
        require_macro(world, &json!({"requirement": "Required", "providers": ["fred"]})).await?;
        let ended = match until_refused(world, &token).await? {
            Ok(refused) => return Ok(Look::Found((held, token, refused))),
            Err(ended) => ended,
        };
        world.clear_faults(&World::key_of(namespace)).await?;
        require_macro(world, &Value::Null).await?;
        until(world, "OK").await?;
        Ok(Look::NotYet(ended))
    })
    .await?;
    let headers = [(wire::TOKEN_HEADER, token.as_str())];
    ensure!(
        refused.0 == "INTEGRATION_MISSING" && refused.1.contains("sources.macro is required at this stage and blocked"),
        "{refused:?}"
    );
    let asked = Raw { method: "GET", target: wire::JOB_PATH, headers: &headers, body: "" }.send(&world.gateway).await?;
    let reason = asked.headers.get(wire::REASON_CODE_HEADER).map(String::as_str);
    ensure!(asked.status == 403 && reason == Some("INTEGRATION_MISSING"), "it was told what to do: {asked:?}");
    for (provider, endpoint) in [("databento", "v0/metadata.get_dataset_range"), ("gateway", wire::JOB_PATH)] {
        let row: Vec<Value> = world.rows(&format!(
            "select outcome, sent, reason_code, integration_id from requests
             where job_id = '{}' and reason_code = 'INTEGRATION_MISSING' and provider = '{provider}' and endpoint = '{endpoint}'",
            held.job_id
        ))?;
        let expected = json!({"outcome": "refused", "sent": "no", "reason_code": "INTEGRATION_MISSING", "integration_id": null});
        ensure!(row.first() == Some(&expected), "{provider} {endpoint}: {row:?}");
    }
    denied(world, namespace, "INTEGRATION_MISSING").await?;
    world.clear_faults(&World::key_of(namespace)).await?;
    require_macro(world, &Value::Null).await?;
    until(world, "OK").await.map(drop)
}

/// Calls until the gateway refuses what the policy forbids: its reason and words; or how it refused a job that has ended.
async fn until_refused(world: &World, token: &str) -> Result<Result<(String, String), String>> {
    let target = "/v1/providers/databento/v0/metadata.get_dataset_range?dataset=SAMPLE.INDEX";
    let headers = [(wire::TOKEN_HEADER, token)];
    wait::until("a refusal", async || {
        let answer = Raw { method: "GET", target, headers: &headers, body: "" }.send(&world.gateway).await?;
        let reason = answer.headers.get(wire::REASON_CODE_HEADER).cloned().unwrap_or_default();
        Ok(match answer.status {
            403 => Look::Found(Ok((reason, answer.body))),
            409 => Look::Found(Err(reason)),
            _ => Look::NotYet(format!("{answer:?}")),
        })
    })
    .await
}

async fn require_macro(world: &World, rule: &Value) -> Result<()> {
    let patch = Patch::Merge(json!({"spec": {"sources": {"macro": rule}}}));
    Api::<StagePolicy>::all(world.client.clone()).patch("lab", &PatchParams::default(), &patch).await?;
    Ok(())
}

/// A planner that is gone closes its gate within its bound, whoever still holds the Lease, and opens it by its first run.
pub async fn a_planner_that_is_gone_is_noticed(world: &World, controller: &mut Part) -> Result<()> {
    let gates = system(world).await?["gates"].clone();
    for gate in ["supervisorLoopActive", "timeoutWorkerActive"] {
        ensure!(gates[gate]["ok"] == true, "{gate}: {gates}");
    }
    ensure!(gates["timeoutWorkerActive"]["evidence"].as_array().is_some_and(|both| both.len() == 2), "{gates}");
    controller.kill().await?;
    let closed = wait::until("a gate that is closed", async || {
        let status = system(world).await?;
        Ok(if status["gates"]["supervisorLoopActive"]["ok"] == false {
            Look::Found(status)
        } else {
            Look::NotYet(status.to_string())
        })
    })
    .await?;
    ensure!(closed["system_status"] == "BLOCKED" && closed["blockers"][0]["reason_code"] == "SUPERVISOR_SILENT", "{closed}");
    autonomy::a_silent_planner_fails(world).await?;
    controller.start()?;
    wait::until("a gate that is open again", async || {
        let gate = system(world).await?["gates"]["supervisorLoopActive"].clone();
        Ok(if gate["ok"] == true { Look::Found(()) } else { Look::NotYet(gate.to_string()) })
    })
    .await?;
    autonomy::a_silence_that_is_over_is_named(world).await
}

/// Every gateway says which limits it enforces, and follows a policy that changes; one that enforces others is named until it stops. In
/// LAB, where no order is placed, that blocks nothing.
pub async fn a_gateway_with_other_limits_is_named(world: &World) -> Result<()> {
    let until = async |what: &str, test: &dyn Fn(&Value) -> bool| {
        wait::until(what, async || {
            let gate = system(world).await?["gates"]["riskEngineConnected"].clone();
            Ok(if test(&gate) { Look::Found(gate) } else { Look::NotYet(gate.to_string()) })
        })
        .await
    };
    let before = until("limits that are enforced", &|gate| gate["ok"] == true).await?;
    ensure!(before["evidence"][0]["kind"] == "worker_heartbeats" && before["required"] == false, "{before}");
    require_macro(world, &json!({"requirement": "Optional", "providers": ["fred"]})).await?;
    until("other limits that are enforced", &|gate| gate["ok"] == true && gate["reason"] != before["reason"]).await?;
    require_macro(world, &Value::Null).await?;
    let insert = |hash: &str| {
        format!(
            "insert into worker_heartbeats (id, worker, instance, at, closed, limits_hash)
             values (uuid_floor(now()), 'limits', 'another-gateway', now(), 0, {hash})"
        )
    };
    world.sql(&insert("'sha256:00'"))?;
    let named = "another-gateway enforces the limits sha256:00";
    until("the one that differs", &|gate| {
        gate["ok"] == false && gate["reason"].as_str().is_some_and(|reason| reason.contains(named))
    })
    .await?;
    let status = system(world).await?;
    let blocked = status["blockers"].as_array().into_iter().flatten().any(|one| one["reason_code"] == "LIMITS_UNPROVEN");
    ensure!(!blocked, "nothing in LAB needs it: {status}");
    world.sql(&insert("null"))?;
    until("limits that are enforced again", &|gate| gate["ok"] == true).await.map(drop)
}

/// As anyone may read it in a development installation, and as the API describes it.
pub(super) async fn system(world: &World) -> Result<Value> {
    let (_, description) = world.get("/api/openapi.json").await?;
    let (status, answer) = world.get(STATUS).await?;
    ensure!(status == 200, "{status} {answer}");
    conforms(&description, ("get", STATUS), status, &answer)?;
    Ok(answer)
}

async fn until(world: &World, wanted: &str) -> Result<Value> {
    wait::until(&format!("a system that is {wanted}"), async || {
        let status = system(world).await?;
        Ok(if status["system_status"] == wanted { Look::Found(status) } else { Look::NotYet(status.to_string()) })
    })
    .await
}

/// The Bot itself: which key lacks, and that somebody has to act.
async fn says_what_to_do(world: &World, namespace: &str) -> Result<()> {
    let status = wait::until("a Bot that says what lacks", async || {
        let bot = world.bots(namespace).get(BOT).await?;
        let columns = Columns::of(&bot)?;
        let blocked = columns.get("BLOCKED-BY") == "IntegrationKeyMissing";
        Ok(if blocked { Look::Found(bot.status.context("a status")?) } else { Look::NotYet(format!("{columns:?}")) })
    })
    .await?;
    ensure!(status.activity.reason_code == "INTEGRATION_KEY_MISSING" && status.proof == "MD?", "{status:?}");
    for (kind, value) in [("Ready", "False"), ("Stalled", "True"), ("Promotable", "False")] {
        let found = status.conditions.iter().find(|condition| condition.type_ == kind).context("a condition")?;
        ensure!((found.status.as_str(), found.reason.as_str()) == (value, "IntegrationKeyMissing"), "{found:?}");
    }
    let first = status.blockers.first().context("a blocker")?;
    ensure!(first.suggested_fix.contains("Create the Secret") && first.message.contains(namespace), "{first:?}");
    Ok(())
}

fn names_what_is_missing(status: &Value, namespace: &str) -> Result<()> {
    ensure!(
        status["autonomy_allowed"] == false && status["tier_counts"].is_null() && status["tier_counts_reason"].is_string(),
        "{status}"
    );
    let blocker = &status["blockers"][0];
    let scope = json!({"kind": "integration", "worker": null, "namespace": namespace, "provider": "databento", "name": "databento", "feed": null});
    ensure!(
        blocker["reason_code"] == "INTEGRATION_KEY_MISSING" && blocker["scope"] == scope && blocker["bots"] == 1,
        "{blocker}"
    );
    ensure!(blocker["suggested_fix"].as_str().is_some_and(|fix| fix.contains("Create the Secret")), "{blocker}");
    let bot = &status["bots"][0];
    ensure!(
        bot["bot"] == format!("{namespace}/{BOT}") && bot["readiness"] == "BLOCKED" && bot["autonomy_allowed"] == false,
        "{bot}"
    );
    for (gate, ok, required) in [
        ("dataFeedsHealthy", json!(false), true),
        ("brokerConnected", json!(null), false),
        ("llmConnected", json!(null), false),
        ("riskEngineConnected", json!(true), false),
    ] {
        let found = &status["gates"][gate];
        ensure!(found["ok"] == ok && found["required"] == required && found["reason"].is_string(), "{gate}: {found}");
    }
    Ok(())
}

/// The planner wrote down whom it denied a job, and why.
pub(in crate::scenarios) async fn denied(world: &World, namespace: &str, reason: &str) -> Result<()> {
    let named = format!("select exists (select from planner_runs where why_not -> '{reason}' ? '{namespace}/{BOT}')");
    world.until_sql("a run of the planner that says why not", &named).await
}

fn jobs(world: &World, namespace: &str) -> Result<i64> {
    Ok(world.sql(&format!("select count(*) from bot_jobs where bot_namespace = '{namespace}'"))?.trim().parse()?)
}
