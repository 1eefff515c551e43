//! The API held to its own description by a program that has read nothing else of it.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

use crate::world::checkout;

/// What is asked is the same each time.
const SEED: &str = "1";
/// Longer than it ever took.
const PATIENCE: Duration = Duration::from_mins(8);

/// Whatever is asked of it, valid or not, as somebody who may do what a trader may, or as nobody: no answer is a server's error, and none
/// is one that the description does not have.
///
/// # Errors
/// With what was asked and answered on standard error.
pub async fn no_answer_is_a_surprise(api: &str, token: &str) -> Result<()> {
    let python = assayer_venv::python("schemathesis", &checkout().join("tests/schemathesis/requirements.txt"))?;
    let settings = checkout().join("tests/schemathesis/schemathesis.toml");
    let mut program = Command::new(python.with_file_name("schemathesis"));
    program.args(["--config-file".as_ref(), settings.as_os_str()]);
    program.args(["run", &format!("{api}/api/openapi.json"), "--url", api, "--seed", SEED, "--generation-deterministic"]);
    program.env("ASSAYER_TOKEN", token).stdin(Stdio::null()).kill_on_drop(true);
    // It writes what it has seen into the folder in which it runs.
    let folder = tempfile::tempdir()?;
    let status = tokio::time::timeout(PATIENCE, program.current_dir(folder.path()).status());
    let status = status.await.context("schemathesis did not come to an end")?.context("schemathesis")?;
    ensure!(status.success(), "schemathesis ended with {status}; see above");
    Ok(())
}
