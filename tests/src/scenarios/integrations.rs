//! Configured, connected and used are told apart, each by rows.

mod given;
mod over_http;
mod system;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use assayer_contract::wire::VERIFY_REQUESTED_ANNOTATION;
use assayer_crds::{IntegrationState, IntegrationStatus};
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::{ListParams, Patch, PatchParams};
use serde_json::json;
use uuid::Uuid;

pub use given::{DATABENTO, FRED, Vendor};
pub use over_http::*;
pub(in crate::scenarios) use system::denied;
pub use system::{a_planner_that_is_gone_is_noticed, nothing_starts_without_its_key_and_everything_with_it};

use self::given::{EVERY, Given};
use crate::wait::{self, Look};
use crate::world::World;

/// From no Secret to a good key: each state has its condition, its reason, its row and its event, and nothing is sent before there
/// is something to send.
pub async fn a_key_that_is_missing_malformed_wrong_and_right_is_told_apart(
    world: &World,
    vendor: &Vendor,
    namespace: &str,
) -> Result<()> {
    let given = Given::without_a_secret(world, vendor, namespace).await?;
    let status = given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MISSING").await?;
    ensure!(status.missing_keys == [vendor.key] && conditions(&status) == ["False", "False"], "{status:?}");
    ensure!(status.message.contains("does not exist"), "{status:?}");
    given.set_key(vendor.malformed).await?;
    let status = given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MALFORMED").await?;
    ensure!(status.missing_keys.is_empty() && status.message.contains(vendor.key), "{status:?}");
    ensure!(given.rows("sent <> 'no'")?.is_empty(), "something was sent without a key");
    told(&given, "IntegrationKeyMissing", "Create the Secret").await?;

    given.set_key(vendor.unknown).await?;
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    ensure!(conditions(&status) == ["True", "False"], "{status:?}");
    told(&given, "ProviderAuth", "Set a valid key").await?;

    let good = given.own_key();
    given.accept(&good).await?;
    given.set_key(&good).await?;
    let set = Instant::now();
    let status = given.until(IntegrationState::Connected, "PROVEN").await?;
    // A handshake is made within the time between two, and is told at once.
    ensure!(set.elapsed() < EVERY + Duration::from_secs(5), "it took {:?}", set.elapsed());
    ensure!(conditions(&status) == ["True", "True"], "{status:?}");
    told(&given, "Connected", "within 20s").await?;
    let verified = status.last_verified.context("a handshake")?;
    let row = given.rows(&format!("trace_id = '{}'", verified.trace_id))?.pop().context("the row of the handshake")?;
    let expected = json!({"operation": "verify", "outcome": "success", "sent": "yes", "endpoint": vendor.endpoint, "job_id": null,
        "bot_id": null, "http_status": 200, "integration_generation": 1});
    for (field, value) in expected.as_object().into_iter().flatten() {
        ensure!(row[field] == *value, "{field}: {row}");
    }
    ensure!(row["user_id"].as_str().is_some_and(|user| !user.is_empty() && user != "system:anonymous"), "{row}");
    ensure!(given.rows("bot_id is not null or operation = 'call'")?.is_empty(), "a handshake counts as use");
    Ok(())
}

/// `Configured` and `Connected`.
fn conditions(status: &IntegrationStatus) -> Vec<&str> {
    status.conditions.iter().map(|condition| condition.status.as_str()).collect()
}

/// An event of the Integration with this reason says this.
async fn told(given: &Given<'_>, reason: &str, says: &str) -> Result<()> {
    let events = Api::<Event>::namespaced(given.world.client.clone(), given.namespace);
    wait::until(&format!("an event {reason} that says {says}"), async || {
        let all = events.list(&ListParams::default()).await?.items;
        let notes: Vec<_> =
            all.into_iter().filter(|event| event.reason.as_deref() == Some(reason)).map(|event| event.note).collect();
        let said = notes.iter().flatten().any(|note| note.contains(says));
        Ok(if said { Look::Found(()) } else { Look::NotYet(format!("{notes:?}")) })
    })
    .await
}

/// Asked for by an annotation, a handshake is made at once under that trace, and once only: also by a gateway that starts anew.
pub async fn a_handshake_on_demand_is_made_once(
    world: &World,
    namespace: &str,
    restart: impl AsyncFnOnce() -> Result<()>,
) -> Result<()> {
    let (given, _) = Given::connected(world, &DATABENTO, namespace).await?;
    let trace = Uuid::now_v7();
    let asked = Instant::now();
    annotate(&given, trace).await?;
    let of_trace = format!("trace_id = '{trace}'");
    wait::until("the row of the handshake", async || {
        let rows = given.rows(&of_trace)?;
        Ok(if rows.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(()) })
    })
    .await?;
    ensure!(asked.elapsed() < EVERY, "it took {:?}", asked.elapsed());
    restart().await?;
    // The next handshake in time shows that the gateway has looked at the Integration again.
    let newest = given.rows("true")?.first().context("a row")?["id"].clone();
    wait::until("a handshake after that", async || {
        let rows = given.rows(&format!("id > '{}' and operation = 'verify'", newest.as_str().unwrap_or_default()))?;
        Ok(if rows.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(()) })
    })
    .await?;
    let made = given.rows(&of_trace)?;
    ensure!(made.len() == 1 && made.iter().all(|row| row["operation"] == "verify"), "{made:?}");
    Ok(())
}

async fn annotate(given: &Given<'_>, trace: Uuid) -> Result<()> {
    let patch = Patch::Merge(json!({"metadata": {"annotations": {VERIFY_REQUESTED_ANNOTATION: trace}}}));
    given.api().patch(given.vendor.provider, &PatchParams::default(), &patch).await?;
    Ok(())
}

/// A Bot whose plan lacks its bars degrades the Integration although its handshakes go on succeeding, and so it stays until the bars
/// are there; another key broken at the vendor is not connected.
pub async fn a_plan_that_lacks_something_degrades_until_it_has_it(world: &World, namespace: &str) -> Result<()> {
    let (given, key) = Given::connected(world, &DATABENTO, namespace).await?;
    let order = json!({"match": {"path": "timeseries.get_range", "key": World::fingerprint(&key)}, "fault": "license"});
    world.order_faults(&[order]).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    let status = given.until(IntegrationState::Degraded, "DATA_LICENSE_REQUIRED").await?;
    ensure!(conditions(&status) == ["True", "True"] && status.message.contains("timeseries.get_range"), "{status:?}");
    let verified = given.rows("operation = 'verify'")?.len();
    wait::until("two more successes", async || {
        let more = given.rows("outcome = 'success'")?.len();
        Ok(if more > verified + 2 { Look::Found(()) } else { Look::NotYet(format!("{more}")) })
    })
    .await?;
    given.until(IntegrationState::Degraded, "DATA_LICENSE_REQUIRED").await?;
    world.clear_faults(&key).await?;
    given.until(IntegrationState::Connected, "PROVEN").await?;

    let order = json!({"match": {"key": World::fingerprint(&key)}, "fault": "unauthorized"});
    world.order_faults(&[order]).await?;
    given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    world.clear_faults(&key).await?;
    given.until(IntegrationState::Connected, "PROVEN").await?;
    world.remove_bots(namespace).await
}
