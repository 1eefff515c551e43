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
    // Its statements are asked again and again. PostgreSQL would plan most of them anew each time, over every partition, and that
    // takes ten times as long as to run them.
    Ok(pool(options(application_name)?.options([("plan_cache_mode", "force_generic_plan")]), max_connections))
}

/// As [`connect`], for a process that only reads: its transactions are read-only, a statement that runs longer than `longest` is
/// ended by the server, and each statement is planned for its own parameters.
pub fn connect_reader(application_name: &str, max_connections: u32, longest: Duration) -> Result<PgPool, StoreError> {
    Ok(reader_of(options(application_name)?, max_connections, longest))
}

fn options(application_name: &str) -> Result<PgConnectOptions, StoreError> {
    checked::<u16>("PGPORT", "set a port number from 1 to 65535")?;
    checked::<PgSslMode>("PGSSLMODE", "set disable, allow, prefer, require, verify-ca or verify-full")?;
    Ok(PgConnectOptions::new().application_name(application_name))
}

fn reader_of(options: PgConnectOptions, max_connections: u32, longest: Duration) -> PgPool {
    let settings = [
        ("default_transaction_read_only", "on".to_owned()),
        ("statement_timeout", format!("{}ms", longest.as_millis())),
        ("plan_cache_mode", "force_custom_plan".to_owned()),
    ];
    pool(options.options(settings), max_connections)
}

fn pool(options: PgConnectOptions, max_connections: u32) -> PgPool {
    PgPoolOptions::new().max_connections(max_connections).acquire_timeout(ACQUIRE_TIMEOUT).connect_lazy_with(options)
}

fn checked<T: std::str::FromStr>(variable: &'static str, remedy: &'static str) -> Result<(), StoreError> {
    match env::var(variable) {
        Ok(value) if value.parse::<T>().is_err() => Err(StoreError::Configuration { variable, value, remedy }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_can_neither_write_nor_run_for_long() {
        // The superuser of the test's server: only the connection itself says no.
        let Ok(url) = env::var("DATABASE_URL") else { panic!("DATABASE_URL of `cluster api run`") };
        let reader = reader_of(url.parse().unwrap(), 1, Duration::from_millis(200));
        let write = sqlx::query("create table written (id int)").execute(&reader).await.unwrap_err();
        assert!(write.to_string().contains("read-only transaction"), "{write}");
        let slow = sqlx::query("select pg_sleep(5)").execute(&reader).await.unwrap_err();
        assert!(slow.to_string().contains("statement timeout"), "{slow}");
        assert!(StoreError::from(slow).is_transient());
    }
}
