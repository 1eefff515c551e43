//! The user's own kubeconfig: gets a context `assayer` while the cluster is up, and is as before afterwards.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command::{command, output, run, write};
use crate::pki::CONTEXT;

/// Adds the context and makes it current; writes what was current before into `note`.
pub(crate) fn add(kubectl: &Path, source: &Path, note: &Path) -> Result<PathBuf> {
    let own = location()?;
    let known = note.is_file();
    if !known {
        let before = output(config(kubectl, &own).arg("current-context")).unwrap_or_default();
        let state = if own.is_file() { before.trim().to_owned() } else { ABSENT.to_owned() };
        write(note, state)?;
    }
    if let Some(dir) = own.parent() {
        fs::create_dir_all(dir)?;
    }
    let merged = output(command(kubectl, ["config", "view", "--raw", "-o", "json", "--kubeconfig"]).arg(source))?;
    let merged: Value = serde_json::from_str(&merged)?;
    let field = |path: &str| merged.pointer(path).and_then(Value::as_str).context("incomplete kubeconfig").map(str::to_owned);
    let server = field("/clusters/0/cluster/server")?;
    run(config(kubectl, &own).args(["set-cluster", CONTEXT, "--server", &server]))?;
    let parts = [
        (format!("clusters.{CONTEXT}.certificate-authority-data"), "/clusters/0/cluster/certificate-authority-data"),
        (format!("users.{CONTEXT}.client-certificate-data"), "/users/0/user/client-certificate-data"),
        (format!("users.{CONTEXT}.client-key-data"), "/users/0/user/client-key-data"),
    ];
    for (name, pointer) in parts {
        run(config(kubectl, &own).args(["set", &name, &field(pointer)?]))?;
    }
    run(config(kubectl, &own).args(["set-context", CONTEXT, "--cluster", CONTEXT, "--user", CONTEXT]))?;
    run(config(kubectl, &own).args(["use-context", CONTEXT]))?;
    Ok(own)
}

/// Takes the context out again and makes the one current that was before.
pub(crate) fn remove(kubectl: &Path, note: &Path) -> Result<()> {
    let Ok(before) = fs::read_to_string(note) else { return Ok(()) };
    let own = location()?;
    if !own.is_file() {
        return Ok(());
    }
    let current = output(config(kubectl, &own).arg("current-context")).unwrap_or_default();
    for verb in ["delete-context", "delete-cluster", "delete-user"] {
        // The user may have removed it by hand.
        let _ = run(config(kubectl, &own).args([verb, CONTEXT]));
    }
    if current.trim() == CONTEXT {
        let there = output(config(kubectl, &own).args(["get-contexts", "-o", "name"])).unwrap_or_default();
        if there.lines().any(|name| name == before) {
            run(config(kubectl, &own).args(["use-context", &before]))?;
        } else {
            run(config(kubectl, &own).args(["unset", "current-context"]))?;
        }
    }
    if before == ABSENT && output(config(kubectl, &own).args(["get-contexts", "-o", "name"]))?.trim().is_empty() {
        fs::remove_file(&own)?;
        if let Some(dir) = own.parent() {
            let _ = fs::remove_dir(dir);
        }
    }
    Ok(())
}

/// Stands in the note for "there was no file".
const ABSENT: &str = "-";

fn location() -> Result<PathBuf> {
    Ok(PathBuf::from(std::env::var_os("HOME").context("HOME is not set")?).join(".kube/config"))
}

fn config(kubectl: &Path, own: &Path) -> Command {
    let mut config = command(kubectl, ["config", "--kubeconfig"]);
    config.arg(own);
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_note_nothing_is_touched() {
        remove(Path::new("/nonexistent"), Path::new("/nonexistent")).unwrap();
    }
}
