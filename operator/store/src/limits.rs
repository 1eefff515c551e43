//! Which limits the gateways say that they enforce. In: a hash, each few seconds. Out: the last word of each gateway. Flat in the size of
//! the table: the last minutes are the end of an index.

use assayer_contract::Sha256Hash;
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// The last word of a gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsReport {
    /// The row's id.
    pub id: Uuid,
    /// The gateway.
    pub instance: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Hash of what it enforces; `None` where it stops and enforces nothing more.
    pub hash: Option<String>,
}

/// Says what this gateway enforces; nothing where it stops.
pub async fn report(pool: &PgPool, instance: &str, hash: Option<Sha256Hash>, now: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into worker_heartbeats (id, worker, instance, at, closed, limits_hash) values ($1, 'limits', $2, $3, 0, $4)",
        Uuid::now_v7(),
        instance,
        now,
        hash.map(|hash| hash.to_string())
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The last word of each gateway that has said anything since then.
pub async fn reports(pool: &PgPool, since: DateTime<Utc>) -> Result<Vec<LimitsReport>, StoreError> {
    let rows = sqlx::query_as!(
        LimitsReport,
        "select distinct on (instance) id, instance, at, limits_hash as hash from worker_heartbeats
         where worker = 'limits' and id >= uuid_floor($1) order by instance, id desc",
        since
    );
    Ok(rows.fetch_all(pool).await?)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{integrations::tests::as_role, system};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn the_last_word_of_each_gateway_is_told_to_who_may_read_and_is_no_heartbeat_of_others(pool: PgPool) {
        let (now, gateway) = (Utc::now(), as_role(&pool, "assayer_gateway").await);
        let [old, new] = [b"old", b"new"].map(|text| Sha256Hash::of(text));
        report(&gateway, "a", Some(old), now).await.unwrap();
        report(&gateway, "a", Some(new), now).await.unwrap();
        report(&gateway, "b", Some(old), now).await.unwrap();
        report(&gateway, "b", None, now).await.unwrap();
        let found = reports(&as_role(&pool, "assayer_api").await, now - TimeDelta::minutes(2)).await.unwrap();
        let said: Vec<_> = found.iter().map(|one| (one.instance.as_str(), one.hash.clone())).collect();
        assert_eq!(said, [("a", Some(new.to_string())), ("b", None)]);
        assert_eq!(reports(&pool, now + TimeDelta::minutes(1)).await.unwrap(), []);
        assert_eq!(system::heartbeats(&pool).await.unwrap(), []);
    }
}
