//! A row of the request log. In: what was asked and what came back. Out: the row and its digest. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use uuid::Uuid;

use crate::{BarQuality, HashError, InstrumentDays, ReasonCode, Sha256Hash, Source, Stage, canonical_hash};

/// Whether bytes of this attempt reached the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Sent {
    /// The vendor received it: it counts against the vendor's own count.
    Yes,
    /// Nothing left this machine.
    No,
    /// It may or may not have arrived: the writer died, or the connection broke before an answer.
    Unknown,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// The vendor answered and the answer was measured whole.
    Success,
    /// The vendor answered with an error, did not answer, or its answer could not be measured.
    Failed,
    /// Assayer refused it before anything was sent.
    Refused,
    /// Nobody knows: the intent was never closed by its writer.
    Unknown,
    /// Answered from an earlier row (`served_from`), not by the vendor.
    Served,
}

/// Why the attempt was made. Only `call` rows of a job can prove use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Operation {
    /// A Bot's job asked for it.
    Call,
    /// A handshake that checks a credential.
    Verify,
    /// A person asked for one harmless call.
    Test,
}

/// One attempt: one exchange started, or refused, with a vendor. The fields are the columns of the table `requests`, whose
/// migration says what each means; times have microseconds, as the database keeps them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns are documented once, in the table's migration")]
pub struct RequestRow {
    pub id: Uuid,
    pub created_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub call_id: Uuid,
    pub attempt: i32,
    pub fallback_of: Option<Uuid>,
    pub resolves: Option<Uuid>,
    pub served_from: Option<Uuid>,
    pub sent: Sent,
    pub outcome: Outcome,
    pub gateway_set: String,
    pub writer: String,
    pub writer_epoch: i64,
    pub seq: i64,
    pub group_no: i64,
    pub trace_id: Uuid,
    pub job_id: Option<Uuid>,
    pub bot_id: Option<Uuid>,
    pub bot_namespace: Option<String>,
    pub bot_name: Option<String>,
    pub stage: Option<Stage>,
    pub user_id: String,
    pub source: Option<Source>,
    pub provider: String,
    pub operation: Operation,
    pub method: String,
    pub endpoint: String,
    pub request_fingerprint: Sha256Hash,
    pub params: serde_json::Value,
    pub http_status: Option<i32>,
    pub reason_code: Option<ReasonCode>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub latency_ms: Option<i64>,
    pub vendor_request_id: Option<String>,
    pub response_bytes: Option<i64>,
    pub response_digest: Option<Sha256Hash>,
    pub symbol: Option<String>,
    pub requested_for_symbol: Option<String>,
    pub dataset: Option<String>,
    pub schema: Option<String>,
    pub start_ts: Option<DateTime<Utc>>,
    pub end_ts: Option<DateTime<Utc>>,
    pub bar_count: Option<i64>,
    pub first_bar_ts: Option<DateTime<Utc>>,
    pub last_bar_ts: Option<DateTime<Utc>>,
    pub staleness_ms: Option<i64>,
    pub series_ids: Option<Vec<String>>,
    pub realtime_start: Option<DateTime<Utc>>,
    pub realtime_end: Option<DateTime<Utc>>,
    pub keywords: Option<Vec<String>>,
    pub model: Option<String>,
    pub tokens_in: Option<i64>,
    pub tokens_out: Option<i64>,
    pub cost_usd: Option<String>,
    pub account: Option<String>,
    pub environment: Option<String>,
    pub action: Option<String>,
    pub qty: Option<String>,
    pub client_order_id: Option<String>,
    pub order_id: Option<String>,
    pub fill_id: Option<String>,
    // Columns that came later are left out where they are null, so that the digests of older rows stay what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_count: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<BarQuality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruments: Option<Vec<InstrumentDays>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_override: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_warning: Option<String>,
    /// Hash of this row without this field; `None` until the row is sealed for its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_digest: Option<Sha256Hash>,
}

impl RequestRow {
    /// The hash of the row in canonical JSON, without `row_digest` itself.
    pub fn digest(&self) -> Result<Sha256Hash, HashError> {
        canonical_hash(&Self { row_digest: None, ..self.clone() })
    }

    /// The W3C span id sent to the vendor: the last 16 hexadecimal digits of the row's id.
    pub fn span_id(&self) -> String {
        self.id.simple().to_string().split_off(16)
    }

    /// The W3C trace context sent to the vendor, by which an arrival there is matched with this row.
    pub fn traceparent(&self) -> String {
        format!("00-{}-{}-01", self.trace_id.simple(), self.span_id())
    }
}

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
        }
    }
}
