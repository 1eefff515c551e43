//! Python environments, each made once for its pinned requirements. Out: the interpreter's path. Asks the package index.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use assayer_contract::Sha256Hash;

/// Written last, so that an environment that was not finished is made anew.
const READY: &str = "ready";

/// The interpreter of the environment in which these requirements are installed, under the user's cache. Says on stderr that it installs.
///
/// # Errors
/// Where the file cannot be read, or the index does not give what it pins.
pub fn python(name: &str, requirements: &Path) -> Result<PathBuf> {
    let pinned = fs::read(requirements).with_context(|| format!("reading {}", requirements.display()))?;
    let key: String = Sha256Hash::of(&pinned).to_string().trim_start_matches("sha256:").chars().take(12).collect();
    let home = cache()?.join(format!("python-{name}-{key}"));
    let python = home.join("bin/python");
    if !home.join(READY).exists() {
        writeln!(std::io::stderr(), "{name}: installing what {} pins", requirements.display())?;
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        let made = run(Command::new("python3").args(["-m", "venv"]).arg(&home));
        made.context("making a virtual environment (on Debian: apt-get install python3-venv)")?;
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--no-deps", "--requirement"]).arg(requirements))?;
        fs::write(home.join(READY), "")?;
    }
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(())
}

/// `$ASSAYER_CACHE`, or `assayer` in the user's cache folder.
fn cache() -> Result<PathBuf> {
    let of = |name| std::env::var_os(name).map(PathBuf::from);
    let user = || of("XDG_CACHE_HOME").or_else(|| Some(of("HOME")?.join(".cache"))).map(|cache| cache.join("assayer"));
    of("ASSAYER_CACHE").or_else(user).context("neither ASSAYER_CACHE nor HOME is set")
}
