//! A live stand-in, a gateway's streams in front of it, and a job that may read them.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use assayer_contract::{
    RequestRow, Source,
    policy::{AllowedSource, LiveLimits},
};
use assayer_gateway::{
    forward::{Access, NoAccess},
    identity::Caller,
    metrics::Metrics,
    streams::{AskedStream, Rules, Streams},
};
use assayer_stand_ins::{
    databento::{
        Catalogue,
        live::{Clock, Live, Manner},
    },
    keys::Keys,
};
use assayer_store::{PgPool, log::rows};
use axum::response::Response;
use http::HeaderMap;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use super::reading::Reading;
use crate::world::{KEY, World, allowed};

pub(crate) const MINUTE: u64 = 60_000_000_000;
/// 2026-01-06 15:00 UTC, a Tuesday in regular hours.
pub(crate) const START: u64 = 1_767_711_600_000_000_000;
pub(crate) const SYMBOL: &str = "MES.v.0";
pub(crate) const GLOBEX: &str = "GLBX.MDP3";

pub(crate) struct Vendor {
    pub(crate) live: Live,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) address: SocketAddr,
    pub(crate) streams: Arc<Streams>,
    pub(crate) caller: Caller,
    pub(crate) dataset: &'static str,
    pub(crate) world: World,
    pub(crate) metrics: Metrics,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

/// What is old after a second, so that tests are quick.
pub(crate) fn rules() -> Rules {
    Rules {
        heartbeat_max_age: Duration::from_secs(5),
        gather: Duration::from_millis(1),
        pause: (Duration::from_millis(2), Duration::from_millis(20)),
        // The bars are of another year.
        replay: Duration::from_hours(24 * 365 * 20),
        ..Rules::default()
    }
}

fn committed() -> Arc<Catalogue> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    Arc::new(Catalogue::read(&data).unwrap())
}

impl Vendor {
    pub(crate) async fn start(pool: &PgPool, rules: Rules) -> Self {
        Self::of(pool, rules, committed(), GLOBEX, Clock::standing(START)).await
    }

    pub(crate) async fn of(pool: &PgPool, rules: Rules, catalogue: Arc<Catalogue>, dataset: &'static str, clock: Clock) -> Self {
        let world = World::start(pool).await;
        let keys = Keys::default();
        keys.replace([KEY.to_owned()]);
        let live = Live::new(Arc::clone(&catalogue), keys, clock);
        live.behave(Manner { heartbeat_ms: Some(50), replay_minutes: 1_000_000, ..Manner::default() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(live.clone().serve(listener));
        let (metrics, stop) = (Metrics::new(), CancellationToken::new());
        let streams = Streams::new(world.recorder.clone(), metrics.clone(), world.pool.clone(), rules, stop.clone());
        let mut caller = world.caller.clone();
        SYMBOL.clone_into(&mut caller.job.instrument);
        caller.job.body = json!({"instrument": {"dataset": dataset, "symbol": SYMBOL, "schema": "ohlcv-1m"}});
        let allowed = AllowedSource { max_latency_ms: 1_000, ..allowed("databento", &[SYMBOL]) };
        caller.job.sources = [(Source::MarketData, allowed)].into();
        Self { live, catalogue, address, streams, caller, dataset, world, metrics, stop, serving }
    }

    pub(crate) fn access(&self) -> Access {
        Access { live_endpoint: Some(self.address.to_string()), ..self.world.access() }
    }

    pub(crate) async fn ask(&self, path: &str, query: &str, access: Result<Access, NoAccess>) -> Response {
        self.ask_as(&self.caller, path, query, access).await
    }

    async fn ask_as(&self, caller: &Caller, path: &str, query: &str, access: Result<Access, NoAccess>) -> Response {
        let headers = HeaderMap::new();
        let asked = AskedStream { path, query, headers: &headers };
        self.streams.open(caller, asked, std::future::ready(access)).await
    }

    /// The same job of another Bot.
    pub(crate) fn another(&self) -> Caller {
        let mut caller = self.caller.clone();
        caller.job.bot_id = uuid::Uuid::new_v4();
        caller
    }

    /// From now on the job's policy says this of live data.
    pub(crate) fn policy(&mut self, live: LiveLimits) {
        self.caller.job.sources.values_mut().for_each(|allowed| allowed.live = live);
    }

    /// The stream of the job's own instrument, from after a bar on, or from now on.
    pub(crate) async fn read(&self, since: Option<u64>) -> Reading {
        self.read_as(&self.caller, since).await
    }

    pub(crate) async fn read_as(&self, caller: &Caller, since: Option<u64>) -> Reading {
        let query = format!("symbols={SYMBOL}&stype_in=continuous");
        let query = since.map_or(query.clone(), |since| format!("{query}&since={since}"));
        Reading::of(self.ask_as(caller, &format!("{}/ohlcv-1m", self.dataset), &query, Ok(self.access())).await)
    }

    /// Starts of the bars that the vendor has between two moments.
    pub(crate) fn bars(&self, start: u64, end: u64) -> Vec<u64> {
        let dataset = self.catalogue.get(self.dataset).unwrap();
        let continuous = dataset.continuous.iter().find(|one| one.symbol == SYMBOL).unwrap();
        let day = |at: u64| chrono::DateTime::from_timestamp_nanos(i64::try_from(at).unwrap()).date_naive();
        let bars = continuous.intervals.iter().flat_map(|(first, end_day, index)| {
            let contract = &dataset.contracts[*index];
            let within = move |at: &u64| *first <= day(*at) && day(*at) < *end_day;
            contract.between(start, end).map(|record| record.bar.ts_event).filter(within).collect::<Vec<_>>()
        });
        bars.collect()
    }

    /// All rows of the log, in their order.
    pub(crate) async fn rows(&self) -> Vec<RequestRow> {
        rows::of_sequence(&self.world.pool, "default", 1, 1_000_000).await.unwrap()
    }

    /// Nobody listens there any more.
    pub(crate) async fn close_port(&mut self) {
        self.serving.abort();
        let _ = (&mut self.serving).await;
    }

    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }
}
