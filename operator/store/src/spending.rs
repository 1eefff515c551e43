//! What calls cost. In: a job, or a stage's day. Out: prices that a vendor quoted, and what was spent, in USD.

use assayer_contract::Stage;
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// A price that a vendor quoted.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// What it was asked for.
    pub params: Value,
    /// The price.
    pub usd: Decimal,
}

/// What a job was quoted, the newest first.
pub async fn quotes(
    pool: &PgPool,
    trace_id: Uuid,
    job_id: Uuid,
    provider: &str,
    endpoint: &str,
) -> Result<Vec<Quote>, StoreError> {
    let rows = sqlx::query_as!(
        Quote,
        r#"select params, cost_usd as "usd!" from requests
           where trace_id = $1 and job_id = $2 and provider = $3 and endpoint = $4 and outcome = 'success' and cost_usd is not null
           order by id desc"#,
        trace_id,
        job_id,
        provider,
        endpoint
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// What calls of this endpoint have cost a stage since a moment. One that may have reached the vendor counts, and so does one that
/// is under way.
pub async fn spent(pool: &PgPool, stage: Stage, endpoint: &str, since: DateTime<Utc>) -> Result<Decimal, StoreError> {
    let sum = sqlx::query_scalar!(
        r#"select (
               select coalesce(sum(cost_usd), 0) from requests
               where stage = $1 and endpoint = $2 and cost_usd is not null and sent <> 'no' and id >= uuid_floor($3)
           ) + (
               select coalesce(sum((i.draft ->> 'cost_usd')::numeric), 0) from intents i
               where i.id >= uuid_floor($3) and i.draft ->> 'stage' = $1 and i.draft ->> 'endpoint' = $2
                   and not exists (select from requests r where r.id = i.id)
           ) as "sum!""#,
        stage.to_string(),
        endpoint,
        since
    );
    Ok(sum.fetch_one(pool).await?)
}

/// What a stage has used of language models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AiUse {
    /// Tokens, sent and received.
    pub tokens: i64,
    /// What they cost, in USD, as far as that is known.
    pub usd: Decimal,
}

/// No intent is open for longer, while somebody writes the log.
const OPEN: TimeDelta = TimeDelta::minutes(10);

/// What a stage has used of language models since a moment. One that may have been asked counts with the most that it could use
/// where nobody knows how much it did, and so does one that is being asked.
pub async fn ai_used(pool: &PgPool, stage: Stage, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<AiUse, StoreError> {
    let used = sqlx::query_as!(
        AiUse,
        r#"select coalesce(sum(t.tokens), 0)::bigint as "tokens!", coalesce(sum(t.usd), 0) as "usd!" from (
               select coalesce(tokens_in + tokens_out, tokens_most, 0) as tokens, cost_usd as usd from requests
               where stage = $1 and source = 'ai' and operation = 'call' and sent <> 'no' and id >= uuid_floor($2)
               union all
               select coalesce((i.draft ->> 'tokens_most')::bigint, 0), (i.draft ->> 'cost_usd')::numeric from intents i
               where i.id >= uuid_floor($3) and i.draft ->> 'stage' = $1 and i.draft ->> 'source' = 'ai'
                   and not exists (select from requests r where r.id = i.id)
           ) t"#,
        stage.to_string(),
        since,
        since.max(now - OPEN)
    );
    Ok(used.fetch_one(pool).await?)
}

/// How often a job has asked a language model: what may have reached one counts, and so does what is on its way.
pub async fn models_asked(pool: &PgPool, trace_id: Uuid, job_id: Uuid) -> Result<i64, StoreError> {
    let asked = sqlx::query_scalar!(
        r#"select (
               select count(*) from requests
               where trace_id = $1 and job_id = $2 and source = 'ai' and operation = 'call' and sent <> 'no'
           ) + (
               select count(*) from intents i
               where i.draft ->> 'job_id' = $2::text and i.draft ->> 'source' = 'ai'
                   and not exists (select from requests r where r.id = i.id)
           ) as "asked!""#,
        trace_id,
        job_id
    );
    Ok(asked.fetch_one(pool).await?)
}

#[cfg(test)]
#[path = "spending_tests.rs"]
mod tests;
