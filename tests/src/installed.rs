//! Assayer as `make up` installs it, reached through kubectl, the ingress and forwarded ports.

use std::process::Stdio;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use assayer_crds::Provider;
use futures::{FutureExt, future::BoxFuture};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::{Api, Client};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::psql::Psql;
use crate::published;
use crate::scenarios::faults::Allow;
use crate::wait::{self, Look};
use crate::world::{World, secret_of, vendors_below};

/// Namespace of the control plane.
pub const RELEASE: &str = "assayer";

/// The installed world. Its forwarded ports close when it is dropped.
pub struct Installed {
    /// What the scenarios look at.
    pub world: World,
    _forwards: Vec<Child>,
}

impl Installed {
    /// Connects to the cluster of `KUBECONFIG`.
    pub async fn connect() -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_default().await.context("KUBECONFIG of the cluster")?;
        let api = format!("http://{}", published::address(&client).await?);
        let (gateway, gateway_forward) = forward("assayer-gateway", 8080).await?;
        let (stand_ins, stand_ins_forward) = forward("assayer-stand-ins", 8080).await?;
        let in_pod = ["kubectl", "exec", "-i", "-n", RELEASE, "statefulset/assayer-postgres", "--"];
        let psql = Psql::new(in_pod.into_iter().chain(["psql", "-U", "postgres", "-d", "assayer"]));
        let world = World {
            client,
            psql: Arc::new(psql),
            api,
            gateway,
            vendors: vendors_below(&stand_ins),
            stand_in: format!("{stand_ins}/databento"),
            endpoint: format!("http://assayer-stand-ins.{RELEASE}.svc:8080/databento"),
            live_endpoint: format!("assayer-stand-ins.{RELEASE}.svc:13000"),
            http: reqwest::Client::builder().no_proxy().build()?,
        };
        Ok(Self { world, _forwards: vec![gateway_forward, stand_ins_forward] })
    }

    /// Lets the gateway read the providers' Secrets in a namespace, as the chart does for `botNamespaces`.
    pub async fn let_the_gateway_read(&self, namespace: &str) -> Result<()> {
        let secrets: Vec<_> = Provider::all().map(|provider| secret_of(provider.name())).collect();
        let role = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
            "rules": [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": secrets, "verbs": ["get"]}]});
        let binding = json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "assayer-gateway"},
            "subjects": [{"kind": "ServiceAccount", "name": "assayer-gateway", "namespace": RELEASE}]});
        let client = &self.world.client;
        let empty = json!({"apiVersion": "v1", "kind": "Namespace"});
        self.world.apply(&Api::<Namespace>::all(client.clone()), namespace, &empty).await?;
        self.world.apply(&Api::<Role>::namespaced(client.clone(), namespace), "assayer-gateway", &role).await?;
        self.world.apply(&Api::<RoleBinding>::namespaced(client.clone(), namespace), "assayer-gateway", &binding).await?;
        Ok(())
    }
}

/// Has this many pods of a workload of the release, and waits until they are ready or gone.
pub async fn scale(workload: &str, replicas: u32) -> Result<()> {
    let flag = format!("--replicas={replicas}");
    for words in [&["scale", workload, &flag][..], &["rollout", "status", workload, "--timeout=180s"][..]] {
        let status = Command::new("kubectl").args(["-n", RELEASE]).args(words).stdout(Stdio::null()).status().await?;
        ensure!(status.success(), "kubectl {} ended with {status}", words.join(" "));
    }
    if replicas == 0 { gone(workload).await } else { Ok(()) }
}

/// Ends pods without a warning, as a node that dies would: the named or selected ones.
pub async fn kill(namespace: &str, selector: &[&str]) -> Result<()> {
    let now = ["delete", "pod", "--grace-period=0", "--force", "--wait=true"];
    let output = Command::new("kubectl").args(["-n", namespace]).args(now).args(selector).output().await?;
    ensure!(output.status.success(), "kubectl delete pod: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// A rollout to no replicas counts as done while the last pod still ends its calls.
async fn gone(workload: &str) -> Result<()> {
    let (_, component) = workload.split_once("/assayer-").context("a workload of the release")?;
    let selector = format!("app.kubernetes.io/component={component}");
    wait::until(&format!("no pod of {workload}"), async || {
        let args = ["-n", RELEASE, "get", "pods", "-l", &selector, "-o", "name"];
        let pods = String::from_utf8(Command::new("kubectl").args(args).output().await?.stdout)?;
        Ok(if pods.trim().is_empty() { Look::Found(()) } else { Look::NotYet(pods) })
    })
    .await
}

impl Allow for Installed {
    fn read_secrets_of<'a>(&'a self, namespace: &'a str) -> BoxFuture<'a, Result<()>> {
        self.let_the_gateway_read(namespace).boxed()
    }
}

/// Forwards a free port of this machine to a Service and tells its base URL.
async fn forward(service: &str, port: u16) -> Result<(String, Child)> {
    let mut child = Command::new("kubectl")
        .args(["port-forward", "-n", RELEASE, &format!("service/{service}"), &format!(":{port}")])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("kubectl")?;
    let stdout = child.stdout.take().context("kubectl's output")?;
    let mut lines = BufReader::new(stdout).lines();
    let line = lines.next_line().await?.with_context(|| format!("kubectl port-forward to {service} ended"))?;
    let local = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split(' ').next()).context(line.clone())?;
    let url = format!("http://127.0.0.1:{local}");
    // kubectl writes a line for each connection; an unread pipe would stop it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((url, child))
}
