//! Slots without work, and what tells that they have none. In: Bots with the hashes of their strategies; slots. Out: the last bars that
//! were seen; rows. Not pure.

use std::collections::BTreeMap;

use assayer_contract::{ReasonCode, Sha256Hash};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// The newest stored session of a Bot's present strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewestSession {
    /// When it was stored.
    pub at: DateTime<Utc>,
    /// Start of the last bar that it saw.
    pub last_bar: DateTime<Utc>,
}

/// A slot that stays empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdleSlot {
    /// UID of the Bot.
    pub bot_id: Uuid,
    /// The slot.
    pub due_slot: DateTime<Utc>,
    /// Start of the last bar that was seen.
    pub last_bar: DateTime<Utc>,
    /// When the next bar will be complete.
    pub next_bar_at: DateTime<Utc>,
    /// When the session is to be repeated.
    pub audit_at: DateTime<Utc>,
}

/// The newest sessions of these Bots, each with the hash of its present strategy and when it was reset, since when alone sessions count; a
/// Bot without any is left out.
pub async fn newest_sessions(
    pool: &PgPool,
    bots: &[(Uuid, Sha256Hash, Option<DateTime<Utc>>)],
) -> Result<BTreeMap<Uuid, NewestSession>, StoreError> {
    let ids: Vec<_> = bots.iter().map(|(id, ..)| *id).collect();
    let hashes: Vec<_> = bots.iter().map(|(_, hash, _)| hash.to_string()).collect();
    let resets: Vec<_> = bots.iter().map(|(.., reset_at)| *reset_at).collect();
    let rows = sqlx::query!(
        r#"select b.id as "bot_id!", s.created_at, s.last_bar from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as b (id, hash, reset_at)
           cross join lateral (
               select created_at, last_bar from backtest_sessions
               where bot_id = b.id and strategy_hash = b.hash and (b.reset_at is null or created_at >= b.reset_at)
               order by id desc limit 1
           ) s"#,
        &ids,
        &hashes,
        &resets as &[Option<DateTime<Utc>>]
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.bot_id, NewestSession { at: row.created_at, last_bar: row.last_bar })).collect())
}

/// Writes those that are not written yet.
pub async fn keep(pool: &PgPool, slots: &[IdleSlot]) -> Result<(), StoreError> {
    if slots.is_empty() {
        return Ok(());
    }
    let times = |of: fn(&IdleSlot) -> DateTime<Utc>| slots.iter().map(of).collect::<Vec<_>>();
    sqlx::query!(
        "insert into idle_slots (reason_code, bot_id, due_slot, last_bar, next_bar_at, audit_at)
         select $1, * from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[])
         on conflict do nothing",
        ReasonCode::NoNewInformation.to_string(),
        &slots.iter().map(|slot| slot.bot_id).collect::<Vec<_>>(),
        &times(|slot| slot.due_slot),
        &times(|slot| slot.last_bar),
        &times(|slot| slot.next_bar_at),
        &times(|slot| slot.audit_at)
    )
    .execute(pool)
    .await?;
    Ok(())
}
