//! `cluster up` and `cluster down`: the whole node.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use serde_json::json;

use crate::build::{Scope, bin, build};
use crate::command::{command, feed, output, run, succeeds, write};
use crate::containerd::{configure, socket, state};
use crate::control::{Control, entered};
use crate::kubelet::{NODE, create_cgroup, kubelet, proxy};
use crate::net::{self, NODE_ADDRESS};
use crate::paths::Paths;
use crate::pki::Pki;
use crate::postgres::root;
use crate::process::Daemons;
use crate::say::{Steps, line};
use crate::{deps, dump, forward, images, interrupt, machine, offered_kubectl, user_config};

const DAEMONS: [&str; 7] =
    ["kubelet", "kube-proxy", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd", "containerd"];
const VOLUMES: usize = 10;
/// For a machine that is busy with a build.
const PATIENCE: Duration = Duration::from_mins(2);

/// The kubeconfig that reaches the cluster from this machine.
pub(crate) fn kubeconfig(paths: &Paths) -> PathBuf {
    paths.target("cluster/kubeconfig")
}

/// Whether every part of this checkout's node runs.
pub(crate) fn is_up(paths: &Paths) -> bool {
    let daemons = Daemons::new(paths.target("cluster"));
    state().join("ready").is_file() && DAEMONS.iter().all(|name| daemons.running(name).is_some())
}

/// Brings the node up; what is left of an earlier one is removed first.
pub(crate) fn up(paths: &Paths) -> Result<()> {
    if !root() {
        bail!("a node needs root: it mounts file systems and makes network devices");
    }
    claim(paths)?;
    if is_up(paths) {
        line(&format!("already up: {}", kubeconfig(paths).display()));
        return Ok(());
    }
    down(paths)?;
    deps::install()?;
    let bin = build(paths, Scope::Node)?;
    let node = Node { paths, bin: &bin, daemons: Daemons::new(paths.target("cluster")) };
    let mut steps = Steps::new(7);
    steps.next("network, certificates");
    let pki = node.prepare()?;
    steps.next("etcd, kube-apiserver, containerd");
    node.start_control(&pki)?;
    steps.next("images of the node");
    images::import_system(&bin)?;
    steps.next("controller-manager, scheduler, kubelet, kube-proxy");
    node.start_rest(&pki)?;
    steps.next("storage class, volumes, DNS, ingress");
    node.apply_system()?;
    steps.next("waiting until the node and the DNS are ready");
    node.wait()?;
    steps.next("context assayer in the user's kubeconfig");
    let own = user_config::add(&bin.join("kubectl"), &kubeconfig(paths), &state().join("previous-context"))?;
    write(&state().join("ready"), "")?;
    offered_kubectl::offer(&bin.join("kubectl"), &state().join("offered-kubectl"))?;
    steps.end(&format!("context assayer in {}, or KUBECONFIG={}", own.display(), kubeconfig(paths).display()));
    Ok(())
}

/// Removes the node and all that it left on this machine.
pub(crate) fn down(paths: &Paths) -> Result<()> {
    let target = paths.target("cluster");
    if !state().exists() && !target.exists() && machine::leftovers()?.is_empty() {
        return Ok(());
    }
    if !root() {
        bail!("removing a node needs root");
    }
    claim(paths)?;
    line("removing the node");
    forward::stop(paths)?;
    let _ = user_config::remove(&state().join("bin/kubectl"), &state().join("previous-context"))
        .inspect_err(|error| line(&format!("warning: the user's kubeconfig: {error:#}")));
    offered_kubectl::withdraw(&state().join("offered-kubectl"))?;
    let daemons = Daemons::new(&target);
    for name in DAEMONS {
        // Nothing of it is kept, so there is nothing to end in good order.
        daemons.stop(name, Signal::KILL, Duration::from_secs(5));
    }
    machine::restore();
    for dir in [target.as_path(), state()] {
        if dir.exists() {
            fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
        }
    }
    let left = machine::leftovers()?;
    if !left.is_empty() {
        bail!("could not be removed: {}", left.join(", "));
    }
    Ok(())
}

/// Runs the command against the node; one that was not up before is removed afterwards. Returns the exit code. After a
/// failure, what one wants to read lies in `target/dump`.
pub(crate) fn run_inside(paths: &Paths, words: &[OsString]) -> Result<u8> {
    interrupt::catch()?;
    let was_up = is_up(paths);
    let variables = [("KUBECONFIG".to_owned(), kubeconfig(paths).display().to_string())];
    let result = up(paths).and_then(|()| interrupt::run(words, &variables, &bin(paths)?));
    if !matches!(result, Ok(0)) && !interrupt::interrupted() {
        let _ = dump::dump(paths, &paths.target("dump")).inspect_err(|error| line(&format!("no dump: {error:#}")));
    }
    let down = if was_up { Ok(()) } else { down(paths) };
    let code = result?;
    down?;
    Ok(code)
}

/// There is one node on a machine, since its addresses and names are fixed; fails if it is another checkout's.
fn claim(paths: &Paths) -> Result<()> {
    let owner = fs::read_to_string(state().join("owner")).unwrap_or_default();
    let owner = Path::new(owner.trim());
    if owner.as_os_str().is_empty() || owner == paths.checkout || !owner.exists() || machine::processes().is_empty() {
        return Ok(());
    }
    bail!("the cluster of another checkout is up; take it down first: cd {} && make down", owner.display())
}

struct Node<'a> {
    paths: &'a Paths,
    bin: &'a Path,
    daemons: Daemons,
}

