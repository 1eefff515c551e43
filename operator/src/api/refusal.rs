//! How this API says no. In: a problem, or an error of what it stands on. Out: a response of problem+json. Pure.

use assayer_contract::{Problem, ReasonCode, problem::PROBLEM_JSON};
use assayer_store::StoreError;
use axum::{
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// Texts of the caller are shown in problems up to this length, in characters.
const SHOWN: usize = 200;

/// A problem on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// What the caller is told.
    pub(crate) problem: Box<Problem>,
    cause: Option<Cause>,
}

/// What is behind a refusal, for a header or a figure; it goes with the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The API server does not accept the token.
    InvalidToken,
    /// The database does not answer.
    DatabaseAway,
    /// The database answers, and not with what was asked for.
    Database,
    /// The API server does not answer, or not to us.
    Cluster,
}

impl Refusal {
    /// The same, for this cause.
    pub(crate) fn because(mut self, cause: Cause) -> Self {
        self.cause = Some(cause);
        self
    }

    /// The same, naming the parameter of the query that it is about.
    pub(crate) fn about(mut self, parameter: &str) -> Self {
        self.problem.detail = format!("{parameter}: {}", self.problem.detail);
        self
    }
}

/// The refusal of a path or a query that does not say what it should.
pub(crate) fn bad_request(detail: &str) -> Refusal {
    Problem::new(400, ReasonCode::RequestInvalid, shown(detail)).into()
}

/// A caller's text as it may stand in a problem.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), cause: None }
    }
}

impl From<PathRejection> for Refusal {
    fn from(rejection: PathRejection) -> Self {
        bad_request(&rejection.body_text())
    }
}

impl From<QueryRejection> for Refusal {
    fn from(rejection: QueryRejection) -> Self {
        bad_request(&rejection.body_text())
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        let status = if rejection.status().is_client_error() { rejection.status().as_u16() } else { 400 };
        Problem::new(status, ReasonCode::RequestInvalid, shown(&rejection.body_text())).into()
    }
}

impl From<StoreError> for Refusal {
    /// The caller learns that the log is not available; what exactly failed is in this process's own log.
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the log could not be read");
        let (detail, cause) = if error.is_transient() {
            ("the database does not answer", Cause::DatabaseAway)
        } else {
            ("the log could not be read", Cause::Database)
        };
        Self::from(Problem::new(503, ReasonCode::EvidenceUnavailable, detail)).because(cause)
    }
}

impl From<kube::Error> for Refusal {
    fn from(error: kube::Error) -> Self {
        tracing::error!(%error, "the Kubernetes API server could not be asked");
        let problem = |detail: &str| Problem::new(503, ReasonCode::ClusterUnavailable, detail);
        let problem = match &error {
            kube::Error::Api(status) if matches!(status.code, 401 | 403) => {
                problem(&format!("the Kubernetes API server answered {} to this API itself", status.code))
                    .with_fix("Give the API's ServiceAccount the rights that the chart's ClusterRole assayer-api lists.")
            }
            kube::Error::Api(status) => problem(&format!("the Kubernetes API server answered {}", status.code)),
            _ => problem("the Kubernetes API server could not be asked"),
        };
        Self::from(problem).because(Cause::Cluster)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            let challenge = match self.cause {
                Some(Cause::InvalidToken) => r#"Bearer realm="assayer", error="invalid_token""#,
                _ => r#"Bearer realm="assayer""#,
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if let Some(cause) = self.cause {
            response.extensions_mut().insert(cause);
        }
        response
    }
}
