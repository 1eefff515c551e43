//! What a user reads of a failure. In: a line of the table. Out: an error where row, job or Bot says anything else.

use anyhow::{Context, Result, ensure};
use assayer_contract::{Outcome, ReasonCode, Sent};
use assayer_crds::BotStatus;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Fault, SLOW_MS};
use crate::{
    scenarios::integrations,
    wait::{self, Look},
    world::{Columns, World},
};

const BOT: &str = "spx-cross";

/// The first finished job of the line, with its newest row.
#[derive(Debug, Deserialize)]
struct Seen {
    status: String,
    job_reason: Option<String>,
    message: Option<String>,
    outcome: Option<Outcome>,
    sent: Option<Sent>,
    http_status: Option<i32>,
    row_reason: Option<String>,
    error_message: Option<String>,
    latency_ms: Option<i64>,
    slowest_ms: Option<i64>,
    sessions: i64,
}

/// Row, job and Bot give the same reason, in words, with a fix, and no session came of it.
pub(super) async fn told_apart(world: &World, fault: &Fault) -> Result<()> {
    if let (true, Some(reason)) = (fault.inject.keeps_jobs_from_starting(), fault.reason) {
        return denied(world, fault, reason).await;
    }
    let seen = first_job(world, fault.name).await?;
    let reason = fault.reason.map(|reason| reason.to_string());
    ensure!((seen.outcome, seen.sent) == (Some(fault.outcome), Some(fault.sent)), "the row: {seen:?}");
    ensure!((seen.http_status, &seen.row_reason) == (fault.status, &reason), "the row: {seen:?}");
    ensure!(seen.job_reason == reason, "the job: {seen:?}");
    let Some(reason) = fault.reason else { return succeeds(world, fault, &seen).await };
    ensure!(seen.status == "FAILED" && seen.sessions == 0, "a session without its data: {seen:?}");
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(fault.said));
    ensure!(said(&seen.error_message) && said(&seen.message), "\"{}\" is said neither here nor there: {seen:?}", fault.said);
    ensure!(seen.latency_ms.is_some() == (fault.outcome == Outcome::Failed), "the latency of what was tried: {seen:?}");
    let status = the_bot_says(world, fault, reason).await?;
    let proven = status.conditions.iter().find(|condition| condition.type_ == "MarketDataProven").context("the condition")?;
    let name = reason.condition_reason();
    ensure!(
        (status.proof.as_str(), proven.status.as_str(), proven.reason.as_str()) == ("MD✗", "False", name.as_str()),
        "{proven:?}"
    );
    let last = status.last_job.context("the last job")?;
    ensure!(last.reason_code == Some(reason.to_string()), "{last:?}");
    Ok(())
}

/// No job starts: the Bot says so, the handshake's row shows it, and the planner wrote it down.
async fn denied(world: &World, fault: &Fault, reason: ReasonCode) -> Result<()> {
    let status = the_bot_says(world, fault, reason).await?;
    ensure!(status.proof == "MD?" && status.last_job.is_none(), "nothing was asked for the Bot: {status:?}");
    ensure!(status.activity.reason_code == reason.to_string(), "{:?}", status.activity);
    if reason != ReasonCode::IntegrationMissing {
        let query = format!(
            "select r.outcome, r.sent, r.http_status, r.reason_code as row_reason, r.operation, r.job_id from requests r
             where r.integration_namespace = '{}' order by r.id limit 1",
            fault.name
        );
        let rows: Vec<Value> = world.rows(&query)?;
        let expected = json!({"outcome": fault.outcome, "sent": fault.sent, "http_status": fault.status,
            "row_reason": reason, "operation": "verify", "job_id": null});
        ensure!(rows.first() == Some(&expected), "the handshake: {rows:?}");
    }
    integrations::denied(world, fault.name, &reason.to_string()).await?;
    let jobs = world.sql(&format!("select count(*) from bot_jobs where bot_namespace = '{}'", fault.name))?;
    ensure!(jobs.trim() == "0", "{jobs} jobs were started all the same");
    Ok(())
}

async fn succeeds(world: &World, fault: &Fault, seen: &Seen) -> Result<()> {
    ensure!(seen.status == "SUCCEEDED" && seen.sessions > 0, "{seen:?}");
    ensure!(seen.slowest_ms >= Some(SLOW_MS), "the latency is not recorded: {seen:?}");
    world.until_columns(fault.name, BOT, "proven, if slowly", |columns| columns.get("PROOF") == "MD✓").await?;
    Ok(())
}

async fn first_job(world: &World, namespace: &str) -> Result<Seen> {
    let query = format!(
        "select j.status, j.reason_code as job_reason, j.message, r.outcome, r.sent, r.http_status, r.reason_code as row_reason,
            r.error_message, r.latency_ms, (select max(latency_ms) from requests m where m.job_id = j.id) as slowest_ms,
            (select count(*) from backtest_sessions s where s.bot_namespace = j.bot_namespace) as sessions
         from bot_jobs j left join lateral (select * from requests r where r.job_id = j.id order by r.id desc limit 1) r on true
         where j.bot_namespace = '{namespace}' and j.completed_at is not null order by j.id limit 1"
    );
    wait::until("a finished job", async || {
        let jobs: Vec<Seen> = world.rows(&query)?;
        Ok(jobs.into_iter().next().map_or(Look::NotYet("none".to_owned()), Look::Found))
    })
    .await
}

/// `kubectl get bots` names the reason, `kubectl describe bot` has the message and the fix.
async fn the_bot_says(world: &World, fault: &Fault, reason: ReasonCode) -> Result<BotStatus> {
    let name = reason.condition_reason();
    // One look at the whole status: under load the log may be unreadable for a moment, and then the Bot says that.
    let (columns, status) = wait::until(&name, async || {
        let bot = world.bots(fault.name).get(BOT).await?;
        let columns = Columns::of(&bot)?;
        Ok(if columns.get("BLOCKED-BY") == name {
            Look::Found((columns, bot.status.context("a status")?))
        } else {
            Look::NotYet(format!("{columns:?}"))
        })
    })
    .await?;
    ensure!(columns.get("PROMOTABLE") == "False", "{columns:?}");
    let blocker = status.blockers.first().context("a blocker")?;
    ensure!(blocker.reason_code == reason.to_string() && blocker.message.contains(fault.said), "{blocker:?}");
    ensure!(blocker.suggested_fix.contains(fault.fix), "the fix does not help: {blocker:?}");
    Ok(status)
}

/// Once it is put right, the next cycle proves the Bot's bars, and a session of it is stored.
pub(super) async fn recovers(world: &World, fault: &Fault) -> Result<()> {
    world.until_columns(fault.name, BOT, "proven again", |columns| columns.get("PROOF") == "MD✓").await?;
    let sessions: Vec<Value> =
        world.rows(&format!("select id from backtest_sessions where bot_namespace = '{}' limit 1", fault.name))?;
    ensure!(!sessions.is_empty(), "proven without a session");
    Ok(())
}
