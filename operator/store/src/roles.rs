//! Log-ins of the processes' roles. In: a role and its password. Out: a role that can log in. Not pure; for the schema's owner.

use sqlx::PgPool;

use crate::StoreError;

/// Gives a role this password and lets it log in. Several of these at once are done one after the other.
pub async fn set_password(pool: &PgPool, role: &str, password: &str) -> Result<(), StoreError> {
    let mut transaction = pool.begin().await?;
    // Two at once would fail with "tuple concurrently updated".
    sqlx::query("select pg_advisory_xact_lock(hashtext('assayer.roles'))").execute(&mut *transaction).await?;
    // ALTER ROLE takes no parameters. By this way the password is in no statement's text, and so in no log of statements.
    sqlx::query("select set_config('assayer.role', $1, true), set_config('assayer.password', $2, true)")
        .bind(role)
        .bind(password)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "do $$ begin
             execute format('alter role %I login password %L', current_setting('assayer.role'), current_setting('assayer.password'));
         end $$",
    )
    .execute(&mut *transaction)
    .await?;
    Ok(transaction.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_password_with_quotes_opens_the_role_that_it_was_set_for(pool: PgPool) {
        // given: a role of this test alone, since roles are shared by all databases of the server
        let role = format!("quoted_\"role'_{}", uuid::Uuid::new_v4().simple());
        let create = format!("create role \"{}\"", role.replace('"', "\"\""));
        sqlx::query(sqlx::AssertSqlSafe(create)).execute(&pool).await.unwrap();
        let password = r#"it's a "pass\word" $$; drop table requests; --"#;

        // when: two set it at once
        let (one, other) = tokio::join!(set_password(&pool, &role, password), set_password(&pool, &role, password));
        one.unwrap();
        other.unwrap();

        // then
        let options = (*pool.connect_options()).clone().username(&role).password(password);
        sqlx::postgres::PgPoolOptions::new().connect_with(options).await.unwrap();
        let login: bool = sqlx::query_scalar("select rolcanlogin and rolpassword is not null from pg_authid where rolname = $1")
            .bind(&role)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert!(login);
        let drop = format!("drop role \"{}\"", role.replace('"', "\"\""));
        sqlx::query(sqlx::AssertSqlSafe(drop)).execute(&pool).await.unwrap();
    }

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_role_that_does_not_exist_is_an_error(pool: PgPool) {
        assert!(set_password(&pool, "nobody_has_this_name", "x").await.is_err());
    }

    #[sqlx::test(migrations = false)]
    async fn migrating_at_once_and_again_does_each_migration_once(pool: PgPool) {
        crate::migrate::tests::empty(&pool).await;
        let (one, other) = tokio::join!(crate::migrate(&pool), crate::migrate(&pool));
        one.unwrap();
        other.unwrap();
        crate::migrate(&pool).await.unwrap();
        let applied: Vec<i64> = sqlx::query_scalar("select version from _sqlx_migrations").fetch_all(&pool).await.unwrap();
        assert_eq!(applied.len(), crate::MIGRATOR.iter().count());
    }
}
