//! Bots back-test by themselves, and each claim about that leads down to rows.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::wait::{self, Look};
use crate::world::{World, checkout};

/// A sample Bot and the bars that it must have been given.
pub struct Sample {
    /// Its name.
    pub bot: &'static str,
    /// Its symbol.
    pub symbol: &'static str,
    /// Number of its bars.
    pub bars: i64,
    /// The committed file of its bars; none where the stand-in makes them from a seed.
    pub file: Option<&'static str>,
}

/// The sample Bots.
pub const SAMPLES: [Sample; 6] = [
    Sample { bot: "eurusd-breakout", symbol: "EURUSD", bars: 6_225, file: Some("eurusd-1h-2017.csv") },
    Sample { bot: "spx-cross", symbol: "SPX", bars: 5_031, file: Some("spx-1d-1999-2018.csv") },
    Sample { bot: "spx-reversion", symbol: "SPX", bars: 5_031, file: Some("spx-1d-1999-2018.csv") },
    Sample { bot: "mes-breakout", symbol: "MES.v.0", bars: 146_022, file: None },
    Sample { bot: "mnq-cross", symbol: "MNQ.c.0", bars: 145_406, file: None },
    Sample { bot: "mgc-breakout", symbol: "MGC.v.0", bars: 144_138, file: None },
];

/// A session with what its job and its rows say.
#[derive(Debug, Deserialize)]
struct Session {
    job_id: String,
    bars: i64,
    data_hash: String,
    result_hash: String,
    strategy_hash: String,
    job_strategy_hash: String,
    fed_by: i64,
    named: i64,
    bars_counted_by_gateway: i64,
}

/// All sample Bots complete three back-tests each with no hand touching them; every session names the rows that fed it, and
/// the gateway's own count of the bars is the session's.
pub async fn three_backtests_each_with_their_rows(world: &World, namespace: &str) -> Result<()> {
    for Sample { bot, bars, .. } in SAMPLES {
        let sessions = three_sessions(world, namespace, bot).await?;
        for session in &sessions {
            ensure!(session.bars == bars, "{bot}: {session:?}");
            ensure!(session.fed_by == session.named && session.named > 0, "{bot} names rows that did not feed it: {session:?}");
            ensure!(session.bars_counted_by_gateway == bars, "{bot}: {session:?}");
            ensure!(session.strategy_hash == session.job_strategy_hash, "{bot}: {session:?}");
        }
        let first = sessions.first().context("three sessions")?;
        ensure!(
            sessions.iter().all(|s| s.result_hash == first.result_hash),
            "{bot}: the same inputs gave other results: {sessions:?}"
        );
    }
    Ok(())
}

async fn three_sessions(world: &World, namespace: &str, bot: &str) -> Result<Vec<Session>> {
    let query = format!(
        "select s.job_id, s.bars, s.data_hash, s.result_hash, s.strategy_hash, j.strategy_hash as job_strategy_hash,
            cardinality(s.request_ids) as named,
            (select count(*) from requests r where r.id = any (s.request_ids) and r.job_id = s.job_id
                 and r.outcome in ('success', 'served')) as fed_by,
            (select coalesce(sum(bar_count), 0)::bigint from requests r where r.id = any (s.request_ids)) as bars_counted_by_gateway
         from backtest_sessions s join bot_jobs j on j.id = s.job_id
         where s.bot_namespace = '{namespace}' and s.bot_name = '{bot}' and j.status = 'SUCCEEDED'"
    );
    wait::until(&format!("three sessions of {bot}"), async || {
        let sessions: Vec<Session> = world.rows(&query)?;
        Ok(if sessions.len() >= 3 { Look::Found(sessions) } else { Look::NotYet(format!("{} sessions", sessions.len())) })
    })
    .await
}

/// A session's hashes are those that the offline command computes from the committed bars, in a process of its own.
pub async fn offline_gives_the_same_hashes(world: &World, namespace: &str) -> Result<()> {
    for Sample { bot, file, .. } in SAMPLES {
        let Some(bars) = file else { continue };
        let sessions = three_sessions(world, namespace, bot).await?;
        let report = offline(bot, bars)?;
        for session in sessions {
            for (field, hash) in [("dataHash", &session.data_hash), ("resultHash", &session.result_hash)] {
                ensure!(
                    report[field] == **hash,
                    "{bot}: {field} offline is {}, in the job {hash} ({})",
                    report[field],
                    session.job_id
                );
            }
        }
    }
    Ok(())
}

