//! A broker that is used through a session: from no key to a connection, its plan, its troubles, another key. Each state is a condition,
//! an answer of the API, and rows; and the vendor's own count of logins is the log's. No job of LAB reaches a broker.

use anyhow::{Context, Result, ensure};
use assayer_contract::{Outcome, wire::VERIFY_LOOP};
use assayer_crds::{IntegrationState, IntegrationStatus};
use serde_json::{Value, json};
use uuid::Uuid;

use super::asking::ask;
use super::given::{Given, TRADOVATE};
use super::kinds::token_of;
use super::{conditions, is_no_use, shown};
use crate::wait::{self, Look};
use crate::world::World;

const LOGIN: &str = "auth/accesstokenrequest";

/// Takes Tradovate through all its states. What must be found nowhere: secrets, and how tokens begin.
pub async fn a_broker_is_connected_by_one_session_that_is_kept(world: &World, namespace: &str) -> Result<Vec<String>> {
    let given = Given::without_a_secret(world, &TRADOVATE, namespace).await?;
    is_not_configured(&given).await?;
    a_wrong_key_is_tried_once(&given).await?;
    let first = connected(&given).await?;
    troubles_come_and_go(&given, &first).await?;
    let second = rotated(&given).await?;
    world.remove_namespace(namespace).await?;
    let keys = [TRADOVATE.unknown.to_owned(), first, second];
    let tokens: Vec<_> = keys.iter().map(|key| token_of(key)).collect();
    let password =
        TRADOVATE.others.iter().filter(|(name, _)| *name == "TRADOVATE_PASSWORD").map(|(_, value)| (*value).to_owned());
    Ok(keys.into_iter().chain(tokens).chain(password).collect())
}

async fn is_not_configured(given: &Given<'_>) -> Result<()> {
    let status = given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MISSING").await?;
    ensure!(status.missing_keys.len() == TRADOVATE.keys().len() && conditions(&status) == ["False", "False"], "{status:?}");
    given.set_malformed().await?;
    let status = given.until(IntegrationState::NotConfigured, "INTEGRATION_KEY_MALFORMED").await?;
    ensure!(status.message.contains("TRADOVATE_ENV") && status.message.contains("demo or live"), "{status:?}");
    shown(given, "NotConfigured", "INTEGRATION_KEY_MALFORMED", (false, false)).await?;
    ensure!(logins(given).await? == 0 && given.rows("sent <> 'no'")?.is_empty(), "something was sent without a credential");
    Ok(())
}

/// The vendor answers it with a good status. However often a handshake is due, the vendor is asked once.
async fn a_wrong_key_is_tried_once(given: &Given<'_>) -> Result<()> {
    given.set_key(TRADOVATE.unknown).await?;
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    ensure!(conditions(&status) == ["True", "False"], "{status:?}");
    shown(given, "NotConnected", "PROVIDER_AUTH", (true, false)).await?;
    until_rows(given, "operation = 'verify' and outcome = 'refused' and reason_code = 'PROVIDER_AUTH'", 3).await?;
    let tried = given.rows("operation = 'sign_in'")?;
    ensure!(tried.len() == 1 && logins(given).await? == 1, "{tried:?}");
    let row = tried.first().context("the row of the login")?;
    let expected = json!({"outcome": "failed", "sent": "yes", "http_status": 200, "endpoint": LOGIN, "reason_code": "PROVIDER_AUTH",
        "job_id": null, "bot_id": null, "user_id": VERIFY_LOOP, "response_digest": null});
    has(row, &expected)?;
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_AUTH").await?;
    let connected = status.conditions.iter().find(|condition| condition.type_ == "Connected").context("the condition")?;
    ensure!(connected.message.contains("the next try is when the Secret changes"), "{status:?}");
    Ok(())
}

/// Nobody asks for anything: setting the keys is enough, and one login does for all handshakes.
async fn connected(given: &Given<'_>) -> Result<String> {
    let key = Uuid::new_v4().to_string();
    given.accept(&key).await?;
    given.set_key(&key).await?;
    let status = verified(given).await?;
    ensure!(conditions(&status) == ["True", "True"], "{status:?}");
    is_no_use(given, &status)?;
    shown(given, "Connected", "PROVEN", (true, true)).await?;
    until_rows(given, "operation = 'verify' and outcome = 'success' and environment = 'demo'", 3).await?;
    let trace = ask(given, "verify").await?;
    until_rows(given, &format!("trace_id = '{trace}' and operation = 'verify' and outcome = 'success'"), 1).await?;
    let opened = given.rows("operation = 'sign_in' and outcome = 'success'")?;
    ensure!(opened.len() == 1 && logins(given).await? == 2, "{opened:?}");
    Ok(key)
}

