//! The newest rows of an Integration. In: its UID, or a trace. Out: handshakes, and rows of whatever purpose. See `integrations` for the
//! form of the conditions.

use assayer_contract::{CredentialCheck, Operation, Outcome, ReasonCode, Sent, Source, Stage};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, integration_use::LOOK_BACK, jobs::word};

/// A handshake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// Id of its row.
    pub id: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The trace that it was made under.
    pub trace_id: Uuid,
    /// The generation of the Integration's spec that it proves.
    pub integration_generation: Option<i64>,
    /// The Kubernetes user that made it.
    pub user_id: String,
    /// The vendor's name of the endpoint.
    pub endpoint: String,
    /// How it ended.
    pub status: Outcome,
    /// Whether it reached the vendor.
    pub sent: Sent,
    /// The vendor's HTTP status.
    pub http_status: Option<i32>,
    /// Milliseconds from the first byte sent to the last received.
    pub latency_ms: Option<i64>,
    /// Why it did not succeed.
    pub reason_code: Option<ReasonCode>,
    /// The vendor's own code.
    pub error_code: Option<String>,
    /// The same in a sentence.
    pub error_message: Option<String>,
    /// What was found of the keys; null where they could not be read.
    pub credential_check: Option<CredentialCheck>,
}

/// A row of `integration_usage_events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UsageEvent {
    /// Id of the row.
    pub id: Uuid,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// The Kubernetes user that caused it.
    pub user_id: String,
    /// UID of the Bot; null where no Bot's job made the call.
    pub bot_id: Option<Uuid>,
    /// Namespace of the Bot.
    pub bot_namespace: Option<String>,
    /// Name of the Bot.
    pub bot_name: Option<String>,
    /// Its job.
    pub job_id: Option<Uuid>,
    /// The trace that the row carries.
    pub trace_id: Uuid,
    /// Stage of the release that the job worked for.
    pub stage: Option<Stage>,
    /// Registry name of the provider.
    pub provider: String,
    /// Kind of source; null where there is none, or the call was refused unclassified.
    pub source: Option<Source>,
    /// Why it was made.
    pub operation: Operation,
    /// The vendor's name of the endpoint.
    pub endpoint: String,
    /// How it ended.
    pub status: Outcome,
    /// Whether it reached the vendor.
    pub sent: Sent,
    /// The vendor's HTTP status.
    pub http_status: Option<i32>,
    /// Milliseconds from the first byte sent to the last received.
    pub latency_ms: Option<i64>,
    /// Why it did not succeed.
    pub reason_code: Option<ReasonCode>,
    /// The vendor's own code.
    pub error_code: Option<String>,
    /// The same in a sentence.
    pub error_message: Option<String>,
}

/// The newest handshakes of an Integration of the last 30 days, the newest first.
pub async fn verifications(pool: &PgPool, id: Uuid, limit: i64, now: DateTime<Utc>) -> Result<Vec<Verification>, StoreError> {
    let rows = sqlx::query!(
        r#"select id as "id!", created_at as "created_at!", trace_id as "trace_id!", integration_generation, user_id as "user_id!",
               endpoint as "endpoint!", status as "status!", sent as "sent!", http_status, latency_ms, reason_code, error_code,
               error_message, credential_check
           from verifications where integration_id between $1 and $1 and id >= uuid_floor($2)
           order by integration_id desc, id desc limit $3"#,
        id,
        now - LOOK_BACK,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Verification {
                id: row.id,
                created_at: row.created_at,
                trace_id: row.trace_id,
                integration_generation: row.integration_generation,
                user_id: row.user_id,
                endpoint: row.endpoint,
                status: word("requests.outcome", &row.status)?,
                sent: word("requests.sent", &row.sent)?,
                http_status: row.http_status,
                latency_ms: row.latency_ms,
                reason_code: row.reason_code.and_then(|code| code.parse().ok()),
                error_code: row.error_code,
                error_message: row.error_message,
                credential_check: row.credential_check.map(serde_json::from_value).transpose()?,
            })
        })
        .collect()
}

