//! Configured, connected and used are told apart, each by rows.

mod asking;
mod at_once;
mod brokers;
mod fallback;
pub(in crate::scenarios) mod given;
mod kinds;
mod no_data;
mod over_http;
mod rotation;
mod sources;
mod system;

use anyhow::{Context, Result, ensure};
use assayer_contract::wire::VERIFY_LOOP;
use assayer_crds::{IntegrationState, IntegrationStatus};
use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::ListParams;
use serde_json::json;

pub use asking::nobody_asks_in_anothers_name;
pub use at_once::all_who_ask_at_once_are_answered;
pub use brokers::*;
pub use fallback::{
    another_vendor_stands_in_only_by_policy_and_proves_nothing, simulated_bars_stand_in_only_where_the_installation_allows_them,
};
pub use given::{DATABENTO, FRED, Vendor};
pub use kinds::*;
pub use no_data::bars_that_do_not_come_deny_a_start;
pub use over_http::{
    a_key_is_set_with_the_callers_own_rights, every_provider_is_listed, handshakes_are_no_use_and_a_bots_job_is,
    the_proof_of_integrations_counts_rows,
};
pub use rotation::a_rotated_key_is_noticed_before_a_handshake_is_due;
pub use sources::what_a_stage_requires_is_proven_by_rows_of_the_cycle_alone;
pub(in crate::scenarios) use system::denied;
pub use system::{
    a_gateway_with_other_limits_is_named, a_job_under_way_obeys, a_planner_that_is_gone_is_noticed,
    nothing_starts_without_its_key_and_everything_with_it,
};

use self::given::Given;
pub(in crate::scenarios) use self::over_http::entry;
use self::over_http::until_used;
use crate::wait::{self, Look};
use crate::world::World;

/// From no Secret to a good key: each state has its condition, its reason, its answer of the API, its row and its event, and nothing is
/// sent before there is something to send.
pub async fn a_key_that_is_missing_malformed_wrong_and_right_is_told_apart(
    world: &World,
    vendor: &Vendor,
    namespace: &str,
) -> Result<()> {
    from_no_key_to_a_good_one(world, vendor, namespace).await.map(drop)
}

/// The same; the Integration and its key.
async fn from_no_key_to_a_good_one<'a>(world: &'a World, vendor: &'a Vendor, namespace: &'a str) -> Result<(Given<'a>, String)> {
    let given = Given::without_a_secret(world, vendor, namespace).await?;
    let status = given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MISSING").await?;
    let mut missing: Vec<_> = status.missing_keys.iter().map(String::as_str).collect();
    missing.sort_unstable();
    ensure!(missing == vendor.keys() && conditions(&status) == ["False", "False"], "{status:?}");
    ensure!(status.message.contains("does not exist"), "{status:?}");
    shown(&given, "NotConfigured", "INTEGRATION_KEY_MISSING", (false, false)).await?;
    if !vendor.malformed.0.is_empty() {
        given.set_malformed().await?;
        let status = given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MALFORMED").await?;
        ensure!(status.missing_keys.is_empty() && status.message.contains(vendor.malformed.0), "{status:?}");
        shown(&given, "NotConfigured", "INTEGRATION_KEY_MALFORMED", (false, false)).await?;
    }
    // One look at all: meanwhile another handshake may be refused.
    let rows = given.rows("true")?;
    let unsent = |row: &serde_json::Value| row["outcome"] == "refused" && row["sent"] == "no";
    ensure!(!rows.is_empty() && rows.iter().all(unsent), "something was sent without a key: {rows:?}");
    told(&given, "IntegrationKeyMissing", "Create the Secret").await?;
    if vendor.endpoint.is_empty() {
        return until_a_message_tells(given).await;
    }

    given.set_key(vendor.unknown).await?;
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    ensure!(conditions(&status) == ["True", "False"], "{status:?}");
    shown(&given, "NotConnected", "PROVIDER_AUTH", (true, false)).await?;
    let row = given.rows("reason_code = 'PROVIDER_AUTH' and sent <> 'no'")?.into_iter().next().context("a row of the refusal")?;
    let operation = if vendor.session { "sign_in" } else { "verify" };
    ensure!(row["outcome"] == "failed" && row["sent"] == "yes" && row["operation"] == operation, "{row}");
    told(&given, "ProviderAuth", "Set a valid key").await?;

    let good = given.own_key();
    given.accept(&good).await?;
    given.set_key(&good).await?;
    let status = given.until(IntegrationState::Connected, "PROVEN").await?;
    ensure!(conditions(&status) == ["True", "True"], "{status:?}");
    shown(&given, "Connected", "PROVEN", (true, true)).await?;
    told(&given, "Connected", "within 20s").await?;
    is_no_use(&given, &status)?;
    Ok((given, good))
}

