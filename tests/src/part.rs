//! A process that is killed and started again. In: how it is started. Out: the process, always with the same arguments and log.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

/// One process of a world. It ends when this is dropped.
pub struct Part {
    program: PathBuf,
    args: Vec<OsString>,
    variables: Vec<(String, String)>,
    user: Option<(u32, u32)>,
    log: PathBuf,
    child: Option<Child>,
}

impl Part {
    /// A process that has not been started yet.
    pub fn new(program: PathBuf, log: PathBuf) -> Self {
        Self { program, args: Vec::new(), variables: Vec::new(), user: None, log, child: None }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets an environment variable from its next start on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// Runs as this user and group, where the test itself is root's.
    #[must_use]
    pub fn user(mut self, user: Option<(u32, u32)>) -> Self {
        self.user = user;
        self
    }

    /// The command as it is started, with its log appended to.
    pub fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.program);
        let log = File::options().create(true).append(true).open(&self.log)?;
        command.args(&self.args).envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.kill_on_drop(true).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group).current_dir("/");
        }
        Ok(command)
    }

    /// Starts it; an error where it runs already.
    pub fn start(&mut self) -> Result<()> {
        ensure!(self.child.is_none(), "{} runs already", self.program.display());
        self.child = Some(self.command()?.spawn().with_context(|| format!("starting {}", self.program.display()))?);
        Ok(())
    }

    /// Its process id, while it has not been waited for.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().and_then(Child::id)
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = self.pid().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        Ok(kill_process(pid.with_context(|| format!("{} does not run", self.program.display()))?, signal)?)
    }

    /// `kill -9`; returns when it is gone. Nothing happens where it does not run.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self, within: Duration) -> Result<ExitStatus> {
        let child = self.child.as_mut().context("it does not run")?;
        let status = tokio::time::timeout(within, child.wait()).await.context("it did not end by itself")??;
        self.child = None;
        Ok(status)
    }
}
