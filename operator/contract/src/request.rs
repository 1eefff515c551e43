//! A row of the request log. In: what was asked and what came back. Out: the row and its digest. Pure.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString};
use uuid::Uuid;

use crate::{
    BarQuality, CredentialCheck, HashError, InstrumentDays, ReasonCode, Release, Sha256Hash, Source, Stage, StreamGap,
    canonical_hash,
};

/// Whether bytes of this attempt reached the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Operation {
    /// A Bot's job asked for it.
    Call,
    /// A handshake that checks a credential.
    Verify,
    /// A person asked for one harmless call.
    Test,
    /// People are told of something.
    Notify,
    /// It was due by the clock, for nobody in particular.
    Schedule,
    /// A session with the vendor was to be opened or prolonged.
    SignIn,
}

/// One attempt: one exchange started, or refused, with a vendor. The fields are the columns of the table `requests`;
/// times have microseconds, as the database keeps them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RequestRow {
    /// UUIDv7; its last 16 digits are the span id sent to the vendor.
    pub id: Uuid,
    /// When the intent was made.
    pub created_at: DateTime<Utc>,
    /// When the outcome was known.
    pub completed_at: Option<DateTime<Utc>>,
    /// Joins the attempts of one call.
    pub call_id: Uuid,
    /// From 1.
    pub attempt: i32,
    /// The failed row of another vendor that this one stands in for.
    pub fallback_of: Option<Uuid>,
    /// The row with outcome unknown that this one clears up.
    pub resolves: Option<Uuid>,
    /// The row whose stored answer was served.
    pub served_from: Option<Uuid>,
    /// Whether it reached the vendor.
    pub sent: Sent,
    /// How it ended.
    pub outcome: Outcome,
    /// Which set of gateways wrote it; one writer a set.
    pub gateway_set: String,
    /// Instance that wrote it.
    pub writer: String,
    /// Its fencing epoch.
    pub writer_epoch: i64,
    /// Gap-free within the gateway set.
    pub seq: i64,
    /// The group that it was committed with.
    pub group_no: i64,
    /// One cycle; its jobs share it.
    pub trace_id: Uuid,
    /// The row in `bot_jobs`; null where no job made the call.
    pub job_id: Option<Uuid>,
    /// The Bot's UID.
    pub bot_id: Option<Uuid>,
    /// The Bot's namespace at the time of the call.
    pub bot_namespace: Option<String>,
    /// The Bot's name at the time of the call.
    pub bot_name: Option<String>,
    /// Stage of the release that the job worked for.
    pub stage: Option<Stage>,
    /// Kubernetes user that caused the call: a runner's ServiceAccount, a person who asked for it, or `system:assayer:` and the loop of
    /// the gateway that makes it by the clock.
    pub user_id: String,
    /// Kind of source; null where it was refused unclassified.
    pub source: Option<Source>,
    /// Registry name of the provider.
    pub provider: String,
    /// Why it was made.
    pub operation: Operation,
    /// HTTP method.
    pub method: String,
    /// The provider's own label, such as `timeseries.get_range`.
    pub endpoint: String,
    /// SHA-256 of provider, path, query and body, sorted and without credentials.
    pub request_fingerprint: Sha256Hash,
    /// Query and body, readable, without credentials.
    pub params: serde_json::Value,
    /// The vendor's HTTP status; null where it did not answer.
    pub http_status: Option<i32>,
    /// Why it did not succeed.
    pub reason_code: Option<ReasonCode>,
    /// The vendor's own code.
    pub error_code: Option<String>,
    /// The same in a sentence.
    pub error_message: Option<String>,
    /// Milliseconds from the first byte sent to the last received.
    pub latency_ms: Option<i64>,
    /// The vendor's own id of the request.
    pub vendor_request_id: Option<String>,
    /// Size of the body as received, in bytes.
    pub response_bytes: Option<i64>,
    /// SHA-256 of the body as received.
    pub response_digest: Option<Sha256Hash>,
    /// The instrument that was asked for.
    pub symbol: Option<String>,
    /// The Bot's instrument.
    pub requested_for_symbol: Option<String>,
    /// Dataset that was asked for.
    pub dataset: Option<String>,
    /// Kind of records that was asked for, such as `ohlcv-1d`.
    pub schema: Option<String>,
    /// Start of the range that was asked for.
    pub start_ts: Option<DateTime<Utc>>,
    /// End of that range, exclusive.
    pub end_ts: Option<DateTime<Utc>>,
    /// Bars counted by the gateway in the body; null where it was not counted.
    pub bar_count: Option<i64>,
    /// Start of the first bar in the body.
    pub first_bar_ts: Option<DateTime<Utc>>,
    /// Start of the last bar in the body.
    pub last_bar_ts: Option<DateTime<Utc>>,
    /// Milliseconds from the end of the last bar to its receipt.
    pub staleness_ms: Option<i64>,
    /// Economic series that were asked for.
    pub series_ids: Option<Vec<String>>,
    /// First day of the vintage.
    pub realtime_start: Option<DateTime<Utc>>,
    /// Last day of the vintage.
    pub realtime_end: Option<DateTime<Utc>>,
    /// Words that were searched for.
    pub keywords: Option<Vec<String>>,
    /// Language model that was asked.
    pub model: Option<String>,
    /// Tokens sent.
    pub tokens_in: Option<i64>,
    /// Tokens received.
    pub tokens_out: Option<i64>,
    /// Cost in US dollars, as a decimal string.
    pub cost_usd: Option<String>,
    /// The broker's account.
    pub account: Option<String>,
    /// `demo` or `live`, as the broker states it.
    pub environment: Option<String>,
    /// What was ordered.
    pub action: Option<String>,
    /// Contracts, as a decimal string.
    pub qty: Option<String>,
    /// Our id of the order.
    pub client_order_id: Option<String>,
    /// The broker's id of the order.
    pub order_id: Option<String>,
    /// The broker's id of the fill.
    pub fill_id: Option<String>,
    // Columns that came later are left out where they are null, so that the digests of older rows stay what they are.
    /// Records that the vendor says there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_count: Option<i64>,
    /// The bars measured against their session calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<BarQuality>,
    /// The instruments that the symbol stood for, by day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instruments: Option<Vec<InstrumentDays>>,
    /// Where the call went, if not to the vendor itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_override: Option<String>,
    /// What the vendor warned of, such as data that is made up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_warning: Option<String>,
    /// UID of the Integration that the call went through; null where none was found, or none was looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_id: Option<Uuid>,
    /// The generation of its spec that the call was made under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_generation: Option<i64>,
    /// Its namespace at the time of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_namespace: Option<String>,
    /// Its name at the time of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_name: Option<String>,
    /// What was found of its keys; null where they could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_check: Option<CredentialCheck>,
    /// Things that the answer lists: headlines, alerts, observations; null where it speaks about its source only, such as a list of
    /// models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_count: Option<i64>,
    /// True where the vendor says that its data is delayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<bool>,
    /// Seconds that the vendor asks to wait before the next call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<i64>,
    /// The most tokens, sent and received, that a call of a language model could use; null where that was no model's call, or where
    /// nothing was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens_most: Option<i64>,
    /// Stretches of time of which the stream that was read may lack bars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gaps: Option<Vec<StreamGap>>,
    /// When the economic figures that it speaks of are released, by the vendor's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub releases: Option<Vec<Release>>,
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
