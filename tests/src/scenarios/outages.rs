//! What a Bot says while a part of the installation is away. The caller takes the part away and gives it back.

use anyhow::{Context, Result, ensure};
use assayer_contract::wire;
use assayer_crds::BotStatus;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::ListParams;
use serde_json::Value;

use crate::held::{self, Held};
use crate::raw::Raw;
use crate::wait::{self, Look};
use crate::world::{Columns, World};

const BOT: &str = "spx-cross";

/// A Bot at work in a namespace of its own, and a pod of its first job.
pub async fn settled(world: &World, namespace: &str) -> Result<Held> {
    held::settled(world, namespace).await?;
    held::ended(world, namespace).await
}

/// While the database is away the Bot says so, the gateway is not ready and refuses, and nothing reaches the vendor.
pub async fn without_the_database_nothing_is_sent(world: &World, held: &Held) -> Result<()> {
    until_the_gateway_is(world, 503).await?;
    let status = until_blocked_by(world, held, "EvidenceUnavailable").await?;
    let evidence = status.conditions.iter().find(|condition| condition.type_ == "EvidenceAvailable").context("the condition")?;
    ensure!((evidence.status.as_str(), evidence.reason.as_str()) == ("False", "EvidenceUnavailable"), "{evidence:?}");
    ensure!(status.proof == "MD?", "{status:?}");
    let first = status.blockers.first().context("a blocker")?;
    ensure!(first.suggested_fix.contains("Restore Postgres"), "{first:?}");

    let before = world.receipts().await?.len();
    let token = held.token(world).await?;
    for target in ["/v1/providers/databento/v0/metadata.get_dataset_range?dataset=SAMPLE.INDEX", "/v1/job"] {
        for _ in 0..3 {
            let headers = [(wire::TOKEN_HEADER, token.as_str())];
            let answer = Raw { method: "GET", target, headers: &headers, body: "" }.send(&world.gateway).await?;
            let reason = answer.headers.get(wire::REASON_CODE_HEADER).map(String::as_str);
            ensure!((answer.status, reason) == (503, Some("EVIDENCE_UNAVAILABLE")), "{target}: {answer:?}");
        }
    }
    ensure!(world.receipts().await?.len() == before, "something was sent that nobody could write down");
    Ok(())
}

/// A job of the Bot whose pod has not begun, since there is no room for it.
pub async fn a_job_without_a_pod(world: &World, held: &Held) -> Result<String> {
    let waiting =
        format!("select id from bot_jobs where bot_namespace = '{}' and status = 'QUEUED' and place = 0", held.namespace);
    world.until_answered("a job that waits for room", &waiting).await
}

/// A runner that begins while nothing can be written down gives up, and leaves why where the database is not needed.
pub async fn its_runner_gives_up(world: &World, held: &Held, job: &str) -> Result<()> {
    let pods: Api<Pod> = Api::namespaced(world.client.clone(), &held.namespace);
    let own = ListParams::default().labels(&format!("{}={job}", wire::JOB_ID_LABEL));
    wait::until("the runner's last words", async || {
        let status = serde_json::to_value(pods.list(&own).await?.items.pop().context("no pod yet")?.status)?;
        let left = status["containerStatuses"][0]["state"]["terminated"]["message"].as_str().unwrap_or_default().to_owned();
        Ok(if left.contains("EVIDENCE_UNAVAILABLE") { Look::Found(()) } else { Look::NotYet(status.to_string()) })
    })
    .await
}

/// Once the database is back, the job says that it was away.
pub async fn the_job_names_the_database(world: &World, job: &str) -> Result<()> {
    let end = format!("select status || ' ' || reason_code from bot_jobs where id = '{job}' and completed_at is not null");
    let end = world.until_answered("the job's end", &end).await?;
    ensure!(end == "FAILED EVIDENCE_UNAVAILABLE", "{end}");
    Ok(())
}

