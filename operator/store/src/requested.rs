//! Runs that somebody asked for. In: the traces that they were asked under. Out: which of them have their row, and that row. Not pure.

use std::collections::BTreeSet;

use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    StoreError,
    jobs::{BotJob, Raw},
};

/// Those of these traces that have a job already: no second one is started under them.
pub async fn answered(pool: &PgPool, traces: &[Uuid]) -> Result<BTreeSet<Uuid>, StoreError> {
    if traces.is_empty() {
        return Ok(BTreeSet::new());
    }
    let rows = sqlx::query_scalar!("select distinct trace_id from bot_jobs where trace_id = any ($1)", traces);
    Ok(rows.fetch_all(pool).await?.into_iter().collect())
}

/// The Bot's job under this trace.
pub async fn job(pool: &PgPool, bot_id: Uuid, trace_id: Uuid) -> Result<Option<BotJob>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        "select id, bot_id, bot_namespace, bot_name, job_type, status, reason_code, message, trace_id, place, job_name, created_at,
             started_at, completed_at, deadline
         from bot_jobs where trace_id = $2 and bot_id = $1 and requested order by place limit 1",
        bot_id,
        trace_id
    )
    .fetch_optional(pool)
    .await?;
    row.map(BotJob::try_from).transpose()
}
