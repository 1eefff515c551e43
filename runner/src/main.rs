//! `assayer-runner`: what runs in a Bot's pod, and the same back-test without any cluster.

mod bars;
mod job;
mod offline;
mod strategy_file;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

/// Runs back-tests.
#[derive(Parser)]
#[command(version, about)]
enum Command {
    /// Back-test a strategy file on a file of bars; prints the result as JSON.
    Backtest(offline::BacktestArgs),
    /// Do this pod's job, as the gateway tells it.
    Run(job::RunArgs),
}

fn main() -> ExitCode {
    // No TLS client can be built before a provider is installed; it fails only if one is.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let done = match Command::parse() {
        Command::Backtest(args) => offline::backtest(&args),
        Command::Run(args) => return job::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where even stderr is closed.
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
