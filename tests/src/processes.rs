//! Assayer as plain processes on loopback, against the API server and Postgres of `cluster api run`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::kubelet;
use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World, checkout};

/// A world of plain processes. They end when it is dropped.
pub struct Processes {
    /// What the scenarios look at.
    pub world: World,
    children: Vec<Child>,
    kubelet: tokio::task::JoinHandle<Result<()>>,
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.kubelet.abort();
    }
}

struct Ports {
    stand_in: u16,
    gateway: u16,
    controller: u16,
    api: u16,
}

impl Processes {
    /// Starts everything on a database of its own.
    pub async fn start() -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_default().await.context("KUBECONFIG of `cluster api run`")?;
        let database = Database::create()?;
        let ports = Ports { stand_in: free()?, gateway: free()?, controller: free()?, api: free()? };
        let logs = logs()?;
        let world = World {
            client: client.clone(),
            psql: vec!["psql".to_owned(), database.url()],
            api: format!("http://127.0.0.1:{}", ports.api),
            stand_in: format!("http://127.0.0.1:{}", ports.stand_in),
            endpoint: format!("http://127.0.0.1:{}", ports.stand_in),
            http: reqwest::Client::builder().no_proxy().build()?,
        };
        install_custom_resources(&world).await?;
        let mut starter = Starter { database, ports, logs, children: Vec::new() };
        starter.bootstrap().await?;
        starter.start_all()?;
        for port in [starter.ports.gateway, starter.ports.controller, starter.ports.api] {
            ready(&world, &format!("http://127.0.0.1:{port}/readyz")).await?;
        }
        let gateway = format!("http://127.0.0.1:{}", starter.ports.gateway);
        let kubelet = tokio::spawn(kubelet::run(client, binary("assayer-runner")?, gateway));
        Ok(Self { world, children: starter.children, kubelet })
    }

    /// Process ids, for scenarios that kill.
    pub fn pids(&self) -> Vec<u32> {
        self.children.iter().filter_map(Child::id).collect()
    }
}

struct Starter {
    database: Database,
    ports: Ports,
    logs: PathBuf,
    children: Vec<Child>,
}

impl Starter {
    async fn bootstrap(&mut self) -> Result<()> {
        let policies = self.logs.join("policies.yaml");
        std::fs::write(&policies, POLICY)?;
        let mut bootstrap = self.command("assayer-operator", "bootstrap", "postgres")?;
        for role in ["CONTROLLER", "GATEWAY", "API"] {
            bootstrap.env(format!("ASSAYER_{role}_PASSWORD"), format!("pass'word of {}", role.to_lowercase()));
        }
        let status = bootstrap.arg("bootstrap").arg("--policies").arg(&policies).status().await?;
        ensure!(status.success(), "bootstrap ended with {status}; see {}", self.logs.display());
        Ok(())
    }

    fn start_all(&mut self) -> Result<()> {
        let listen = |port: u16| format!("127.0.0.1:{port}");
        let gateway_url = format!("http://127.0.0.1:{}", self.ports.gateway);
        let mut stand_in = self.command("assayer-stand-ins", "stand-in", "nobody")?;
        stand_in
            .args(["databento", "--listen", &listen(self.ports.stand_in), "--key", GOOD_KEY, "--data"])
            .arg(checkout().join("tests/data"));
        let mut gateway = self.command("assayer-gateway", "gateway", "assayer_gateway")?;
        gateway.args(["--listen", &listen(self.ports.gateway), "--writer", "gateway-0", "--environment", "dev"]);
        let mut controller = self.command("assayer-operator", "controller", "assayer_controller")?;
        controller
            .args([
                "controller",
                "--listen",
                &listen(self.ports.controller),
                "--namespace",
                "default",
                "--instance",
                "controller-0",
            ])
            .args([
                "--gateway-url",
                &gateway_url,
                "--runner-image",
                "localhost/assayer-runner:dev",
                "--planner-interval-seconds",
                "1",
            ]);
        let mut api = self.command("assayer-operator", "api", "assayer_api")?;
        api.args(["api", "--listen", &listen(self.ports.api), "--anonymous-read=true"]);
        for mut command in [stand_in, gateway, controller, api] {
            self.children.push(command.spawn()?);
        }
        Ok(())
    }

