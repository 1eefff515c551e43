//! The engine against its peers: same bars, same rules, one run. Out: a table, and `target/bench/result.json`.
//!
//! A peer whose trades or net differ by a cent makes it fail. Pin it to one core, as `make bench` does: what it starts inherits that.

mod ours;
mod peer;
mod report;
mod series;
mod workload;

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use report::Measured;

/// Bars of the longest workload.
const BARS: usize = 1_000_000;

fn main() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    let folder = root.join("target/bench");
    fs::create_dir_all(&folder)?;
    let bars = series::bars(BARS)?;
    series::write(&bars, &folder.join(series::FILE))?;
    let (mut measured, mut differences) = (Vec::new(), Vec::new());
    report::head();
    for peer in peer::ALL {
        let peer::Report { version, workloads } = peer.measure(&folder)?;
        for (work, theirs) in peer.workloads().iter().zip(workloads) {
            let ours = ours::measure(&bars, work)?;
            differences.extend(workload::differences(peer.package, work, &ours.results, &theirs.results));
            let pair = Measured::pair(peer, &version, work, &ours.seconds, &theirs.seconds);
            report::say(&pair.row());
            measured.push(pair);
        }
    }
    let alone = ours::alone(&bars)?;
    for alone in &alone {
        report::say(&alone.row());
    }
    report::write(&folder.join("result.json"), &measured, &alone, &differences)?;
    let some: Vec<&str> = differences.iter().map(String::as_str).take(10).collect();
    ensure!(differences.is_empty(), "{} pairs of windows are traded otherwise:\n{}", differences.len(), some.join("\n"));
    report::say("\nTrades and nets are equal to the cent, pair by pair.");
    Ok(())
}
