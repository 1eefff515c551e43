//! `kill -9` at every point of a call. In: processes, a Postgres and an API server that may be killed. Out: whether the log still
//! tells the truth, and whether the Bots go on by themselves.

pub mod fencing;
pub mod looks;
pub mod points;
pub mod stall;
pub mod storm;

use anyhow::Result;
use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::DeleteParams;
use serde_json::{Value, json};

use crate::processes::{Database, Processes, logs};
use crate::servers::{ApiServer, Server};
use crate::wait::{self, Look};
use crate::world::{GOOD_KEY, World, checkout};

/// Where the Bots of these scenarios live.
pub const NAMESPACE: &str = "default";

/// A world in which everything may be killed.
pub struct Crashes {
    /// Our processes.
    pub running: Processes,
    /// A Postgres of its own.
    pub postgres: Server,
    /// The API server.
    pub api_server: ApiServer,
}

impl Crashes {
    /// Starts everything.
    pub async fn start() -> Result<Self> {
        let logs = logs("crashes")?;
        let (postgres, database) = Server::start(&Database::given()?, logs.join("postgres.log")).await?;
        let api_server = ApiServer::find(logs.join("kube-apiserver.log"))?;
        let running = Processes::start_on(database.clone(), logs, POLICY).await?;
        stall::prepare(&database)?;
        running.world.namespace(NAMESPACE, GOOD_KEY).await?;
        let this = Self { running, postgres, api_server };
        this.verified().await?;
        Ok(this)
    }

    /// Waits for the Integration's first handshake, so that what is held up below is a Bot's call: the next is due in minutes, and
    /// the Bots' own successes stand for it.
    async fn verified(&self) -> Result<()> {
        wait::until("the first handshake", async || {
            let made = self.world().sql("select count(*) from requests where operation = 'verify' and outcome = 'success'")?;
            Ok(if made.trim() == "0" { Look::NotYet("none".to_owned()) } else { Look::Found(()) })
        })
        .await
    }

    /// What the scenarios look at.
    pub fn world(&self) -> &World {
        &self.running.world
    }

    /// Applies a Bot on the sample's bars of the S&P 500.
    pub async fn bot(&self, name: &str) -> Result<()> {
        let sample = std::fs::read_to_string(checkout().join("charts/assayer/samples/spx-cross.yaml"))?;
        let bot: Value = serde_saphyr::from_str(&sample)?;
        let bot = json!({"apiVersion": bot["apiVersion"], "kind": bot["kind"], "spec": bot["spec"]});
        self.world().apply(&self.world().bots(NAMESPACE), name, &bot).await.map(drop)
    }

    /// Makes the Bot anew when no job is open: a new Bot is planned at once, and every call is its first job's.
    pub async fn fresh_bot(&self, name: &str) -> Result<()> {
        self.between_jobs().await?;
        let bots = self.world().bots(NAMESPACE);
        wait::until("the Bot to be gone", async || match bots.delete(name, &DeleteParams::default()).await {
            Err(kube::Error::Api(answer)) if answer.is_not_found() => Ok(Look::Found(())),
            deleted => Ok(Look::NotYet(format!("{:?}", deleted.map(drop)))),
        })
        .await?;
        self.between_jobs().await?;
        self.bot(name).await
    }

    /// Waits until no job is open.
    pub async fn between_jobs(&self) -> Result<()> {
        wait::until("a moment between two jobs", async || {
            Ok(looks::open_job(self.world())?.map_or(Look::Found(()), |job| Look::NotYet(format!("job {job} is open"))))
        })
        .await
    }

    /// Waits until the API server answers again.
    pub async fn api_server_ready(&self) -> Result<()> {
        wait::until("the API server to answer", async || {
            Api::<Namespace>::all(self.world().client.clone()).get(NAMESPACE).await?;
            Ok(Look::Found(()))
        })
        .await
    }
}

/// A seeded sequence of numbers (`SplitMix64`): the same seed gives the same crashes.
pub struct Seeded(u64);

impl Seeded {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`, which is above zero.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

const POLICY: &str = "
apiVersion: assayer.dev/v1alpha1
kind: StagePolicy
metadata: {name: lab}
spec:
  stage: LAB
  sources: {marketData: {requirement: Required, providers: [databento], maxLatency: 10s, cooldown: 1s}}
  cadence: {backtest: 5s}
  jobTimeout: 1m
  budgets: {maxConcurrentBacktests: 8, maxDataUsdPerDay: '1000000'}
  promotion: {requires: {sessions: 3}}
";
