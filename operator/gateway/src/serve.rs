//! The running gateway. In: settings, connections, a listener. Out: served requests until it is told to stop or is fenced.

use std::{sync::Arc, time::Duration};

use assayer_store::PgPool;
use kube::Client;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    access::{Accesses, Environment},
    by_clock,
    calendar::Calendar,
    forward::Forwarder,
    handshakes::Handshakes,
    identity::{Identity, Pods},
    limits,
    metrics::Metrics,
    notify::Notifier,
    record::{Fenced, Writer, WriterSettings},
    routes::{Shared, router},
    simulated::Simulator,
    standing::Standing,
    streams::{Rules, Streams},
};

/// How long calls under way may take to end: more than an intent lives.
const DRAIN: Duration = Duration::from_secs(65);

/// What one gateway is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose log it writes, and under which name.
    pub writer: WriterSettings,
    /// What the installation is for.
    pub environment: Environment,
    /// Whether simulated bars may stand in for a vendor's in LAB, where a policy says so. Nothing in an installation that is not for
    /// development.
    pub allow_sim_fallback: bool,
    /// Where people reach the API, without a trailing slash; empty where nobody knows.
    pub external_url: String,
}

/// Why a gateway ended.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Another gateway writes the log now; a restart asks for it again.
    #[error(transparent)]
    Fenced(#[from] Fenced),
    /// The task that writes the log ended by a fault.
    #[error("the writer of the request log failed: {0}")]
    Writer(#[from] tokio::task::JoinError),
    /// The HTTP client for vendors could not be made.
    #[error("the client for vendors could not be made: {0}")]
    Client(#[from] reqwest::Error),
    /// The listener failed.
    #[error("serving failed: {0}")]
    Serve(#[from] std::io::Error),
}

/// Serves until `stop`, ends the calls under way, and gives the request log back.
pub async fn serve(
    settings: Settings,
    pool: PgPool,
    client: Client,
    listener: TcpListener,
    stop: CancellationToken,
) -> Result<(), GatewayError> {
    let metrics = Metrics::new();
    let instance = settings.writer.writer.clone();
    let (writer, recorder) = Writer::new(pool.clone(), settings.writer, metrics.clone());
    let (stop_writing, stop_telling) = (CancellationToken::new(), CancellationToken::new());
    let mut writing = tokio::spawn(writer.run(stop_writing.clone()));
    let forwarder = Arc::new(Forwarder::new(recorder.clone(), metrics.clone(), pool.clone())?);
    let (pods, pods_watch) = Pods::watch(client.clone());
    let (accesses, integrations_watch, changed) = Accesses::watch(client.clone(), settings.environment);
    let handshakes = Handshakes::new(pool.clone(), Arc::clone(&accesses), Arc::clone(&forwarder));
    tokio::spawn(Arc::new(handshakes).run(changed, recorder.active(), stop.clone()));
    let calendar = Calendar::new(pool.clone(), Arc::clone(&accesses), Arc::clone(&forwarder));
    tokio::spawn(by_clock::run(Arc::new(calendar), recorder.active(), stop.clone()));
    let notifier = Notifier::new(pool.clone(), Arc::clone(&accesses), Arc::clone(&forwarder), settings.external_url);
    tokio::spawn(by_clock::run(Arc::new(notifier), recorder.active(), stop.clone()));
    let (standing, policies_watch) = Standing::watch(client.clone(), pool.clone(), Arc::clone(&accesses));
    let saying = tokio::spawn(limits::run(standing.policies(), pool.clone(), instance, stop.clone()));
    let streams = Streams::new(recorder.clone(), metrics.clone(), pool.clone(), Rules::default(), stop.clone());
    let simulates = settings.allow_sim_fallback && settings.environment == Environment::Dev;
    let simulator = Simulator::new(recorder.clone(), metrics.clone(), pool.clone(), simulates);
    let shared = Shared {
        streams,
        simulator,
        identity: Identity::new(client, pods, pool.clone()),
        accesses,
        standing,
        forwarder: Arc::clone(&forwarder),
        recorder,
        pool,
        metrics,
        watches: vec![pods_watch, integrations_watch, policies_watch],
    };
    let telling = tokio::spawn({
        let (forwarder, stop) = (Arc::clone(&forwarder), stop_telling.clone());
        async move { forwarder.tell_of_strangers(stop).await }
    });
    let serving = axum::serve(listener, router(shared)).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        ended = &mut writing => return Ok(ended??),
        served = drained(serving.into_future(), &stop) => served?,
    }
    let _ = tokio::time::timeout(DRAIN, forwarder.finish()).await;
    stop_telling.cancel();
    let _ = telling.await;
    let _ = saying.await;
    stop_writing.cancel();
    Ok(writing.await??)
}

/// Connections that stay open without a call do not hold up the end.
async fn drained(serving: impl Future<Output = std::io::Result<()>>, stop: &CancellationToken) -> std::io::Result<()> {
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        served = serving => served,
        () = late => Ok(()),
    }
}
