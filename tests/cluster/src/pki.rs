//! Certificates and keys of one cluster, made by `openssl`: an authority, the API server's own certificate, client
//! certificates, and the key that signs service-account tokens.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::command::{command, run, write};

const CURVE: [&str; 4] = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// The folder of keys and certificates; lives as long as its cluster.
#[derive(Clone, Debug)]
pub(crate) struct Pki {
    dir: PathBuf,
}

impl Pki {
    /// Makes the authority, the service-account key and the API server's certificate for `names` (such as
    /// `IP:127.0.0.1` and `DNS:localhost`).
    pub(crate) fn create(dir: PathBuf, names: &[&str]) -> Result<Self> {
        fs::create_dir_all(&dir).with_context(|| format!("cannot create {}", dir.display()))?;
        let pki = Self { dir };
        let mut authority = request();
        authority.args(["-subj", "/CN=assayer-cluster", "-addext", "keyUsage=critical,keyCertSign,digitalSignature"]);
        run(authority.arg("-keyout").arg(pki.key("ca")).arg("-out").arg(pki.certificate("ca")))?;
        pki.leaf("kube-apiserver", "/CN=kube-apiserver", Some(names))?;
        pki.leaf("apiserver-kubelet", "/O=system:masters/CN=kube-apiserver-kubelet-client", None)?;
        let mut generate = command("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        run(generate.arg("-out").arg(pki.key("sa")))?;
        run(command("openssl", ["pkey", "-pubout"]).arg("-in").arg(pki.key("sa")).arg("-out").arg(pki.path("sa.pub")))?;
        Ok(pki)
    }

    /// A file of this folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The private key of `name`.
    pub(crate) fn key(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.key"))
    }

    /// The certificate of `name`.
    pub(crate) fn certificate(&self, name: &str) -> PathBuf {
        self.path(&format!("{name}.crt"))
    }

    /// Makes a client certificate for `subject` and writes a kubeconfig with it, readable by its owner alone.
    pub(crate) fn kubeconfig(&self, name: &str, subject: &str, server: &str, file: &Path) -> Result<()> {
        self.leaf(name, subject, None)?;
        let encoded = |path: PathBuf| -> Result<String> { Ok(STANDARD.encode(fs::read(path)?)) };
        // JSON is YAML too.
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
            "clusters": [{"name": CONTEXT, "cluster": {
                "server": server,
                "certificate-authority-data": encoded(self.certificate("ca"))?,
            }}],
            "users": [{"name": CONTEXT, "user": {
                "client-certificate-data": encoded(self.certificate(name))?,
                "client-key-data": encoded(self.key(name))?,
            }}],
        });
        write(file, serde_json::to_string_pretty(&config)?)?;
        fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok(())
    }

    fn leaf(&self, name: &str, subject: &str, server_names: Option<&[&str]>) -> Result<()> {
        let mut leaf = request();
        leaf.args(["-subj", subject, "-addext", "basicConstraints=critical,CA:FALSE"]);
        leaf.args(["-addext", "keyUsage=critical,digitalSignature"]);
        match server_names {
            Some(names) => {
                leaf.args(["-addext", "extendedKeyUsage=serverAuth"]);
                leaf.arg("-addext").arg(format!("subjectAltName={}", names.join(",")));
            }
            None => {
                leaf.args(["-addext", "extendedKeyUsage=clientAuth"]);
            }
        }
        leaf.arg("-CA").arg(self.certificate("ca")).arg("-CAkey").arg(self.key("ca"));
        run(leaf.arg("-keyout").arg(self.key(name)).arg("-out").arg(self.certificate(name)))
    }
}

/// The name of the context, cluster and user in every kubeconfig that this tool writes.
pub(crate) const CONTEXT: &str = "assayer";

fn request() -> Command {
    let mut request = command("openssl", ["req", "-x509", "-nodes", "-days", "3650"]);
    request.args(CURVE);
    request
}
