//! The node's network namespace. One veth pair leads to this machine and to nowhere else: every other packet ends in
//! a bridge without ports, so nothing that the cluster sends can leave.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{command, run, succeeds};

const NAME: &str = "assayer";
const HOST_LINK: &str = "assayer0";
const HOST_ADDRESS: &str = "10.233.0.1/30";
const NODE_NETWORK: &str = "10.233.0.2/30";

/// The node's address, reachable from this machine.
pub(crate) const NODE_ADDRESS: &str = "10.233.0.2";
/// Where the kernel shows the namespace.
pub(crate) const NAMESPACE: &str = "/run/netns/assayer";
/// The addresses of pods.
pub(crate) const POD_NETWORK: &str = "10.244.0.0/16";

/// Creates the namespace and the way to it.
pub(crate) fn up() -> Result<()> {
    host(&["netns", "add", NAME]).context("cannot create a network namespace (this needs root)")?;
    host(&["link", "add", HOST_LINK, "type", "veth", "peer", "name", "eth0", "netns", NAME])?;
    host(&["addr", "add", HOST_ADDRESS, "dev", HOST_LINK])?;
    host(&["link", "set", HOST_LINK, "up"])?;
    inside(&["link", "set", "lo", "up"])?;
    inside(&["addr", "add", NODE_NETWORK, "dev", "eth0"])?;
    inside(&["link", "set", "eth0", "up"])?;
    // kube-proxy rewrites packets to Services only after they have found a route.
    inside(&["link", "add", "void", "type", "bridge"])?;
    inside(&["link", "set", "void", "up"])?;
    inside(&["route", "add", "default", "dev", "void"])?;
    let mut forward = entered("sh");
    run(forward.args(["-c", "echo 1 > /proc/sys/net/ipv4/ip_forward"]))
}

/// Removes both.
pub(crate) fn down() {
    let _ = host(&["link", "del", HOST_LINK]);
    let _ = host(&["netns", "del", NAME]);
    // `ip` mounts the folder onto itself when it makes the first namespace.
    let dir = Path::new("/run/netns");
    if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none()) {
        let _ = run(command("umount", ["--quiet"]).arg(dir));
        let _ = std::fs::remove_dir(dir);
    }
}

/// What is still there of it.
pub(crate) fn leftovers() -> Vec<String> {
    let mut left = Vec::new();
    if Path::new(NAMESPACE).exists() {
        left.push(format!("network namespace {NAME}"));
    }
    if succeeds(&mut command("ip", ["link", "show", HOST_LINK])) {
        left.push(format!("network device {HOST_LINK}"));
    }
    left
}

/// The words that put a program into the namespace. `ip netns exec` would remount /sys, and the kubelet would find no
/// cgroups.
pub(crate) fn enter() -> Vec<String> {
    vec!["nsenter".into(), format!("--net={NAMESPACE}")]
}

fn entered(program: &str) -> std::process::Command {
    crate::control::entered(&enter(), program)
}

fn host(args: &[&str]) -> Result<()> {
    run(&mut command("ip", args))
}

fn inside(args: &[&str]) -> Result<()> {
    run(entered("ip").args(args))
}
