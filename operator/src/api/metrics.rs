//! What this process counts of itself. In: each answer. Out: `/metrics` in the OpenMetrics text format. Not pure: measures time.

use std::time::Instant;

use assayer_contract::{Problem, ReasonCode};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, text::encode},
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::Registry,
};

use super::{App, Refusal, refusal::Cause};

/// Seconds up to which answers are counted.
const BUCKETS: [f64; 8] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 15.0];

/// Counters of this process.
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<Answer, Histogram>,
    authentications: Family<ByResult, Counter>,
    failures: Family<Behind, Counter>,
}

/// The route and not the path: names of objects are no labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    route: String,
    status: u16,
}

/// What came of looking at a caller's token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
pub(crate) enum Authentication {
    /// None is asked for: anyone may read.
    Anyone,
    /// The API server accepts it.
    Accepted,
    /// The API server does not accept it.
    Refused,
    /// There is none, or not in a form that can be read.
    NoToken,
    /// The API server could not be asked.
    Unavailable,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResult {
    result: Authentication,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Failing {
    DatabaseUnavailable,
    DatabaseStatement,
    ApiServer,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Behind {
    of: Failing,
}

impl Default for Metrics {
    fn default() -> Self {
        let answers: Family<Answer, Histogram> = Family::new_with_constructor(|| Histogram::new(BUCKETS));
        let (authentications, failures) = (Family::default(), Family::default());
        let mut registry = Registry::with_prefix("assayer_api");
        registry.register("answer_seconds", "Time until an answer, by route and status", answers.clone());
        registry.register("authentications", "Callers looked at, by what came of it", authentications.clone());
        registry.register("failures", "Answers that failed for what this process stands on", failures.clone());
        Self { registry, answers, authentications, failures }
    }
}

impl Metrics {
    /// Counts a caller.
    pub(crate) fn authenticated(&self, result: Authentication) {
        self.authentications.get_or_create(&ByResult { result }).inc();
    }

    fn failed(&self, cause: Cause) {
        let of = match cause {
            Cause::InvalidToken => return,
            Cause::DatabaseAway => Failing::DatabaseUnavailable,
            Cause::Database => Failing::DatabaseStatement,
            Cause::Cluster => Failing::ApiServer,
        };
        self.failures.get_or_create(&Behind { of }).inc();
    }
}

/// Counts every answer, and keeps it out of every cache that it does not itself name: it is for this caller, at this moment.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let began = Instant::now();
    let mut response = next.run(request).await;
    let answer = Answer { route, status: response.status().as_u16() };
    app.metrics.answers.get_or_create(&answer).observe(began.elapsed().as_secs_f64());
    if let Some(cause) = response.extensions().get::<Cause>() {
        app.metrics.failed(*cause);
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// `GET /metrics`.
pub(crate) async fn show(State(app): State<App>) -> Result<Response, Refusal> {
    let mut text = String::new();
    encode(&mut text, &app.metrics.registry).map_err(|error| {
        tracing::error!(%error, "the metrics could not be written");
        Problem::new(500, ReasonCode::EvidenceUnavailable, "the metrics could not be written")
    })?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}
