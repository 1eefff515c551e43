//! The truth test: after whatever happened, the log alone tells it, and it agrees with the vendor's own count.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use assayer_contract::{RequestRow, Sha256Hash};
use assayer_crds::StagePolicy;
use kube::Api;
use kube::api::DeleteParams;
use serde::Deserialize;
use serde_json::Value;

use super::exactly_once::{receipts, rows};
use crate::wait::{self, Look};
use crate::world::World;

/// Takes the policy away, so that nothing new is planned, and waits until every job has ended and every intent is closed.
pub async fn until_quiet(world: &World) -> Result<()> {
    let policies: Api<StagePolicy> = Api::all(world.client.clone());
    wait::until("the policy to be gone", async || {
        policies.delete("lab", &DeleteParams::default()).await?;
        Ok(Look::Found(()))
    })
    .await?;
    wait::until("no open job and no open intent", async || {
        let open: Vec<Value> = world.rows(
            "select job_name as open from bot_jobs where completed_at is null
             union all select id::text from intents i where not exists (select from requests r where r.id = i.id)",
        )?;
        Ok(if open.is_empty() { Look::Found(()) } else { Look::NotYet(format!("{open:?}")) })
    })
    .await
}

/// Of a world that is quiet: each receipt has one row, each row that was sent one receipt, each unknown one at most, each that was
/// not sent none.
pub async fn the_vendors_count_is_the_logs(world: &World) -> Result<()> {
    let (receipts, rows) = (receipts(world).await?, rows(world)?);
    for (id, count) in &receipts {
        ensure!(*count == 1, "the vendor received {id} {count} times");
        ensure!(rows.get(id).is_some_and(|sent| sent != "no"), "the vendor received {id}; its row says {:?}", rows.get(id));
    }
    let missing: Vec<_> = rows.iter().filter(|(id, sent)| *sent == "yes" && !receipts.contains_key(*id)).collect();
    ensure!(missing.is_empty(), "rows with sent=yes that the vendor never received: {missing:?}");
    let count = |word: &str| rows.values().filter(|sent| *sent == word).count();
    let (yes, unknown) = (count("yes"), count("unknown"));
    ensure!(yes <= receipts.len() && receipts.len() <= yes + unknown, "{yes} ≤ {} ≤ {yes} + {unknown}", receipts.len());
    eprintln!("the vendor received {} calls; the log has {yes} sent, {unknown} unknown", receipts.len());
    Ok(())
}

#[derive(Deserialize)]
struct Group {
    gateway_set: String,
    #[serde(rename = "group_no")]
    number: i64,
    first_seq: i64,
    last_seq: i64,
    digest: String,
}

#[derive(Deserialize)]
struct Stored {
    rows: Vec<RequestRow>,
    groups: Vec<Group>,
}

/// Every set's chain can be recomputed from its rows: no gap, no row outside of a group, no digest that does not follow.
pub fn the_chain_follows_from_the_rows(world: &World) -> Result<()> {
    // One statement, one snapshot: a refusal may still be written, by a runner whose job is over.
    let stored: Vec<Stored> = world.rows(
        "select (select coalesce(json_agg(to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text)
                 order by gateway_set, seq), '[]') from requests r) as rows,
             (select coalesce(json_agg(g order by gateway_set, group_no), '[]') from log_groups g) as groups",
    )?;
    let Stored { rows, groups } = stored.into_iter().next().context("rows and groups")?;
    let mut rows = rows.into_iter().peekable();
    let mut heads: BTreeMap<String, (i64, i64, Option<Sha256Hash>)> = BTreeMap::new();
    for group in &groups {
        let (last_no, last_seq, previous) = heads.entry(group.gateway_set.clone()).or_default();
        ensure!((group.number, group.first_seq) == (*last_no + 1, *last_seq + 1), "group {} has a gap before it", group.number);
        let mut digests = Vec::new();
        for seq in group.first_seq..=group.last_seq {
            let row = rows.next().with_context(|| format!("row {seq} of group {} is missing", group.number))?;
            ensure!((row.seq, row.group_no) == (seq, group.number), "row {} where {seq} should be", row.seq);
            let digest = row.digest()?;
            ensure!(row.row_digest == Some(digest), "row {} was changed", row.id);
            digests.push(digest);
        }
        let parts = previous.iter().chain(&digests).map(|digest| digest.as_bytes().as_slice());
        let digest = Sha256Hash::of_parts(parts);
        ensure!(digest.to_string() == group.digest, "the digest of group {} does not follow", group.number);
        (*last_no, *last_seq, *previous) = (group.number, group.last_seq, Some(digest));
    }
    ensure!(rows.peek().is_none() && !groups.is_empty(), "rows outside of every group");
    Ok(())
}

/// Laws of a quiet world about jobs, sessions and unknown outcomes; each query finds what breaks one.
pub fn nothing_claims_more_than_its_rows(world: &World) -> Result<()> {
    for (law, query) in [
        ("no job has two sessions", "select job_id from backtest_sessions group by job_id having count(*) > 1"),
        ("no Bot fills a slot twice", "select bot_id from bot_jobs group by bot_id, job_type, due_slot having count(*) > 1"),
        (
            "an outcome that nobody knows has its reason",
            "select id from requests where outcome = 'unknown' and reason_code is null",
        ),
        (
            "a row that closes a dead writer's intent is of a newer epoch, or of its own past the deadline",
            "select r.id from requests r join intents i on i.id = r.id where r.outcome = 'unknown'
                 and r.writer_epoch <= i.writer_epoch and r.completed_at < i.deadline",
        ),
        (
            "a row that was sent has its intent",
            "select id from requests r where sent <> 'no' and not exists (select from intents i where i.id = r.id)",
        ),
        (
            "a job of which nobody knows how a call ended did not succeed",
            "select j.id from bot_jobs j join requests r on r.job_id = j.id and r.trace_id = j.trace_id
             where r.outcome = 'unknown' and j.status = 'SUCCEEDED'",
        ),
        (
            "a success has its one session, fed by successes of the job itself",
            "select j.id from bot_jobs j left join backtest_sessions s on s.job_id = j.id
             where j.status = 'SUCCEEDED' and j.job_type = 'BACKTEST' and (s.id is null
                 or cardinality(s.request_ids) <> (select count(*) from requests r where r.id = any (s.request_ids)
                     and r.job_id = j.id and r.outcome = 'success'))",
        ),
        (
            "a session keeps buckets, of all its bars",
            "select id from backtest_sessions where bar_buckets is null
                 or bars <> (select sum((bucket ->> 'bars')::bigint) from jsonb_array_elements(bar_buckets) bucket)",
        ),
        (
            "an improvement or evolution that succeeded has its report",
            "select j.id from bot_jobs j where j.status = 'SUCCEEDED' and j.job_type <> 'BACKTEST'
                 and not exists (select from research_reports f where f.job_id = j.id)",
        ),
        (
            "what did not succeed says why",
            "select id from bot_jobs where status in ('FAILED', 'TIMED_OUT') and reason_code is null",
        ),
    ] {
        let broken: Vec<Value> = world.rows(query)?;
        ensure!(broken.is_empty(), "{law}, but {broken:?}");
    }
    let tally: Vec<Value> = world.rows("select status, reason_code, count(*) from bot_jobs group by 1, 2 order by 3 desc")?;
    for line in tally {
        eprintln!("{} {} {}", line["count"], line["status"], line["reason_code"]);
    }
    Ok(())
}
