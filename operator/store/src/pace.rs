//! How often a credential was used before this gateway began. In: an Integration. Out: the times of its newest calls, and until when
//! its vendor wants to be left alone. See `integrations` for the form of the conditions.

use assayer_contract::ReasonCode;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// No wish of a vendor's is obeyed for longer without being heard again.
const LOOK_BACK: TimeDelta = TimeDelta::hours(25);

/// Calls that were made through an Integration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Earlier {
    /// When those were made that may have reached the vendor, in no order.
    pub sent_at: Vec<DateTime<Utc>>,
    /// The vendor's wish to be left alone that lasts longest.
    pub left_alone: Option<LeftAlone>,
}

/// A wish to be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// Until when.
    pub until: DateTime<Utc>,
    /// Why the call failed that it came with; `None` where a newer version wrote a reason that this one does not know.
    pub reason: Option<ReasonCode>,
}

/// The newest calls through the Integration with this UID since a moment, at most `most`.
pub async fn earlier(
    pool: &PgPool,
    integration_id: Uuid,
    since: DateTime<Utc>,
    most: i64,
    now: DateTime<Utc>,
) -> Result<Earlier, StoreError> {
    let sent_at = sqlx::query_scalar!(
        r#"select t.created_at as "created_at!" from (
               (select f.created_at from requests f where f.integration_id between $1 and $1 and f.id >= uuid_floor($2)
                    and f.outcome in ('failed', 'refused', 'unknown') and f.sent <> 'no'
                order by f.integration_id desc, f.id desc limit $3)
               union all
               (select u.created_at from requests u where u.integration_id between $1 and $1 and u.id >= uuid_floor($2)
                    and u.outcome = 'success' and u.operation = 'call' and u.bot_id is not null and u.job_id is not null
                order by u.integration_id desc, u.id desc limit $3)
               union all
               (select a.created_at from requests a where a.integration_id between $1 and $1 and a.id >= uuid_floor($2)
                    and a.outcome = 'success' and (a.operation <> 'call' or a.bot_id is null or a.job_id is null)
                order by a.integration_id desc, a.id desc limit $3)
           ) t order by t.created_at desc limit $3"#,
        integration_id,
        since,
        most
    )
    .fetch_all(pool)
    .await?;
    let left_alone = sqlx::query!(
        r#"select w.until as "until!", w.reason_code from (
               select coalesce(f.completed_at, f.created_at) + f.retry_after_s * interval '1 second' as until, f.reason_code
               from requests f where f.integration_id between $1 and $1 and f.id >= uuid_floor($2)
                   and f.outcome = 'failed' and f.retry_after_s > 0
           ) w where w.until > $3 order by w.until desc limit 1"#,
        integration_id,
        now - LOOK_BACK,
        now
    )
    .fetch_optional(pool)
    .await?;
    let reason = |code: Option<String>| code.and_then(|code| code.parse().ok());
    let left_alone = left_alone.map(|row| LeftAlone { until: row.until, reason: reason(row.reason_code) });
    Ok(Earlier { sent_at, left_alone })
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
