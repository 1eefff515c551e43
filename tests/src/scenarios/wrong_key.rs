//! A key that the vendor does not accept.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::world::{GOOD_KEY, WRONG_KEY, World};

/// With a wrong key no job starts, for a reason that `kubectl get bots` shows, nothing is simulated, and with a right key the Bot
/// works by itself.
pub async fn fails_readably_and_recovers(world: &World, namespace: &str) -> Result<()> {
    world.namespace(namespace, WRONG_KEY).await?;
    world.sample_bot(namespace, "spx-cross").await?;
    let columns =
        world.until_columns(namespace, "spx-cross", "blocked by its key", |c| c.get("BLOCKED-BY") == "ProviderAuth").await?;
    ensure!(columns.get("PROOF") == "MD?" && columns.get("PROMOTABLE") == "False", "{columns:?}");
    let rows: Vec<Value> =
        world.rows(&format!("select * from requests where integration_namespace = '{namespace}' order by id desc"))?;
    ensure!(rows.iter().all(|row| row["operation"] == "verify"), "a job called with a key that was refused: {rows:?}");
    let last = rows.first().context("a refused key is a row")?;
    ensure!(last["http_status"] == 401 && last["reason_code"] == "PROVIDER_AUTH" && last["sent"] == "yes", "{last}");
    let sessions: Vec<Value> = world.rows(&format!("select id from backtest_sessions where bot_namespace = '{namespace}'"))?;
    ensure!(sessions.is_empty(), "a session without data: {sessions:?}");

    world.set_key(namespace, GOOD_KEY).await?;
    world.until_columns(namespace, "spx-cross", "proven with the right key", |c| c.get("PROOF") == "MD✓").await?;
    world.remove_namespace(namespace).await
}
