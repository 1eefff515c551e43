//! What a kubelet changes on the machine outside of its own folders: remembered before, undone after.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use rustix::process::Signal;
use serde::{Deserialize, Serialize};

use crate::command::{command, run, succeeds, write};
use crate::containerd::state;
use crate::kubelet::{CGROUP, hierarchies};
use crate::net;
use crate::process::{Process, until};

/// Folders that the kubelet and containerd create at places that cannot be configured.
const FOLDERS: [&str; 7] =
    ["/var/lib/kubelet", "/var/lib/cni", "/var/log/containers", "/var/log/pods", "/opt/cni", "/etc/cni", "/run/containerd"];
/// Settings that the kubelet makes for the whole kernel.
const SETTINGS: [&str; 6] = [
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
];

/// The machine as it was before.
#[derive(Default, Serialize, Deserialize)]
struct Before {
    absent: BTreeSet<String>,
    settings: BTreeMap<String, String>,
}

/// Writes down what the node may change.
pub(crate) fn remember() -> Result<()> {
    let mut before = Before::default();
    before.absent.extend(FOLDERS.iter().filter(|dir| !Path::new(dir).exists()).map(ToString::to_string));
    for name in SETTINGS {
        if let Ok(value) = fs::read_to_string(Path::new("/proc/sys").join(name)) {
            before.settings.insert(name.to_owned(), value.trim().to_owned());
        }
    }
    write(&note(), serde_json::to_vec(&before)?)
}

/// Ends all that still runs of the node, unmounts all of its file systems, and undoes what [`remember`] wrote down.
pub(crate) fn restore() {
    until(Duration::from_secs(20), || {
        let running = processes();
        for process in &running {
            process.signal(Signal::KILL);
        }
        running.is_empty()
    });
    unmount();
    net::down();
    until(Duration::from_secs(5), || remove_cgroups().is_ok_and(|gone| gone));
    remove_dead_sockets();
    let before: Before = fs::read(note()).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    for (name, value) in &before.settings {
        let _ = fs::write(Path::new("/proc/sys").join(name), value);
    }
    for dir in &before.absent {
        // Shared with another containerd that was started since: only what is empty goes.
        let _ = if dir == "/run/containerd" { fs::remove_dir(dir) } else { fs::remove_dir_all(dir) };
    }
}

/// What is still there of the node.
pub(crate) fn leftovers() -> Result<Vec<String>> {
    let mut left: Vec<String> = processes().iter().map(|process| format!("process {}", process.pid())).collect();
    left.extend(mounts().iter().map(|mount| format!("mount {}", mount.display())));
    left.extend(net::leftovers());
    let groups = hierarchies()?.into_iter().map(|hierarchy| hierarchy.join(CGROUP)).filter(|dir| dir.exists());
    left.extend(groups.map(|dir| format!("cgroup {}", dir.display())));
    Ok(left)
}

/// All processes of the node: those in its network namespace, those in its pods' cgroup, and the shims.
pub(crate) fn processes() -> Vec<Process> {
    let namespace = fs::metadata(net::NAMESPACE).map(|meta| (meta.dev(), meta.ino())).ok();
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    pids.filter(|pid| belongs(*pid, namespace)).filter_map(Process::of).collect()
}

fn belongs(pid: i32, namespace: Option<(u64, u64)>) -> bool {
    let proc = PathBuf::from(format!("/proc/{pid}"));
    let network = fs::metadata(proc.join("ns/net")).map(|meta| (meta.dev(), meta.ino())).ok();
    if namespace.is_some() && network == namespace {
        return true;
    }
    let in_cgroup = |text: String| text.lines().any(|line| line.contains(&format!(":/{CGROUP}/")));
    if fs::read_to_string(proc.join("cgroup")).is_ok_and(in_cgroup) {
        return true;
    }
    let words = fs::read(proc.join("cmdline")).unwrap_or_default();
    let words = String::from_utf8_lossy(&words).into_owned();
    words.contains("containerd-shim-runc-v2") && words.contains(&crate::containerd::socket().display().to_string())
}

fn unmount() {
    let mut mounts = mounts();
    // The innermost first.
    mounts.sort_by_key(|mount| std::cmp::Reverse(mount.components().count()));
    for mount in mounts {
        if !succeeds(command("umount", ["-n"]).arg(&mount)) {
            let _ = run(command("umount", ["-n", "-l"]).arg(&mount));
        }
    }
}

fn mounts() -> Vec<PathBuf> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let points = table.lines().filter_map(|line| line.split(' ').nth(4)).map(|path| PathBuf::from(path.replace("\\040", " ")));
    points.filter(|path| path.starts_with(state())).collect()
}

fn remove_cgroups() -> Result<bool> {
    let mut gone = true;
    for hierarchy in hierarchies()? {
        gone &= remove_cgroup(&hierarchy.join(CGROUP));
    }
    Ok(gone)
}

fn remove_cgroup(dir: &Path) -> bool {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_cgroup(&entry.path());
        }
    }
    fs::remove_dir(dir).is_ok() || !dir.exists()
}

/// Shims listen at a place that cannot be configured, and another containerd's may be beside them.
fn remove_dead_sockets() {
    let dir = Path::new("/run/containerd/s");
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if UnixStream::connect(entry.path()).is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(dir);
    let _ = fs::remove_dir("/run/containerd/io.containerd.runtime.v2.task");
}

fn note() -> PathBuf {
    state().join("before.json")
}
