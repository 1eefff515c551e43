//! SQL through psql, wherever it runs. In: statements. Out: what psql prints for each, by sessions that are kept: a psql in a pod costs
//! more to start than all that it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};

/// psql's exit code for a statement that fails. Any other tells that its connection is lost, or its pod.
const STATEMENT_FAILED: i32 = 3;

/// Sessions of a superuser.
pub struct Psql {
    words: Vec<String>,
    idle: Mutex<Vec<Session>>,
}

struct Session {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: ChildStderr,
}

/// How a session ended while it was asked.
struct Ended {
    code: Option<i32>,
    why: String,
}

impl From<Ended> for anyhow::Error {
    fn from(ended: Ended) -> Self {
        anyhow!("psql ended with {:?}: {}", ended.code, ended.why.trim())
    }
}

impl Psql {
    /// `words` are psql and its arguments up to, and without, the query.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self { words: words.into_iter().map(str::to_owned).collect(), idle: Mutex::default() }
    }

    /// Its program and arguments, for a session of one's own.
    pub fn words(&self) -> Result<(&str, &[String])> {
        let (program, args) = self.words.split_first().context("no psql")?;
        Ok((program, args))
    }

    /// What psql prints for these statements, without headings. The server may have been away since the last ones: then they are put once
    /// more, to a new session.
    ///
    /// # Errors
    /// What psql says of the first statement that fails, or of the server.
    pub fn ask(&self, statements: &str) -> Result<String> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(session) = idle {
            match self.put(session, statements)? {
                Err(ended) if ended.code != Some(STATEMENT_FAILED) => {}
                answered => return answered.map_err(Into::into),
            }
        }
        self.put(self.session()?, statements)?.map_err(Into::into)
    }

    /// Asks a session, and keeps it for the next who asks unless it has ended.
    fn put(&self, mut session: Session, statements: &str) -> Result<Result<String, Ended>> {
        Ok(match session.ask(statements) {
            Some(answer) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
                Ok(answer)
            }
            None => Err(session.ended()?),
        })
    }

    fn session(&self) -> Result<Session> {
        let (program, args) = self.words()?;
        let mut child = Command::new(program)
            .args(args)
            .args(["-qAt", "-v", "ON_ERROR_STOP=1", "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {program}"))?;
        let stdin = child.stdin.take().context("psql's input")?;
        let stdout = BufReader::new(child.stdout.take().context("psql's output")?);
        let stderr = child.stderr.take().context("psql's errors")?;
        Ok(Session { child, stdin, stdout, stderr })
    }
}

impl Session {
    /// `None` when it has ended instead of answering.
    fn ask(&mut self, statements: &str) -> Option<String> {
        let end = format!("answered-{}", uuid::Uuid::now_v7());
        writeln!(self.stdin, "{statements}\n;\nreset role;\n\\echo {end}").and_then(|()| self.stdin.flush()).ok()?;
        let mut answer = String::new();
        loop {
            let mut line = String::new();
            if self.stdout.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if line.trim_end() == end {
                return Some(answer);
            }
            answer.push_str(&line);
        }
    }

    fn ended(mut self) -> Result<Ended> {
        drop(self.stdin);
        let mut why = String::new();
        self.stderr.read_to_string(&mut why)?;
        Ok(Ended { code: self.child.wait()?.code(), why })
    }
}

impl Drop for Psql {
    fn drop(&mut self) {
        for mut session in self.idle.get_mut().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = session.child.kill();
            let _ = session.child.wait();
        }
    }
}
