//! `/healthz`, `/readyz` and `/metrics`. Ready means: Postgres and the API server answer. Not pure.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use assayer_store::{PgPool, schema_is_current};
use axum::{Router, extract::State, http::StatusCode, routing::get};
use kube::Client;
use tokio::{net::TcpListener, time::timeout};
use tokio_util::sync::CancellationToken;

use super::metrics::Metrics;

const PROBE: Duration = Duration::from_secs(3);

#[derive(Clone)]
struct Probes {
    client: Client,
    pool: PgPool,
    metrics: Arc<Metrics>,
}

/// Serves until `stop`.
pub(super) async fn serve(
    listen: SocketAddr,
    client: Client,
    pool: PgPool,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .with_state(Probes { client, pool, metrics });
    let listener = match TcpListener::bind(listen).await {
        Ok(listener) => listener,
        Err(error) => {
            // Without its probes the process must not go on and lead.
            stop.cancel();
            return Err(error);
        }
    };
    axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await }).await
}

async fn ready(State(probes): State<Probes>) -> (StatusCode, &'static str) {
    let database = timeout(PROBE, schema_is_current(&probes.pool));
    let api_server = timeout(PROBE, probes.client.apiserver_version());
    match tokio::join!(database, api_server) {
        (Ok(Ok(true)), Ok(Ok(_))) => (StatusCode::OK, "ok\n"),
        (Ok(Ok(false)), _) => (StatusCode::SERVICE_UNAVAILABLE, "the database lacks migrations\n"),
        (Ok(Ok(true)), _) => (StatusCode::SERVICE_UNAVAILABLE, "the API server does not answer\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

async fn figures(State(probes): State<Probes>) -> Result<String, StatusCode> {
    probes.metrics.text().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
