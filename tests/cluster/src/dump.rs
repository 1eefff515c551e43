//! `cluster dump`: what one wants to read after a failure, in a folder. Best effort: what cannot be had is left out.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::build::bin;
use crate::command::{command, last_lines, output};
use crate::forward::kubeconfig;
use crate::paths::Paths;
use crate::say::out;

const LISTS: &[(&str, &[&str])] = &[
    ("pods.txt", &["get", "pods", "--all-namespaces", "--output=wide"]),
    ("events.txt", &["get", "events", "--all-namespaces", "--sort-by=.lastTimestamp"]),
    ("nodes.txt", &["describe", "nodes"]),
    ("describe-pods.txt", &["describe", "pods", "--all-namespaces"]),
    ("volumes.txt", &["get", "pv,pvc,storageclass", "--all-namespaces"]),
    ("workloads.txt", &["get", "deployments,statefulsets,services,endpointslices", "--all-namespaces", "--output=wide"]),
    ("bots.yaml", &["get", "bots", "--all-namespaces", "--output=yaml"]),
    ("jobs.yaml", &["get", "jobs", "--all-namespaces", "--output=yaml"]),
    ("stagepolicies.yaml", &["get", "stagepolicies", "--output=yaml"]),
    ("integrations.yaml", &["get", "integrations", "--all-namespaces", "--output=yaml"]),
];
/// Lines of each node log.
const TAIL: usize = 2000;

/// Writes all that can be had into `dir`, and a summary to standard output.
pub(crate) fn dump(paths: &Paths, dir: &Path) -> Result<()> {
    fs::create_dir_all(dir.join("pods")).with_context(|| format!("cannot create {}", dir.display()))?;
    for (file, args) in LISTS {
        let text = output(kubectl(paths)?.args(*args)).unwrap_or_else(|error| format!("{error:#}\n"));
        fs::write(dir.join(file), text)?;
    }
    node_logs(paths, dir)?;
    let pods = output(kubectl(paths)?.args(["get", "pods", "--all-namespaces", "--output=json"])).unwrap_or_default();
    let pods: Value = serde_json::from_str(&pods).unwrap_or_default();
    out("== pods");
    out(fs::read_to_string(dir.join("pods.txt"))?.trim_end());
    out("== bots and their conditions");
    summarise_bots(paths)?;
    out("== last events");
    out(&last_lines(&fs::read_to_string(dir.join("events.txt"))?, 15));
    for pod in array(&pods, "/items") {
        pod_logs(paths, dir, pod)?;
    }
    out(&format!("== everything: {}", dir.display()));
    Ok(())
}

fn node_logs(paths: &Paths, dir: &Path) -> Result<()> {
    let Ok(logs) = fs::read_dir(paths.target("cluster/logs")) else { return Ok(()) };
    fs::create_dir_all(dir.join("node"))?;
    for log in logs {
        let log = log?;
        let text = String::from_utf8_lossy(&fs::read(log.path())?).into_owned();
        fs::write(dir.join("node").join(log.file_name()), last_lines(&text, TAIL))?;
    }
    Ok(())
}

fn summarise_bots(paths: &Paths) -> Result<()> {
    let bots = output(kubectl(paths)?.args(["get", "bots", "--all-namespaces", "--output=json"])).unwrap_or_default();
    let bots: Value = serde_json::from_str(&bots).unwrap_or_default();
    for bot in array(&bots, "/items") {
        out(&format!("{}/{}", text(bot, "/metadata/namespace"), text(bot, "/metadata/name")));
        for condition in array(bot, "/status/conditions") {
            let [kind, status, reason, message] = ["/type", "/status", "/reason", "/message"].map(|path| text(condition, path));
            out(&format!("    {kind}={status} {reason}: {message}"));
        }
    }
    Ok(())
}

/// The logs of each container, this life and the one before; the end of those that are not well also on the terminal.
fn pod_logs(paths: &Paths, dir: &Path, pod: &Value) -> Result<()> {
    let (namespace, name) = (text(pod, "/metadata/namespace"), text(pod, "/metadata/name"));
    for list in ["/status/initContainerStatuses", "/status/containerStatuses"] {
        for status in array(pod, list) {
            let container = text(status, "/name");
            let restarts = status.pointer("/restartCount").and_then(Value::as_u64).unwrap_or_default();
            let failed = status.pointer("/state/terminated/exitCode").is_some_and(|code| code != 0);
            for previous in [false, true] {
                if previous && restarts == 0 {
                    continue;
                }
                let mut logs = kubectl(paths)?;
                logs.args(["logs", "--namespace", namespace, name, "--container", container]);
                logs.arg(format!("--previous={previous}"));
                let Ok(log) = output(&mut logs) else { continue };
                let life = if previous { ".previous" } else { "" };
                fs::write(dir.join("pods").join(format!("{namespace}.{name}.{container}{life}.log")), &log)?;
                if previous || failed {
                    out(&format!("== {namespace}/{name} {container}{life}, {restarts} restarts"));
                    out(&last_lines(&log, 15));
                }
            }
        }
    }
    Ok(())
}

fn kubectl(paths: &Paths) -> Result<Command> {
    let mut kubectl = command(bin(paths)?.join("kubectl"), ["--request-timeout=15s"]);
    kubectl.env("KUBECONFIG", kubeconfig(paths));
    Ok(kubectl)
}

fn array<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
