//! Progress on standard error: numbered steps with the time since the command began. Standard output stays free for
//! what other programs read.

use std::io::Write;
use std::time::Instant;

/// Writes one line to standard error; a closed terminal is no reason to stop.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Writes one line to standard output.
pub(crate) fn out(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The steps of one command.
pub(crate) struct Steps {
    started: Instant,
    total: usize,
    done: usize,
}

impl Steps {
    /// Steps numbered 1 to `total`.
    pub(crate) fn new(total: usize) -> Self {
        Self { started: Instant::now(), total, done: 0 }
    }

    /// Announces the next step.
    pub(crate) fn next(&mut self, what: &str) {
        self.done += 1;
        line(&format!("[{}/{} {:>5.1} s] {what}", self.done, self.total, self.seconds()));
    }

    /// Announces that all is done.
    pub(crate) fn end(&self, what: &str) {
        line(&format!("[done {:>5.1} s] {what}", self.seconds()));
    }

    /// Seconds since the first step.
    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}
