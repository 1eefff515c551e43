//! Runs a long `go build -v` and says every ten seconds how far it is.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::last_lines;
use crate::say::line;

const EVERY: Duration = Duration::from_secs(10);

/// What the compiler has said so far.
#[derive(Default)]
struct Said {
    packages: usize,
    last: String,
    all: String,
}

/// Runs the compiler to its end; a failure carries the last lines that it wrote.
pub(crate) fn run(label: &str, go: &mut Command) -> Result<()> {
    let started = Instant::now();
    let mut child = go.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().context("cannot run go; is it installed?")?;
    let stderr = child.stderr.take().context("no standard error")?;
    let said = Arc::new(Mutex::new(Said::default()));
    let reader = {
        let said = Arc::clone(&said);
        thread::spawn(move || {
            for text in BufReader::new(stderr).lines().map_while(Result::ok) {
                let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                if !text.contains(' ') {
                    said.packages += 1;
                }
                said.all.push_str(&text);
                said.all.push('\n');
                said.last = text;
            }
        })
    };
    let mut next = EVERY;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() >= next {
            next += EVERY;
            let said = said.lock().unwrap_or_else(PoisonError::into_inner);
            let now = if said.last.is_empty() { "downloading or linking" } else { &said.last };
            line(&format!("    {label}: {} s, {} packages, now {now}", started.elapsed().as_secs(), said.packages));
        }
        thread::sleep(Duration::from_millis(100));
    };
    let _ = reader.join();
    if !status.success() {
        let said = said.lock().unwrap_or_else(PoisonError::into_inner);
        bail!("go build of {label} ended with {status}:\n{}", last_lines(&said.all, 20));
    }
    line(&format!("    built in {} s", started.elapsed().as_secs()));
    Ok(())
}
