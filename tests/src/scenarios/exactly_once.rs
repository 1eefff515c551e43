//! The vendor's own count against the log.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::wait::{self, Look};
use crate::world::World;

#[derive(Debug, Deserialize)]
struct Row {
    traceparent: String,
    sent: String,
}

/// Every request that the stand-in received joins exactly one row by its trace context, and every row that says it was sent
/// joins exactly one receipt.
pub async fn every_receipt_has_one_row_and_every_sent_row_one_receipt(world: &World) -> Result<()> {
    wait::until("receipts and rows to agree", async || {
        // Rows first, then receipts, then rows: a call on its way between two looks is in none or in both.
        let before = rows(world)?;
        let receipts = receipts(world).await?;
        let after = rows(world)?;
        let late: Vec<_> = before.iter().filter(|(id, sent)| *sent == "yes" && receipts.get(*id) != Some(&1)).collect();
        ensure!(late.is_empty(), "rows with sent=yes that the stand-in did not receive exactly once: {late:?}");
        let unknown: Vec<_> =
            receipts.iter().filter(|(id, count)| **count != 1 || after.get(*id).is_none_or(|sent| sent == "no")).collect();
        Ok(match (unknown.is_empty(), before.is_empty()) {
            (true, false) => Look::Found(()),
            (true, true) => Look::NotYet("no rows yet".to_owned()),
            (false, _) => Look::NotYet(format!("receipts without exactly one row: {unknown:?}")),
        })
    })
    .await
}

/// `sent` of every row, by the trace context that it was sent with.
pub(super) fn rows(world: &World) -> Result<BTreeMap<String, String>> {
    let rows: Vec<Row> = world.rows(
        "select sent, '00-' || replace(trace_id::text, '-', '') || '-' || right(replace(id::text, '-', ''), 16) || '-01' as traceparent
         from requests",
    )?;
    Ok(rows.into_iter().map(|row| (row.traceparent, row.sent)).collect())
}

/// How often the vendor received each trace context.
pub(super) async fn receipts(world: &World) -> Result<BTreeMap<String, usize>> {
    let mut counts = BTreeMap::new();
    for receipt in world.receipts().await? {
        let id = receipt["headers"]["traceparent"].as_str().unwrap_or("none").to_owned();
        *counts.entry(id).or_default() += 1;
    }
    for session in live_sessions(world).await? {
        *counts.entry(session.traceparent).or_default() += 1;
    }
    Ok(counts)
}

/// A session of live data, as the vendor has booked it.
#[derive(Debug)]
pub(super) struct LiveSession {
    /// What the client said that it belongs to.
    pub(super) traceparent: String,
    /// Fingerprint of its key, where the vendor knows it.
    pub(super) key: Option<String>,
}

/// Every login for live data that the vendor has received, whatever came of it.
pub(super) async fn live_sessions(world: &World) -> Result<Vec<LiveSession>> {
    let url = format!("{}/__stand-in/live/sessions", world.stand_in);
    let book: serde_json::Value = world.http.get(url).send().await?.error_for_status()?.json().await?;
    let session = |one: &serde_json::Value| {
        let client = one["client"].as_str().unwrap_or_default();
        let traceparent = client.split_once("traceparent=").map_or("none", |(_, rest)| rest);
        let traceparent = traceparent.split_whitespace().next().unwrap_or("none").to_owned();
        LiveSession { traceparent, key: one["key"].as_str().map(str::to_owned) }
    };
    Ok(book["all"].as_array().into_iter().flatten().map(session).collect())
}

/// The log's own laws: sequence without gaps, groups that cover it, and nobody but the gateway's role may write, nobody change.
pub fn the_log_is_gap_free_and_insert_only(world: &World) -> Result<()> {
    let gaps: Vec<serde_json::Value> = world.rows(
        "select gateway_set, seq from (select gateway_set, seq, lag(seq) over (partition by gateway_set order by seq) as last from requests) s
         where last is not null and seq <> last + 1",
    )?;
    ensure!(gaps.is_empty(), "gaps in the sequence: {gaps:?}");
    for role in ["assayer_gateway", "assayer_controller", "assayer_api"] {
        for change in
            ["update requests set outcome = 'success'", "delete from requests", "truncate requests", "delete from intents"]
        {
            let refused = world.sql(&format!("set role {role}; {change}"));
            ensure!(refused.is_err_and(|e| e.to_string().contains("permission denied")), "{role} may {change}");
        }
    }
    Ok(())
}
