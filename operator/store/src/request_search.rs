//! Rows of the request log, as people look for them. In: what of, and from when to when. Out: rows, the newest first. Not pure.
//!
//! Each way to look is the end of an index: by trace, by Bot, or by time alone. Ids are UUIDv7, so their bounds leave out the days that
//! nobody asked for.

use assayer_contract::{RequestRow, Source};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// Which rows are looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// By what they are found.
    pub by: By,
    /// Only of this provider, by its registry name.
    pub provider: Option<String>,
    /// Only of this kind of source.
    pub source: Option<Source>,
    /// Only of Bots in these namespaces; `None`: all rows, also those of no Bot.
    pub namespaces: Option<Vec<String>>,
    /// Not older.
    pub from: DateTime<Utc>,
    /// Older than this.
    pub to: DateTime<Utc>,
    /// Only rows older than this one.
    pub before: Option<Uuid>,
    /// Rows at most.
    pub limit: i64,
}

/// By what rows are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The rows of a cycle.
    Trace(Uuid),
    /// The rows of a Bot.
    Bot(Uuid),
    /// Nothing but time.
    Time,
}

/// Rows as they are stored, the newest first.
pub async fn search(pool: &PgPool, search: &Search) -> Result<Vec<RequestRow>, StoreError> {
    let before = search.before.unwrap_or(Uuid::max());
    let source = search.source.map(|source| source.to_string());
    let namespaces = search.namespaces.as_deref();
    /// The same rows of the same parameters; what they are found by stands before the rest, and its parameter, if any, after them.
    macro_rules! rows {
        ($found_by:literal $(, $id:expr)?) => {
            // Numerics as text: a float would lose digits.
            sqlx::query_scalar!(
                r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!" from requests r
                   where "# + $found_by + r#" r.id >= uuid_floor($1) and r.id < uuid_floor($2) and r.id < $3
                       and ($4::text is null or r.provider = $4) and ($5::text is null or r.source = $5)
                       and ($6::text[] is null or r.bot_namespace = any($6))
                   order by r.id desc limit $7"#,
                search.from,
                search.to,
                before,
                search.provider,
                source,
                namespaces,
                search.limit
                $(, $id)?
            )
            .fetch_all(pool)
            .await?
        };
    }
    let rows: Vec<Value> = match search.by {
        By::Trace(trace_id) => rows!("r.trace_id = $8 and", trace_id),
        By::Bot(bot_id) => rows!("r.bot_id = $8 and", bot_id),
        By::Time => rows!(""),
    };
    rows.into_iter().map(|row| Ok(serde_json::from_value(row)?)).collect()
}

/// One row.
pub async fn one(pool: &PgPool, id: Uuid) -> Result<Option<RequestRow>, StoreError> {
    let row = sqlx::query_scalar!(
        r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!" from requests r
           where r.id = $1"#,
        id
    );
    Ok(row.fetch_optional(pool).await?.map(serde_json::from_value).transpose()?)
}

#[cfg(test)]
#[path = "request_search_tests.rs"]
mod tests;
