//! Who used Integrations, and how often. In: UIDs. Out: counts, and the newest use.
//!
//! Use is read from `integration_usage_events` alone, and is a call of a Bot's job that succeeded or was served; handshakes and
//! refusals are rows and never use. See `integrations` for the form of the conditions.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// A use that is longer ago is not looked for.
pub const LOOK_BACK: TimeDelta = TimeDelta::days(30);

/// What is known of an Integration's use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Uses of the last hour.
    pub last_hour: i64,
    /// Uses of the last 24 hours.
    pub last_day: i64,
    /// The newest use of the last 30 days.
    pub last: Option<LastUse>,
}

/// One use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When it began.
    pub at: DateTime<Utc>,
    /// UID of the Bot.
    pub bot_id: Uuid,
    /// Namespace of the Bot.
    pub bot_namespace: Option<String>,
    /// Name of the Bot.
    pub bot_name: Option<String>,
    /// Its cycle.
    pub trace_id: Uuid,
}

/// Rows that began within a stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Bucket {
    /// Its beginning.
    pub from: DateTime<Utc>,
    /// Uses: calls of Bots' jobs that succeeded or were served.
    pub used: i64,
    /// Calls of Bots' jobs that did not.
    pub failed: i64,
    /// Handshakes and calls that people asked for.
    pub verified: i64,
}

/// How often these were used, and when last; one that was never used is there, with zeros.
pub async fn of(pool: &PgPool, ids: &[Uuid], now: DateTime<Utc>) -> Result<BTreeMap<Uuid, Used>, StoreError> {
    let rows = sqlx::query!(
        r#"select i.id as "id!", c.last_hour as "last_hour!", c.last_day as "last_day!", l.created_at as "at?", l.bot_id as "bot_id?",
               l.bot_namespace as "bot_namespace?", l.bot_name as "bot_name?", l.trace_id as "trace_id?"
           from unnest($1::uuid[]) as i (id)
           cross join lateral (
               select count(*) filter (where e.id >= uuid_floor($2)) as last_hour, count(*) as last_day
               from integration_usage_events e
               where e.integration_id between i.id and i.id and e.id >= uuid_floor($3) and e.bot_id is not null and e.job_id is not null
                   and e.operation = 'call' and e.status in ('success', 'served')
           ) c
           left join lateral (
               select e.created_at, e.bot_id, e.bot_namespace, e.bot_name, e.trace_id from integration_usage_events e
               where e.integration_id between i.id and i.id and e.id >= uuid_floor($4) and e.bot_id is not null
                   and e.job_id is not null and e.operation = 'call' and e.status in ('success', 'served')
               order by e.integration_id desc, e.id desc limit 1
           ) l on true"#,
        ids,
        now - TimeDelta::hours(1),
        now - TimeDelta::hours(24),
        now - LOOK_BACK
    )
    .fetch_all(pool)
    .await?;
    let used = rows.into_iter().map(|row| {
        let last = match (row.at, row.bot_id, row.trace_id) {
            (Some(at), Some(bot_id), Some(trace_id)) => {
                Some(LastUse { at, bot_id, bot_namespace: row.bot_namespace, bot_name: row.bot_name, trace_id })
            }
            _ => None,
        };
        (row.id, Used { last_hour: row.last_hour, last_day: row.last_day, last })
    });
    Ok(used.collect())
}

/// Rows of an Integration from `from` to `to`, counted by stretches of so many minutes; stretches without rows are there, with zeros.
pub async fn series(
    pool: &PgPool,
    id: Uuid,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    minutes: i32,
) -> Result<Vec<Bucket>, StoreError> {
    Ok(sqlx::query_as!(
        Bucket,
        r#"select b.at as "from!", c.used as "used!", c.failed as "failed!", c.verified as "verified!"
           from generate_series($2::timestamptz, $3::timestamptz - interval '1 microsecond', make_interval(mins => $4)) as b (at)
           cross join lateral (
               select (select count(*) from integration_usage_events u
                       where u.integration_id between $1 and $1 and u.status in ('success', 'served') and u.operation = 'call'
                           and u.bot_id is not null and u.job_id is not null
                           and u.id >= uuid_floor(b.at) and u.id < uuid_floor(b.at + make_interval(mins => $4))) as used,
                   (select count(*) from integration_usage_events f
                       where f.integration_id between $1 and $1 and f.status in ('failed', 'refused', 'unknown') and f.operation = 'call'
                           and f.id >= uuid_floor(b.at) and f.id < uuid_floor(b.at + make_interval(mins => $4))) as failed,
                   (select count(*) from integration_usage_events v
                       where v.integration_id between $1 and $1 and v.operation in ('verify', 'test')
                           and v.id >= uuid_floor(b.at) and v.id < uuid_floor(b.at + make_interval(mins => $4))) as verified
           ) c
           order by b.at"#,
        id,
        from,
        to,
        minutes
    )
    .fetch_all(pool)
    .await?)
}

#[cfg(test)]
#[path = "integration_use_tests.rs"]
mod tests;
