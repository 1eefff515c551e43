//! What people are told. In: conditions that changed; messages that are to tell of them. Out: what is still to be told. Not pure.
//!
//! A notice is told through an Integration once a row of its message's trace says how that ended, unless the vendor surely did not take
//! it. A message of which nobody knows is not sent again.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// What is older is news to nobody.
const LOOK_BACK: TimeDelta = TimeDelta::hours(24);
/// Longer than an intent may stay open.
const OPEN: TimeDelta = TimeDelta::minutes(2);
/// Notices read at once; more are folded into one message anyhow.
const MOST: i64 = 5_000;

/// A condition of an object as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'a> {
    /// `Bot`, `Integration` or `System`.
    pub object_kind: &'a str,
    /// The object's UID.
    pub object_uid: Uuid,
    /// Its namespace.
    pub object_namespace: &'a str,
    /// Its name.
    pub object_name: &'a str,
    /// The topic, such as `ProofComplete`.
    pub topic: &'a str,
    /// Whether it holds.
    pub holds: bool,
    /// Which state it is in, where there is more than one in which it does not hold.
    pub state: Option<&'a str>,
    /// Why.
    pub reason_code: &'a str,
    /// The same in a sentence.
    pub message: &'a str,
}

/// A change that people are told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its number; later ones have larger ones.
    pub id: i64,
    /// When it was noticed.
    pub created_at: DateTime<Utc>,
    /// `Bot`, `Integration` or `System`.
    pub object_kind: String,
    /// The object's UID.
    pub object_uid: Uuid,
    /// Its namespace.
    pub object_namespace: String,
    /// Its name.
    pub object_name: String,
    /// The topic, such as `ProofComplete`.
    pub topic: String,
    /// Whether it holds.
    pub holds: bool,
    /// Why.
    pub reason_code: String,
    /// The same in a sentence.
    pub message: String,
}

/// Writes the change down, unless the last one of this object and topic says the same; whether it did. That something holds is only news
/// after it did not.
pub async fn note(pool: &PgPool, change: &Change<'_>) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into notices (object_kind, object_uid, object_namespace, object_name, topic, transition, holds, state,
             reason_code, message)
         select $1, $2, $3, $4, $5, coalesce(last.transition, 0) + 1, $6, $9, $7, $8
         from (select) once left join lateral
             (select transition, holds, state from notices where object_uid = $2 and topic = $5 order by transition desc limit 1) last on true
         where $6 <> coalesce(last.holds, true) or (last.transition is not null and last.state is distinct from $9)
         on conflict (object_uid, topic, transition) do nothing",
        change.object_kind,
        change.object_uid,
        change.object_namespace,
        change.object_name,
        change.topic,
        change.holds,
        change.reason_code,
        change.message,
        change.state
    );
    Ok(done.execute(pool).await?.rows_affected() > 0)
}

/// Who is to be told what.
#[derive(Clone, Copy, Debug)]
pub struct Subscription<'a> {
    /// UID of the Integration.
    pub integration_id: Uuid,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its topics.
    pub topics: &'a [String],
    /// When it was created: what was before is not for it.
    pub since: DateTime<Utc>,
}

/// What it is still to be told, the oldest first. Of itself it is told nothing.
pub async fn untold(pool: &PgPool, to: &Subscription<'_>, now: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
    let since = to.since.max(now - LOOK_BACK);
    let notices = sqlx::query_as!(
        Notice,
        "select n.id, n.created_at, n.object_kind, n.object_uid, n.object_namespace, n.object_name, n.topic, n.holds, n.reason_code,
             n.message
         from notices n
         where n.object_namespace = $1 and n.topic = any ($2) and n.created_at >= $3 and n.object_uid <> $4
             and not exists (select from notice_deliveries d join requests r on r.trace_id = d.trace_id and r.operation = 'notify'
                 where d.integration_id = $4 and d.notice_id = n.id
                     and r.sent <> 'no' and coalesce(r.http_status, 0) not in (401, 403, 404, 429))
             and not exists (select from notice_deliveries d join intents i on i.trace_id = d.trace_id
                 where d.integration_id = $4 and d.notice_id = n.id and i.id >= uuid_floor($6) and not exists (select from requests r where r.id = i.id))
         order by n.id limit $5",
        to.namespace,
        to.topics,
        since,
        to.integration_id,
        MOST,
        now - OPEN
    );
    Ok(notices.fetch_all(pool).await?)
}

/// Writes down that a message under this trace is to tell of these notices.
pub async fn claim(pool: &PgPool, integration_id: Uuid, trace_id: Uuid, notices: &[i64]) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into notice_deliveries (integration_id, notice_id, trace_id) select $1, n, $2 from unnest($3::bigint[]) n",
        integration_id,
        trace_id,
        notices
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The messages that went through an Integration lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LastMessage {
    /// When the newest was begun.
    pub at: Option<DateTime<Utc>>,
    /// Whether it arrived.
    pub arrived: bool,
    /// Whether the vendor wanted fewer messages instead; when it may be called again is in its answer.
    pub rate_limited: bool,
    /// Those since the newest that arrived of which nobody knows whether they did.
    pub unknown: i64,
}

/// What became of the last messages through an Integration.
pub async fn last_message(pool: &PgPool, integration_id: Uuid, now: DateTime<Utc>) -> Result<LastMessage, StoreError> {
    let last = sqlx::query_as!(
        LastMessage,
        r#"with sent as (
               select id, created_at, outcome, sent, http_status from requests
               where integration_id between $1 and $1 and operation = 'notify' and id >= uuid_floor($2)
           ), arrived as (select max(id::text)::uuid as id from sent where outcome = 'success')
           select (select max(created_at) from sent) as at,
               coalesce((select outcome = 'success' from sent order by id desc limit 1), false) as "arrived!",
               coalesce((select http_status = 429 from sent order by id desc limit 1), false) as "rate_limited!",
               (select count(*) from sent, arrived where sent.sent <> 'no' and sent.outcome <> 'success'
                    and coalesce(http_status, 0) not in (401, 403, 404, 429)
                    and (arrived.id is null or sent.id > arrived.id)) as "unknown!""#,
        integration_id,
        now - LOOK_BACK
    );
    Ok(last.fetch_one(pool).await?)
}

#[cfg(test)]
#[path = "notices_tests.rs"]
mod tests;
