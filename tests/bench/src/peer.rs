//! The peers: which packages, what each is given to do, how it is started. Out: what it measured and traded.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::{
    series,
    workload::{Traded, Workload},
};

/// A package, with its drivers beside this source and its requirements pinned.
pub(crate) struct Peer {
    /// Its name, as in the names of its files.
    pub(crate) package: &'static str,
    /// The table's words for it.
    pub(crate) title: &'static str,
    /// Bars of the single run and of the sweep, and repetitions: what it does in a minute or two.
    size: [usize; 3],
}

/// All of them.
pub(crate) const ALL: &[Peer] = &[
    Peer { package: "vectorbt", title: "vectorbt, Rust engine", size: [1_000_000, 50_000, 5] },
    Peer { package: "backtesting", title: "backtesting.py", size: [50_000, 400, 3] },
    Peer { package: "nautilus_trader", title: "nautilus_trader", size: [20_000, 400, 3] },
];

/// What a driver wrote down.
#[derive(Debug, Deserialize)]
pub(crate) struct Report {
    /// The package's version.
    pub(crate) version: String,
    /// In the order of the plan.
    pub(crate) workloads: Vec<Done>,
}

/// One workload.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    /// Seconds of each repetition.
    pub(crate) seconds: Vec<f64>,
    /// What each pair traded.
    pub(crate) results: Vec<Traded>,
}

impl Peer {
    /// What it is given to do.
    pub(crate) fn workloads(&self) -> [Workload; 2] {
        let [single, sweep, repeats] = self.size;
        [Workload::single(single, repeats), Workload::sweep(sweep, repeats)]
    }

    /// Runs its driver, in an environment of its own.
    pub(crate) fn measure(&self, folder: &Path) -> Result<Report> {
        let drivers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let python = assayer_venv::python(self.package, &drivers.join(format!("{}.txt", self.package)))?;
        let [plan, report] = ["plan", "report"].map(|what| folder.join(format!("{}-{what}.json", self.package)));
        let rules = json!({
            "file": folder.join(series::FILE),
            "tick": series::TICK.parse::<f64>()?,
            "multiplier": series::MULTIPLIER,
            "fee": series::FEE.parse::<f64>()?,
            "workloads": self.workloads(),
        });
        fs::write(&plan, rules.to_string())?;
        let status = Command::new(python)
            .arg(drivers.join(format!("run_{}.py", self.package)))
            .args([&plan, &report])
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("TQDM_DISABLE", "1")
            .status()
            .with_context(|| format!("starting the driver of {}", self.package))?;
        ensure!(status.success(), "the driver of {} failed: {status}", self.package);
        Ok(serde_json::from_slice(&fs::read(&report)?)?)
    }
}
