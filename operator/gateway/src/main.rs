//! `assayer-gateway`: reads its arguments, starts, ends with an error where another gateway has taken over.

use std::net::SocketAddr;

use anyhow::Context;
use assayer_gateway::{Settings, access::Environment, record::WriterSettings, serve};
use clap::Parser;
use tokio::{
    net::{TcpListener, TcpSocket},
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;
use tracing::Level;
use tracing_subscriber::{EnvFilter, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

/// Connections to Postgres: one for the writer, the others for look-ups.
const CONNECTIONS: u32 = 12;

/// Bytes that the kernel may hold for one caller that does not take them. It would let them grow to megabytes, weeks of a live stream,
/// before anybody noticed; within a cluster this is enough for any answer's speed.
const SEND_BUFFER: u32 = 128 << 10;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Calls vendors for Bots' jobs and records every call before its answer is used.
///
/// Postgres is taken from PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE and PGSSLMODE; the API server from KUBECONFIG or the pod.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Address to serve on.
    #[arg(long, env = "ASSAYER_LISTEN", default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// The group of gateways that this one belongs to; one of them writes.
    #[arg(long, env = "ASSAYER_GATEWAY_SET", default_value = "default")]
    gateway_set: String,
    /// Name of this instance. A restart under the same name takes the log over at once.
    #[arg(long, env = "POD_NAME", default_value = "assayer-gateway")]
    writer: String,
    /// What the installation is for: only in dev may an Integration name an endpoint of its own.
    #[arg(long, env = "ASSAYER_ENVIRONMENT", default_value = "prod")]
    environment: Environment,
    /// Let simulated bars stand in for a vendor's in LAB, where a policy says so. Only a dev installation may.
    #[arg(long, env = "ASSAYER_ALLOW_SIM_FALLBACK", default_value_t = false, default_missing_value = "true", num_args = 0..=1, action = clap::ArgAction::Set)]
    allow_sim_fallback: bool,
    /// Where people reach the API: messages to them have whole links then.
    #[arg(long, env = "ASSAYER_EXTERNAL_URL", default_value = "", value_parser = external_url)]
    external_url: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Whoever installs it second gets an error that means nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args = Args::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).finish();
    // The vendor's client tells at this level what it logs in with.
    lines.with(filter_fn(|of| !of.target().starts_with("databento") || *of.level() <= Level::WARN)).init();

    anyhow::ensure!(
        !args.allow_sim_fallback || args.environment == Environment::Dev,
        "--allow-sim-fallback=true with --environment=prod: only a dev installation simulates bars"
    );
    let pool = assayer_store::connect("assayer-gateway", CONNECTIONS)?;
    let client = kube::Client::try_default().await.context("finding the API server by KUBECONFIG or the pod's own account")?;
    let listener = listen(args.listen).with_context(|| format!("listening on {}", args.listen))?;
    let writer = WriterSettings { gateway_set: args.gateway_set, writer: args.writer };
    tracing::info!(listen = %listener.local_addr()?, gateway_set = writer.gateway_set, writer = writer.writer, "serving");
    let stop = CancellationToken::new();
    tokio::spawn(stopped(stop.clone(), signal(SignalKind::terminate())?));
    let Args { environment, allow_sim_fallback, external_url, .. } = args;
    let settings = Settings { writer, environment, allow_sim_fallback, external_url };
    serve(settings, pool, client, listener, stop).await.context("the gateway ended")
}

/// The URL without a trailing slash. It stands in messages as it is, so it has nothing in it that a vendor takes for a mark-up.
fn external_url(text: &str) -> Result<String, String> {
    let bare = text.trim_end_matches('/');
    let rest = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://"));
    let plain = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || "-.:/".contains(c));
    if text.is_empty() || rest.is_some_and(plain) {
        return Ok(bare.to_owned());
    }
    Err("give an http or https URL of letters, digits, '-', '.', ':' and '/', such as https://assayer.example.com".to_owned())
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Each connection that is accepted inherits it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn stopped(stop: CancellationToken, mut terminated: tokio::signal::unix::Signal) {
    tokio::select! {
        _ = terminated.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("stopping");
    stop.cancel();
}
