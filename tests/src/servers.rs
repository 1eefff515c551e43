//! A Postgres and an API server that a scenario may kill. In: those of `cluster api run`. Out: a Postgres of the scenario's own,
//! from the same programs; the API server itself, started again with its own arguments.
//!
//! Postgres runs with fsync off, like that of `cluster api run`: a killed process leaves its committed data in the system's
//! cache, so this shows a crash of processes, not a power cut.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use crate::part::Part;
use crate::processes::Database;
use crate::wait::{self, Look};

/// How the folders of these servers begin; the id of the test's process follows.
const HOME: &str = "assayer-scenario-";

/// A Postgres server of the scenario's own.
pub struct Server {
    // Before the folder: what is dropped first must not write into it any more.
    postmaster: Part,
    address: SocketAddr,
    _home: TempDir,
}

impl Server {
    /// Initialises and starts a server from the programs and as the user of the one at `beside`.
    pub async fn start(beside: &Database, log: PathBuf) -> Result<(Self, Database)> {
        let programs = PathBuf::from(beside.ask("select setting from pg_config where name = 'BINDIR'")?);
        let owner = fs::metadata(beside.ask("show data_directory")?)?;
        let user = rustix::process::geteuid().is_root().then_some((owner.uid(), owner.gid()));
        sweep()?;
        let home = tempfile::Builder::new().prefix(&format!("{HOME}{}-", std::process::id())).tempdir()?;
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755))?;
        let (data, password) = (home.path().join("data"), home.path().join("password"));
        fs::create_dir(&data)?;
        fs::write(&password, &beside.password)?;
        if let Some((user, group)) = user {
            chown(&data, Some(user), Some(group))?;
        }
        let init =
            Part::new(programs.join("initdb"), log.clone()).user(user).args(["--username=postgres", "--auth=scram-sha-256"]);
        let init = init.args(["--no-sync", "--encoding=UTF8", "--locale=C"]);
        let init = init.args(["--pgdata".into(), data.clone().into_os_string(), "--pwfile".into(), password.into_os_string()]);
        ensure!(init.command()?.status().await?.success(), "initdb failed; see {}", log.display());
        let address = SocketAddr::from(([127, 0, 0, 1], assayer_ports::free()?));
        let port = address.port().to_string();
        let mut postmaster = Part::new(programs.join("postgres"), log).user(user).args(["-D".into(), data.into_os_string()]);
        postmaster = postmaster.args(["-h", "127.0.0.1", "-p", &port]);
        // Commits wait for a standby that does not exist, where a transaction asks for it and nowhere else: see `crashes::stall`.
        for setting in [
            "unix_socket_directories=",
            "fsync=off",
            "max_connections=100",
            "synchronous_standby_names=nobody",
            "synchronous_commit=local",
        ] {
            postmaster = postmaster.args(["-c", setting]);
        }
        let mut server = Self { postmaster, address, _home: home };
        server.restart().await?;
        let database =
            Database { host: "127.0.0.1".into(), port, user: "postgres".into(), name: "postgres".into(), ..beside.clone() };
        Ok((server, database))
    }

    /// `kill -9` of the postmaster and of all its children.
    pub async fn kill(&mut self) -> Result<()> {
        let children = self.children()?;
        self.postmaster.kill().await?;
        for child in &children {
            // One that has ended meanwhile has nothing left to kill.
            let _ = kill_process(*child, Signal::KILL);
        }
        wait::until("Postgres' processes to be gone", async || {
            let alive = children.iter().any(|child| Path::new(&format!("/proc/{}", child.as_raw_nonzero())).exists());
            Ok(if alive { Look::NotYet(format!("{children:?}")) } else { Look::Found(()) })
        })
        .await
    }

    /// `kill -9` of one of the postmaster's children: the one at this place, counted around.
    pub fn kill_one(&self, place: usize) -> Result<()> {
        let children = self.children()?;
        let child = place.checked_rem(children.len()).and_then(|place| children.get(place)).context("no child")?;
        // One that has ended meanwhile has nothing left to kill.
        let _ = kill_process(*child, Signal::KILL);
        Ok(())
    }

    /// Starts it on the data that are there; returns when it listens.
    pub async fn restart(&mut self) -> Result<()> {
        self.postmaster.start()?;
        listening(self.address).await
    }

    /// Stops the postmaster and its children where they stand, or lets them go on.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.postmaster.signal(signal)?;
        for child in self.children()? {
            let _ = kill_process(child, signal);
        }
        Ok(())
    }

    fn children(&self) -> Result<Vec<Pid>> {
        let postmaster = self.postmaster.pid().context("Postgres does not run")?;
        let of_postmaster = |pid: &i32| parent(*pid) == Some(postmaster);
        let all = fs::read_dir("/proc")?.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        Ok(all.filter(of_postmaster).filter_map(Pid::from_raw).collect())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let children = self.children().unwrap_or_default();
        let _ = self.postmaster.signal(Signal::KILL);
        for child in children {
            let _ = kill_process(child, Signal::KILL);
        }
    }
}