    /// A process with its log in a file and the database's address in libpq's own variables.
    fn command(&self, program: &str, log: &str, role: &str) -> Result<Command> {
        let mut command = Command::new(binary(program)?);
        let file = std::fs::File::create(self.logs.join(format!("{log}.log")))?;
        command.kill_on_drop(true).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        command.env("PGHOST", &self.database.host).env("PGPORT", &self.database.port).env("PGDATABASE", &self.database.name);
        if role == "postgres" {
            command.env("PGUSER", &self.database.user).env("PGPASSWORD", &self.database.password);
        } else {
            let short = role.trim_start_matches("assayer_");
            command.env("PGUSER", role).env("PGPASSWORD", format!("pass'word of {short}"));
        }
        Ok(command)
    }
}

struct Database {
    host: String,
    port: String,
    user: String,
    password: String,
    name: String,
}

impl Database {
    fn create() -> Result<Self> {
        let url = reqwest::Url::parse(&std::env::var("DATABASE_URL").context("DATABASE_URL of `cluster api run`")?)?;
        let name = format!("scenario_{}", uuid::Uuid::new_v4().simple());
        let status =
            std::process::Command::new("psql").args([url.as_str(), "-qc", &format!("create database {name}")]).status()?;
        ensure!(status.success(), "cannot create a database at DATABASE_URL");
        Ok(Self {
            host: url.host_str().unwrap_or("127.0.0.1").to_owned(),
            port: url.port().unwrap_or(5432).to_string(),
            user: url.username().to_owned(),
            password: url.password().unwrap_or_default().to_owned(),
            name,
        })
    }

    fn url(&self) -> String {
        format!("postgres://{}:{}@{}:{}/{}", self.user, self.password, self.host, self.port, self.name)
    }
}

async fn install_custom_resources(world: &World) -> Result<()> {
    let api: Api<CustomResourceDefinition> = Api::all(world.client.clone());
    for file in std::fs::read_dir(checkout().join("crds/yaml"))? {
        let crd: Value = serde_saphyr::from_str(&std::fs::read_to_string(file?.path())?)?;
        let name = crd["metadata"]["name"].as_str().context("a CRD has a name")?;
        world.apply(&api, name, &crd).await?;
    }
    Ok(())
}

async fn ready(world: &World, url: &str) -> Result<()> {
    wait::until(url, async || {
        let answer = world.http.get(url).send().await?;
        let status = answer.status();
        Ok(if status.is_success() { Look::Found(()) } else { Look::NotYet(format!("{status}: {}", answer.text().await?)) })
    })
    .await
}

/// Where the processes' logs lie until the next run.
fn logs() -> Result<PathBuf> {
    let dir = checkout().join("target/scenarios");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    Ok(dir.canonicalize()?)
}

/// A binary of this build.
pub(crate) fn binary(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let target = here.ancestors().nth(2).context("a test lies in target/debug/deps")?;
    let file = target.join(name);
    ensure!(file.is_file(), "{} is missing: cargo build --workspace", file.display());
    Ok(file)
}

fn free() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

const POLICY: &str = "
apiVersion: assayer.dev/v1alpha1
kind: StagePolicy
metadata: {name: lab}
spec:
  stage: LAB
  sources:
    marketData:
      requirement: Required
      providers: [databento]
      quality: {minSessions: 60, minBarRatio: {rth: '0.995', eth: '0.90'}, maxGapMinutes: 60}
  cadence: {backtest: 5s}
  jobTimeout: 1m
  promotion: {requires: {sessions: 3}}
";
