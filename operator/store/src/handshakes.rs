//! Handshakes as the gateway plans them. In: an Integration, a trace. Out: when it was last proven or tried, and whether a handshake
//! that was asked for has been made. See `integrations` for the form of the conditions.

use assayer_contract::{Operation, ReasonCode};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// No handshake is further apart from the next than this.
const LOOK_BACK: TimeDelta = TimeDelta::hours(25);
/// Longer than an intent may stay open.
const OPEN: TimeDelta = TimeDelta::minutes(2);

/// What bears on the next handshake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LastHandshake {
    /// When the newest handshake was made, or the newest call that succeeded and so stands for one; under the present spec.
    pub at: Option<DateTime<Utc>>,
    /// Until when the vendor asked not to be called, in its newest refusal.
    pub wait_until: Option<DateTime<Utc>>,
    /// Why the newest handshake did not succeed, if nothing has succeeded since.
    pub failed: Option<ReasonCode>,
    /// The version of the Secret that the newest handshake was made with, where it could be read.
    pub secret_version: Option<String>,
}

/// The last handshake of the Integration with this UID, under this generation of its spec.
pub async fn last(pool: &PgPool, integration_id: Uuid, generation: i64, now: DateTime<Utc>) -> Result<LastHandshake, StoreError> {
    let row = sqlx::query!(
        r#"select v.created_at as "verified_at?", v.id as "verified?", v.outcome <> 'success' as "failing?",
               v.reason_code as "reason_code?", v.params ->> 'secret_version' as "secret_version?", s.created_at as "success_at?", s.id as "success?", f.wait_until as "wait_until?"
           from (select 1) as one
           left join lateral (select id, created_at, outcome, reason_code, params from requests where integration_id between $1 and $1
               and integration_generation = $2 and operation = 'verify' and id >= uuid_floor($3)
               order by integration_id desc, id desc limit 1) v on true
           left join lateral (
               select id, created_at from (
                   (select a.id, a.created_at from requests a where a.integration_id between $1 and $1
                        and a.integration_generation = $2 and (a.operation <> 'call' or a.bot_id is null or a.job_id is null)
                        and a.outcome = 'success' and a.id >= uuid_floor($3)
                    order by a.integration_id desc, a.id desc limit 1)
                   union all
                   (select u.id, u.created_at from requests u where u.integration_id between $1 and $1
                        and u.integration_generation = $2 and u.outcome = 'success' and u.operation = 'call'
                        and u.bot_id is not null and u.job_id is not null and u.id >= uuid_floor($3)
                    order by u.integration_id desc, u.id desc limit 1)) newest
               order by id desc limit 1) s on true
           left join lateral (select coalesce(completed_at, created_at) + retry_after_s * interval '1 second' as wait_until
               from requests where integration_id between $1 and $1 and outcome = 'failed' and id >= uuid_floor($3)
               order by integration_id desc, id desc limit 1) f on true"#,
        integration_id,
        generation,
        now - LOOK_BACK
    )
    .fetch_one(pool)
    .await?;
    let failing = row.failing == Some(true) && row.success < row.verified;
    // A reason of a newer version is one that this one knows nothing of.
    let failed = failing.then(|| row.reason_code.and_then(|code| code.parse().ok()).unwrap_or(ReasonCode::UnknownOutcome));
    Ok(LastHandshake {
        at: row.verified_at.max(row.success_at),
        wait_until: row.wait_until,
        failed,
        secret_version: row.secret_version,
    })
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
