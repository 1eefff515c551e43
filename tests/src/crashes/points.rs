//! One crash at each point of a call's sequence, hit on purpose. One Bot cycles meanwhile, so the call is its present job's.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;

use super::looks::{
    answered, call_at_vendor, closed_as_unknown, ended, no_faults, open_intent, open_job, receipts, row, slow, slow_call, traces,
};
use super::{Crashes, NAMESPACE, stall};
use crate::wait::{self, Look};

/// The Bot whose calls are hit.
pub const BOT: &str = "crash-0";
/// The gateway waits five seconds for a statement.
const LONGER_THAN_THE_GATEWAYS_PATIENCE: Duration = Duration::from_secs(7);
/// What a runner may say of a call that broke off.
const BROKEN: [&str; 2] = ["UNKNOWN_OUTCOME", "GATEWAY_UNREACHABLE"];

/// Before A: no intent, so nothing was sent and nothing is in the log.
pub async fn the_gateway_dies_before_the_intent_is_committed(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let lock = stall::Lock::until_hit(all.world(), "intents").await?;
    let job = open_job(all.world())?.context("a job whose intent waits")?;
    let before = traces(all.world(), job).await?;
    all.running.kill("gateway").await?;
    lock.release(all.world()).await?;
    all.running.restart("gateway")?;
    ended(all.world(), job).await?.must_have_failed(&BROKEN)?;
    let after = traces(all.world(), job).await?;
    ensure!(before == after, "a call without an intent left a trace: {before:?} became {after:?}");
    Ok(())
}

/// A to B: the intent is committed, the gateway does not know it yet, and nothing has been sent.
pub async fn the_gateway_dies_between_intent_and_send(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    stall::commits_of(all.world(), "intents").await?;
    all.running.kill("gateway").await?;
    stall::acknowledge(all.world()).await?;
    let open = open_intent(all.world()).await?;
    all.running.restart("gateway")?;
    closed_as_unknown(all.world(), &open).await?;
    ensure!(receipts(all.world(), open.id).await? == 0, "sent before its intent was known to be committed: {open:?}");
    ended(all.world(), open.job_id).await?.must_have_failed(&BROKEN)
}

/// B to C: the vendor is answering. The Bot says that nobody knows how the call ended.
pub async fn the_gateway_dies_while_the_vendor_answers(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    slow(all.world(), 4_000).await?;
    let open = call_at_vendor(all.world()).await?;
    all.running.kill("gateway").await?;
    all.running.restart("gateway")?;
    closed_as_unknown(all.world(), &open).await?;
    ensure!(receipts(all.world(), open.id).await? == 1, "{open:?}");
    ended(all.world(), open.job_id).await?.must_have_failed(&["UNKNOWN_OUTCOME"])?;
    // The next job is slow, too, so there is time to see it.
    all.world().until_columns(NAMESPACE, BOT, "an unknown outcome", |c| c.get("BLOCKED-BY") == "UnknownOutcome").await?;
    no_faults(all.world()).await
}

/// C to D: the vendor has answered, and the outcome cannot be committed.
pub async fn the_gateway_dies_between_answer_and_outcome(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let lock = stall::Lock::until_hit(all.world(), "requests").await?;
    let open = open_intent(all.world()).await?;
    ensure!(receipts(all.world(), open.id).await? == 1, "{open:?}");
    all.running.kill("gateway").await?;
    lock.release(all.world()).await?;
    all.running.restart("gateway")?;
    closed_as_unknown(all.world(), &open).await?;
    ended(all.world(), open.job_id).await?.must_have_failed(&["UNKNOWN_OUTCOME"])
}

/// D to E: the outcome is committed, the answer is not given. The row stands; the runner has nothing.
pub async fn the_gateway_dies_between_outcome_and_answer(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    stall::commits_of(all.world(), "requests").await?;
    let open = open_intent(all.world()).await?;
    all.running.kill("gateway").await?;
    stall::acknowledge(all.world()).await?;
    all.running.restart("gateway")?;
    let row = row(all.world(), open.id).await?;
    ensure!(row["outcome"] == "success" && row["sent"] == "yes" && row["writer_epoch"] == open.writer_epoch, "{row}");
    ensure!(receipts(all.world(), open.id).await? == 1, "{open:?}");
    ended(all.world(), open.job_id).await?.must_have_failed(&BROKEN)
}

