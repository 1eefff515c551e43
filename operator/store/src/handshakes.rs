//! Handshakes as the gateway plans them. In: an Integration, a trace. Out: when it was last proven or tried, and whether a handshake
//! that was asked for has been made. See `integrations` for the form of the conditions.

use assayer_contract::Operation;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// No handshake is further apart from the next than this.
const LOOK_BACK: TimeDelta = TimeDelta::hours(25);
/// Longer than an intent may stay open.
const OPEN: TimeDelta = TimeDelta::minutes(2);

/// What bears on the next handshake.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastHandshake {
    /// When the newest handshake was made, or the newest call that succeeded and so stands for one; under the present spec.
    pub at: Option<DateTime<Utc>>,
    /// Until when the vendor asked not to be called, in its newest refusal.
    pub wait_until: Option<DateTime<Utc>>,
}

/// The last handshake of the Integration with this UID, under this generation of its spec.
pub async fn last(pool: &PgPool, integration_id: Uuid, generation: i64, now: DateTime<Utc>) -> Result<LastHandshake, StoreError> {
    let row = sqlx::query!(
        r#"select greatest(
               (select v.created_at from requests v where v.integration_id between $1 and $1 and v.integration_generation = $2
                    and v.operation = 'verify' and v.id >= uuid_floor($3) order by v.integration_id desc, v.id desc limit 1),
               (select a.created_at from requests a where a.integration_id between $1 and $1 and a.integration_generation = $2
                    and (a.operation <> 'call' or a.bot_id is null or a.job_id is null) and a.outcome = 'success'
                    and a.id >= uuid_floor($3)
                    order by a.integration_id desc, a.id desc limit 1),
               (select u.created_at from requests u where u.integration_id between $1 and $1 and u.integration_generation = $2
                    and u.outcome = 'success' and u.operation = 'call' and u.bot_id is not null and u.job_id is not null
                    and u.id >= uuid_floor($3) order by u.integration_id desc, u.id desc limit 1)) as at,
           (select coalesce(f.completed_at, f.created_at) + f.retry_after_s * interval '1 second' from requests f
                where f.integration_id between $1 and $1 and f.outcome = 'failed' and f.id >= uuid_floor($3)
                order by f.integration_id desc, f.id desc limit 1) as wait_until"#,
        integration_id,
        generation,
        now - LOOK_BACK
    )
    .fetch_one(pool)
    .await?;
    Ok(LastHandshake { at: row.at, wait_until: row.wait_until })
}

/// Whether a call of this trace was begun for this purpose, however it ended.
pub async fn was_begun(pool: &PgPool, trace_id: Uuid, operation: Operation, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let begun = sqlx::query_scalar!(
        r#"select exists (select from requests where trace_id = $1 and operation = $2)
               or exists (select from intents where trace_id = $1 and id >= uuid_floor($3) and draft ->> 'operation' = $2) as "begun!""#,
        trace_id,
        operation.to_string(),
        now - OPEN
    );
    Ok(begun.fetch_one(pool).await?)
}
