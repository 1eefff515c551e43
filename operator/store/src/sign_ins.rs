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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::integrations::tests::{INTEGRATION, as_role, row};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn logins_are_found_by_endpoint_and_version_of_the_secret_the_newest_first(pool: PgPool) {
        let login = |version: &str| json!({"operation": "sign_in", "endpoint": "auth", "params": {"secret_version": version}});
        let with = |mut row: serde_json::Value, more: serde_json::Value| {
            row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            row
        };
        row(&pool, login("1")).await;
        let refused =
            json!({"outcome": "failed", "reason_code": "PROVIDER_RATE_LIMITED", "error_message": "no", "retry_after_s": 60});
        let newest = row(&pool, with(login("1"), refused)).await;
        row(&pool, login("2")).await;
        row(&pool, with(login("1"), json!({"endpoint": "renew"}))).await;
        row(&pool, json!({"operation": "verify", "endpoint": "auth", "params": {"secret_version": "1"}})).await;
        let gateway = as_role(&pool, "assayer_gateway").await;
        let now = Utc::now() + TimeDelta::seconds(1);
        let found = super::newest(&gateway, INTEGRATION, "auth", "1", now).await.unwrap();
        assert_eq!(found.iter().map(|one| one.outcome).collect::<Vec<_>>(), [Outcome::Failed, Outcome::Success]);
        assert_eq!((found[0].reason_code, found[0].retry_after_s), (Some(ReasonCode::ProviderRateLimited), Some(60)));
        assert_eq!(
            (found[0].at, found[0].error_message.as_deref()),
            (newest.completed_at.unwrap_or(newest.created_at), Some("no"))
        );
        assert!(super::newest(&gateway, Uuid::nil(), "auth", "1", now).await.unwrap().is_empty());
        assert!(super::newest(&gateway, INTEGRATION, "auth", "1", now + LOOK_BACK).await.unwrap().is_empty());
    }
}
