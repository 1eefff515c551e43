//! What a runner is told of its own rows. In: rows of the log. Out: what crosses the wire. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BarQuality, Outcome, ReasonCode, RequestRow, Sent, Sha256Hash};

/// What a job may know of its own rows: an element of the answer of `GET /v1/job/requests`, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestSummary {
    /// The row's id; a session names the ids that fed it.
    pub id: Uuid,
    /// When the intent was made.
    pub created_at: DateTime<Utc>,
    /// Registry name of the provider.
    pub provider: String,
    /// The provider's own label, such as `timeseries.get_range`.
    pub endpoint: String,
    /// Whether it reached the vendor.
    pub sent: Sent,
    /// How it ended.
    pub outcome: Outcome,
    /// The vendor's HTTP status, if it answered.
    pub http_status: Option<i32>,
    /// Why it did not succeed.
    pub reason_code: Option<ReasonCode>,
    /// Bars in the answer, where it was one of bars.
    pub bar_count: Option<i64>,
    /// Hash of the body as received.
    pub response_digest: Option<Sha256Hash>,
    /// Records that the vendor says there are, where it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_count: Option<i64>,
    /// What the gateway measured in the bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<BarQuality>,
    /// The failed call of another vendor that this one stands in for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_of: Option<Uuid>,
}

impl From<RequestRow> for RequestSummary {
    fn from(row: RequestRow) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            provider: row.provider,
            endpoint: row.endpoint,
            sent: row.sent,
            outcome: row.outcome,
            http_status: row.http_status,
            reason_code: row.reason_code,
            bar_count: row.bar_count,
            response_digest: row.response_digest,
            record_count: row.record_count,
            quality: row.quality,
            fallback_of: row.fallback_of,
        }
    }
}
