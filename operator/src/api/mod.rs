//! Proof over HTTP. In: the log, read-only. Out: JSON. Not pure.

use std::net::SocketAddr;

use axum::{Router, routing::get};

/// Flags of `api`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Address to serve on.
    #[arg(long, env = "ASSAYER_LISTEN", default_value = "0.0.0.0:5000")]
    listen: SocketAddr,
}

/// Serves until the process ends.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let router = Router::new().route("/healthz", get(|| async { "ok" }));
    Ok(axum::serve(tokio::net::TcpListener::bind(args.listen).await?, router).await?)
}
