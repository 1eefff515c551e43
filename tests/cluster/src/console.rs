//! The web console: its packages once per lock file, its checks and its files once per content. In: `operator/console`. Out: the
//! folder that `assayer-operator api` serves.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::build::key_of;
use crate::command::{command, find, run};
use crate::paths::Paths;
use crate::say::line;

/// What of the console is made by a tool, or by the person who works on it.
const MADE: [&str; 2] = ["node_modules", "dist"];

/// Checks types, lints and unit tests unless just this content has passed before.
pub(crate) fn check(paths: &Paths) -> Result<()> {
    once(paths, "console-checked", |console| npm_run(console, "check"))
}

/// Builds the console unless this content is built; returns the folder with its first page.
pub(crate) fn build(paths: &Paths) -> Result<PathBuf> {
    let dist = home(paths).join("dist");
    if !dist.join("index.html").is_file() {
        let _ = fs::remove_file(paths.target("console-built"));
    }
    once(paths, "console-built", |console| npm_run(console, "build"))?;
    Ok(dist)
}

/// Does this unless it was done for the present content; a stamp in `target` remembers for which.
fn once(paths: &Paths, stamp: &str, work: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let console = home(paths);
    fs::create_dir_all(paths.target(""))?;
    // Suites that run beside each other want the same.
    let lock = File::create(paths.target("console.lock"))?;
    lock.lock()?;
    let key = content(paths)?;
    let stamp = paths.target(stamp);
    if fs::read_to_string(&stamp).is_ok_and(|done| done == key) {
        return Ok(());
    }
    packages(paths)?;
    work(&console)?;
    fs::write(stamp, key)?;
    Ok(())
}

/// Links the packages that the lock file names; they are fetched once per lock file. A folder of the developer's own is left alone.
fn packages(paths: &Paths) -> Result<()> {
    let console = home(paths);
    let files = ["package.json", "package-lock.json", ".npmrc"].map(|file| console.join(file));
    let dir = paths.cache.join(format!("console-{}", key_of(&files, &[])?));
    if find("npm").is_none() {
        bail!("node (20.19 or newer) and npm must be on the PATH");
    }
    fs::create_dir_all(&paths.cache)?;
    let lock = File::create(dir.with_extension("lock"))?;
    lock.lock()?;
    if !dir.is_dir() {
        line("console: fetching its packages");
        let temporary = dir.with_extension("fetching");
        let _ = fs::remove_dir_all(&temporary);
        fs::create_dir_all(&temporary)?;
        for file in files {
            let name = file.file_name().context("a file has a name")?;
            fs::copy(&file, temporary.join(name))?;
        }
        run(&mut npm(&temporary, &["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))?;
        fs::rename(&temporary, &dir).with_context(|| format!("cannot create {}", dir.display()))?;
    }
    let (link, target) = (console.join("node_modules"), dir.join("node_modules"));
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    if !link.exists() {
        std::os::unix::fs::symlink(&target, &link).with_context(|| format!("cannot link {}", link.display()))?;
    }
    Ok(())
}

/// Runs a script of the console's. What it says goes to the terminal: a compiler tells its errors on standard output.
fn npm_run(console: &Path, script: &str) -> Result<()> {
    let status = npm(console, &["run", "--silent", script]).stdout(std::io::stderr()).status().context("cannot run npm")?;
    ensure!(status.success(), "npm run {script} ended with {status}");
    Ok(())
}

fn npm(dir: &Path, args: &[&str]) -> Command {
    let mut npm = command("npm", args);
    npm.current_dir(dir).env("CI", "true");
    npm
}

fn home(paths: &Paths) -> PathBuf {
    paths.checkout.join("operator/console")
}

/// A key of every source of the console, and of the document that its client is made of.
fn content(paths: &Paths) -> Result<String> {
    let mut files = vec![paths.checkout.join("operator/openapi.json")];
    collect(&home(paths), &mut files)?;
    files.sort();
    let names: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    key_of(&files, &names)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        if MADE.iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_does_not_change_the_key_and_what_is_written_does() {
        let checkout = tempfile::tempdir().unwrap();
        let paths = Paths { checkout: checkout.path().to_path_buf(), cache: checkout.path().join("cache") };
        for dir in ["src", "dist"] {
            fs::create_dir_all(home(&paths).join(dir)).unwrap();
        }
        fs::write(checkout.path().join("operator/openapi.json"), "{}").unwrap();
        fs::write(home(&paths).join("src/app.tsx"), "1").unwrap();
        let before = content(&paths).unwrap();
        fs::write(home(&paths).join("dist/index.html"), "made").unwrap();
        assert_eq!(before, content(&paths).unwrap());
        fs::write(home(&paths).join("src/app.tsx"), "2").unwrap();
        assert_ne!(before, content(&paths).unwrap());
    }
}
