//! Who may write for a gateway set. In: a set and a writer's name. Out: an epoch, which every write checks in its own
//! transaction. Taking over raises it, so what the previous writer still has in its hands is refused.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::StoreError;

/// The right to write for a gateway set, until another writer takes over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// The gateway set.
    pub gateway_set: String,
    /// Name of the instance that writes.
    pub writer: String,
    /// Grows by one with each take-over, from 1.
    pub number: i64,
    /// Last sign of life of the writer before this one.
    pub predecessor_seen_at: Option<DateTime<Utc>>,
}

/// Takes over the set if nobody holds it, if `writer` itself held it, or if its writer gave no sign of life for `silence`.
/// `None`: another writer is alive.
pub async fn acquire(pool: &PgPool, gateway_set: &str, writer: &str, silence: Duration) -> Result<Option<Epoch>, StoreError> {
    let row = sqlx::query!(
        r#"with predecessor as (select heartbeat_at from writers where gateway_set = $1)
           insert into writers (gateway_set, epoch, writer) values ($1, 1, $2)
           on conflict (gateway_set) do update
               set epoch = writers.epoch + 1, writer = excluded.writer, acquired_at = now(), heartbeat_at = now()
               where writers.writer in ('', excluded.writer) or writers.heartbeat_at < now() - make_interval(secs => $3)
           returning epoch as "epoch!", (select heartbeat_at from predecessor) as predecessor_seen_at"#,
        gateway_set,
        writer,
        silence.as_secs_f64(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Epoch {
        gateway_set: gateway_set.to_owned(),
        writer: writer.to_owned(),
        number: row.epoch,
        predecessor_seen_at: row.predecessor_seen_at,
    }))
}

/// Gives a sign of life. [`StoreError::Fenced`] if another writer has taken over.
pub async fn heartbeat(pool: &PgPool, epoch: &Epoch) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "update writers set heartbeat_at = now() where gateway_set = $1 and epoch = $2",
        epoch.gateway_set,
        epoch.number
    )
    .execute(pool)
    .await?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(fenced(epoch)) }
}

/// Gives the set back, so that a successor need not wait for silence. Nothing happens if another writer has it already.
pub async fn release(pool: &PgPool, epoch: &Epoch) -> Result<(), StoreError> {
    sqlx::query!(
        "update writers set writer = '', heartbeat_at = now() where gateway_set = $1 and epoch = $2",
        epoch.gateway_set,
        epoch.number
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The error of a writer whose epoch is no longer the newest.
pub(super) fn fenced(epoch: &Epoch) -> StoreError {
    StoreError::Fenced { gateway_set: epoch.gateway_set.clone(), epoch: epoch.number }
}
