//! Saying no before anything is sent. In: a reason. Out: its HTTP answer, as problem+json or in a vendor's envelope. Pure.

use std::time::Duration;

use assayer_contract::{Problem, ReasonCode, problem::PROBLEM_JSON, wire::REASON_CODE_HEADER};
use assayer_providers::Provider;
use axum::response::{IntoResponse, Response};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use uuid::Uuid;

use crate::record::RecordError;

/// Why a call is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason_code}: {message}")]
pub struct Refusal {
    /// HTTP status for the caller.
    pub status: StatusCode,
    /// Why.
    pub reason_code: ReasonCode,
    /// The same in a sentence.
    pub message: String,
    /// After which time it is worth asking again, where that is known.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: StatusCode, reason_code: ReasonCode, message: impl Into<String>) -> Self {
        Self { status, reason_code, message: message.into(), retry_after: None }
    }

    /// The same, with the time after which it is worth asking again.
    #[must_use]
    pub fn after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// In the envelope of the provider of this name, or as a problem where it is none that is known.
    pub fn to(&self, provider: &str) -> Response {
        assayer_providers::find(provider).map_or_else(|| self.problem(None), |provider| self.in_envelope(provider))
    }

    /// As `application/problem+json`.
    pub fn problem(&self, trace_id: Option<Uuid>) -> Response {
        let mut problem = Problem::new(self.status.as_u16(), self.reason_code, self.message.clone());
        problem.trace_id = trace_id;
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        self.respond(PROBLEM_JSON, body)
    }

    /// In the vendor's own envelope, so that the vendor's own client can read it.
    pub fn in_envelope(&self, provider: &dyn Provider) -> Response {
        let (media_type, body) = provider.refusal(self.status, self.reason_code, &self.message);
        self.respond(media_type, body)
    }

    fn respond(&self, media_type: &'static str, body: Vec<u8>) -> Response {
        let mut response = (self.status, [(CONTENT_TYPE, media_type)], body).into_response();
        if let Ok(reason) = HeaderValue::from_str(&self.reason_code.to_string()) {
            response.headers_mut().insert(HeaderName::from_static(REASON_CODE_HEADER), reason);
        }
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0)));
        }
        response
    }
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, error.reason_code(), error.to_string())
    }
}

impl From<assayer_store::StoreError> for Refusal {
    fn from(error: assayer_store::StoreError) -> Self {
        tracing::warn!(%error, "the database could not be asked");
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ReasonCode::EvidenceUnavailable,
            "the database cannot be asked now; nothing was sent",
        )
    }
}

impl From<&assayer_providers::Refused> for Refusal {
    fn from(refused: &assayer_providers::Refused) -> Self {
        let status = StatusCode::from_u16(refused.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        Self::new(status, refused.reason_code, refused.message.clone())
    }
}
