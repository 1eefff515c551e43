//! What a provider was asked lately, and which sessions stand on it. In: the provider, a page. Out: its newest rows, the sessions
//! that name them, and what does not fit together, as of one moment. Not pure.

use assayer_contract::{JobStatus, Outcome, ReasonCode, RequestRow};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// Sessions that are read at most for one page, and newest sessions that are searched for missing rows.
pub const MAX_SESSIONS: i64 = 500;

/// Which rows are asked for.
#[derive(Clone, Debug)]
pub struct Page {
    /// Registry name of the provider.
    pub provider: String,
    /// Only rows of this Bot.
    pub bot_id: Option<Uuid>,
    /// Only rows older than this one.
    pub before: Option<Uuid>,
    /// Rows at most.
    pub limit: i64,
}

/// A provider's rows and what stands on them.
#[derive(Clone, Debug)]
pub struct ProviderEvidence {
    /// The newest rows, the newest first.
    pub rows: Vec<Row>,
    /// Whether there are older ones.
    pub more: bool,
    /// The sessions that name one of the rows, the newest first; at most [`MAX_SESSIONS`].
    pub sessions: Vec<NamingSession>,
    /// Whether there are more of them than that.
    pub sessions_cut: bool,
    /// How many of the newest sessions were searched for rows that do not exist.
    pub searched: i64,
    /// Those of them that name such a row, with the names. Must be empty.
    pub dangling: Vec<DanglingSession>,
    /// The rows from `since` on, counted.
    pub counts: Vec<OutcomeCount>,
    /// When the newest success was asked for; `None` where there is none.
    pub last_success_at: Option<DateTime<Utc>>,
}

/// A row with where its job stands; `None` where it has no job.
#[derive(Clone, Debug)]
pub struct Row {
    /// The row.
    pub row: RequestRow,
    /// Where its job stands.
    pub job_status: Option<JobStatus>,
    /// Why its job failed.
    pub job_reason: Option<ReasonCode>,
}

/// A session that names rows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NamingSession {
    /// The session.
    pub id: Uuid,
    /// When it was stored.
    pub created_at: DateTime<Utc>,
    /// Its job.
    pub job_id: Uuid,
    /// The cycle.
    pub trace_id: Uuid,
    /// The Bot's UID.
    pub bot_id: Uuid,
    /// The Bot's namespace when the job was planned.
    pub bot_namespace: String,
    /// The Bot's name.
    pub bot_name: String,
    /// Bars that it was computed from.
    pub bars: i64,
    /// Hash of those bars.
    pub data_hash: String,
    /// Hash of the result.
    pub result_hash: String,
    /// The rows that it names, in the order of their use.
    pub request_ids: Vec<Uuid>,
    /// Those of `request_ids` that are no row at all. Must be empty.
    pub missing_request_ids: Vec<Uuid>,
    /// Those of `request_ids` that are no successful row of the session's own job. Must be empty.
    pub unresolved_request_ids: Vec<Uuid>,
}

/// A session that names a row which does not exist.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DanglingSession {
    /// The session.
    pub id: Uuid,
    /// Its job.
    pub job_id: Uuid,
    /// The names that lead nowhere.
    pub missing_request_ids: Vec<Uuid>,
}

/// How many rows ended in one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OutcomeCount {
    /// How they ended.
    pub outcome: Outcome,
    /// Why they did not succeed; null where they did, or where a newer version wrote a reason that this one does not know.
    pub reason_code: Option<ReasonCode>,
    /// How many rows.
    pub count: i64,
}

/// Reads a page of the provider's rows and what stands on them; counts are over the rows from `since` on.
pub async fn read(pool: &PgPool, page: &Page, since: DateTime<Utc>) -> Result<ProviderEvidence, StoreError> {
    let mut snapshot = pool.begin_with("begin isolation level repeatable read, read only").await?;
    let mut rows = rows(&mut snapshot, page).await?;
    let limit = usize::try_from(page.limit).unwrap_or_default();
    let more = rows.len() > limit;
    rows.truncate(limit);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.row.id).collect();
    let mut sessions = naming(&mut snapshot, &ids).await?;
    let most = usize::try_from(MAX_SESSIONS).unwrap_or_default();
    let sessions_cut = sessions.len() > most;
    sessions.truncate(most);
    let (searched, dangling) = dangling(&mut snapshot, page.bot_id).await?;
    let counts = counts(&mut snapshot, page, since).await?;
    let last_success_at = last_success(&mut snapshot, page).await?;
    Ok(ProviderEvidence { rows, more, sessions, sessions_cut, searched, dangling, counts, last_success_at })
}

