//! `assayer-operator`: the control plane's processes, one a subcommand. In: flags and their environment twins. Not pure.

mod api;
mod bootstrap;
mod chart_values;
mod controller;
mod environment;
mod generated;
mod installation;
mod integration_state;
mod runbook;
mod serving;
mod signals;
mod telemetry;

use clap::{Parser, Subcommand};

/// The control plane of Assayer.
#[derive(Parser)]
#[command(name = "assayer-operator", version)]
struct Cli {
    #[command(subcommand)]
    process: Process,
}

#[derive(Subcommand)]
enum Process {
    /// Runs Bots: plans their jobs, follows them, and says in their status what the log proves.
    Controller(controller::Args),
    /// Serves proof over HTTP.
    Api(api::Args),
    /// Writes the description of the API, or checks that it is current.
    Openapi(generated::Args),
    /// Writes the tables of the runbook, or checks that they are current.
    Runbook(generated::Args),
    /// Writes what the chart's values say of providers, or checks that it is current.
    Values(generated::Args),
    /// Prepares an installation: schema, roles, default policies.
    Bootstrap(bootstrap::Args),
    /// Applies what the database of `PGHOST` and `PGDATABASE` lacks of the schema, for who installs it by hand.
    Migrate,
    /// Waits until the database has the schema of this version.
    WaitSchema(bootstrap::WaitSchemaArgs),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // Before any TLS client: with none installed, building one would panic. An error means that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    telemetry::init();
    match Cli::parse().process {
        Process::Controller(args) => controller::run(args).await,
        Process::Api(args) => api::run(args).await,
        Process::Openapi(args) => api::openapi::run(&args),
        Process::Runbook(args) => runbook::run(&args),
        Process::Values(args) => chart_values::run(&args),
        Process::Bootstrap(args) => bootstrap::run(args).await,
        Process::Migrate => bootstrap::migrate_once().await,
        Process::WaitSchema(args) => bootstrap::wait_schema(args).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_flags_of_every_process_are_told_apart() {
        super::Cli::command().debug_assert();
    }
}
