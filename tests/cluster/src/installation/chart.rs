//! The chart with its development values, and the samples.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command;
use crate::installation::target::{Image, Target};
use crate::installation::{BOTS, RELEASE, passes};
use crate::paths::Paths;

/// Installs or upgrades the release with these images and waits until it is ready.
pub(crate) fn install(paths: &Paths, target: &Target, images: &[Image]) -> Result<()> {
    let dev_values = chart(paths).join("values-dev.yaml");
    helm(paths, target, images, &["--create-namespace", "--values", text(&dev_values)?])
}

/// Upgrades the release with these images and its present values.
pub(crate) fn upgrade(paths: &Paths, target: &Target, images: &[Image]) -> Result<()> {
    helm(paths, target, images, &["--reset-then-reuse-values"])
}

/// Applies the Secret, the Integration and the Bots of the samples.
pub(crate) fn apply_samples(paths: &Paths, target: &Target) -> Result<()> {
    let samples = chart(paths).join("samples");
    let mut apply = target.tool("kubectl", &["apply", "--server-side", "-n", BOTS, "-f", text(&samples)?]);
    passes(&mut apply, "kubectl apply")
}

/// Removes Bots, release, custom resources and namespace from a cluster that is not ours to stop.
pub(crate) fn remove(paths: &Paths, target: &Target) -> Result<()> {
    let samples = chart(paths).join("samples");
    let crds = paths.checkout.join("crds/yaml");
    for args in [
        ["delete", "-n", BOTS, "--ignore-not-found", "-f", text(&samples)?].as_slice(),
        &["delete", "--ignore-not-found", "-f", text(&crds)?],
    ] {
        command::run(&mut target.tool("kubectl", args))?;
    }
    command::run(&mut target.tool("helm", &["uninstall", RELEASE, "-n", RELEASE, "--ignore-not-found", "--wait"]))?;
    passes(&mut target.tool("kubectl", &["delete", "namespace", RELEASE, "--ignore-not-found"]), "kubectl delete namespace")
}

fn helm(paths: &Paths, target: &Target, images: &[Image], extra: &[&str]) -> Result<()> {
    let chart = chart(paths);
    let mut helm =
        target.tool("helm", &["upgrade", "--install", RELEASE, text(&chart)?, "-n", RELEASE, "--wait", "--timeout", "5m"]);
    helm.args(extra).args(["--output", "json"]);
    for image in images {
        helm.arg("--set").arg(format!("{}={}", value_key(&image.process), image.reference));
    }
    command::run(&mut helm).context("the chart could not be installed; `kubectl get pods,events -n assayer` says more")
}

/// The chart's value that names the image of a process.
fn value_key(process: &str) -> String {
    match process {
        "stand-ins" => "standIns.image".to_owned(),
        "postgres" => "postgres.image".to_owned(),
        process => format!("images.{process}"),
    }
}

fn chart(paths: &Paths) -> std::path::PathBuf {
    paths.checkout.join("charts/assayer")
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("not a path in UTF-8: {}", path.display()))
}
