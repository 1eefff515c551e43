//! A real Kubernetes on this machine, from Go modules and Debian packages alone: either the API with PostgreSQL as
//! plain processes, or a whole node.

mod api;
mod build;
mod command;
mod console;
mod containerd;
mod control;
mod deps;
mod dump;
mod forward;
mod go_progress;
mod images;
mod installation;
mod interrupt;
mod kubelet;
mod machine;
mod net;
mod node;
mod oci;
mod offered_kubectl;
mod paths;
mod pki;
mod postgres;
mod postgres_image;
mod process;
mod say;
mod user_config;
mod wheel;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};

use crate::paths::Paths;

#[derive(Parser)]
#[command(about = "A real Kubernetes on this machine")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Install the Debian packages that are missing
    Deps,
    /// Build the programs that are missing from the cache
    Build {
        /// Build only what a part needs
        #[arg(long)]
        only: Option<Only>,
    },
    /// Build the web console and print its folder
    Console {
        /// Check types, lints and unit tests instead
        #[arg(long)]
        check: bool,
    },
    /// Print the folder in which the built programs lie (kubectl, helm, psql, …)
    Path,
    /// etcd, kube-apiserver and PostgreSQL on loopback ports, without a node
    Api {
        #[command(subcommand)]
        verb: ApiVerb,
    },
    /// Start a whole node, and make it the current context
    Up,
    /// Remove the node and all that it left on this machine
    Down,
    /// Run a command with KUBECONFIG; the node is started for it, and removed after, unless it is up already
    Run {
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
    /// Build images from target/debug and bring those that changed to the node
    Images {
        /// operator, gateway, runner, stand-ins, postgres [default: all]
        names: Vec<String>,
        /// Print NAME=REFERENCE lines, where the reference changes with the content
        #[arg(long)]
        print: bool,
        /// Push them to this registry instead, for a cluster elsewhere
        #[arg(long)]
        push: Option<String>,
    },
    /// Keep a port of this machine forwarded to a Service
    Forward {
        #[command(flatten)]
        target: forward::Target,
        /// End it
        #[arg(long)]
        stop: bool,
        /// Do it in the foreground
        #[arg(long, hide = true)]
        r#loop: bool,
    },
    /// Assayer with stand-ins and sample Bots, on the cluster of KUBECONFIG or on this machine's own
    Installation {
        #[command(subcommand)]
        verb: InstallationVerb,
    },
    /// Write pods, events, conditions and logs into a folder
    Dump {
        /// The folder
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
enum InstallationVerb {
    /// Install or upgrade everything, and wait until the sample Bots have proof
    Up,
    /// Remove everything that `up` made
    Down,
    /// Build one process and put it into the running installation
    Redeploy {
        /// operator, gateway, runner or stand-ins
        #[arg(default_value = "")]
        process: String,
    },
    /// A read-only SQL session
    Psql {
        /// Arguments of psql
        #[arg(last = true)]
        args: Vec<OsString>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Only {
    /// etcd, kube-apiserver, kubectl
    Api,
}

#[derive(Subcommand)]
enum ApiVerb {
    /// Start, and write kubeconfig and env into the state folder
    Up {
        /// Where its files lie [default: target/api]
        #[arg(long)]
        state: Option<PathBuf>,
        /// Port of kube-apiserver [default: a free one]
        #[arg(long)]
        api_port: Option<u16>,
        /// Port of PostgreSQL [default: a free one]
        #[arg(long)]
        postgres_port: Option<u16>,
    },
    /// Stop, and remove the state folder
    Down {
        /// Where its files lie [default: target/api]
        #[arg(long)]
        state: Option<PathBuf>,
    },
    /// Start one of its own, run a command with KUBECONFIG, DATABASE_URL and PGHOST, PGPORT, PGUSER, PGPASSWORD, stop
    Run {
        /// Where its files lie [default: a folder of its own]
        #[arg(long)]
        state: Option<PathBuf>,
        /// The command and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    match Paths::find().and_then(|paths| dispatch(&paths, Cli::parse().verb)) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say::line(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(paths: &Paths, verb: Verb) -> Result<u8> {
    match verb {
        Verb::Build { only } => {
            let scope = if only.is_some() { build::Scope::Api } else { build::Scope::Node };
            say::out(&build::build(paths, scope)?.display().to_string());
        }
        Verb::Path => say::out(&build::bin(paths)?.display().to_string()),
        Verb::Api { verb } => return api_verb(paths, verb),
        Verb::Console { check: true } => console::check(paths)?,
        Verb::Console { check: false } => say::out(&console::build(paths)?.display().to_string()),
        Verb::Deps => deps::install()?,
        Verb::Up => node::up(paths)?,
        Verb::Down => node::down(paths)?,
        Verb::Run { command } => return node::run_inside(paths, &command),
        Verb::Images { names, print, push } => print_images(paths, names, print, push.as_deref())?,
        Verb::Forward { stop: true, .. } => forward::stop(paths)?,
        Verb::Forward { target, r#loop: true, .. } => forward::forever(paths, &target)?,
        Verb::Forward { target, .. } => forward::start(paths, &target)?,
        Verb::Installation { verb } => installation_verb(paths, verb)?,
        Verb::Dump { dir } => dump::dump(paths, &dir)?,
    }
    Ok(0)
}

fn installation_verb(paths: &Paths, verb: InstallationVerb) -> Result<()> {
    match verb {
        InstallationVerb::Up => installation::up(paths),
        InstallationVerb::Down => installation::down(paths),
        InstallationVerb::Redeploy { process } => installation::redeploy(paths, &process),
        InstallationVerb::Psql { args } => installation::psql(paths, &args),
    }
}

fn print_images(paths: &Paths, names: Vec<String>, print: bool, push: Option<&str>) -> Result<()> {
    let names = if names.is_empty() { images::NAMES.map(str::to_owned).to_vec() } else { names };
    let references = match push {
        Some(registry) => images::push(paths, &names, registry)?,
        None => images::import(paths, &names)?,
    };
    if print {
        for (name, reference) in &references {
            say::out(&format!("{name}={reference}"));
        }
    }
    Ok(())
}

fn api_verb(paths: &Paths, verb: ApiVerb) -> Result<u8> {
    let place =
        |state: Option<PathBuf>| -> Result<PathBuf> { Ok(std::path::absolute(state.unwrap_or_else(|| paths.target("api")))?) };
    match verb {
        ApiVerb::Up { state, api_port, postgres_port } => {
            let ports = api::Ports { api: api_port, postgres: postgres_port };
            api::up(paths, &place(state)?, ports).map(|()| 0)
        }
        ApiVerb::Down { state } => api::down(&place(state)?).map(|()| 0),
        ApiVerb::Run { state, command } => {
            let state = state.map(std::path::absolute).transpose()?;
            api::run(paths, state, &command)
        }
    }
}
