//! Prepares an installation. In: an empty or older database. Out: the schema of this version. Not pure.

use std::time::Duration;

use anyhow::Context;
use assayer_store::{connect, migrate, schema_is_current};

/// Flags of `bootstrap`.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// Flags of `wait-schema`.
#[derive(clap::Args)]
pub(crate) struct WaitSchemaArgs {}

/// Migrates the database.
pub(crate) async fn run(_: Args) -> anyhow::Result<()> {
    migrate(&connect("assayer-bootstrap", 1)?).await.context("migrating the database")
}

/// Returns when the database has the schema of this version.
pub(crate) async fn wait_schema(_: WaitSchemaArgs) -> anyhow::Result<()> {
    let pool = connect("assayer-wait-schema", 1)?;
    while !schema_is_current(&pool).await.unwrap_or(false) {
        tracing::info!("waiting for the schema");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    Ok(())
}
