//! The schema's version. In: the migrations compiled into this binary. Out: a database that has them, or the answer whether it has.

use sqlx::{PgPool, migrate::Migrator};

use crate::StoreError;

/// The migrations in `migrations/`, in the order of their versions.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// Applies what is missing, under an advisory lock: two of these at once do each migration once.
pub async fn migrate(pool: &PgPool) -> Result<(), StoreError> {
    Ok(MIGRATOR.run(pool).await?)
}

/// Whether every migration that this binary knows has been applied. A newer schema than this binary's is current, too.
pub async fn schema_is_current(pool: &PgPool) -> Result<bool, StoreError> {
    let table: bool = sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null").fetch_one(pool).await?;
    if !table {
        return Ok(false);
    }
    let applied: Vec<i64> = sqlx::query_scalar("select version from _sqlx_migrations where success").fetch_all(pool).await?;
    Ok(MIGRATOR.iter().all(|migration| applied.contains(&migration.version)))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Takes away the schema that a server's template may have.
    pub(crate) async fn empty(pool: &PgPool) {
        sqlx::raw_sql("drop schema public cascade; create schema public").execute(pool).await.unwrap();
    }

    #[sqlx::test(migrations = false)]
    async fn an_empty_database_is_not_current_and_a_migrated_one_is(pool: PgPool) {
        empty(&pool).await;
        assert!(!schema_is_current(&pool).await.unwrap());
        migrate(&pool).await.unwrap();
        assert!(schema_is_current(&pool).await.unwrap());
        for role in ["assayer_controller", "assayer_gateway", "assayer_api"] {
            let mut connection = pool.acquire().await.unwrap();
            sqlx::query(sqlx::AssertSqlSafe(format!("set role {role}"))).execute(&mut *connection).await.unwrap();
            sqlx::query("select version from _sqlx_migrations").fetch_all(&mut *connection).await.unwrap();
        }
    }
}
