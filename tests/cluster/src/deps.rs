//! The Debian packages that the rest needs; installs those that are missing.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{command, find, run, succeeds};
use crate::postgres::root;
use crate::say::line;

/// A package and what of it must be there: a program on the `PATH`, or a file.
const PACKAGES: &[(&str, &str)] = &[
    ("busybox-static", "busybox"),
    ("ca-certificates", "/etc/ssl/certs/ca-certificates.crt"),
    ("chromium", "chromium"),
    ("containernetworking-plugins", "/usr/lib/cni/ptp"),
    ("curl", "curl"),
    ("iproute2", "ip"),
    ("iptables", "iptables"),
    ("jq", "jq"),
    ("mount", "mount"),
    ("nftables", "nft"),
    ("openssl", "openssl"),
    ("runc", "runc"),
    ("shellcheck", "shellcheck"),
    ("util-linux", "nsenter"),
];

/// Installs what is missing; quick and silent if nothing is.
pub(crate) fn install() -> Result<()> {
    if ["go", "python3", "npm"].iter().any(|program| find(program).is_none()) {
        bail!("go (1.26 or newer), python3, and npm (with node 20.19 or newer) must be on the PATH");
    }
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if find("apt-get").is_none() {
        bail!("these packages are missing and apt-get is not there to install them: {names}");
    }
    if !root() {
        bail!("packages are missing; as root: apt-get install {names}");
    }
    line(&format!("installing {names}"));
    if apt(&missing).is_err() {
        // The lists may be absent or out of date.
        run(command("apt-get", ["update", "-qq"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
        apt(&missing).with_context(|| format!("cannot install {names}"))?;
    }
    let still = self::missing();
    if !still.is_empty() {
        bail!("installed, yet not found: {}", still.join(" "));
    }
    Ok(())
}

fn apt(packages: &[&str]) -> Result<()> {
    let mut install = command("apt-get", ["install", "-y", "-qq", "--no-install-recommends"]);
    run(install.args(packages).env("DEBIAN_FRONTEND", "noninteractive"))
}

fn missing() -> Vec<&'static str> {
    let there = |probe: &str| if probe.starts_with('/') { Path::new(probe).exists() } else { find(probe).is_some() };
    let mut missing: Vec<_> = PACKAGES.iter().filter(|(_, probe)| !there(probe)).map(|(package, _)| *package).collect();
    if !succeeds(&mut command("python3", ["-m", "pip", "--version"])) {
        missing.push("python3-pip");
    }
    missing
}
