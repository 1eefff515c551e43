//! Configuration of the kubelet and of kube-proxy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use crate::command::write;
use crate::containerd::{socket, state};
use crate::net::{NODE_ADDRESS, POD_NETWORK};

/// The name of the node.
pub(crate) const NODE: &str = "assayer";
/// The cgroup below which all pods run.
pub(crate) const CGROUP: &str = "assayer-cluster";

/// Writes the kubelet's configuration and adds its flags to `kubelet`.
pub(crate) fn kubelet(mut kubelet: Command, authority: &Path, kubeconfig: &Path) -> Result<Command> {
    let home = state();
    let config = home.join("kubelet.json");
    let resolv = home.join("resolv.conf");
    write(&resolv, "nameserver 10.96.0.10\n")?;
    write(
        &config,
        json!({
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "authentication": {
                "anonymous": {"enabled": false},
                "webhook": {"enabled": true},
                "x509": {"clientCAFile": authority},
            },
            "authorization": {"mode": "Webhook"},
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": format!("/{CGROUP}"),
            "clusterDNS": ["10.96.0.10"],
            "clusterDomain": "cluster.local",
            "containerRuntimeEndpoint": format!("unix://{}", socket().display()),
            "enforceNodeAllocatable": [],
            // A full disk of the developer's machine is no reason to evict pods.
            "evictionHard": {"memory.available": "50Mi", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%"},
            "failCgroupV1": false,
            "failSwapOn": false,
            "imageGCHighThresholdPercent": 100,
            "makeIPTablesUtilChains": false,
            "maxPods": 250,
            "podLogsDir": home.join("pod-logs"),
            "resolvConf": resolv,
            "volumePluginDir": home.join("kubelet/volume-plugins"),
        })
        .to_string(),
    )?;
    kubelet.arg("--config").arg(config).arg("--kubeconfig").arg(kubeconfig);
    kubelet.arg("--root-dir").arg(home.join("kubelet")).arg("--cert-dir").arg(home.join("kubelet/pki"));
    kubelet.args(["--hostname-override", NODE, "--node-ip", NODE_ADDRESS]);
    Ok(kubelet)
}

/// Writes kube-proxy's configuration and adds its flags to `proxy`.
pub(crate) fn proxy(mut proxy: Command, kubeconfig: &Path) -> Result<Command> {
    let config = state().join("kube-proxy.json");
    write(
        &config,
        json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "nftables",
            "hostnameOverride": NODE,
            "clusterCIDR": POD_NETWORK,
            "clientConnection": {"kubeconfig": kubeconfig},
            // The table of connections is the machine's, not the node's.
            "conntrack": {"maxPerCore": 0, "min": 0},
        })
        .to_string(),
    )?;
    proxy.arg("--config").arg(config);
    Ok(proxy)
}

/// Creates the pods' cgroup in every hierarchy of this machine.
pub(crate) fn create_cgroup() -> Result<()> {
    for hierarchy in hierarchies()? {
        let dir = hierarchy.join(CGROUP);
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        for file in ["cpuset.cpus", "cpuset.mems"] {
            // Empty in a new cpuset of version 1, and no process can then enter it.
            if let Ok(value) = fs::read_to_string(hierarchy.join(file)) {
                let _ = fs::write(dir.join(file), value.trim());
            }
        }
        for controller in ["cpu", "cpuset", "io", "memory", "pids", "hugetlb"] {
            for level in [&hierarchy, &dir] {
                let _ = fs::write(level.join("cgroup.subtree_control"), format!("+{controller}"));
            }
        }
    }
    Ok(())
}

/// The mounted hierarchies: one in version 2, one for each controller in version 1.
pub(crate) fn hierarchies() -> Result<Vec<PathBuf>> {
    let root = Path::new("/sys/fs/cgroup");
    if root.join("cgroup.controllers").is_file() {
        return Ok(vec![root.to_path_buf()]);
    }
    let mut all = Vec::new();
    for entry in fs::read_dir(root).context("no cgroups are mounted at /sys/fs/cgroup")? {
        let entry = entry?;
        // Links such as `cpuacct -> cpu,cpuacct` name a hierarchy a second time.
        if entry.file_type()?.is_dir() {
            all.push(entry.path());
        }
    }
    Ok(all)
}
