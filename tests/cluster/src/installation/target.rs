//! The cluster to install on: the user's, named by `KUBECONFIG`, or this checkout's own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::build;
use crate::command::{self, command};
use crate::installation::this;
use crate::paths::Paths;

/// A cluster, and how to reach it.
pub(crate) struct Target {
    /// True for this checkout's own cluster.
    pub(crate) own: bool,
    kubeconfig: std::ffi::OsString,
    bin: Option<PathBuf>,
}

/// An image by the process that it is for.
pub(crate) struct Image {
    /// The process, such as `gateway`.
    pub(crate) process: String,
    /// Repository and tag.
    pub(crate) reference: String,
}

impl Target {
    /// The cluster of `KUBECONFIG` where that is set, this checkout's own otherwise.
    pub(crate) fn find(paths: &Paths) -> Result<Self> {
        let own = paths.target("cluster/kubeconfig");
        let given = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
        let foreign = given.as_ref().is_some_and(|value| value != own.as_os_str());
        let bin = if foreign { None } else { Some(build::bin(paths)?) };
        Ok(Self { own: !foreign, kubeconfig: given.filter(|_| foreign).unwrap_or_else(|| own.into_os_string()), bin })
    }

    /// Fails with a remedy where the API server does not answer.
    pub(crate) fn reachable(&self) -> Result<()> {
        self.kubectl_output(&["version", "-o", "json"]).map(drop).with_context(|| {
            format!("KUBECONFIG={}: the cluster does not answer; unset it to use one on this machine", self.kubeconfig.display())
        })
    }

    /// Adds what a child needs to reach this cluster.
    pub(crate) fn environment(&self, command: &mut Command) {
        command.env("KUBECONFIG", &self.kubeconfig);
    }

    /// A program of the cache (kubectl, helm), or of the PATH for a foreign cluster.
    pub(crate) fn tool(&self, name: &str, args: &[&str]) -> Command {
        let cached = self.bin.as_ref().map(|bin| bin.join(name)).filter(|file| file.is_file());
        let mut tool = command(cached.unwrap_or_else(|| PathBuf::from(name)), args);
        self.environment(&mut tool);
        tool
    }

    /// What kubectl writes to standard output.
    pub(crate) fn kubectl_output(&self, args: &[&str]) -> Result<String> {
        command::output(&mut self.tool("kubectl", args))
    }

    /// Builds the images of these processes where their content changed and puts them where the cluster's nodes find them.
    pub(crate) fn images(&self, paths: &Paths, processes: &[&str]) -> Result<Vec<Image>> {
        let mut images = this(paths)?;
        images.args(["images", "--print"]);
        match std::env::var("ASSAYER_REGISTRY") {
            _ if self.own => {}
            Ok(registry) => {
                images.args(["--push", &registry]);
            }
            Err(_) => bail!(
                "ASSAYER_REGISTRY is not set: name a registry that the nodes of KUBECONFIG's cluster can pull from, \
                 or unset KUBECONFIG to use a cluster on this machine"
            ),
        }
        images.args(processes);
        images.stderr(std::process::Stdio::inherit());
        let printed = command::output(&mut images)?;
        printed.lines().map(parse).collect()
    }
}

/// A line `gateway=localhost/assayer-gateway:3f2a…`.
fn parse(line: &str) -> Result<Image> {
    let (process, reference) = line.split_once('=').with_context(|| format!("not NAME=IMAGE: {line}"))?;
    Ok(Image { process: process.to_owned(), reference: reference.to_owned() })
}
