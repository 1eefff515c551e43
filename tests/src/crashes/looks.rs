//! What the crash scenarios look at: jobs, intents, rows and receipts.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::wait::{self, Look};
use crate::world::World;

/// An intent without a row.
#[derive(Clone, Debug, Deserialize)]
pub struct Open {
    /// Its id, which its row will have.
    pub id: Uuid,
    /// Epoch of the writer that made it.
    pub writer_epoch: i64,
    /// Whose call it is.
    pub job_id: Uuid,
}

/// How a job ended.
#[derive(Debug, Deserialize)]
pub struct Ended {
    /// Its status.
    pub status: String,
    /// Why it failed.
    pub reason_code: Option<String>,
    /// Sessions stored for it.
    pub sessions: i64,
}

impl Ended {
    /// An error where it did not fail, or for another reason.
    pub fn must_have_failed(&self, reasons: &[&str]) -> Result<()> {
        let reason = self.reason_code.as_deref().unwrap_or_default();
        ensure!(self.status == "FAILED" && reasons.contains(&reason), "not FAILED with one of {reasons:?}: {self:?}");
        ensure!(self.sessions == 0, "a session of half a job: {self:?}");
        Ok(())
    }

    /// An error where it did not succeed with its one session.
    pub fn must_have_succeeded(&self) -> Result<()> {
        ensure!(self.status == "SUCCEEDED" && self.sessions == 1, "not SUCCEEDED with one session: {self:?}");
        Ok(())
    }
}

/// Every open intent of a job, oldest first.
pub fn open_intents(world: &World) -> Result<Vec<Open>> {
    world.rows(
        "select id, writer_epoch, job_id from intents i
         where job_id is not null and not exists (select from requests r where r.id = i.id) order by id",
    )
}

/// The newest open intent, once there is one.
pub async fn open_intent(world: &World) -> Result<Open> {
    wait::until("an open intent", async || {
        Ok(open_intents(world)?.pop().map_or_else(|| Look::NotYet("none".to_owned()), Look::Found))
    })
    .await
}

/// The job that is queued or running.
pub fn open_job(world: &World) -> Result<Option<Uuid>> {
    Ok(world.sql("select id from bot_jobs where completed_at is null order by id desc limit 1")?.trim().parse().ok())
}

/// How the job ended, once it has.
pub async fn ended(world: &World, job: Uuid) -> Result<Ended> {
    let query = format!(
        "select status, reason_code, (select count(*) from backtest_sessions s where s.job_id = j.id) as sessions
         from bot_jobs j where id = '{job}' and completed_at is not null"
    );
    wait::until(&format!("the end of job {job}"), async || {
        Ok(world.rows(&query)?.pop().map_or_else(|| Look::NotYet("open".to_owned()), Look::Found))
    })
    .await
}

/// The row of an intent, once it is there.
pub async fn row(world: &World, id: Uuid) -> Result<Value> {
    let query = format!("select * from requests where id = '{id}'");
    wait::until(&format!("row {id}"), async || {
        Ok(world.rows(&query)?.pop().map_or_else(|| Look::NotYet("none".to_owned()), Look::Found))
    })
    .await
}

/// The row of an intent whose writer died, once its successor has closed it.
pub async fn closed_as_unknown(world: &World, open: &Open) -> Result<()> {
    let row = row(world, open.id).await?;
    ensure!(row["outcome"] == "unknown" && row["sent"] == "unknown" && row["reason_code"] == "UNKNOWN_OUTCOME", "{row}");
    ensure!(row["writer_epoch"].as_i64() > Some(open.writer_epoch) && !row["completed_at"].is_null(), "{row}");
    Ok(())
}

/// How often the vendor received the call of an intent.
pub async fn receipts(world: &World, id: Uuid) -> Result<usize> {
    Ok(of_intent(world, id).await?.len())
}

/// Waits until the vendor has answered the call of an intent.
pub async fn answered(world: &World, id: Uuid) -> Result<()> {
    wait::until("the vendor's answer", async || {
        let receipts = of_intent(world, id).await?;
        let answered = receipts.iter().any(|receipt| !receipt["status"].is_null());
        Ok(if answered { Look::Found(()) } else { Look::NotYet(format!("{receipts:?}")) })
    })
    .await
}

async fn of_intent(world: &World, id: Uuid) -> Result<Vec<Value>> {
    let span = id.simple().to_string().split_off(16);
    let of_span = |receipt: &Value| receipt["headers"]["traceparent"].as_str().is_some_and(|parent| parent.contains(&span));
    Ok(world.receipts().await?.into_iter().filter(of_span).collect())
}

/// Ids of all intents and rows of a job, and how often the vendor heard of its trace.
pub async fn traces(world: &World, job: Uuid) -> Result<(Vec<Value>, usize)> {
    let ids = world.rows(&format!(
        "select id, 'intent' as kind from intents where job_id = '{job}' union all
         select id, 'row' from requests where job_id = '{job}' order by 2, 1"
    ))?;
    let trace = world.sql(&format!("select replace(trace_id::text, '-', '') from bot_jobs where id = '{job}'"))?;
    let of_trace = |receipt: &&Value| receipt["headers"]["traceparent"].as_str().is_some_and(|p| p.contains(trace.trim()));
    Ok((ids, world.receipts().await?.iter().filter(of_trace).count()))
}

/// Orders the stand-in to answer all requests slowly until told otherwise.
pub async fn slow(world: &World, milliseconds: u64) -> Result<()> {
    let order = json!({"fault": "slow", "after_ms": milliseconds});
    let answer = world.http.put(format!("{}/__stand-in/faults", world.stand_in)).json(&order).send().await?;
    answer.error_for_status().map(drop).context("ordering a fault")
}

/// Orders the stand-in to fail no more.
pub async fn no_faults(world: &World) -> Result<()> {
    let answer = world.http.delete(format!("{}/__stand-in/faults", world.stand_in)).send().await?;
    answer.error_for_status().map(drop).context("clearing the faults")
}

/// Waits for a call that the vendor takes seconds to answer; its open intent. Calls after it are answered at once.
pub async fn slow_call(world: &World) -> Result<Open> {
    // All are slow until one was seen in time: how long a look takes is the machine's affair.
    slow(world, 2_500).await?;
    let open = call_at_vendor(world).await?;
    no_faults(world).await?;
    Ok(open)
}

/// Waits for a call that the vendor has received and not answered yet; its open intent.
pub async fn call_at_vendor(world: &World) -> Result<Open> {
    wait::until("a call that the vendor has not answered", async || {
        let unanswered = world.receipts().await?.into_iter().rev().find(|receipt| receipt["status"].is_null());
        let Some(receipt) = unanswered else { return Ok(Look::NotYet("none".to_owned())) };
        let parent = receipt["headers"]["traceparent"].as_str().unwrap_or_default().to_owned();
        let open = open_intents(world)?.into_iter().find(|open| parent.contains(&open.id.simple().to_string().split_off(16)));
        Ok(open.map_or_else(|| Look::NotYet(format!("no open intent for {parent}")), Look::Found))
    })
    .await
}
