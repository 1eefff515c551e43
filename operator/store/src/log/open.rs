//! Open intents: calls of which nobody wrote how they ended. In: an epoch. Out: the rows that close them as unknown.

use assayer_contract::{Outcome, ReasonCode, RequestRow, Sent};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::Epoch;
use crate::StoreError;

/// At most this many are read at once; the caller asks again until none is left.
const BATCH: i64 = 500;

/// Drafts of the set's intents made since `since` that have no row and that nobody will close any more: those of older epochs,
/// and this epoch's own past their deadline. Oldest first, at most 500.
pub async fn open(pool: &PgPool, epoch: &Epoch, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<RequestRow>, StoreError> {
    let drafts = sqlx::query_scalar!(
        "select draft from intents i
         where i.id >= $1 and i.gateway_set = $2 and (i.writer_epoch < $3 or i.deadline < $4)
             and not exists (select from requests r where r.id = i.id)
         order by i.id limit $5",
        uuid_floor(since),
        epoch.gateway_set,
        epoch.number,
        now,
        BATCH,
    )
    .fetch_all(pool)
    .await?;
    drafts.into_iter().map(|draft| Ok(serde_json::from_value(draft)?)).collect()
}

/// The row that closes an open intent: the call may or may not have reached the vendor.
#[must_use]
pub fn closed_as_unknown(draft: RequestRow, now: DateTime<Utc>) -> RequestRow {
    RequestRow {
        completed_at: Some(now),
        sent: Sent::Unknown,
        outcome: Outcome::Unknown,
        reason_code: Some(ReasonCode::UnknownOutcome),
        error_message: Some("the gateway that made the intent did not write how the call ended".to_owned()),
        ..draft
    }
}

/// The smallest UUIDv7 of a moment.
fn uuid_floor(at: DateTime<Utc>) -> Uuid {
    Uuid::from_u128(u128::try_from(at.timestamp_millis()).unwrap_or_default() << 80)
}
