//! The stand-ins' command line: one subcommand a vendor, and `dbn`, which writes bars as a DBN file.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use assayer_stand_ins::databento::live::{Clock, Live};
use assayer_stand_ins::databento::{self, Catalogue};
use assayer_stand_ins::shell::{Shell, app};
use assayer_stand_ins::vendors;
use clap::{Args, Parser, Subcommand};
use dbn::{Compression, Schema};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[derive(Parser)]
#[command(version, about = "Providers as they document themselves, from committed data")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves Databento's historical API over HTTP
    Databento(Databento),
    /// Serves every vendor, each below a path of its name
    All(All),
    /// Writes bars from a CSV file as a DBN file
    Dbn(ToDbn),
}

#[derive(Args)]
struct Databento {
    /// Address to listen on; port 0 takes a free one, which is then printed
    #[arg(long, default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// Folder with catalogue.json and the bars that it names
    #[arg(long)]
    data: PathBuf,
    /// Address of the Live gateway; none without it. It follows this machine's clock, with bars of whole weeks ago
    #[arg(long)]
    live_listen: Option<SocketAddr>,
    /// Accepted key (repeatable); without any, all are refused until PUT /__stand-in/keys
    #[arg(long = "key", env = "DATABENTO_KEYS", value_delimiter = ',', hide_env_values = true)]
    keys: Vec<String>,
}

#[derive(Args)]
struct All {
    /// Address to listen on; port 0 takes a free one, which is then printed
    #[arg(long, default_value = "0.0.0.0:8080")]
    listen: SocketAddr,
    /// Folder with catalogue.json and the bars that it names
    #[arg(long)]
    data: PathBuf,
    /// Address of Databento's Live gateway; none without it. It follows this machine's clock, with bars of whole weeks ago
    #[arg(long)]
    live_listen: Option<SocketAddr>,
    /// Accepted key as VENDOR=KEY (repeatable); without any, a vendor refuses all until PUT /VENDOR/__stand-in/keys
    #[arg(long = "key", env = "STAND_IN_KEYS", value_delimiter = ',', hide_env_values = true, value_parser = of_vendor)]
    keys: Vec<(String, String)>,
}

fn of_vendor(text: &str) -> Result<(String, String), String> {
    let (vendor, key) = text.trim().split_once('=').ok_or("give VENDOR=KEY")?;
    if vendors::names().any(|name| name == vendor) {
        Ok((vendor.to_owned(), key.trim().to_owned()))
    } else {
        Err(format!("there is no vendor {vendor}; take one of {}", vendors::names().collect::<Vec<_>>().join(", ")))
    }
}

#[derive(Args)]
struct ToDbn {
    /// Bars to read: ts_event,open,high,low,close,volume
    #[arg(long)]
    bars: PathBuf,
    /// Dataset code, as in SAMPLE.FX
    #[arg(long)]
    dataset: String,
    /// Raw symbol, as in EURUSD
    #[arg(long)]
    symbol: String,
    /// Schema: ohlcv-1s, ohlcv-1m, ohlcv-1h or ohlcv-1d
    #[arg(long)]
    schema: Schema,
    /// Number of the instrument in every record
    #[arg(long, default_value_t = 1)]
    instrument_id: u32,
    /// Number of the publisher in every record
    #[arg(long, default_value_t = 1)]
    publisher_id: u16,
    /// File to write; plain DBN unless it ends in .zst
    #[arg(long)]
    out: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match Cli::parse().command {
        Command::Databento(args) => {
            let shell = Shell::default();
            // From a mounted file or an empty variable come blanks, which are no keys.
            shell.keys.replace(args.keys.iter().map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()));
            let catalogue = Arc::new(Catalogue::read(&args.data)?);
            let vendor = databento::vendor(Arc::clone(&catalogue), shell.keys.clone());
            let Some(listen) = args.live_listen else { return serve(args.listen, app(shell, vendor), None).await };
            let (live, address) = live(listen, &catalogue, &shell).await?;
            serve(args.listen, live.merge(app(shell, vendor)), Some(address)).await
        }
        Command::All(args) => all(args).await,
        Command::Dbn(args) => write_dbn(args),
    }
}

/// Serves every vendor, each below a path of its name, and Databento's Live gateway on a port of its own.
async fn all(args: All) -> anyhow::Result<()> {
    let mut router = axum::Router::new().route("/healthz", axum::routing::get(|| async { "ok" }));
    let mut of_live = None;
    for name in vendors::names() {
        let shell = Shell::default();
        shell.keys.replace(args.keys.iter().filter(|(vendor, _)| vendor == name).map(|(_, key)| key.clone()));
        let below = format!("/{name}");
        let Some(listen) = args.live_listen.filter(|_| name == "databento") else {
            let vendor = vendors::vendor(name, &args.data, shell.keys.clone())?.context(name)?;
            router = router.nest_service(&below, app(shell, vendor));
            continue;
        };
        // Both are of one catalogue and accept the same keys.
        let catalogue = Arc::new(Catalogue::read(&args.data)?);
        let vendor = databento::vendor(Arc::clone(&catalogue), shell.keys.clone());
        let (control, address) = live(listen, &catalogue, &shell).await?;
        router = router.nest_service(&below, control.merge(app(shell, vendor)));
        of_live = Some(address);
    }
    serve(args.listen, router, of_live).await
}

/// Serves Databento's Live gateway; its own side and its address.
async fn live(listen: SocketAddr, catalogue: &Arc<Catalogue>, shell: &Shell) -> anyhow::Result<(axum::Router, SocketAddr)> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    let clock = Clock::following(catalogue.iter().flat_map(|dataset| &dataset.contracts));
    let live = Live::new(Arc::clone(catalogue), shell.keys.clone(), clock);
    let address = listener.local_addr()?;
    tokio::spawn(live.clone().serve(listener));
    Ok((databento::live_control(live), address))
}

/// Serves until it is told to stop; requests that hang on demand do not hold it up.
async fn serve(listen: SocketAddr, router: axum::Router, live: Option<SocketAddr>) -> anyhow::Result<()> {
    let listener = TcpListener::bind(listen).await.with_context(|| format!("listening on {listen}"))?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    if let Some(live) = live {
        writeln!(std::io::stdout(), "live on {live}")?;
    }
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = axum::serve(listener, router) => ended.context("serving"),
        _ = terminated.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted.context("waiting for the interrupt"),
    }
}

fn write_dbn(args: ToDbn) -> anyhow::Result<()> {
    let dataset =
        databento::Dataset::one((args.dataset, args.schema, args.symbol), (args.publisher_id, args.instrument_id), &args.bars)?;
    let zstd = args.out.extension() == Some("zst".as_ref());
    let compression = if zstd { Compression::Zstd } else { Compression::None };
    let body = databento::encode(databento::Header::of_file(&dataset), &dataset.records().collect::<Vec<_>>(), compression)?;
    write_whole(&args.out, &body).with_context(|| format!("writing {}", args.out.display()))
}

/// A reader never sees half a file.
fn write_whole(path: &Path, body: &[u8]) -> std::io::Result<()> {
    let mut unfinished = path.to_owned().into_os_string();
    unfinished.push(".tmp");
    std::fs::write(&unfinished, body)?;
    std::fs::rename(&unfinished, path)
}