/// The login alone connects it, a moment before the handshake that needed it is in the status.
async fn verified(given: &Given<'_>) -> Result<IntegrationStatus> {
    wait::until("a handshake through the session", async || {
        let status = given.until(IntegrationState::Connected, "PROVEN").await?;
        let last = status.last_verified.as_ref().map(|last| last.outcome);
        Ok(if last == Some(Outcome::Success) { Look::Found(status) } else { Look::NotYet(format!("{status:?}")) })
    })
    .await
}

/// A plan that lacks the account, a vendor that fails, a penalty: each is told apart and passes, and no login is made for any of them.
async fn troubles_come_and_go(given: &Given<'_>, key: &str) -> Result<()> {
    given.order(key, "auth/me", "forbidden").await?;
    let status = given.until(IntegrationState::NotConnected, "PROVIDER_ENTITLEMENT").await?;
    ensure!(conditions(&status) == ["True", "False"] && status.message.contains("Access is denied"), "{status:?}");
    shown(given, "NotConnected", "PROVIDER_ENTITLEMENT", (true, false)).await?;
    has(
        &newest(given, "PROVIDER_ENTITLEMENT")?,
        &json!({"outcome": "failed", "sent": "yes", "operation": "verify", "job_id": null}),
    )?;
    given.mend(key).await?;
    recovered(given).await?;

    given.order(key, "auth/me", "server_error").await?;
    let status = given.until(IntegrationState::Degraded, "PROVIDER_ERROR").await?;
    ensure!(conditions(&status) == ["True", "False"], "{status:?}");
    shown(given, "Degraded", "PROVIDER_ERROR", (true, false)).await?;
    has(
        &newest(given, "PROVIDER_ERROR")?,
        &json!({"outcome": "failed", "sent": "yes", "http_status": 500, "operation": "verify"}),
    )?;
    given.mend(key).await?;
    recovered(given).await?;

    given.order(key, "auth/me", "ticket").await?;
    let status = given.until(IntegrationState::Degraded, "PROVIDER_RATE_LIMITED").await?;
    ensure!(conditions(&status) == ["True", "Unknown"], "{status:?}");
    let penalty = json!({"outcome": "failed", "sent": "yes", "http_status": 200, "error_code": "p-ticket", "retry_after_s": 1});
    has(&newest(given, "PROVIDER_RATE_LIMITED")?, &penalty)?;
    given.mend(key).await?;
    recovered(given).await?;
    ensure!(logins(given).await? == 2, "a login was made for a trouble that passes");
    Ok(())
}

async fn recovered(given: &Given<'_>) -> Result<()> {
    given.until(IntegrationState::Connected, "PROVEN").await?;
    let rows = given.rows("operation = 'verify' and outcome in ('success', 'failed')")?;
    let expected = json!({"outcome": "success", "sent": "yes", "environment": "demo", "bot_id": null});
    has(rows.first().context("the row of the recovery")?, &expected)?;
    shown(given, "Connected", "PROVEN", (true, true)).await
}

/// The newest row with this reason of what the vendor was sent.
fn newest(given: &Given<'_>, reason: &str) -> Result<Value> {
    let rows = given.rows(&format!("reason_code = '{reason}' and sent = 'yes'"))?;
    rows.into_iter().next().with_context(|| format!("a row of {reason}"))
}

/// Another key, and another version of the Secret, is another session; the connection never breaks.
async fn rotated(given: &Given<'_>) -> Result<String> {
    let key = Uuid::new_v4().to_string();
    given.accept(&key).await?;
    given.set_key(&key).await?;
    until_rows(given, "operation = 'sign_in' and outcome = 'success'", 2).await?;
    let opened = given.rows("operation = 'sign_in' and outcome = 'success'")?;
    let versions: Vec<_> = opened.iter().filter_map(|row| row["params"]["secret_version"].as_str()).collect();
    ensure!(versions.len() == 2 && versions.first() != versions.last(), "{opened:?}");
    recovered(given).await?;
    ensure!(logins(given).await? == 3, "one login for each credential");
    Ok(key)
}

/// Logins that the vendor has received, which only this scenario makes.
async fn logins(given: &Given<'_>) -> Result<usize> {
    let receipts = given.world.receipts().await?;
    Ok(receipts.iter().filter(|receipt| receipt["path"].as_str().is_some_and(|path| path.ends_with(LOGIN))).count())
}

async fn until_rows(given: &Given<'_>, condition: &str, least: usize) -> Result<()> {
    wait::until(&format!("{least} rows where {condition}"), async || {
        let found = given.rows(condition)?.len();
        Ok(if found >= least { Look::Found(()) } else { Look::NotYet(format!("{found}")) })
    })
    .await
}

fn has(row: &Value, expected: &Value) -> Result<()> {
    for (field, value) in expected.as_object().into_iter().flatten() {
        ensure!(row[field] == *value, "{field}: {row}");
    }
    Ok(())
}
