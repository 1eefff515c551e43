//! Background processes: started in a session of their own, found again by a pid file, stopped, their logs kept.
//!
//! A pid file holds the pid and the start time of its process, so that a pid which the kernel has given to another
//! process is never signalled.

use std::fs::{self, OpenOptions};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::command::{last_lines, write};
use crate::interrupt::interrupted;

/// One process as the kernel knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pid: i32,
    /// Clock ticks between boot and its start.
    started: u64,
}

impl Process {
    /// The process that has this pid now; `None` if there is none or it is only waiting to be reaped.
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The command name, in parentheses, may itself contain spaces and parentheses.
        let (_, rest) = stat.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        let state = fields.next()?;
        let started = fields.nth(18)?.parse().ok()?;
        (state != "Z" && state != "X").then_some(Self { pid, started })
    }

    /// Its pid.
    pub(crate) fn pid(self) -> i32 {
        self.pid
    }

    /// Whether it still runs.
    pub(crate) fn alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Sends a signal if it still runs.
    pub(crate) fn signal(self, signal: Signal) {
        if let Some(pid) = Pid::from_raw(self.pid).filter(|_| self.alive()) {
            let _ = kill_process(pid, signal);
        }
    }

    /// Asks it to end, kills it after `grace`, and waits until it is gone.
    pub(crate) fn stop(self, signal: Signal, grace: Duration) {
        self.signal(signal);
        if !self.gone_within(grace) {
            self.signal(Signal::KILL);
            self.gone_within(Duration::from_secs(5));
        }
    }

    fn gone_within(self, limit: Duration) -> bool {
        until(limit, || !self.alive())
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let process = Self { pid: words.next()?.parse().ok()?, started: words.next()?.parse().ok()? };
        Some(process)
    }
}

/// Asks every 50 ms until `condition` holds; `false` when `limit` has passed.
pub(crate) fn until(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The background processes of one state folder: `run/NAME.pid` and `logs/NAME.log`.
#[derive(Clone, Debug)]
pub(crate) struct Daemons {
    state: PathBuf,
}

impl Daemons {
    /// The daemons whose files lie in `state`.
    pub(crate) fn new(state: impl Into<PathBuf>) -> Self {
        Self { state: state.into() }
    }

    /// Starts `program` in a session of its own; what it writes goes to its log.
    pub(crate) fn start(&self, name: &str, program: &Command) -> Result<()> {
        fs::create_dir_all(self.state.join("logs"))?;
        let log = OpenOptions::new().create(true).append(true).open(self.log(name))?;
        let mut command = Command::new("setsid");
        command.arg(program.get_program()).args(program.get_args());
        for (key, value) in program.get_envs() {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        if let Some(dir) = program.get_current_dir() {
            command.current_dir(dir);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let pid = i32::try_from(child.id()).context("pid out of range")?;
        match Process::of(pid) {
            Some(process) => write(&self.pid_file(name), format!("{} {}\n", process.pid, process.started)),
            None => bail!("{name} ended at once:\n{}", self.tail(name, 15)),
        }
    }

    /// The daemon of this name, if it runs.
    pub(crate) fn running(&self, name: &str) -> Option<Process> {
        let text = fs::read_to_string(self.pid_file(name)).ok()?;
        Process::parse(&text).filter(|process| process.alive())
    }

    /// Stops one daemon; nothing happens if it does not run.
    pub(crate) fn stop(&self, name: &str, signal: Signal, grace: Duration) {
        if let Some(process) = self.running(name) {
            process.stop(signal, grace);
        }
        let _ = fs::remove_file(self.pid_file(name));
    }

    /// Waits until `ready` holds; fails with the end of the log if the daemon ends or `limit` passes.
    pub(crate) fn wait(&self, name: &str, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<()> {
        let mut ended = false;
        let good = until(limit, || {
            ended = self.running(name).is_none();
            ended || interrupted() || ready()
        });
        if good && !ended && !interrupted() {
            return Ok(());
        }
        if interrupted() {
            bail!("interrupted while {name} was starting");
        }
        let how = if ended { "ended".to_owned() } else { format!("was not ready after {} s", limit.as_secs()) };
        bail!("{name} {how}; the end of {}:\n{}", self.log(name).display(), self.tail(name, 20))
    }

    /// The last lines of a daemon's log.
    pub(crate) fn tail(&self, name: &str, lines: usize) -> String {
        let bytes = fs::read(self.log(name)).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&bytes), lines)
    }

    /// Where a daemon's log lies.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.state.join("logs").join(format!("{name}.log"))
    }

    fn pid_file(&self, name: &str) -> PathBuf {
        self.state.join("run").join(format!("{name}.pid"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(dir: &std::path::Path) -> Daemons {
        let daemons = Daemons::new(dir);
        daemons.start("sleeper", Command::new("sleep").arg("60")).unwrap();
        daemons
    }

    #[test]
    fn a_started_process_is_found_by_its_pid_file_and_gone_after_stop() {
        let dir = tempfile::tempdir().unwrap();
        let daemons = sleeper(dir.path());
        let process = daemons.running("sleeper").unwrap();
        daemons.stop("sleeper", Signal::TERM, Duration::from_secs(5));
        assert!(!process.alive());
        assert_eq!(daemons.running("sleeper"), None);
    }

    #[test]
    fn a_pid_that_now_belongs_to_another_process_is_not_taken_for_the_daemon() {
        let dir = tempfile::tempdir().unwrap();
        let daemons = Daemons::new(dir.path());
        let own = Process::of(i32::try_from(std::process::id()).unwrap()).unwrap();
        write(&daemons.pid_file("other"), format!("{} {}", own.pid, own.started + 1)).unwrap();
        assert_eq!(daemons.running("other"), None);
    }

    #[test]
    fn a_daemon_that_ends_early_is_reported_with_the_end_of_its_log() {
        let dir = tempfile::tempdir().unwrap();
        let daemons = Daemons::new(dir.path());
        let mut program = Command::new("sh");
        program.args(["-c", "sleep 0.2; echo cannot bind >&2; exit 1"]);
        daemons.start("broken", &program).unwrap();
        let error = daemons.wait("broken", Duration::from_secs(10), || false).unwrap_err();
        assert!(error.to_string().contains("cannot bind"), "{error}");
    }
}