fn offline(bot: &str, bars: &str) -> Result<Value> {
    let output = std::process::Command::new(crate::processes::binary("assayer-runner")?)
        .args(["backtest", "--strategy"])
        .arg(checkout().join(format!("runner/examples/{bot}.yaml")))
        .arg("--bars")
        .arg(checkout().join("tests/data").join(bars))
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// `kubectl get bots` shows market data as proven, and promotion as blocked by what nobody has measured.
pub async fn columns_show_proof_and_what_blocks(world: &World, namespace: &str) -> Result<()> {
    for Sample { bot, .. } in SAMPLES {
        let columns = world
            .until_columns(namespace, bot, "proof from rows, and the gate that nobody measured", |columns| {
                columns.get("PROOF") == "MD✓" && columns.get("BLOCKED-BY") == "ResultUnverified"
            })
            .await?;
        ensure!(columns.get("STAGE") == "LAB" && columns.get("PROMOTABLE") != "True", "{columns:?}");
    }
    Ok(())
}

/// The proof endpoint lists the last jobs with every row, and its checks hold.
pub async fn the_proof_endpoint_leads_down_to_the_rows(world: &World, namespace: &str) -> Result<()> {
    for Sample { bot, symbol, .. } in SAMPLES {
        three_sessions(world, namespace, bot).await?;
        let proof = wait::until("a proof with three finished jobs", async || {
            let (status, body) = world.get(&format!("/api/_proof/bot/{namespace}/{bot}")).await?;
            let done =
                body["jobs"].as_array().is_some_and(|jobs| jobs.len() == 3 && jobs.iter().all(|j| j["status"] == "SUCCEEDED"));
            Ok(if status == 200 && done { Look::Found(body) } else { Look::NotYet(format!("{status}: {body}")) })
        })
        .await?;
        for job in proof["jobs"].as_array().into_iter().flatten() {
            if job["job_type"] != "BACKTEST" {
                ensure!(job["requests_total"] == 0, "a search called somebody: {job}");
                continue;
            }
            let check = if symbol.contains('.') { "resolved" } else { "exact" };
            ensure!(job["symbol_check"] == check, "{job}");
            let rows = job["requests"].as_array().context("requests")?;
            ensure!(rows.iter().all(|row| row["trace_id"] == job["trace_id"]), "rows of another trace: {job}");
            ensure!(rows.iter().any(|row| row["symbol"] == symbol && row["outcome"] == "success"), "no row for {symbol}: {job}");
            ensure!(job["session"]["request_ids"].as_array().is_some_and(|ids| !ids.is_empty()), "{job}");
        }
    }
    Ok(())
}

/// Equal calls have equal fingerprints, whichever Bot makes them, and different calls have different ones.
pub fn equal_calls_have_equal_fingerprints(world: &World, namespace: &str) -> Result<()> {
    let calls: Vec<Value> = world.rows(&format!(
        "select endpoint, params, count(distinct request_fingerprint) as fingerprints, count(distinct bot_id) as bots,
             min(request_fingerprint) as fingerprint
         from requests where bot_namespace = '{namespace}' and operation = 'call' and endpoint <> '' and outcome = 'success'
         group by endpoint, params"
    ))?;
    ensure!(calls.iter().any(|call| call["bots"].as_i64() >= Some(2)), "no call that two Bots made: {calls:?}");
    ensure!(calls.iter().all(|call| call["fingerprints"] == 1), "one call with several fingerprints: {calls:?}");
    let mut fingerprints: Vec<_> = calls.iter().map(|call| call["fingerprint"].to_string()).collect();
    fingerprints.sort();
    fingerprints.dedup();
    ensure!(fingerprints.len() == calls.len(), "different calls with one fingerprint: {calls:?}");
    Ok(())
}

/// The queries that the README gives return what happened.
pub async fn the_queries_of_the_readme_work(world: &World, namespace: &str) -> Result<()> {
    three_sessions(world, namespace, "spx-cross").await?;
    let jobs: Vec<Value> = world.rows(
        "select id, bot_id, job_type, status, trace_id, created_at, started_at, completed_at from bot_jobs order by created_at desc limit 50",
    )?;
    ensure!(jobs.iter().any(|job| job["job_type"] == "BACKTEST" && !job["started_at"].is_null()), "{jobs:?}");
    let requests: Vec<Value> = world.rows("select * from market_data_requests order by created_at desc limit 50")?;
    ensure!(requests.iter().any(|row| row["success"] == true && row["bar_count"].is_i64()), "{requests:?}");
    ensure!(requests.iter().any(|row| row["cost_usd"].is_number()), "a price that was paid or quoted: {requests:?}");
    // No Bot asks a language model yet; the columns are there to be asked for.
    world.sql(
        "select created_at, trace_id, bot_id, provider, model, tokens_in, tokens_out, latency_ms, success from ai_requests
         order by created_at desc limit 50",
    )?;
    Ok(())
}