/// Removes what tests left behind that were themselves killed.
fn sweep() -> Result<()> {
    for entry in fs::read_dir(std::env::temp_dir())? {
        let home = entry?.path();
        let name = home.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(test) = name.strip_prefix(HOME).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok()) else { continue };
        if Path::new(&format!("/proc/{test}")).exists() {
            continue;
        }
        let note = fs::read_to_string(home.join("data/postmaster.pid")).unwrap_or_default();
        if let Some(pid) = note.lines().next().and_then(|pid| pid.parse().ok()) {
            let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            // The pid may be another process's by now. Without their postmaster the children end by themselves.
            if String::from_utf8_lossy(&command).contains(&name) {
                let _ = Pid::from_raw(pid).map(|pid| kill_process(pid, Signal::KILL));
            }
        }
        let _ = fs::remove_dir_all(&home);
    }
    Ok(())
}

/// The process that started this one.
fn parent(pid: i32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The command name, in parentheses, may itself contain spaces and parentheses.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// The API server of `cluster api run`. Once it was killed it belongs to the scenario, and ends with it.
pub struct ApiServer {
    first: Option<Pid>,
    part: Part,
    address: SocketAddr,
}

impl ApiServer {
    /// Finds it by the pid file beside the kubeconfig.
    pub fn find(log: PathBuf) -> Result<Self> {
        let kubeconfig = PathBuf::from(std::env::var_os("KUBECONFIG").context("KUBECONFIG of `cluster api run`")?);
        let file = kubeconfig.with_file_name("run").join("kube-apiserver.pid");
        let pid: i32 = fs::read_to_string(file)?.split_whitespace().next().context("a pid")?.parse()?;
        let line = fs::read(format!("/proc/{pid}/cmdline"))?;
        let words: Vec<String> = line
            .split(|byte| *byte == 0)
            .filter(|word| !word.is_empty())
            .map(|word| String::from_utf8_lossy(word).into())
            .collect();
        let flag =
            |name: &str| words.iter().find_map(|word| word.strip_prefix(name)).with_context(|| format!("no {name} in {words:?}"));
        let address = format!("127.0.0.1:{}", flag("--secure-port=")?).parse()?;
        let part = Part::new(fs::read_link(format!("/proc/{pid}/exe"))?, log).args(words.iter().skip(1));
        Ok(Self { first: Pid::from_raw(pid), part, address })
    }

    /// `kill -9`.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(pid) = self.first.take() {
            kill_process(pid, Signal::KILL)?;
        }
        self.part.kill().await
    }

    /// Starts it again; returns when it listens.
    pub async fn restart(&mut self) -> Result<()> {
        self.part.start()?;
        listening(self.address).await
    }
}

async fn listening(address: SocketAddr) -> Result<()> {
    wait::until(&format!("a server at {address}"), async || {
        TcpStream::connect(address)?;
        Ok(Look::Found(()))
    })
    .await
}
