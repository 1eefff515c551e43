//! `assayer-runner`: what runs in a Bot's pod, and the same back-test without any cluster.

mod bars;
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
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Backtest(args) => offline::backtest(&args),
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
