//! One group: what is committed in one transaction. In: intents and rows. Out: all of them stored and chained, or none.

use assayer_contract::{RequestRow, Sha256Hash};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Epoch, Head, chain, clean::clean, epoch::fenced};
use crate::StoreError;

/// What is about to be sent: the row as far as it is known before sending.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The row, with `outcome` and `sent` unknown.
    pub draft: RequestRow,
    /// If it is still open then, it is closed as unknown.
    pub deadline: DateTime<Utc>,
}

/// Intents and rows that are to be committed together.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// Calls that are about to be made.
    pub intents: Vec<Intent>,
    /// Attempts that have ended.
    pub rows: Vec<RequestRow>,
}

/// A group in the form in which it is stored: cleaned, numbered and chained.
#[derive(Clone, Debug)]
pub struct Sealed {
    intents: Vec<Value>,
    rows: Vec<RequestRow>,
    first_seq: i64,
    after: Head,
}

impl Sealed {
    /// The chain's end once this group is stored.
    pub fn head(&self) -> Head {
        self.after
    }
}

/// Cleans, numbers and chains a group that follows `head`.
pub fn seal(epoch: &Epoch, head: Head, group: &Group) -> Result<Sealed, StoreError> {
    let mut rows = group.rows.iter().map(clean).collect::<Result<Vec<_>, _>>()?;
    let after = chain::seal(epoch, head, &mut rows)?;
    let intents = group.intents.iter().map(|intent| draft(epoch, intent)).collect::<Result<Vec<_>, _>>()?;
    Ok(Sealed { intents, rows, first_seq: head.seq + 1, after })
}

fn draft(epoch: &Epoch, intent: &Intent) -> Result<Value, serde_json::Error> {
    let draft = clean(&intent.draft)?;
    Ok(json!({
        "id": draft.id, "created_at": draft.created_at, "deadline": intent.deadline, "gateway_set": epoch.gateway_set,
        "writer_epoch": epoch.number, "trace_id": draft.trace_id, "job_id": draft.job_id, "draft": draft,
    }))
}

/// Stores the group in one transaction, if the epoch is still the newest: [`StoreError::Fenced`] otherwise.
///
/// After [`StoreError::Unavailable`] it is not known whether the group was stored: read the head again before the next.
pub async fn write(pool: &PgPool, epoch: &Epoch, sealed: &Sealed) -> Result<(), StoreError> {
    let mut tx = pool.begin().await?;
    let current = sqlx::query_scalar!(
        r#"select 1 as "one!" from writers where gateway_set = $1 and epoch = $2 for share"#,
        epoch.gateway_set,
        epoch.number
    )
    .fetch_optional(&mut *tx)
    .await?;
    if current.is_none() {
        return Err(fenced(epoch));
    }
    if !sealed.intents.is_empty() {
        let intents = Value::Array(sealed.intents.clone());
        sqlx::query!("insert into intents select * from jsonb_populate_recordset(null::intents, $1)", intents)
            .execute(&mut *tx)
            .await?;
    }
    if !sealed.rows.is_empty() {
        let rows = serde_json::to_value(&sealed.rows)?;
        sqlx::query!("insert into requests select * from jsonb_populate_recordset(null::requests, $1)", rows)
            .execute(&mut *tx)
            .await?;
        sqlx::query!(
            "insert into log_groups (gateway_set, group_no, writer_epoch, first_seq, last_seq, digest)
             values ($1, $2, $3, $4, $5, $6)",
            epoch.gateway_set,
            sealed.after.group_no,
            epoch.number,
            sealed.first_seq,
            sealed.after.seq,
            sealed.after.digest.as_ref().map(Sha256Hash::to_string),
        )
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The end of the set's chain as it is stored.
pub async fn head(pool: &PgPool, gateway_set: &str) -> Result<Head, StoreError> {
    let last = sqlx::query!(
        "select group_no, last_seq, digest from log_groups where gateway_set = $1 order by group_no desc limit 1",
        gateway_set
    )
    .fetch_optional(pool)
    .await?;
    match last {
        Some(last) => Ok(Head { group_no: last.group_no, seq: last.last_seq, digest: Some(last.digest.parse()?) }),
        None => Ok(Head::default()),
    }
}
