//! etcd and kube-apiserver: the part that the bare API and the whole node have in common.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::command::{command, succeeds, write};
use crate::pki::Pki;
use crate::process::Daemons;

/// Where the servers listen and what they run as.
pub(crate) struct Control<'a> {
    /// The folder of the programs.
    pub(crate) bin: &'a Path,
    /// The folder for etcd's data.
    pub(crate) state: &'a Path,
    pub(crate) pki: &'a Pki,
    pub(crate) daemons: &'a Daemons,
    /// Put before each program, such as `nsenter --net=…`.
    pub(crate) enter: Vec<String>,
    /// The address on which kube-apiserver is reached.
    pub(crate) address: &'a str,
    pub(crate) api_port: u16,
    pub(crate) etcd_port: u16,
    pub(crate) peer_port: u16,
    /// Further flags of kube-apiserver.
    pub(crate) flags: &'a [&'a str],
}

impl Control<'_> {
    /// Starts both; returns before they are ready.
    pub(crate) fn start(&self) -> Result<()> {
        write(&authentication(self.state), NO_ISSUER)?;
        self.daemons.start("etcd", &self.etcd())?;
        self.daemons.start("kube-apiserver", &self.apiserver())
    }

    /// Waits until the API answers.
    pub(crate) fn wait(&self, kubeconfig: &Path) -> Result<()> {
        let address = (self.address, self.api_port);
        self.daemons.wait("kube-apiserver", Duration::from_mins(1), || {
            std::net::TcpStream::connect(address).is_ok() && succeeds(self.kubectl(kubeconfig).args(["get", "--raw", "/readyz"]))
        })
    }

    /// `kubectl` with this kubeconfig.
    pub(crate) fn kubectl(&self, kubeconfig: &Path) -> Command {
        let mut kubectl = command(self.bin.join("kubectl"), ["--kubeconfig"]);
        kubectl.arg(kubeconfig);
        kubectl
    }

    /// The URL of kube-apiserver.
    pub(crate) fn url(&self) -> String {
        format!("https://{}:{}", self.address, self.api_port)
    }

    /// A command for a program of `bin`, inside the place that `enter` names.
    pub(crate) fn program(&self, name: &str) -> Command {
        entered(&self.enter, self.bin.join(name))
    }

    fn etcd(&self) -> Command {
        let client = format!("http://127.0.0.1:{}", self.etcd_port);
        let peer = format!("http://127.0.0.1:{}", self.peer_port);
        let mut etcd = self.program("etcd");
        etcd.arg("--data-dir").arg(self.state.join("etcd"));
        etcd.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
        etcd.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
        etcd.arg("--initial-cluster").arg(format!("default={peer}"));
        // Nothing here must survive a power cut.
        etcd.args(["--unsafe-no-fsync", "--log-level", "warn"]);
        etcd
    }

    fn apiserver(&self) -> Command {
        let mut server = self.program("kube-apiserver");
        let mut file = |flag: &str, path: PathBuf| {
            server.arg(format!("--{flag}={}", path.display()));
        };
        file("tls-cert-file", self.pki.certificate("kube-apiserver"));
        file("tls-private-key-file", self.pki.key("kube-apiserver"));
        file("client-ca-file", self.pki.certificate("ca"));
        file("service-account-key-file", self.pki.path("sa.pub"));
        file("service-account-signing-key-file", self.pki.key("sa"));
        file("kubelet-client-certificate", self.pki.certificate("apiserver-kubelet"));
        file("kubelet-client-key", self.pki.key("apiserver-kubelet"));
        file("authentication-config", authentication(self.state));
        server.arg(format!("--etcd-servers=http://127.0.0.1:{}", self.etcd_port));
        server.arg(format!("--advertise-address={}", self.address)).arg(format!("--secure-port={}", self.api_port));
        server.args([
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--allow-privileged",
        ]);
        server.args(self.flags);
        server
    }
}

/// Which issuers of tokens the API server trusts beside itself: none, until somebody writes another file there, which it reads at once.
pub(crate) fn authentication(state: &Path) -> PathBuf {
    state.join("authentication.json")
}

const NO_ISSUER: &str = r#"{"apiVersion": "apiserver.config.k8s.io/v1", "kind": "AuthenticationConfiguration", "jwt": []}"#;

/// `program` behind the words of `enter`.
pub(crate) fn entered(enter: &[String], program: impl Into<PathBuf>) -> Command {
    let program = program.into();
    match enter.split_first() {
        Some((first, rest)) => {
            let mut command = command(first, rest);
            command.arg(program);
            command
        }
        None => command::<&str>(program, []),
    }
}
