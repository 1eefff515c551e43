//! A Secret that changes while its Integration works.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};
use assayer_crds::IntegrationState;
use serde_json::Value;

use super::given::{DATABENTO, Given};
use super::over_http::until_used;
use crate::world::World;

const BOT: &str = "spx-cross";
/// Between two handshakes, and how long one counts, where none is due while a scenario runs.
const RARELY: (Duration, Duration) = (Duration::from_hours(1), Duration::from_hours(2));

/// A Secret that changes is noticed by its version, long before a handshake is due: a good key signs in the next job, and a wrong one
/// is found out before any job is. What must be found nowhere.
pub async fn a_rotated_key_is_noticed_before_a_handshake_is_due(world: &World, namespace: &str) -> Result<Vec<String>> {
    let given = Given::verified(world, &DATABENTO, namespace, RARELY).await?;
    let (first, second) = (given.own_key(), World::key_of(&format!("{namespace} anew")));
    given.accept(&first).await?;
    given.set_key(&first).await?;
    given.until(IntegrationState::Connected, "PROVEN").await?;
    world.sample_bot(namespace, BOT).await?;
    until_used(world, namespace, "databento").await?;
    ensure!(!proven_by(&given).await?.is_empty(), "the vendor has received calls of the first key");

    given.accept(&second).await?;
    given.set_key(&second).await?;
    let verified =
        format!("from requests where integration_namespace = '{namespace}' and operation = 'verify' and outcome = 'success'");
    let noticed = format!("select count(distinct params ->> 'secret_version') = 2 {verified}");
    world.until_sql("a handshake with the second key", &noticed).await?;
    let next = format!(
        "select id from bot_jobs where bot_namespace = '{namespace}' and created_at > (select max(created_at) {verified})
             and status = 'SUCCEEDED' limit 1"
    );
    let job = world.until_answered("a job that began after it", &next).await?;
    let rows = given.rows(&format!("job_id = '{job}' and sent = 'yes'"))?;
    let by = proven_by(&given).await?;
    let with_second = |row: &&Value| row["id"].as_str().is_some_and(|id| by.get(id) == Some(&given.fingerprint(&second)));
    ensure!(!rows.is_empty() && rows.iter().filter(with_second).count() == rows.len(), "{rows:?}\n{by:?}");
    let failed = given.rows("outcome in ('failed', 'unknown')")?;
    ensure!(failed.is_empty(), "the connection broke: {failed:?}");

    // No job is left to find it out.
    world.remove_bots(namespace).await?;
    let open = format!("select count(*) = 0 from bot_jobs where bot_namespace = '{namespace}' and completed_at is null");
    world.until_sql("no open job", &open).await?;
    given.set_key(DATABENTO.unknown).await?;
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    let failed = given.rows("outcome = 'failed'")?;
    ensure!(failed.iter().all(|row| row["operation"] == "verify" && row["job_id"].is_null()), "{status:?} {failed:?}");
    let before = world.sql(&format!("select count(*) from bot_jobs where bot_namespace = '{namespace}'"))?;
    world.sample_bot(namespace, BOT).await?;
    world.until_columns(namespace, BOT, "blocked", |columns| columns.get("BLOCKED-BY") == "ProviderAuth").await?;
    ensure!(world.sql(&format!("select count(*) from bot_jobs where bot_namespace = '{namespace}'"))? == before, "a job began");
    world.remove_namespace(namespace).await?;
    Ok(vec![first, second])
}

/// By the id of its row, the fingerprint of the key with which each call of the namespace reached the vendor.
async fn proven_by(given: &Given<'_>) -> Result<BTreeMap<String, String>> {
    let sent: Vec<Value> = given.world.rows(&format!(
        "select id, '00-' || replace(trace_id::text, '-', '') || '-' || right(replace(id::text, '-', ''), 16) || '-01' as traceparent
         from requests where integration_namespace = '{}' and sent = 'yes'",
        given.namespace
    ))?;
    let receipts = given.world.receipts().await?;
    let keys: BTreeMap<_, _> = receipts
        .iter()
        .filter_map(|receipt| Some((receipt["headers"]["traceparent"].as_str()?, receipt["key"].as_str()?.to_owned())))
        .collect();
    let by = |row: &Value| Some((row["id"].as_str()?.to_owned(), keys.get(row["traceparent"].as_str()?)?.clone()));
    Ok(sent.iter().filter_map(by).collect())
}
