//! What is told of the measurements: a table, and a file.

use std::{fs, path::Path};

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use crate::{peer::Peer, workload::Workload};

/// Bars a second: the slowest, the middle and the fastest repetition.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Rate {
    slowest: f64,
    median: f64,
    fastest: f64,
}

/// A workload that a peer and this engine did.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measured {
    peer: &'static str,
    version: String,
    workload: &'static str,
    bars: usize,
    pairs: usize,
    ours: Rate,
    theirs: Rate,
    /// Our median over the peer's.
    ratio: f64,
}

/// A workload of this engine alone.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Alone {
    workload: &'static str,
    bars: usize,
    ours: Rate,
}

impl Rate {
    #[expect(clippy::cast_precision_loss, reason = "numbers of bars are far below 2^53")]
    fn of(bars: usize, seconds: &[f64]) -> Self {
        let mut sorted: Vec<f64> = seconds.iter().map(|seconds| bars as f64 / seconds).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
        Self { slowest: at(0), median: at(sorted.len() / 2), fastest: at(sorted.len().saturating_sub(1)) }
    }

    fn text(self) -> String {
        let millions = |rate: f64| if rate < 1e6 { format!("{:.3}", rate / 1e6) } else { format!("{:.1}", rate / 1e6) };
        format!("{} ({}–{})", millions(self.median), millions(self.slowest), millions(self.fastest))
    }
}

impl Measured {
    pub(crate) fn pair(peer: &Peer, version: &str, work: &Workload, ours: &[f64], theirs: &[f64]) -> Self {
        let [ours, theirs] = [ours, theirs].map(|seconds| Rate::of(work.size(), seconds));
        let (bars, pairs, ratio) = (work.bars, work.pairs.len(), ours.median / theirs.median);
        Self { peer: peer.title, version: version.to_owned(), workload: work.name, bars, pairs, ours, theirs, ratio }
    }
}

impl Alone {
    pub(crate) fn new(workload: &'static str, bars: usize, seconds: &[f64]) -> Self {
        Self { workload, bars, ours: Rate::of(bars, seconds) }
    }
}

/// A line for the person who waits.
#[expect(clippy::print_stdout, reason = "what this program is for")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// What the columns of the rows are.
pub(crate) fn head() {
    say("Millions of bars a second on one core: median (slowest–fastest). The slow peers take minutes.\n");
    say(&format!("{:<32} {:<7} {:>9} {:>6}  {:<24} {:<24} {:>8}", "peer", "", "bars", "pairs", "peer", "this engine", "ratio"));
}

impl Measured {
    /// As a row.
    pub(crate) fn row(&self) -> String {
        let Self { peer, version, workload, bars, pairs, ours, theirs, ratio } = self;
        let peer = format!("{peer} {version}");
        let [ours, theirs] = [ours, theirs].map(|rate| rate.text());
        format!("{peer:<32} {workload:<7} {bars:>9} {pairs:>6}  {theirs:<24} {ours:<24} {ratio:>7.1}x")
    }
}

impl Alone {
    /// As a row.
    pub(crate) fn row(&self) -> String {
        let Self { workload, bars, ours } = self;
        format!("{workload:<40} {bars:>9} {:>6}  {:<24} {}", 1, "", ours.text())
    }
}

/// The same as JSON.
pub(crate) fn write(to: &Path, measured: &[Measured], alone: &[Alone], differences: &[String]) -> Result<()> {
    let unit = "bars a second; medians, slowest and fastest repetition";
    let all = json!({ "unit": unit, "measured": measured, "alone": alone, "differences": differences });
    Ok(fs::write(to, serde_json::to_string_pretty(&all)? + "\n")?)
}