/// Where no gateway holds the log nothing starts, and Bot and planner say why.
pub async fn without_a_gateway_nothing_starts(world: &World, held: &Held) -> Result<()> {
    let status = until_blocked_by(world, held, "GatewayUnreachable").await?;
    let first = status.blockers.first().context("a blocker")?;
    ensure!(first.message.contains("the gateway does not answer") && first.suggested_fix.contains("gateway's pods"), "{first:?}");
    let (before, since) = (world.receipts().await?.len(), world.sql("select now()")?);
    let (since, namespace) = (since.trim(), &held.namespace);
    let denied = format!(
        "select exists (select from planner_runs
         where started_at > '{since}' and why_not -> 'GATEWAY_UNREACHABLE' ? '{namespace}/{BOT}')"
    );
    world.until_sql("a run of the planner that says why not", &denied).await?;
    let begun =
        world.sql(&format!("select count(*) from bot_jobs where bot_namespace = '{namespace}' and created_at > '{since}'"))?;
    ensure!(begun.trim() == "0", "{} jobs began without a gateway", begun.trim());
    ensure!(world.receipts().await?.len() == before, "who but the gateway called the vendor?");
    Ok(())
}

/// A job that meets a gateway that has died fails by that name, and so says the Bot.
pub async fn without_the_gateway_jobs_say_so(world: &World, held: &Held) -> Result<()> {
    let before = world.receipts().await?.len();
    let status = wait::until("a job that did not reach the gateway", async || {
        let status = until_blocked_by(world, held, "GatewayUnreachable").await?;
        let failed = status.last_job.as_ref().is_some_and(|last| last.reason_code.as_deref() == Some("GATEWAY_UNREACHABLE"));
        Ok(if failed { Look::Found(status) } else { Look::NotYet(format!("{:?}", status.last_job)) })
    })
    .await?;
    let first = status.blockers.first().context("a blocker")?;
    ensure!(first.message.contains("the gateway does not answer") && first.suggested_fix.contains("gateway's pods"), "{first:?}");
    let last = status.last_job.context("the last job")?;
    let jobs: Vec<Value> = world.rows(&format!("select status, reason_code, message from bot_jobs where id = '{}'", last.id))?;
    let job = jobs.first().context("the job's row")?;
    ensure!(job["status"] == "FAILED" && job["reason_code"] == "GATEWAY_UNREACHABLE", "{job}");
    ensure!(world.receipts().await?.len() == before, "who but the gateway called the vendor?");
    Ok(())
}

/// Once the part is back, the Bot completes a cycle that began after that, with nobody's help.
pub async fn the_bot_recovers(world: &World, held: &Held) -> Result<()> {
    until_the_gateway_is(world, 200).await?;
    let sessions = format!("select count(*) from backtest_sessions where bot_namespace = '{}'", held.namespace);
    let before = wait::until("the log to be readable", async || Ok(Look::Found(world.sql(&sessions)?))).await?;
    wait::until("another session", async || {
        let now = world.sql(&sessions)?;
        Ok(if now == before { Look::NotYet(now) } else { Look::Found(()) })
    })
    .await?;
    wait::until("a Bot that is proven again", async || {
        let status = world.bots(&held.namespace).get(BOT).await?.status.context("a status")?;
        let available = status.conditions.iter().any(|c| c.type_ == "EvidenceAvailable" && c.status == "True");
        Ok(if available && status.proof == "MD✓" { Look::Found(()) } else { Look::NotYet(format!("{status:?}")) })
    })
    .await
}

async fn until_the_gateway_is(world: &World, wanted: u16) -> Result<()> {
    wait::until("the gateway's /readyz", async || {
        let answer = Raw { method: "GET", target: "/readyz", headers: &[], body: "" }.send(&world.gateway).await?;
        Ok(if answer.status == wanted { Look::Found(()) } else { Look::NotYet(format!("{answer:?}")) })
    })
    .await
}

async fn until_blocked_by(world: &World, held: &Held, reason: &str) -> Result<BotStatus> {
    wait::until(reason, async || {
        let bot = world.bots(&held.namespace).get(BOT).await?;
        let columns = Columns::of(&bot)?;
        let status = bot.status.context("a status")?;
        Ok(if columns.get("BLOCKED-BY") == reason { Look::Found(status) } else { Look::NotYet(format!("{columns:?}")) })
    })
    .await
}
