//! How this API says no. In: a problem, or an error of what it stands on. Out: a response of problem+json. Pure.

use assayer_contract::{Problem, ReasonCode, problem::PROBLEM_JSON};
use assayer_store::StoreError;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// A problem on its way out.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for Refusal {
    /// The caller learns that the log is not available; what exactly failed is in this process's own log.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the log could not be read");
        let detail = if error.is_transient() { "the database does not answer" } else { "the log could not be read" };
        Problem::new(503, ReasonCode::EvidenceUnavailable, detail).into()
    }
}

impl From<kube::Error> for Refusal {
    fn from(error: kube::Error) -> Self {
        tracing::error!(%error, "the Kubernetes API server could not be asked");
        let detail = match &error {
            kube::Error::Api(status) => format!("the Kubernetes API server answered {}", status.code),
            _ => "the Kubernetes API server could not be asked".to_owned(),
        };
        Problem::new(503, ReasonCode::ClusterUnavailable, detail).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.0)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