/// Nothing but a message tells whether the key of such a vendor is good: until then nobody knows, and nothing is sent.
async fn until_a_message_tells(given: Given<'_>) -> Result<(Given<'_>, String)> {
    let key = given.own_key();
    given.set_key(&key).await?;
    let status = given.until(IntegrationState::NotConnected, "VERIFY_UNSUPPORTED").await?;
    ensure!(conditions(&status) == ["True", "Unknown"], "{status:?}");
    shown(&given, "NotConnected", "VERIFY_UNSUPPORTED", (true, None::<bool>)).await?;
    let rows = given.rows("true")?;
    ensure!(rows.iter().all(|row| row["outcome"] == "refused" && row["sent"] == "no"), "something was sent: {rows:?}");
    Ok((given, key))
}

/// The handshake that proves it is a row of the clock's, and no use.
fn is_no_use(given: &Given<'_>, status: &IntegrationStatus) -> Result<()> {
    let verified = status.last_verified.as_ref().context("a handshake")?;
    let row = given
        .rows(&format!("trace_id = '{}' and operation <> 'sign_in'", verified.trace_id))?
        .pop()
        .context("the row of the handshake")?;
    let expected = json!({"operation": "verify", "outcome": "success", "sent": "yes", "endpoint": given.vendor.endpoint,
        "job_id": null, "bot_id": null, "user_id": VERIFY_LOOP, "http_status": 200, "integration_generation": 1});
    for (field, value) in expected.as_object().into_iter().flatten() {
        ensure!(row[field] == *value, "{field}: {row}");
    }
    ensure!(given.rows("bot_id is not null or operation = 'call'")?.is_empty(), "a handshake counts as use");
    Ok(())
}

/// The API says the same as the status: the state, why, and whether it is configured and connected; of neither, null.
pub(in crate::scenarios) async fn shown(
    given: &Given<'_>,
    state: &str,
    reason: &str,
    facts: (bool, impl Into<Option<bool>>),
) -> Result<()> {
    let entry = entry(given.world, given.namespace, given.vendor.provider).await?;
    ensure!(entry["state"] == state && entry["reason_code"] == reason, "not {state} for {reason}: {entry}");
    let (configured, connected) = (facts.0, facts.1.into());
    ensure!(entry["configured"] == configured && entry["connected"] == json!(connected), "not {connected:?}: {entry}");
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
        let about = |event: &Event| event.regarding.as_ref().and_then(|object| object.name.clone()) == Some(given.name());
        let ours = all.into_iter().filter(|event| event.reason.as_deref() == Some(reason) && about(event));
        let notes: Vec<_> = ours.map(|event| event.note).collect();
        let said = notes.iter().flatten().any(|note| note.contains(says));
        Ok(if said { Look::Found(()) } else { Look::NotYet(format!("{notes:?}")) })
    })
    .await
}

/// Asked for by an annotation, a handshake is made at once under that trace and the name of who asked, and once only: also by a gateway
/// that starts anew.
pub async fn a_handshake_on_demand_is_made_once(
    world: &World,
    namespace: &str,
    restart: impl AsyncFnOnce() -> Result<()>,
) -> Result<()> {
    let (given, _) = Given::connected(world, &DATABENTO, namespace).await?;
    let trace = asking::ask(&given, "verify").await?;
    let of_trace = format!("trace_id = '{trace}'");
    wait::until("the row of the handshake", async || {
        let rows = given.rows(&of_trace)?;
        Ok(if rows.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(()) })
    })
    .await?;
    restart().await?;
    // The next handshake in time shows that the gateway has looked at the Integration again.
    let newest = given.rows("true")?.first().context("a row")?["id"].clone();
    wait::until("a handshake after that", async || {
        let rows = given.rows(&format!("id > '{}' and operation = 'verify'", newest.as_str().unwrap_or_default()))?;
        Ok(if rows.is_empty() { Look::NotYet("none".to_owned()) } else { Look::Found(()) })
    })
    .await?;
    let made = given.rows(&of_trace)?;
    let me = asking::me(world).await?;
    ensure!(made.len() == 1 && made.iter().all(|row| row["operation"] == "verify" && row["user_id"] == *me), "{me}: {made:?}");
    Ok(())
}
