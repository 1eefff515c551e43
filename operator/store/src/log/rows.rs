//! Reading the log back. In: ids. Out: rows as the contract knows them, digests included.

use assayer_contract::{RequestRow, Sha256Hash};
use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// A group as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGroup {
    /// Its number, from 1.
    pub group_no: i64,
    /// First sequence number in it.
    pub first_seq: i64,
    /// Last sequence number in it.
    pub last_seq: i64,
    /// Its digest.
    pub digest: Sha256Hash,
}

/// The rows of one job, in the order of their ids. The trace is the job's own; it finds the rows by an index.
pub async fn of_job(pool: &PgPool, trace_id: Uuid, job_id: Uuid) -> Result<Vec<RequestRow>, StoreError> {
    // numerics as text: a float would lose digits that the digest covers
    let rows = sqlx::query_scalar!(
        r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!"
           from requests r where r.trace_id = $1 and r.job_id = $2 order by r.id"#,
        trace_id,
        job_id
    )
    .fetch_all(pool)
    .await?;
    parsed(rows)
}

/// The set's rows from `first_seq` to `last_seq`, in the order of `seq`.
pub async fn of_sequence(pool: &PgPool, gateway_set: &str, first_seq: i64, last_seq: i64) -> Result<Vec<RequestRow>, StoreError> {
    let rows = sqlx::query_scalar!(
        r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!"
           from requests r where r.gateway_set = $1 and r.seq between $2 and $3 order by r.seq"#,
        gateway_set,
        first_seq,
        last_seq
    )
    .fetch_all(pool)
    .await?;
    parsed(rows)
}

/// The row with this id.
pub async fn by_id(pool: &PgPool, id: Uuid) -> Result<Option<RequestRow>, StoreError> {
    let row = sqlx::query_scalar!(
        r#"select to_jsonb(r) || jsonb_build_object('cost_usd', r.cost_usd::text, 'qty', r.qty::text) as "row!"
           from requests r where r.id = $1"#,
        id
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(serde_json::from_value).transpose()?)
}

/// The set's groups after number `after`, at most `limit`, in order.
pub async fn groups(pool: &PgPool, gateway_set: &str, after: i64, limit: i64) -> Result<Vec<StoredGroup>, StoreError> {
    let groups = sqlx::query!(
        "select group_no, first_seq, last_seq, digest from log_groups
         where gateway_set = $1 and group_no > $2 order by group_no limit $3",
        gateway_set,
        after,
        limit
    )
    .fetch_all(pool)
    .await?;
    groups
        .into_iter()
        .map(|group| {
            let digest = group.digest.parse()?;
            Ok(StoredGroup { group_no: group.group_no, first_seq: group.first_seq, last_seq: group.last_seq, digest })
        })
        .collect()
}

fn parsed(rows: Vec<Value>) -> Result<Vec<RequestRow>, StoreError> {
    rows.into_iter().map(|row| Ok(serde_json::from_value(row)?)).collect()
}
