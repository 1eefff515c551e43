//! Prepares an installation. In: a Postgres and a cluster, empty or of an older version. Out: the schema of this version, roles
//! that can log in, and a policy for each stage. Every step may be repeated. Not pure.

mod cluster;
mod patience;
mod policies;

use std::{path::PathBuf, time::Duration};

use anyhow::Context;
use assayer_store::{PgPool, StoreError, connect, migrate, roles, schema_is_current};
use secrecy::{ExposeSecret, SecretString};

use self::patience::Patience;
use crate::signals;

/// Each process with the variable that holds its role's password.
const ROLES: [(&str, &str); 3] = [
    ("assayer_controller", "ASSAYER_CONTROLLER_PASSWORD"),
    ("assayer_gateway", "ASSAYER_GATEWAY_PASSWORD"),
    ("assayer_api", "ASSAYER_API_PASSWORD"),
];

/// Flags of `bootstrap`. The roles' passwords come from the environment alone: `ASSAYER_CONTROLLER_PASSWORD`,
/// `ASSAYER_GATEWAY_PASSWORD`, `ASSAYER_API_PASSWORD`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// YAML file with the StagePolicies to create where there are none.
    #[arg(long, env = "ASSAYER_POLICIES")]
    policies: PathBuf,
    /// How long to wait for Postgres and for the custom resources.
    #[arg(long, env = "ASSAYER_BOOTSTRAP_TIMEOUT_SECONDS", default_value_t = 300)]
    timeout_seconds: u64,
}

/// Flags of `wait-schema`.
#[derive(clap::Args)]
pub(crate) struct WaitSchemaArgs {}

/// Prepares the database, then the cluster.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let patience = Patience::of(Duration::from_secs(args.timeout_seconds));
    let text = tokio::fs::read_to_string(&args.policies)
        .await
        .with_context(|| format!("reading the policies in {}", args.policies.display()))?;
    let policies = policies::parse(&text).with_context(|| format!("reading the policies in {}", args.policies.display()))?;
    let passwords = passwords()?;
    tokio::select! {
        () = signals::termination() => anyhow::bail!("asked to end before the installation was prepared"),
        done = async {
            database(&patience, &passwords).await?;
            cluster::prepare(&patience, &policies).await
        } => done,
    }
}

/// Applies what is missing of the schema, or says at once why it cannot.
pub(crate) async fn migrate_once() -> anyhow::Result<()> {
    migrate(&connect("assayer-migrate", 1)?).await.context("applying the schema")
}

/// Returns when the database has the schema of this version and this process's own log-in works.
pub(crate) async fn wait_schema(_: WaitSchemaArgs) -> anyhow::Result<()> {
    let pool = connect("assayer-wait-schema", 1)?;
    let patience = Patience::endless();
    let ready = patience.until("the schema of this version", async || match schema_is_current(&pool).await {
        Ok(true) => Ok(()),
        Ok(false) => Err("migrations are missing".to_owned()),
        Err(error) => Err(error.to_string()),
    });
    tokio::select! {
        () = signals::termination() => anyhow::bail!("asked to end before the schema was there"),
        ready = ready => ready,
    }
}

fn passwords() -> anyhow::Result<Vec<(&'static str, SecretString)>> {
    let password = |(role, variable)| {
        let password = std::env::var(variable).with_context(|| format!("{variable}: set the password of the role {role}"))?;
        anyhow::ensure!(!password.is_empty(), "{variable}: the password of the role {role} is empty");
        Ok((role, SecretString::from(password)))
    };
    ROLES.into_iter().map(password).collect()
}

async fn database(patience: &Patience, passwords: &[(&'static str, SecretString)]) -> anyhow::Result<()> {
    let pool = connect("assayer-bootstrap", 2)?;
    patience.until("Postgres", async || reachable(&pool).await.map_err(|error| error.to_string())).await?;
    migrate(&pool).await.context("migrating the database")?;
    tracing::info!("the database has the schema of this version");
    for (role, password) in passwords {
        roles::set_password(&pool, role, password.expose_secret())
            .await
            .with_context(|| format!("setting the password of the role {role}"))?;
    }
    Ok(())
}

async fn reachable(pool: &PgPool) -> Result<(), StoreError> {
    schema_is_current(pool).await.map(drop)
}