/// D, with the acknowledgement lost: the gateway finds out that its row stands, and the job goes on.
pub async fn the_commit_of_an_outcome_is_not_acknowledged(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    stall::commits_of(all.world(), "requests").await?;
    let open = open_intent(all.world()).await?;
    stall::lose_acknowledgements(all.world()).await?;
    ended(all.world(), open.job_id).await?.must_have_succeeded()?;
    ensure!(receipts(all.world(), open.id).await? == 1, "{open:?}");
    Ok(())
}

/// A, with the acknowledgement lost: nothing may be sent, though the intent stands until it is closed.
pub async fn the_commit_of_an_intent_is_not_acknowledged(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    stall::commits_of(all.world(), "intents").await?;
    stall::lose_acknowledgements(all.world()).await?;
    let open = open_intent(all.world()).await?;
    ended(all.world(), open.job_id).await?.must_have_failed(&["EVIDENCE_UNAVAILABLE", "UNKNOWN_OUTCOME"])?;
    ensure!(receipts(all.world(), open.id).await? == 0, "{open:?}");
    Ok(())
}

/// Postgres dies while the vendor answers: the answer is held until the outcome is committed, and the job goes on.
pub async fn postgres_dies_while_the_vendor_answers(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let open = slow_call(all.world()).await?;
    all.postgres.kill().await?;
    answered(all.world(), open.id).await?;
    all.postgres.restart().await?;
    ended(all.world(), open.job_id).await?.must_have_succeeded()?;
    let row = row(all.world(), open.id).await?;
    ensure!(row["outcome"] == "success" && row["writer_epoch"] == open.writer_epoch, "{row}");
    Ok(())
}

/// Postgres stands still for longer than the gateway waits for a statement: the outcome is stored once, and the job goes on.
pub async fn postgres_stands_still_while_the_vendor_answers(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let open = slow_call(all.world()).await?;
    all.postgres.signal(Signal::STOP)?;
    answered(all.world(), open.id).await?;
    tokio::time::sleep(LONGER_THAN_THE_GATEWAYS_PATIENCE).await;
    all.postgres.signal(Signal::CONT)?;
    ended(all.world(), open.job_id).await?.must_have_succeeded()?;
    ensure!(receipts(all.world(), open.id).await? == 1, "{open:?}");
    Ok(())
}

/// E: the gateway dies while it stores the session. The runner posts it again; there is one.
pub async fn the_gateway_dies_while_a_session_is_stored(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let lock = stall::Lock::until_hit(all.world(), "backtest_sessions").await?;
    let job = open_job(all.world())?.context("a job whose session waits")?;
    all.running.kill("gateway").await?;
    lock.release(all.world()).await?;
    all.running.restart("gateway")?;
    ended(all.world(), job).await?.must_have_succeeded()
}

/// E: the runner dies with the answers in its hands. What it was given is in the log; the job does not count.
pub async fn the_runner_dies_after_its_answers(all: &mut Crashes) -> Result<()> {
    all.fresh_bot(BOT).await?;
    let lock = stall::Lock::until_hit(all.world(), "backtest_sessions").await?;
    let job = open_job(all.world())?.context("a job whose session waits")?;
    all.running.kubelet.kill_one(0).context("a runner")?;
    let ended = ended(all.world(), job).await?;
    lock.release(all.world()).await?;
    ended.must_have_failed(&["RUNNER_FAILED"])?;
    let query = format!("select count(*) from requests where job_id = '{job}' and outcome = 'success' and bar_count > 0");
    ensure!(all.world().sql(&query)?.trim() == "1", "the bars of job {job} are not in the log");
    Ok(())
}

/// The controller dies when it has written a job's row and not created its Kubernetes Job. Its successor creates it.
pub async fn the_controller_dies_between_row_and_job(all: &mut Crashes) -> Result<()> {
    all.between_jobs().await?;
    all.api_server.kill().await?;
    let job = wait::until("a job's row", async || {
        Ok(open_job(all.world())?.map_or_else(|| Look::NotYet("none".to_owned()), Look::Found))
    })
    .await?;
    all.running.kill("controller").await?;
    all.api_server.restart().await?;
    all.api_server_ready().await?;
    all.running.restart("controller")?;
    ended(all.world(), job).await?.must_have_succeeded()
}
