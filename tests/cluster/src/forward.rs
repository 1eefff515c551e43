//! `cluster forward`: keeps a port of this machine forwarded to a Service, across restarts of its pods.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use rustix::process::Signal;

use crate::build::bin;
use crate::command::command;
use crate::paths::Paths;
use crate::process::{Daemons, until};
use crate::say::line;

const NAME: &str = "forward";

/// What is forwarded where.
#[derive(Args, Clone, Debug)]
pub(crate) struct Target {
    /// Port of this machine
    #[arg(long, default_value_t = 5000)]
    port: u16,
    /// Namespace of the Service
    #[arg(long, default_value = "default")]
    namespace: String,
    /// Name of the Service
    #[arg(long, default_value = "")]
    service: String,
    /// Port of the Service
    #[arg(long = "target-port", default_value_t = 5000)]
    service_port: u16,
}

/// Starts the forwarding in the background and waits until the port answers.
pub(crate) fn start(paths: &Paths, target: &Target) -> Result<()> {
    if target.service.is_empty() {
        bail!("--service: name the Service to forward to");
    }
    let daemons = daemons(paths);
    let wanted = format!("{target:?}\n{}\n", kubeconfig(paths).display());
    let note = note(paths);
    if daemons.running(NAME).is_some() && fs::read_to_string(&note).is_ok_and(|text| text == wanted) {
        line(&format!("already forwarded: http://127.0.0.1:{}", target.port));
        return Ok(());
    }
    stop(paths)?;
    let free = || TcpListener::bind((Ipv4Addr::LOCALHOST, target.port)).is_ok();
    if !until(Duration::from_secs(2), free) {
        bail!("port {} of this machine is taken by another program; choose one by ASSAYER_PORT", target.port);
    }
    let mut own = Command::new(std::env::current_exe()?);
    own.args(["forward", "--loop", "--port", &target.port.to_string(), "--namespace", &target.namespace]);
    own.args(["--service", &target.service, "--target-port", &target.service_port.to_string()]);
    own.current_dir(&paths.checkout).env("KUBECONFIG", kubeconfig(paths));
    daemons.start(NAME, &own)?;
    crate::command::write(&note, wanted)?;
    daemons.wait(NAME, Duration::from_mins(1), || TcpStream::connect((Ipv4Addr::LOCALHOST, target.port)).is_ok())?;
    line(&format!("forwarded: http://127.0.0.1:{}", target.port));
    Ok(())
}

/// Ends the forwarding; nothing happens if there is none.
pub(crate) fn stop(paths: &Paths) -> Result<()> {
    let daemons = daemons(paths);
    if let Some(process) = daemons.running(NAME) {
        // kubectl runs in the session of the loop; end the loop first, so that it does not start another.
        let session = process.pid();
        daemons.stop(NAME, Signal::KILL, Duration::from_secs(5));
        if let Some(group) = rustix::process::Pid::from_raw(session) {
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }
    let state = paths.target(NAME);
    if state.exists() {
        fs::remove_dir_all(&state).with_context(|| format!("cannot remove {}", state.display()))?;
    }
    Ok(())
}

/// Runs `kubectl port-forward` again and again, until the state folder is gone (by `stop`, or with all of `target`).
pub(crate) fn forever(paths: &Paths, target: &Target) -> Result<()> {
    let kubectl = bin(paths)?.join("kubectl");
    let wanted = || note(paths).is_file();
    // It is written just after this process has started.
    until(Duration::from_secs(5), wanted);
    while wanted() {
        let mut forward = command(&kubectl, ["port-forward", "--address", "127.0.0.1", "--namespace"]);
        forward.arg(&target.namespace).arg(format!("service/{}", target.service));
        forward.arg(format!("{}:{}", target.port, target.service_port));
        let mut child = forward.spawn().context("cannot run kubectl")?;
        // Its own words are in the log; a pod that is not there yet is the usual reason why it ends.
        while child.try_wait()?.is_none() {
            if !wanted() {
                child.kill()?;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    Ok(())
}

fn note(paths: &Paths) -> PathBuf {
    paths.target("forward/target")
}

/// The cluster in `KUBECONFIG`, or this tool's own.
pub(crate) fn kubeconfig(paths: &Paths) -> PathBuf {
    let given = std::env::var_os("KUBECONFIG").filter(|value| !value.is_empty());
    given.map_or_else(|| crate::node::kubeconfig(paths), |path| Path::new(&path).to_path_buf())
}

fn daemons(paths: &Paths) -> Daemons {
    Daemons::new(paths.target(NAME))
}
