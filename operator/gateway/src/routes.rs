//! What the gateway serves. In: requests. Out: answers; every route but the probes needs a proven caller.

mod job;
mod kept;
mod probes;
mod providers;
mod research;
mod sessions;
mod simulated;
mod streams;
mod suggestions;

use std::sync::Arc;

use assayer_contract::wire;
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{any, get, post},
};

use crate::{
    access::Accesses, forward::Forwarder, identity::Identity, metrics::Metrics, record::Recorder, simulated::Simulator,
    standing::Standing, streams::Streams, watch::Watch,
};
use assayer_store::PgPool;

/// Requests to vendors are small forms.
const LARGEST_REQUEST: usize = 1 << 20;
/// A session holds every trade.
const LARGEST_SESSION: usize = 16 << 20;

/// What all routes share.
pub(crate) struct Shared {
    /// Proves callers.
    pub(crate) identity: Identity,
    /// Finds credentials.
    pub(crate) accesses: Arc<Accesses>,
    /// What stands in the way of jobs.
    pub(crate) standing: Standing,
    /// Makes calls.
    pub(crate) forwarder: Arc<Forwarder>,
    /// Live bars.
    pub(crate) streams: Arc<Streams>,
    /// Bars that nobody traded.
    pub(crate) simulator: Simulator,
    /// Writes the log.
    pub(crate) recorder: Recorder,
    /// Jobs, events and sessions.
    pub(crate) pool: PgPool,
    /// Figures.
    pub(crate) metrics: Metrics,
    /// Watches that must have caught up before the gateway is ready.
    pub(crate) watches: Vec<Watch>,
}

type App = Arc<Shared>;

/// All routes.
pub(crate) fn router(shared: Shared) -> Router {
    let providers = format!("{}{{provider}}/{{*path}}", wire::PROVIDERS_PATH);
    let streams = format!("{}{{*path}}", wire::STREAMS_PATH);
    let (kept_until, kept) = (format!("{}{{provider}}", wire::KEPT_PATH), format!("{}{{provider}}/{{*path}}", wire::KEPT_PATH));
    Router::new()
        .route(&kept_until, get(kept::until))
        .route(&kept, post(kept::bars).layer(DefaultBodyLimit::max(LARGEST_REQUEST)))
        .route(&streams, get(streams::open))
        .route(&providers, any(providers::forward).layer(DefaultBodyLimit::max(LARGEST_REQUEST)))
        .route(wire::SIMULATED_BARS_PATH, get(simulated::bars))
        .route(wire::JOB_PATH, get(job::assignment))
        .route(wire::JOB_REQUESTS_PATH, get(job::requests))
        .route(wire::JOB_REPORT_PATH, post(job::report))
        .route(wire::TRIALS_PATH, post(research::trials))
        .route(wire::RESEARCH_PATH, post(research::report))
        .route(wire::HOLDOUT_PATH, post(research::holdout))
        .route(wire::SESSIONS_PATH, post(sessions::add).layer(DefaultBodyLimit::max(LARGEST_SESSION)))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .with_state(Arc::new(shared))
}
