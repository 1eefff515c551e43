//! A real Kubernetes on this machine, from Go modules and Debian packages alone: either the API with PostgreSQL as
//! plain processes, or a whole node.

mod api;
mod build;
mod command;
mod control;
mod go_progress;
mod interrupt;
mod paths;
mod pki;
mod postgres;
mod process;
mod say;
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
    /// Build the programs that are missing from the cache
    Build {
        /// Build only what a part needs
        #[arg(long)]
        only: Option<Only>,
    },
    /// Print the folder in which the built programs lie (kubectl, helm, psql, …)
    Path,
    /// etcd, kube-apiserver and PostgreSQL on loopback ports, without a node
    Api {
        #[command(subcommand)]
        verb: ApiVerb,
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
    /// Start one of its own, run a command with KUBECONFIG and DATABASE_URL, stop
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
    }
    Ok(0)
}

fn api_verb(paths: &Paths, verb: ApiVerb) -> Result<u8> {
    let place = |state: Option<PathBuf>| -> Result<PathBuf> {
        Ok(std::path::absolute(state.unwrap_or_else(|| paths.target("api")))?)
    };
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
