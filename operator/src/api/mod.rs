//! Proof over HTTP. In: a Kubernetes token, the log, the custom resources. Out: JSON; refusals as problem+json. By itself it changes
//! nothing: its database role and its ServiceAccount may only read. What a caller asks to be changed is changed with the caller's own
//! token. Not pure.

mod access;
mod answer;
mod as_caller;
mod asked;
mod autonomy;
mod bot_proof;
mod bots;
mod checks;
mod console;
mod databento_proof;
mod events;
mod find;
mod grant;
mod history;
mod integrations;
mod metrics;
pub(crate) mod openapi;
mod policies;
mod probes;
mod provider_answer;
mod refusal;
mod remembered;
mod requests;
mod runbook;
mod session;
mod system;
mod together;

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use assayer_contract::{Problem, ReasonCode};
use assayer_store::{PgPool, connect_reader};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{Method, Uri},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use kube::{Client, Config};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::{CompressionLevel, compression::CompressionLayer};

use self::{
    as_caller::AsCaller,
    metrics::Metrics,
    refusal::{Refusal, shown},
    remembered::Remembered,
};
use crate::{
    environment::{Environment, Installed},
    signals,
};

/// An answer takes a few queries and reviews; one that takes longer will not come.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// Postgres ends a statement that takes longer, also where its caller has left.
const STATEMENT_WITHIN: Duration = Duration::from_secs(10);
/// Reads have no body worth receiving, and what is written are a few keys.
const MAX_BODY_BYTES: usize = 16 * 1024;
const MAX_CONNECTIONS: u32 = 8;

/// Flags of `api`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address to serve on.
    #[arg(long, env = "ASSAYER_LISTEN", default_value = "0.0.0.0:5000")]
    listen: SocketAddr,
    /// Address of /healthz, /readyz and /metrics, which are nobody's who reaches the API through an ingress.
    #[arg(long, env = "ASSAYER_PROBES_LISTEN", default_value = "0.0.0.0:8080")]
    probes_listen: SocketAddr,
    /// Let anyone read every proof without a token.
    #[arg(long, env = "ASSAYER_ANONYMOUS_READ", default_value_t = false, default_missing_value = "true", num_args = 0..=1, action = clap::ArgAction::Set)]
    anonymous_read: bool,
    /// What the installation is for. In `prod` nobody reads without a token.
    #[arg(long, env = "ASSAYER_ENVIRONMENT", default_value = "prod")]
    environment: Environment,
    /// Let simulated bars stand in for a vendor's in LAB, where a policy says so. Only a dev installation may.
    #[arg(long, env = "ASSAYER_ALLOW_SIM_FALLBACK", default_value_t = false, default_missing_value = "true", num_args = 0..=1, action = clap::ArgAction::Set)]
    allow_sim_fallback: bool,
    /// Namespace of the control plane, where the controller's Lease is.
    #[arg(long, env = "POD_NAMESPACE", default_value = "assayer")]
    namespace: String,
    /// Directory with the console's files. Without it only the API is served.
    #[arg(long, env = "CONSOLE")]
    console: Option<PathBuf>,
    /// File with the secret that seals sessions, the same for all replicas. Without it each process makes its own.
    #[arg(long, env = "ASSAYER_SESSION_KEY_FILE")]
    session_key_file: Option<PathBuf>,
    /// Believe the header X-Forwarded-Proto: only where a proxy that sets it is the one way to this process.
    #[arg(long, env = "ASSAYER_TRUST_FORWARDED_PROTO", default_value_t = false, default_missing_value = "true", num_args = 0..=1, action = clap::ArgAction::Set)]
    trust_forwarded_proto: bool,
    #[command(flatten)]
    oidc: session::oidc::Flags,
}

/// What every handler needs.
#[derive(Clone)]
struct App {
    pool: PgPool,
    client: Client,
    as_caller: AsCaller,
    anonymous_read: bool,
    installed: Installed,
    metrics: Arc<Metrics>,
    remembered: Arc<Remembered>,
    looks: Arc<integrations::Looks>,
    system: Arc<system::Watched>,
    sessions: Arc<session::Sessions>,
    oidc: Option<Arc<session::oidc::Oidc>>,
    console: Option<Arc<console::Files>>,
    bots: Arc<bots::Bots>,
    events: Arc<events::Events>,
}

