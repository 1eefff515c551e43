//! containerd: its configuration, the images that it holds, and the CNI network of pods.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command::{command, output, run, succeeds, write};
use crate::net::POD_NETWORK;

/// How many images of one name are kept beside the tagged one: pods of an earlier roll-out may still restart.
const KEPT: usize = 3;

/// Where the node's files lie. Short, because paths of sockets may have 107 bytes, and outside of home folders, because
/// pods that do not run as root must reach their volumes.
pub(crate) fn state() -> &'static Path {
    Path::new("/var/lib/assayer-cluster")
}

/// Where it listens.
pub(crate) fn socket() -> PathBuf {
    state().join("containerd.sock")
}

/// Writes the configuration and the pods' network.
pub(crate) fn configure() -> Result<PathBuf> {
    let home = state().display();
    let snapshotter = snapshotter()?;
    let config = format!(
        r#"version = 3
root = "{home}/containerd"
state = "{home}/run/containerd"
imports = []
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
address = "{home}/containerd.sock"

[plugins."io.containerd.internal.v1.opt"]
path = "{home}/opt"

[plugins."io.containerd.cri.v1.images"]
snapshotter = "{snapshotter}"

[plugins."io.containerd.cri.v1.images".pinned_images]
sandbox = "localhost/pause:1"

[plugins."io.containerd.cri.v1.runtime"]
netns_mounts_under_state_dir = true
# Inside another container or sandbox, even root may not lower the scores.
restrict_oom_score_adj = true

[plugins."io.containerd.cri.v1.runtime".cni]
bin_dirs = ["/usr/lib/cni"]
conf_dir = "{home}/cni"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
Root = "{home}/run/runc"
SystemdCgroup = false
"#
    );
    // Point-to-point links rather than a bridge: answers of a pod to another one behind a Service then pass the node
    // and are translated back without the kernel's bridge filter, which not every machine has.
    let network = format!(
        r#"{{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {{"type": "ptp", "ipam": {{
    "type": "host-local", "dataDir": "{home}/ipam", "ranges": [[{{"subnet": "{POD_NETWORK}"}}]], "routes": [{{"dst": "0.0.0.0/0"}}]}}}},
  {{"type": "portmap", "capabilities": {{"portMappings": true}}}}
]}}
"#
    );
    write(&state().join("cni/pods.conflist"), network)?;
    let path = state().join("containerd.toml");
    write(&path, config)?;
    Ok(path)
}

/// The names of all images that the node has.
pub(crate) fn images() -> Result<BTreeSet<String>> {
    let listed = output(ctr().args(["images", "list", "--quiet"])).context("containerd does not answer; is the cluster up?")?;
    Ok(listed.lines().map(str::to_owned).collect())
}

/// Imports an archive under the names that it carries.
pub(crate) fn import(archive: &Path) -> Result<()> {
    run(ctr().args(["images", "import", "--snapshotter", snapshotter()?]).arg(archive))
}

/// Removes images of `repository` that were there before the last import, but the newest few.
pub(crate) fn forget_old(before: &BTreeSet<String>, repository: &str, tag: &str) -> Result<()> {
    let history = state().join("images").join(repository.replace('/', "_"));
    let mut known: Vec<String> = fs::read_to_string(&history).unwrap_or_default().lines().map(str::to_owned).collect();
    let prefix = format!("{repository}:");
    let fresh = before.iter().filter(|name| name.starts_with(&prefix) && **name != format!("{prefix}{tag}"));
    let unknown: Vec<String> = fresh.filter(|name| !known.contains(name)).cloned().collect();
    known.extend(unknown);
    while known.len() > KEPT {
        run(ctr().args(["images", "remove"]).arg(known.remove(0)))?;
    }
    write(&history, known.join("\n"))
}

/// `ctr` for the images and containers of pods.
pub(crate) fn ctr() -> Command {
    let mut ctr = command(state().join("bin/ctr"), ["--namespace", "k8s.io", "--address"]);
    ctr.arg(socket());
    ctr
}

/// overlayfs, or plain copies where the file system below cannot carry it.
fn snapshotter() -> Result<&'static str> {
    let probe = state().join("probe");
    let dirs = ["lower", "upper", "work", "merged"].map(|name| probe.join(name));
    for dir in &dirs {
        fs::create_dir_all(dir)?;
    }
    let [lower, upper, work, merged] = &dirs;
    let options = format!("lowerdir={},upperdir={},workdir={}", lower.display(), upper.display(), work.display());
    let works = succeeds(command("mount", ["-t", "overlay", "overlay", "-o", &options]).arg(merged));
    if works {
        run(&mut command("umount", [merged]))?;
    }
    fs::remove_dir_all(&probe)?;
    Ok(if works { "overlayfs" } else { "native" })
}
