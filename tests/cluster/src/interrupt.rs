//! Runs a command between an `up` and a `down`, such that the `down` also follows SIGINT, SIGTERM and SIGHUP.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::command::outside_of_cargo;
use crate::process::{Process, until};

static ASKED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on those signals only set a flag.
pub(crate) fn catch() -> Result<()> {
    let flag = ASKED.get_or_init(Arc::default);
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(flag))?;
    }
    Ok(())
}

/// Whether one of them has come.
pub(crate) fn interrupted() -> bool {
    ASKED.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
}

/// Runs the command with these variables, and `bin` first on its `PATH`; returns its exit code. An interruption is
/// passed on to it.
pub(crate) fn run(words: &[OsString], variables: &[(String, String)], bin: &Path) -> Result<u8> {
    let Some((program, args)) = words.split_first() else { bail!("name a command to run after --") };
    if interrupted() {
        bail!("interrupted");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(bin.to_path_buf()).chain(std::env::split_paths(&path)))?;
    let mut command = Command::new(program);
    command.args(args).envs(variables.iter().cloned()).env("PATH", path);
    let mut child =
        outside_of_cargo(&mut command).spawn().with_context(|| format!("cannot run {}", program.to_string_lossy()))?;
    let process = Process::of(i32::try_from(child.id())?);
    let mut status = None;
    while status.is_none() && !interrupted() {
        status = child.try_wait()?;
        std::thread::sleep(Duration::from_millis(20));
    }
    if let (None, Some(process)) = (status, process) {
        process.signal(Signal::TERM);
        if !until(Duration::from_secs(20), || !process.alive()) {
            process.signal(Signal::KILL);
        }
    }
    let status = match status {
        Some(status) => status,
        None => child.wait()?,
    };
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(130))
}
