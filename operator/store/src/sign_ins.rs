//! Sessions that were opened with vendors, or not. In: an Integration and the version of its Secret. Out: how the last tries ended,
//! before another is made. See `integrations` for the form of the conditions.

use assayer_contract::{Outcome, ReasonCode};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, jobs::word};

/// What is longer ago says nothing of the next try.
const LOOK_BACK: TimeDelta = TimeDelta::hours(72);
/// As many as are looked at.
const MOST: i64 = 20;

/// A try to open a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// When it ended, or when it began where that is not known.
    pub at: DateTime<Utc>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not succeed.
    pub reason_code: Option<ReasonCode>,
    /// The same in a sentence.
    pub error_message: Option<String>,
    /// Seconds that the vendor asked to wait after it.
    pub retry_after_s: Option<i64>,
}

/// The newest tries at this endpoint with this version of the Secret, the newest first.
pub async fn newest(
    pool: &PgPool,
    integration_id: Uuid,
    endpoint: &str,
    secret_version: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SignIn>, StoreError> {
    let rows = sqlx::query!(
        r#"select coalesce(completed_at, created_at) as "at!", outcome, reason_code, error_message, retry_after_s from requests
           where integration_id between $1 and $1 and operation = 'sign_in' and id >= uuid_floor($4) and endpoint = $2
               and params ->> 'secret_version' = $3
           order by integration_id desc, id desc limit $5"#,
        integration_id,
        endpoint,
        secret_version,
        now - LOOK_BACK,
        MOST
    );
    let rows = rows.fetch_all(pool).await?.into_iter().map(|row| {
        Ok(SignIn {
            at: row.at,
            outcome: word("requests.outcome", &row.outcome)?,
            reason_code: row.reason_code.and_then(|code| code.parse().ok()),
            error_message: row.error_message,
            retry_after_s: row.retry_after_s,
        })
    });
    rows.collect()
}
