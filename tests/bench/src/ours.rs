//! This engine at work. In: bars and a workload. Out: how long it took, and what was traded.

use std::time::Instant;

use anyhow::{Context, Result};
use assayer_contract::Sha256Hash;
use assayer_engine::{
    BacktestSpec, Bar, Bars, Mark, Trade,
    backtest::{self, Columns},
};

use crate::{
    report::Alone,
    series,
    workload::{Traded, Workload},
};

/// A cent in nano units.
const CENT: i128 = 10_000_000;
/// Repetitions of what only this engine does.
const REPEATS: usize = 9;

/// Seconds of each repetition, and what each pair traded.
pub(crate) struct Ours {
    pub(crate) seconds: Vec<f64>,
    pub(crate) results: Vec<Traded>,
}

/// Bars in, a whole result for each pair out: trades, drawdown, daily Sharpe ratio, exposure. Sums of closes are counted in.
pub(crate) fn measure(bars: &[Bar], work: &Workload) -> Result<Ours> {
    let bars = series::first(bars, work.bars)?;
    let specs = work.pairs.iter().map(|(fast, slow)| series::spec(*fast, *slow)).collect::<Result<Vec<_>>>()?;
    let results = results(&specs, &bars)?;
    let repeats = work.repeats.max(REPEATS);
    let seconds = timed(repeats, || run(&specs, &bars, &mut |_| {}))?;
    Ok(Ours { seconds, results })
}

fn run(specs: &[BacktestSpec], bars: &Bars, took: &mut dyn FnMut(backtest::Unwatched)) -> Result<()> {
    let instrument = specs.first().map(|spec| &spec.instrument).context("a workload without pairs")?;
    let columns = Columns::of(instrument, bars);
    specs.iter().try_for_each(|spec| {
        took(backtest::unwatched(&columns, spec, bars)?);
        Ok(())
    })
}

fn results(specs: &[BacktestSpec], bars: &Bars) -> Result<Vec<Traded>> {
    let mut all = Vec::with_capacity(specs.len());
    run(specs, bars, &mut |unwatched| all.push(unwatched.result.trades))?;
    let schema = specs.first().map(|spec| spec.instrument.schema).context("a workload without pairs")?;
    let end = bars.as_slice().last().context("no bars")?.end(schema);
    all.iter().map(|trades| traded(trades.iter().filter(|trade| trade.exit_time < end))).collect()
}

fn traded<'a>(trades: impl Iterator<Item = &'a Trade>) -> Result<Traded> {
    let (mut count, mut cents, mut bytes) = (0, 0, Vec::new());
    for trade in trades {
        let net = i64::try_from(trade.net.nanos() / CENT)?;
        let [entry, exit] = [trade.entry_time, trade.exit_time].map(|time| time.timestamp_nanos_opt().unwrap_or_default());
        bytes.extend([entry, exit, net].into_iter().flat_map(i64::to_le_bytes));
        (count, cents) = (count + 1, cents + net);
    }
    Ok(Traded { trades: count, cents, digest: Sha256Hash::of(&bytes).to_string() })
}

fn timed(repeats: usize, mut work: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    work()?;
    let once = |_| {
        let start = Instant::now();
        work()?;
        Ok(start.elapsed().as_secs_f64())
    };
    (0..repeats).map(once).collect()
}

/// What no peer does: the market's trade dates, and the account at every close.
pub(crate) fn alone(bars: &[Bar]) -> Result<Vec<Alone>> {
    let all = series::first(bars, bars.len())?;
    let spec = series::spec(20, 100)?;
    let dated = series::of_cme(spec.clone());
    let by_dates = timed(REPEATS, || run(std::slice::from_ref(&dated), &all, &mut |_| {}))?;
    let mut trace: Vec<Mark> = Vec::with_capacity(bars.len());
    let traced = timed(REPEATS, || {
        trace.clear();
        backtest::result(&spec, &all, &mut |mark| trace.push(mark))?;
        Ok(())
    })?;
    Ok(vec![
        Alone::new("single, days by CME's calendar", bars.len(), &by_dates),
        Alone::new("single, with the full decision trace", bars.len(), &traced),
    ])
}