/// Serves until the process is asked to end, then finishes what it has begun.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let anonymous_prod = args.anonymous_read && args.environment == Environment::Prod;
    ensure!(
        !anonymous_prod,
        "--anonymous-read=true with --environment=prod: only a dev installation shows proof without a token"
    );
    let installed = Installed::new(args.environment, args.allow_sim_fallback)?;
    let config = Config::infer().await.context("finding the Kubernetes API server")?;
    let ended = CancellationToken::new();
    let app = App {
        pool: connect_reader("assayer-api", MAX_CONNECTIONS, STATEMENT_WITHIN)?,
        client: Client::try_from(config.clone()).context("making the client of the Kubernetes API server")?,
        as_caller: AsCaller::of(config),
        anonymous_read: args.anonymous_read,
        installed,
        metrics: Arc::default(),
        remembered: Arc::default(),
        looks: Arc::default(),
        system: Arc::new(system::Watched::new(&args.namespace)),
        sessions: Arc::new(session::Sessions::new(args.session_key_file.as_deref(), args.trust_forwarded_proto)?),
        oidc: session::oidc::Oidc::of(args.oidc)?.map(Arc::new),
        console: args.console.as_deref().map(console::Files::at).transpose()?.map(Arc::new),
        bots: Arc::default(),
        events: Arc::new(events::Events::new(ended.clone())),
    };
    tokio::spawn(bots::follow::follow(app.client.clone(), Arc::clone(&app.bots)));
    tokio::spawn(events::signals::run(app.clone()));
    let (listener, probes) = (listen(args.listen).await?, listen(args.probes_listen).await?);
    tracing::info!(address = %args.listen, anonymous_read = args.anonymous_read, "serving proof");
    let ending = async move {
        signals::termination().await;
        // Streams of events would never end by themselves.
        ended.cancel();
    };
    // Probes are answered until the last caller has been.
    tokio::select! {
        served = axum::serve(listener, router(app.clone())).with_graceful_shutdown(ending).into_future() => served.context("serving"),
        served = axum::serve(probes, probes::router(app)).into_future() => served.context("serving /healthz, /readyz and /metrics"),
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))
}

fn router(app: App) -> Router {
    Router::new()
        .route(bot_proof::BY_ID, get(bot_proof::by_id))
        .route(bot_proof::BY_NAME, get(bot_proof::by_namespace_and_name))
        .route(autonomy::PATH, get(autonomy::show))
        .route(databento_proof::PATH, get(databento_proof::show))
        .route(integrations::status::PATH, get(integrations::status::show))
        .route(integrations::ask::VERIFY, post(integrations::ask::verify))
        .route(integrations::ask::TEST, post(integrations::ask::test))
        .route(integrations::credentials::PATH, post(integrations::credentials::set))
        .route(integrations::credentials::MASKED, get(integrations::credentials::masked))
        .route(integrations::history::VERIFICATIONS, get(integrations::history::verifications))
        .route(integrations::history::EVENTS, get(integrations::history::events))
        .route(integrations::history::USAGE, get(integrations::history::usage))
        .route(integrations::proof::PATH, get(integrations::proof::show))
        .route(system::PATH, get(system::show))
        .route(bots::list::PATH, get(bots::list::show))
        .route(bots::one::PATH, get(bots::one::show))
        .route(bots::act::HOLD, post(bots::act::hold))
        .route(bots::act::RESUME, post(bots::act::resume))
        .route(bots::act::RUN, post(bots::act::run))
        .route(bots::act::RESET, post(bots::act::reset))
        .route(history::JOBS, get(history::jobs))
        .route(history::research::PATH, get(history::research::show))
        .route(history::lineage::PATH, get(history::lineage::show))
        .route(history::report::PATH, get(history::report::show))
        .route(history::bars::PATH, get(history::bars::show))
        .route(history::document::PATH, get(history::document::show))
        .route(requests::PATH, get(requests::list))
        .route(requests::ONE, get(requests::one))
        .route(policies::PATH, get(policies::show))
        .route(events::PATH, get(events::show))
        .route(session::oidc::PATH, get(session::oidc::begin))
        .route(session::oidc::CALLBACK, get(session::oidc::back))
        .route(session::PATH, get(session::show).post(session::sign_in).delete(session::sign_out))
        .layer(from_fn(in_time))
        .route(openapi::PATH, get(openapi::show))
        .route(runbook::PATH, get(runbook::show))
        .fallback(console::show)
        .method_not_allowed_fallback(another_method)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(app)
}

async fn in_time(request: Request, next: Next) -> Result<Response, Refusal> {
    let late = |_| {
        let detail = format!("there was no answer within {} s", ANSWER_WITHIN.as_secs());
        Problem::new(503, ReasonCode::EvidenceUnavailable, detail)
    };
    Ok(tokio::time::timeout(ANSWER_WITHIN, next.run(request)).await.map_err(late)?)
}

fn nothing_here(uri: &Uri) -> Refusal {
    let detail = format!("nothing is served at {}; proof of a Bot is at /api/_proof/bot/NAMESPACE/NAME", shown(uri.path()));
    Problem::new(404, ReasonCode::NotFound, detail).into()
}

/// What this process has and cannot write down.
fn unwritten(what: &str) -> Refusal {
    Problem::new(500, ReasonCode::EvidenceUnavailable, format!("{what} could not be written")).into()
}

async fn another_method(method: Method, uri: Uri) -> Refusal {
    let detail = format!("{} does not answer {method}; the header Allow says what it answers", shown(uri.path()));
    Problem::new(405, ReasonCode::RequestInvalid, detail).into()
}

#[cfg(test)]
pub(crate) mod tests;
