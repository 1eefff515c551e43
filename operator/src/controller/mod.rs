//! Runs Bots: plans their jobs, follows them, and says in their status, and in that of Integrations, what the log proves. In: custom
//! resources and rows. Out: Jobs, rows, statuses, events. Not pure. Only the holder of the Lease plans and writes; the other replicas wait.

mod apply;
mod context;
mod ends;
mod events;
mod follow;
mod integrations;
mod job;
mod last_words;
mod lead;
pub(crate) mod lease;
mod metrics;
mod namespace;
mod observe;
mod plan;
mod planner;
mod pods;
mod publish;
mod reconcile;
mod server;
mod starts;
mod tell;
pub(crate) mod validate;
mod watch;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::environment::{Environment, Installed};

use self::{context::Settings, lease::Elector, metrics::Metrics};

/// Connections to Postgres: as many as Bots are reconciled at once, and some for the planner and the probes.
const CONNECTIONS: u32 = 12;

/// Flags of `controller`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address of /healthz, /readyz and /metrics.
    #[arg(long, env = "ASSAYER_LISTEN", default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// Namespace of the control plane: of the Lease, and of the gateway that runners may reach.
    #[arg(long, env = "POD_NAMESPACE", default_value = "assayer")]
    namespace: String,
    /// Name of this replica.
    #[arg(long, env = "POD_NAME", default_value = "assayer-controller")]
    instance: String,
    /// Base URL of the gateway as runners reach it, without a trailing slash.
    #[arg(long, env = "ASSAYER_GATEWAY_URL")]
    gateway_url: String,
    /// Image of runner pods.
    #[arg(long, env = "ASSAYER_RUNNER_IMAGE")]
    runner_image: String,
    /// Pull policy of that image.
    #[arg(long, env = "ASSAYER_RUNNER_IMAGE_PULL_POLICY", default_value = "IfNotPresent")]
    runner_image_pull_policy: String,
    /// Seconds between two runs of the planner; a new Bot is planned at once.
    #[arg(long, env = "ASSAYER_PLANNER_INTERVAL_SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    planner_interval_seconds: u64,
    /// What the installation is for: only in dev may LAB do without market data.
    #[arg(long, env = "ASSAYER_ENVIRONMENT", default_value = "prod")]
    environment: Environment,
    /// Let simulated bars stand in for a vendor's in LAB, where a policy says so. Only a dev installation may.
    #[arg(long, env = "ASSAYER_ALLOW_SIM_FALLBACK", default_value_t = false, default_missing_value = "true", num_args = 0..=1, action = clap::ArgAction::Set)]
    allow_sim_fallback: bool,
    /// LocalQueue of Kueue, by its name in the Bots' namespaces, that lets runners start. Empty: they start at once.
    #[arg(long, env = "ASSAYER_RESEARCH_QUEUE", default_value = "")]
    research_queue: String,
}

/// Runs until the process is asked to end, then gives the Lease back.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let installed = Installed::new(args.environment, args.allow_sim_fallback)?;
    let client = kube::Client::try_default().await.context("configuring the Kubernetes client")?;
    let pool = assayer_store::connect("assayer-controller", CONNECTIONS)?;
    let metrics = Arc::new(Metrics::new());
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    tokio::spawn(async move {
        crate::signals::termination().await;
        stopper.cancel();
    });
    let probes = server::serve(args.listen, client.clone(), pool.clone(), Arc::clone(&metrics), stop.clone());
    let elector = Elector::new(client.clone(), &args.namespace, &args.instance);
    let settings = Arc::new(Settings {
        namespace: args.namespace,
        instance: args.instance,
        gateway_url: args.gateway_url.trim_end_matches('/').to_owned(),
        runner_image: args.runner_image,
        runner_image_pull_policy: args.runner_image_pull_policy,
        planner_interval: Duration::from_secs(args.planner_interval_seconds),
        installed,
        queue: Some(args.research_queue).filter(|queue| !queue.is_empty()),
    });
    let lead =
        |term: CancellationToken| lead::lead(client.clone(), pool.clone(), Arc::clone(&settings), Arc::clone(&metrics), term);
    let terms = async {
        let done = elector.run(&metrics, &stop, lead).await;
        stop.cancel();
        done
    };
    let (served, ended) = tokio::join!(probes, terms);
    served.context("serving /healthz, /readyz and /metrics")?;
    ended.context("leading")
}
