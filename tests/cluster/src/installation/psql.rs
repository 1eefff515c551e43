//! A read-only SQL session in the database of the installation, as the role of the API.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::Stdio;

use anyhow::Result;

use crate::installation::{RELEASE, passes, target::Target};
use crate::paths::Paths;

/// Opens psql in the Postgres pod; `args` go to psql.
pub(crate) fn psql(paths: &Paths, args: &[OsString]) -> Result<()> {
    let target = Target::find(paths)?;
    let interactive = if std::io::stdin().is_terminal() { "-it" } else { "-i" };
    let mut session = target.tool("kubectl", &["exec", interactive, "-n", RELEASE, "statefulset/assayer-postgres", "--"]);
    session.args(["env", "PGOPTIONS=-c default_transaction_read_only=on", "psql", "-U", "assayer_api", "-d", "assayer"]);
    session.args(args).stdin(Stdio::inherit());
    passes(&mut session, "psql")
}