/// One row more than the page has, so that the caller learns whether there are older ones.
async fn rows(connection: &mut PgConnection, page: &Page) -> Result<Vec<Row>, StoreError> {
    // Numerics as text: a float would lose digits.
    let rows = sqlx::query!(
        r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!",
               j.status as "job_status?", j.reason_code as "job_reason?"
           from requests r left join bot_jobs j on j.id = r.job_id
           where r.provider = $1 and ($2::uuid is null or r.bot_id = $2) and ($3::uuid is null or r.id < $3)
           order by r.id desc limit $4"#,
        page.provider,
        page.bot_id,
        page.before,
        page.limit.saturating_add(1)
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Row {
                row: serde_json::from_value(row.row)?,
                job_status: row.job_status.map(|status| word("bot_jobs.status", &status)).transpose()?,
                job_reason: row.job_reason.and_then(|code| code.parse().ok()),
            })
        })
        .collect()
}

async fn naming(connection: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<NamingSession>, StoreError> {
    Ok(sqlx::query_as!(
        NamingSession,
        r#"select s.id, s.created_at, s.job_id, s.trace_id, s.bot_id, s.bot_namespace, s.bot_name, s.bars, s.data_hash, s.result_hash,
               s.request_ids,
               array(select named from unnest(s.request_ids) with ordinality as list (named, place)
                   where not exists (select from requests r where r.id = named) order by place) as "missing_request_ids!",
               array(select named from unnest(s.request_ids) with ordinality as list (named, place) where not exists (
                   select from requests r where r.id = named and r.job_id = s.job_id and r.trace_id = s.trace_id
                       and r.outcome in ('success', 'served')) order by place) as "unresolved_request_ids!"
           from backtest_sessions s where s.request_ids && $1 order by s.id desc limit $2"#,
        ids,
        MAX_SESSIONS + 1
    )
    .fetch_all(connection)
    .await?)
}

/// A session all of whose rows are missing is found by no row, so the newest sessions are searched as well.
async fn dangling(connection: &mut PgConnection, bot_id: Option<Uuid>) -> Result<(i64, Vec<DanglingSession>), StoreError> {
    let rows = sqlx::query!(
        r#"select id, job_id, missing as "missing!", count(*) over () as "searched!" from (
               select s.id, s.job_id, array(select named from unnest(s.request_ids) with ordinality as list (named, place)
                   where not exists (select from requests r where r.id = named) order by place) as missing
               from backtest_sessions s where $1::uuid is null or s.bot_id = $1 order by s.id desc limit $2
           ) newest"#,
        bot_id,
        MAX_SESSIONS
    )
    .fetch_all(connection)
    .await?;
    let searched = rows.first().map_or(0, |row| row.searched);
    let dangling = rows.into_iter().filter(|row| !row.missing.is_empty());
    let dangling = dangling.map(|row| DanglingSession { id: row.id, job_id: row.job_id, missing_request_ids: row.missing });
    Ok((searched, dangling.collect()))
}

async fn counts(connection: &mut PgConnection, page: &Page, since: DateTime<Utc>) -> Result<Vec<OutcomeCount>, StoreError> {
    let rows = sqlx::query!(
        r#"select outcome, reason_code, count(*) as "count!" from requests
           where provider = $1 and ($2::uuid is null or bot_id = $2) and id >= uuid_floor($3)
           group by outcome, reason_code order by outcome, reason_code nulls first"#,
        page.provider,
        page.bot_id,
        since
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OutcomeCount {
                outcome: word("requests.outcome", &row.outcome)?,
                reason_code: row.reason_code.and_then(|code| code.parse().ok()),
                count: row.count,
            })
        })
        .collect()
}

async fn last_success(connection: &mut PgConnection, page: &Page) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(sqlx::query_scalar!(
        "select created_at from requests
         where provider = $1 and ($2::uuid is null or bot_id = $2) and operation = 'call' and outcome = 'success'
         order by id desc limit 1",
        page.provider,
        page.bot_id
    )
    .fetch_optional(connection)
    .await?)
}

#[cfg(test)]
#[path = "provider_proof_tests.rs"]
mod tests;
