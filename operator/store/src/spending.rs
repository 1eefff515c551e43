//! What calls cost. In: a job, or a stage's day. Out: prices that a vendor quoted, and what was spent, in USD.

use assayer_contract::Stage;
use chrono::{DateTime, Utc};
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

#[cfg(test)]
#[path = "spending_tests.rs"]
mod tests;
