//! `assayer-runner backtest`: files in, the engine's report as JSON on stdout. Progress goes to stderr, and only to a terminal.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use assayer_engine::{BacktestReport, BacktestSpec, BarSchema, Bars, Mark};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{bars, strategy_file};

/// What to back-test on what.
#[derive(clap::Args)]
pub(crate) struct BacktestArgs {
    /// YAML file with `instrument`, `strategy`, `execution` and `capital`, as in a Bot's `spec`
    #[arg(long, value_name = "FILE")]
    strategy: PathBuf,
    /// DBN file (zstd or plain) or CSV file with the header ts_event,open,high,low,close,volume
    #[arg(long, value_name = "FILE")]
    bars: PathBuf,
    /// Replaces `instrument.dataset` of the strategy file
    #[arg(long)]
    dataset: Option<String>,
    /// Replaces `instrument.symbol` of the strategy file
    #[arg(long)]
    symbol: Option<String>,
    /// Replaces `instrument.schema` of the strategy file
    #[arg(long, value_parser = parse_schema)]
    schema: Option<BarSchema>,
}

/// Runs the back-test and prints its report.
pub(crate) fn backtest(args: &BacktestArgs) -> Result<()> {
    let text = fs::read_to_string(&args.strategy).with_context(|| args.strategy.display().to_string())?;
    let mut spec = strategy_file::parse(&text).with_context(|| args.strategy.display().to_string())?;
    override_instrument(&mut spec, args);
    spec.validate().with_context(|| args.strategy.display().to_string())?;
    let file = fs::read(&args.bars).with_context(|| args.bars.display().to_string())?;
    let bars = bars::read(&file, &spec.instrument).with_context(|| args.bars.display().to_string())?;
    print(&run(&spec, &bars)?).context("writing the result to stdout")
}

fn override_instrument(spec: &mut BacktestSpec, args: &BacktestArgs) {
    let instrument = &mut spec.instrument;
    instrument.dataset = args.dataset.clone().unwrap_or_else(|| instrument.dataset.clone());
    instrument.symbol = args.symbol.clone().unwrap_or_else(|| instrument.symbol.clone());
    instrument.schema = args.schema.unwrap_or(instrument.schema);
}

fn run(spec: &BacktestSpec, bars: &Bars) -> Result<BacktestReport> {
    let all = u64::try_from(bars.as_slice().len())?;
    // Hidden by itself where stderr is no terminal.
    let progress =
        ProgressBar::new(all).with_style(ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} bars {eta}")?);
    let report = assayer_engine::backtest::run(spec, bars, &mut |mark: Mark| {
        if mark.bar.is_multiple_of(1_024) {
            progress.set_position(u64::try_from(mark.bar).unwrap_or(all));
        }
    });
    progress.finish_and_clear();
    Ok(report?)
}

fn print(report: &BacktestReport) -> Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, report)?;
    Ok(writeln!(out)?)
}

fn parse_schema(name: &str) -> Result<BarSchema, String> {
    BarSchema::from_name(name).ok_or_else(|| "use ohlcv-1s, ohlcv-1m, ohlcv-1h or ohlcv-1d".to_owned())
}