/// The columns of [`UsageEvent`] as they are stored.
struct Raw {
    id: Uuid,
    created_at: DateTime<Utc>,
    user_id: String,
    bot_id: Option<Uuid>,
    bot_namespace: Option<String>,
    bot_name: Option<String>,
    job_id: Option<Uuid>,
    trace_id: Uuid,
    stage: Option<String>,
    provider: String,
    source: Option<String>,
    operation: String,
    endpoint: String,
    status: String,
    sent: String,
    http_status: Option<i32>,
    latency_ms: Option<i64>,
    reason_code: Option<String>,
    error_code: Option<String>,
    error_message: Option<String>,
}

impl TryFrom<Raw> for UsageEvent {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        Ok(Self {
            id: raw.id,
            created_at: raw.created_at,
            user_id: raw.user_id,
            bot_id: raw.bot_id,
            bot_namespace: raw.bot_namespace,
            bot_name: raw.bot_name,
            job_id: raw.job_id,
            trace_id: raw.trace_id,
            stage: raw.stage.map(|stage| word("requests.stage", &stage)).transpose()?,
            provider: raw.provider,
            source: raw.source.map(|source| word("requests.source", &source)).transpose()?,
            operation: word("requests.operation", &raw.operation)?,
            endpoint: raw.endpoint,
            status: word("requests.outcome", &raw.status)?,
            sent: word("requests.sent", &raw.sent)?,
            http_status: raw.http_status,
            latency_ms: raw.latency_ms,
            reason_code: raw.reason_code.and_then(|code| code.parse().ok()),
            error_code: raw.error_code,
            error_message: raw.error_message,
        })
    }
}

/// The newest rows of an Integration of the last 30 days, of whatever purpose and outcome, the newest first.
pub async fn events(pool: &PgPool, id: Uuid, limit: i64, now: DateTime<Utc>) -> Result<Vec<UsageEvent>, StoreError> {
    // Three indexes, each read as far as is needed.
    let rows = sqlx::query_as!(
        Raw,
        r#"select e.id as "id!", e.created_at as "created_at!", e.user_id as "user_id!", e.bot_id, e.bot_namespace, e.bot_name,
               e.job_id, e.trace_id as "trace_id!", e.stage, e.provider as "provider!", e.source, e.operation as "operation!",
               e.endpoint as "endpoint!", e.status as "status!", e.sent as "sent!", e.http_status, e.latency_ms, e.reason_code,
               e.error_code, e.error_message
           from (
               (select s.* from integration_usage_events s where s.integration_id between $1 and $1 and s.id >= uuid_floor($2)
                    and s.status in ('success', 'served') and s.operation = 'call' and s.bot_id is not null and s.job_id is not null
                    order by s.integration_id desc, s.id desc limit $3)
               union all
               (select a.* from integration_usage_events a where a.integration_id between $1 and $1 and a.id >= uuid_floor($2)
                    and a.status in ('success', 'served') and (a.operation <> 'call' or a.bot_id is null or a.job_id is null)
                    order by a.integration_id desc, a.id desc limit $3)
               union all
               (select f.* from integration_usage_events f where f.integration_id between $1 and $1 and f.id >= uuid_floor($2)
                    and f.status in ('failed', 'refused', 'unknown') order by f.integration_id desc, f.id desc limit $3)
           ) e order by e.id desc limit $3"#,
        id,
        now - LOOK_BACK,
        limit
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter().map(UsageEvent::try_from).collect()
}

/// How the newest call of this trace and purpose ended, once it has.
pub async fn of_trace(pool: &PgPool, trace_id: Uuid, operation: Operation) -> Result<Option<UsageEvent>, StoreError> {
    let row = sqlx::query_as!(
        Raw,
        r#"select id as "id!", created_at as "created_at!", user_id as "user_id!", bot_id, bot_namespace, bot_name, job_id,
               trace_id as "trace_id!", stage, provider as "provider!", source, operation as "operation!", endpoint as "endpoint!",
               status as "status!", sent as "sent!", http_status, latency_ms, reason_code, error_code, error_message
           from integration_usage_events where trace_id = $1 and operation = $2 order by id desc limit 1"#,
        trace_id,
        operation.to_string()
    )
    .fetch_optional(pool)
    .await?;
    row.map(UsageEvent::try_from).transpose()
}
