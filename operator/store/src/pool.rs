//! Connections. In: libpq's own variables (`PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD`, `PGDATABASE`, `PGSSLMODE`). Out: a pool
//! that connects when it is first used, so that a process starts while Postgres is down and says that it is not ready.

use std::{env, time::Duration};

use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

use crate::StoreError;

/// How long a caller waits for a connection before the database counts as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// A lazy pool of at most `max_connections` connections, each shown in `pg_stat_activity` as `application_name`.
///
/// Must be called within a Tokio runtime. Fails only where a variable cannot be read: sqlx itself would fall back silently,
/// for `PGSSLMODE` to a weaker mode than the one that was asked for.
pub fn connect(application_name: &str, max_connections: u32) -> Result<PgPool, StoreError> {
    checked::<u16>("PGPORT", "set a port number from 1 to 65535")?;
    checked::<PgSslMode>("PGSSLMODE", "set disable, allow, prefer, require, verify-ca or verify-full")?;
    let options = PgConnectOptions::new().application_name(application_name);
    Ok(PgPoolOptions::new().max_connections(max_connections).acquire_timeout(ACQUIRE_TIMEOUT).connect_lazy_with(options))
}

fn checked<T: std::str::FromStr>(variable: &'static str, remedy: &'static str) -> Result<(), StoreError> {
    match env::var(variable) {
        Ok(value) if value.parse::<T>().is_err() => Err(StoreError::Configuration { variable, value, remedy }),
        _ => Ok(()),
    }
}
