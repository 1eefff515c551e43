//! Assayer as plain processes on loopback, against the API server and Postgres of `cluster api run`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client};
use serde_json::Value;

use crate::admission;
pub use crate::database::Database;
use crate::kubelet::Kubelet;
use crate::part::Part;
use crate::psql::Psql;
use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World, checkout, vendors_below};

/// A world of plain processes. They end when it is dropped.
pub struct Processes {
    /// What the scenarios look at.
    pub world: World,
    /// What runs the runners.
    pub kubelet: Kubelet,
    database: Database,
    parts: BTreeMap<String, Part>,
    ports: BTreeMap<String, u16>,
    logs: PathBuf,
}

impl Processes {
    /// Starts everything on a database of its own, with logs in the folder of this suite.
    pub async fn start(suite: &str) -> Result<Self> {
        Self::start_on(Database::create()?, logs(suite)?, POLICY).await
    }

    /// The same with jobs that may take so long.
    pub async fn start_with_jobs_of(suite: &str, job_timeout: &str) -> Result<Self> {
        let policy = POLICY.replace("jobTimeout: 1m", &format!("jobTimeout: {job_timeout}"));
        Self::start_on(Database::create()?, logs(suite)?, &policy).await
    }

    /// Starts everything on this empty database, with logs in this folder and this policy.
    pub async fn start_on(database: Database, logs: PathBuf, policy: &str) -> Result<Self> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::try_default().await.context("KUBECONFIG of `cluster api run`")?;
        let mut ports = BTreeMap::new();
        for name in ["stand-in", "live", "gateway", "controller", "api", "api-probes", "guarded-api", "guarded-api-probes"] {
            ports.insert(name.to_owned(), assayer_ports::free()?);
        }
        let url = |name: &str| format!("http://127.0.0.1:{}", ports.get(name).copied().unwrap_or_default());
        let world = World {
            client: client.clone(),
            psql: Arc::new(Psql::new(["psql", &database.url()])),
            api: url("api"),
            gateway: url("gateway"),
            stand_in: format!("{}/databento", url("stand-in")),
            endpoint: format!("{}/databento", url("stand-in")),
            live_endpoint: url("live").replace("http://", ""),
            vendors: vendors_below(&url("stand-in")),
            http: reqwest::Client::builder().no_proxy().build()?,
        };
        install_custom_resources(&world).await?;
        admission::install(&world).await?;
        let kubelet = Kubelet::start(client, binary("assayer-runner")?, url("gateway"));
        let mut this = Self { world, kubelet, database, parts: BTreeMap::new(), ports, logs };
        this.bootstrap(policy).await?;
        this.start_all()?;
        this.answers("stand-in", "healthz").await?;
        for name in ["gateway", "controller", "api", "guarded-api"] {
            this.ready(name).await?;
        }
        Ok(this)
    }

    /// `kill -9` of a process by its name: `gateway`, `controller`, `api`, `guarded-api`, `stand-in`.
    pub async fn kill(&mut self, name: &str) -> Result<()> {
        self.part(name)?.kill().await
    }

    /// Starts a killed process again: on the same port, with the same arguments and log.
    pub fn restart(&mut self, name: &str) -> Result<()> {
        self.part(name)?.start()
    }

    /// Starts a process anew with another fact of the installation, and waits until it is ready.
    pub async fn install(&mut self, name: &str, facts: &[(&str, &str)]) -> Result<()> {
        let part = self.part(name)?;
        part.kill().await?;
        for (variable, value) in facts {
            part.set(variable, value);
        }
        part.start()?;
        self.ready(name).await
    }

    /// A process by its name.
    pub fn part(&mut self, name: &str) -> Result<&mut Part> {
        self.parts.get_mut(name).with_context(|| format!("no process is called {name}"))
    }

    /// Starts one more gateway of the same set, with a port of its own.
    pub fn add_gateway(&mut self, name: &str) -> Result<()> {
        self.ports.insert(name.to_owned(), assayer_ports::free()?);
        let gateway = self.gateway(name)?;
        self.parts.entry(name.to_owned()).or_insert(gateway).start()
    }

    /// Starts one more controller, which waits for the Lease.
    pub fn add_controller(&mut self, name: &str) -> Result<()> {
        self.ports.insert(name.to_owned(), assayer_ports::free()?);
        let controller = self.controller(name)?;
        self.parts.entry(name.to_owned()).or_insert(controller).start()
    }

    /// What each process has logged so far, by the name of its log.
    pub fn logged(&self) -> Result<Vec<(String, String)>> {
        let mut all = Vec::new();
        for file in std::fs::read_dir(&self.logs)? {
            let path = file?.path();
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
            all.push((path.display().to_string(), text));
        }
        Ok(all)
    }

    /// Name of the database that all of them share.
    pub fn database(&self) -> &str {
        &self.database.name
    }

    /// Base URL of a process.
    pub fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}", self.ports.get(name).copied().unwrap_or_default())
    }

    /// Waits until a process says that it is ready.
    pub async fn ready(&self, name: &str) -> Result<()> {
        let probes = format!("{name}-probes");
        self.answers(if self.ports.contains_key(&probes) { &probes } else { name }, "readyz").await
    }

    async fn answers(&self, name: &str, path: &str) -> Result<()> {
        let url = format!("{}/{path}", self.url(name));
        wait::until(&format!("{name} to answer {path}"), async || {
            let answer = self.world.http.get(&url).send().await?;
            let status = answer.status();
            Ok(if status.is_success() { Look::Found(()) } else { Look::NotYet(format!("{status}: {}", answer.text().await?)) })
        })
        .await
    }

    async fn bootstrap(&self, policy: &str) -> Result<()> {
        let policies = self.logs.join("policies.yaml");
        std::fs::write(&policies, policy)?;
        let mut bootstrap =
            self.of("assayer-operator", "bootstrap", "postgres")?.args(["bootstrap", "--policies"]).args([policies]);
        for role in ["CONTROLLER", "GATEWAY", "API"] {
            bootstrap = bootstrap.env(&format!("ASSAYER_{role}_PASSWORD"), &format!("pass'word of {}", role.to_lowercase()));
        }
        let status = bootstrap.command()?.status().await?;
        ensure!(status.success(), "bootstrap ended with {status}; see {}", self.logs.display());
        Ok(())
    }

    fn start_all(&mut self) -> Result<()> {
        let stand_in = self.of("assayer-stand-ins", "stand-in", "nobody")?;
        let key = format!("databento={GOOD_KEY}");
        let (listen, live) = (self.listen("stand-in"), self.listen("live"));
        let stand_in = stand_in.args(["all", "--listen", &listen, "--live-listen", &live, "--key", &key, "--data"]);
        let stand_in = stand_in.args([checkout().join("tests/data")]);
        let gateway = self.gateway("gateway")?;
        let controller = self.controller("controller")?;
        let api = self.of("assayer-operator", "api", "assayer_api")?;
        let api = api.args([
            "api",
            "--listen",
            &self.listen("api"),
            "--probes-listen",
            &self.listen("api-probes"),
            "--anonymous-read=true",
            "--environment",
            "dev",
            "--namespace",
            "default",
        ]);
        // One more that lets nobody read without a token.
        let guarded = self.of("assayer-operator", "guarded-api", "assayer_api")?.args([
            "api",
            "--listen",
            &self.listen("guarded-api"),
            "--probes-listen",
            &self.listen("guarded-api-probes"),
            "--namespace",
            "default",
        ]);
        let parts =
            [("stand-in", stand_in), ("gateway", gateway), ("controller", controller), ("api", api), ("guarded-api", guarded)];
        for (name, mut part) in parts {
            part.start()?;
            self.parts.insert(name.to_owned(), part);
        }
        Ok(())
    }

    fn gateway(&self, name: &str) -> Result<Part> {
        let gateway = self.of("assayer-gateway", name, "assayer_gateway")?;
        let gateway = gateway.args(["--listen", &self.listen(name), "--writer", name, "--environment", "dev"]);
        Ok(gateway.args(["--external-url", EXTERNAL_URL]))
    }

    fn controller(&self, name: &str) -> Result<Part> {
        let controller = self.of("assayer-operator", name, "assayer_controller")?;
        let controller = controller.args(["controller", "--listen", &self.listen(name), "--namespace", "default"]);
        let controller = controller.args(["--instance", name, "--planner-interval-seconds", "1"]);
        Ok(controller.args(["--gateway-url", &self.url("gateway"), "--runner-image", "localhost/assayer-runner:dev"]))
    }

    fn listen(&self, name: &str) -> String {
        format!("127.0.0.1:{}", self.ports.get(name).copied().unwrap_or_default())
    }

    /// A process with its log in a file and the database's address in libpq's own variables.
    fn of(&self, program: &str, log: &str, role: &str) -> Result<Part> {
        let part = Part::new(binary(program)?, self.logs.join(format!("{log}.log")));
        let Database { host, port, user, password, name } = &self.database;
        let part = part.env("PGHOST", host).env("PGPORT", port).env("PGDATABASE", name);
        Ok(if role == "postgres" {
            part.env("PGUSER", user).env("PGPASSWORD", password)
        } else {
            let short = role.trim_start_matches("assayer_");
            part.env("PGUSER", role).env("PGPASSWORD", &format!("pass'word of {short}"))
        })
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

/// Where the processes' logs lie until the next run of the same suite.
pub(crate) fn logs(suite: &str) -> Result<PathBuf> {
    let dir = checkout().join("target/scenarios").join(suite);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir)?;
    Ok(dir.canonicalize()?)
}

/// A binary of this build.
pub(crate) fn binary(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let beside = here.parent().context("a program lies in target/debug")?;
    // A test lies one below.
    let target = if beside.ends_with("deps") { beside.parent().context("deps lies in target/debug")? } else { beside };
    let file = target.join(name);
    ensure!(file.is_file(), "{} is missing: cargo build --workspace", file.display());
    Ok(file)
}

/// Where people would reach the API.
pub const EXTERNAL_URL: &str = "https://assayer.example";

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
      maxLatency: 5s
      cooldown: 1s
      quality: {minSessions: 60, minBarRatio: {rth: '0.995', eth: '0.90'}, maxGapMinutes: 60}
  cadence: {backtest: 5s}
  jobTimeout: 1m
  budgets: { maxConcurrentBacktests: 8, maxDataUsdPerDay: '1000000' }
  promotion: {requires: {sessions: 3}}
";
