//! `/healthz`, `/readyz` and `/metrics`, at a port of their own: an ingress publishes the API's and not this one. Ready means: Postgres
//! and the API server answer. Not pure.

use assayer_contract::{Problem, ReasonCode};
use assayer_store::schema_is_current;
use axum::{Router, extract::State, middleware::from_fn, routing::get};

use super::{App, Refusal, in_time, metrics};

/// What kubelet and Prometheus ask.
pub(super) fn router(app: App) -> Router {
    Router::new()
        .route("/readyz", get(ready))
        .layer(from_fn(in_time))
        .route("/healthz", get(|| async { "ok" }))
        .route("/metrics", get(metrics::show))
        .with_state(app)
}

async fn ready(State(app): State<App>) -> Result<&'static str, Refusal> {
    if !schema_is_current(&app.pool).await? {
        return Err(Problem::new(503, ReasonCode::EvidenceUnavailable, "the database lacks migrations of this version").into());
    }
    app.client.apiserver_version().await?;
    Ok("ok")
}

#[cfg(test)]
#[path = "probes_tests.rs"]
mod tests;
