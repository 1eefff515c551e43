//! `cluster api`: etcd, kube-apiserver and PostgreSQL as plain processes on loopback ports. There is no node, so no
//! pod ever runs; everything else of the API is real.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;

use crate::build::{Scope, bin, build};
use crate::command::write;
use crate::control::{Control, authentication};
use crate::interrupt;
use crate::paths::Paths;
use crate::pki::Pki;
use crate::postgres::Postgres;
use crate::process::{Daemons, Process};
use crate::say::{Steps, line};

/// Ports that the caller wants; `None` means any free one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ports {
    pub(crate) api: Option<u16>,
    pub(crate) postgres: Option<u16>,
}

/// Brings it up in `state`; does nothing if it is up already.
pub(crate) fn up(paths: &Paths, state: &Path, ports: Ports) -> Result<()> {
    let daemons = Daemons::new(state);
    let all = ["etcd", "kube-apiserver", "postgres"];
    if state.join("env").is_file() && all.iter().all(|name| daemons.running(name).is_some()) {
        line(&format!("already up: {}", state.join("env").display()));
        return Ok(());
    }
    down(state)?;
    let bin = build(paths, Scope::Api)?;
    let mut steps = Steps::new(3);
    steps.next("certificates");
    fs::create_dir_all(state.join("run")).with_context(|| format!("cannot create {}", state.display()))?;
    let pki = Pki::create(state.join("pki"), &["IP:127.0.0.1", "DNS:localhost", "DNS:kubernetes.default.svc"])?;
    let given = |wanted: Option<u16>| wanted.map_or_else(assayer_ports::free, Ok);
    let (api_port, postgres) = (given(ports.api)?, given(ports.postgres)?);
    let control = Control {
        bin: &bin,
        state,
        pki: &pki,
        daemons: &daemons,
        enter: Vec::new(),
        address: "127.0.0.1",
        api_port,
        etcd_port: assayer_ports::free()?,
        peer_port: assayer_ports::free()?,
        flags: &["--bind-address=127.0.0.1", "--endpoint-reconciler-type=none"],
    };
    let kubeconfig = state.join("kubeconfig");
    pki.kubeconfig("admin", "/O=system:masters/CN=admin", &control.url(), &kubeconfig)?;
    steps.next("etcd, kube-apiserver, PostgreSQL");
    control.start()?;
    let database = Postgres::new(state, &daemons).start(paths, postgres)?;
    steps.next("waiting until the API answers");
    control.wait(&kubeconfig)?;
    let env = state.join("env");
    let issuers = authentication(state);
    write(&env, format!("KUBECONFIG={}\nAUTHENTICATION_CONFIG={}\n{database}", kubeconfig.display(), issuers.display()))?;
    fs::set_permissions(&env, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    steps.end(&format!("set -a; . {}", env.display()));
    Ok(())
}

/// Stops everything of `state` and removes the folder; does nothing if there is nothing.
pub(crate) fn down(state: &Path) -> Result<()> {
    if !state.exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(state).with_context(|| format!("cannot read {}", state.display()))?;
    if !state.join("run").is_dir() && entries.next().is_some() {
        bail!("--state {}: this folder holds something else; name an empty or a new one", state.display());
    }
    let daemons = Daemons::new(state);
    Postgres::new(state, &daemons).remove();
    for name in ["kube-apiserver", "etcd"] {
        // Nothing of it is kept, so there is nothing to end in good order.
        daemons.stop(name, Signal::KILL, Duration::from_secs(5));
    }
    fs::remove_dir_all(state).with_context(|| format!("cannot remove {}", state.display()))
}

/// Brings up an API of its own, runs the command, takes the API down; returns the command's exit code.
pub(crate) fn run(paths: &Paths, state: Option<PathBuf>, words: &[OsString]) -> Result<u8> {
    interrupt::catch()?;
    sweep(paths)?;
    let state = state.unwrap_or_else(|| paths.target(&format!("{RUN}{}", std::process::id())));
    let result = up(paths, &state, Ports::default()).and_then(|()| interrupt::run(words, &variables(&state)?, &bin(paths)?));
    let down = down(&state);
    let code = result?;
    down?;
    Ok(code)
}

const RUN: &str = "api-run-";

/// Takes down what runs of this command left behind when they were killed.
fn sweep(paths: &Paths) -> Result<()> {
    let Ok(entries) = fs::read_dir(paths.target("")) else { return Ok(()) };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix(RUN).and_then(|pid| pid.parse().ok());
        if pid.is_some_and(|pid| Process::of(pid).is_none()) {
            down(&entry.path())?;
        }
    }
    Ok(())
}

fn variables(state: &Path) -> Result<Vec<(String, String)>> {
    let text = fs::read_to_string(state.join("env"))?;
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