impl Node<'_> {
    fn prepare(&self) -> Result<Pki> {
        fs::create_dir_all(state()).with_context(|| format!("cannot create {}", state().display()))?;
        write(&state().join("owner"), self.paths.checkout.display().to_string())?;
        // What `down` needs stays at hand even when the cache is gone.
        std::os::unix::fs::symlink(self.bin, state().join("bin"))?;
        machine::remember()?;
        net::up()?;
        create_cgroup()?;
        let address = format!("IP:{NODE_ADDRESS}");
        let names = [&address, "IP:127.0.0.1", "IP:10.96.0.1", "DNS:kubernetes", "DNS:kubernetes.default.svc"];
        let pki = Pki::create(state().join("pki"), &names)?;
        let server = format!("https://{NODE_ADDRESS}:6443");
        pki.kubeconfig("admin", "/O=system:masters/CN=admin", &server, &kubeconfig(self.paths))?;
        for (name, subject) in [
            ("kube-controller-manager", "/CN=system:kube-controller-manager"),
            ("kube-scheduler", "/CN=system:kube-scheduler"),
            ("kube-proxy", "/CN=system:kube-proxy"),
            ("kubelet", &format!("/O=system:nodes/CN=system:node:{NODE}")),
        ] {
            pki.kubeconfig(name, subject, &server, &config(name))?;
        }
        Ok(pki)
    }

    fn start_control(&self, pki: &Pki) -> Result<()> {
        let mut containerd = self.program("containerd");
        containerd.arg("--config").arg(configure()?).env("PATH", self.search_path()?);
        self.daemons.start("containerd", &containerd)?;
        let control = Control {
            bin: self.bin,
            state: state(),
            pki,
            daemons: &self.daemons,
            enter: net::enter(),
            address: NODE_ADDRESS,
            api_port: 6443,
            etcd_port: 2379,
            peer_port: 2380,
            // The node's name is in nobody's DNS.
            flags: &["--kubelet-preferred-address-types=InternalIP"],
        };
        control.start()?;
        self.daemons.wait("containerd", PATIENCE, || {
            succeeds(command(self.bin.join("ctr"), ["--address"]).arg(socket()).arg("version"))
        })?;
        control.wait(&kubeconfig(self.paths))
    }

    fn start_rest(&self, pki: &Pki) -> Result<()> {
        let mut manager = self.program("kube-controller-manager");
        manager.arg("--kubeconfig").arg(config("kube-controller-manager"));
        manager.arg("--service-account-private-key-file").arg(pki.key("sa")).arg("--root-ca-file").arg(pki.certificate("ca"));
        manager.args(["--use-service-account-credentials", "--leader-elect=false", "--bind-address=127.0.0.1"]);
        self.daemons.start("kube-controller-manager", &manager)?;
        let mut scheduler = self.program("kube-scheduler");
        scheduler.arg("--kubeconfig").arg(config("kube-scheduler"));
        scheduler.args(["--leader-elect=false", "--bind-address=127.0.0.1"]);
        self.daemons.start("kube-scheduler", &scheduler)?;
        let mut kubelet = kubelet(self.program("kubelet"), &pki.certificate("ca"), &config("kubelet"))?;
        self.daemons.start("kubelet", kubelet.env("PATH", self.search_path()?))?;
        let mut proxy = proxy(self.program("kube-proxy"), &config("kube-proxy"))?;
        self.daemons.start("kube-proxy", proxy.env("PATH", self.search_path()?))
    }

    fn apply_system(&self) -> Result<()> {
        run(self.kubectl().args(["apply", "--filename"]).arg(self.paths.home().join("manifests")))?;
        let volumes: Vec<_> = (1..=VOLUMES).map(volume).collect::<Result<_>>()?;
        let list = json!({"apiVersion": "v1", "kind": "List", "items": volumes});
        feed(self.kubectl().args(["apply", "--filename", "-"]), list.to_string().as_bytes())?;
        Ok(())
    }

    fn wait(&self) -> Result<()> {
        self.daemons.wait("kubelet", PATIENCE, || {
            let path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
            output(self.kubectl().args(["get", "node", NODE, "-o", path])).is_ok_and(|status| status == "True")
        })?;
        for name in ["kube-proxy", "kube-controller-manager", "kube-scheduler"] {
            self.daemons.wait(name, Duration::from_secs(1), || true)?;
        }
        let mut rollout = self.kubectl();
        rollout.args(["--namespace", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=120s"]);
        run(&mut rollout).with_context(|| format!("the kubelet says:\n{}", self.daemons.tail("kubelet", 10)))
    }

    fn kubectl(&self) -> Command {
        let mut kubectl = command(self.bin.join("kubectl"), ["--kubeconfig"]);
        kubectl.arg(kubeconfig(self.paths)).arg("--cache-dir").arg(state().join("kubectl-cache"));
        kubectl
    }

    fn program(&self, name: &str) -> Command {
        entered(&net::enter(), self.bin.join(name))
    }

    /// containerd finds its shim and runc here, the kubelet mount(8).
    fn search_path(&self) -> Result<std::ffi::OsString> {
        let dirs = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].map(PathBuf::from);
        Ok(std::env::join_paths(std::iter::once(self.bin.to_path_buf()).chain(dirs))?)
    }
}

/// The kubeconfig of one of the node's own daemons.
fn config(name: &str) -> PathBuf {
    state().join(format!("{name}.kubeconfig"))
}

/// A volume of the class `standard`: a folder that any user may write to.
fn volume(number: usize) -> Result<serde_json::Value> {
    let dir = state().join(format!("volumes/{number}"));
    fs::create_dir_all(&dir)?;
    fs::set_permissions(&dir, std::os::unix::fs::PermissionsExt::from_mode(0o1777))?;
    Ok(json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": format!("standard-{number}")},
        "spec": {
            "capacity": {"storage": "10Gi"},
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "standard",
            "persistentVolumeReclaimPolicy": "Retain",
            "local": {"path": dir},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [
                {"key": "kubernetes.io/hostname", "operator": "In", "values": [NODE]},
            ]}]}},
        },
    }))
}
