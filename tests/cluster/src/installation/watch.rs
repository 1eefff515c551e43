//! Waits for the sample Bots, telling how far they are.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::installation::{BOTS, target::Target};
use crate::say;

/// How long the first back-tests may take; they take seconds.
const PATIENCE: Duration = Duration::from_mins(3);
const JSON_PATH: &str = "jsonpath={range .items[*]}{.metadata.name}={.status.activity.state}/{.status.proof} {.status.conditions[?(@.type==\"MarketDataProven\")].status}{\"\\n\"}{end}";

/// Returns when market data is proven for every Bot.
pub(crate) fn until_proven(target: &Target) -> Result<()> {
    let started = Instant::now();
    let mut told = String::new();
    loop {
        let now = target.kubectl_output(&["get", "bots", "-n", BOTS, "-o", JSON_PATH])?;
        if now != told {
            now.lines().for_each(|line| say::line(&format!("  {}", line.trim())));
            told.clone_from(&now);
        }
        if !now.trim().is_empty() && now.lines().all(|line| line.ends_with(" True")) {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            say::line(&target.kubectl_output(&["describe", "bots", "-n", BOTS])?);
            bail!("the Bots have no proof after {} s; `kubectl describe bots` above says why", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_secs(1));
    }
}
