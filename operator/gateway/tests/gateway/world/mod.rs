//! One gateway without its HTTP front, one stand-in vendor, one database.

pub(crate) mod vendor;

use std::{path::Path, sync::Arc, time::Duration};

use assayer_contract::{
    JobStatus, JobType, Operation, RequestRow, Source, Stage,
    policy::{AllowedSource, AllowedSources, Fallback, LiveLimits},
    wire::REQUEST_ID_HEADER,
};
use assayer_gateway::{
    forward::{Access, Asked, Forwarder, Handshake, Need, NoAccess, Through},
    identity::Caller,
    metrics::Metrics,
    record::{Fenced, Recorder, Writer, WriterSettings},
    refusal::Refusal,
};
use assayer_providers::Credentials;
use assayer_stand_ins::{
    databento::{Catalogue, vendor},
    faults::{Fault, Kind},
    shell::{Shell, app},
};
use assayer_store::{PgPool, gateway_jobs::GatewayJob, log::rows};
use axum::response::Response;
use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) const KEY: &str = "db-0123456789abcdef0123456789abc";
/// Who asks for handshakes.
pub(crate) const USER: &str = "ann@desk.example";

pub(crate) struct World {
    pub(crate) shell: Shell,
    pub(crate) caller: Caller,
    pub(crate) pool: PgPool,
    pub(crate) writing: JoinHandle<Result<(), Fenced>>,
    pub(crate) forwarder: Arc<Forwarder>,
    pub(crate) recorder: Recorder,
    base: String,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl World {
    pub(crate) async fn start(pool: &PgPool) -> Self {
        let world = Self::unquoted(pool).await;
        world.quote(pool).await;
        world
    }

    /// The job has asked for the price of its bars, and may pay it.
    async fn quote(&self, pool: &PgPool) {
        let params = json!({"dataset": "SAMPLE.FX", "schema": "ohlcv-1h", "stype_in": "raw_symbol", "symbols": "EURUSD",
            "start": "2017-01-01", "end": "2017-12-30"});
        sqlx::query(
            "insert into requests (id, created_at, call_id, sent, outcome, gateway_set, writer, writer_epoch, seq, group_no, trace_id,
                 job_id, user_id, provider, operation, method, endpoint, request_fingerprint, params, cost_usd, row_digest)
             values ($1, now(), $1, 'yes', 'success', 'earlier', '', 0, 1, 1, $2, $3, '', 'databento', 'call', 'POST',
                 'metadata.get_cost', '', $4, 0.01, '')",
        )
        .bind(Uuid::now_v7())
        .bind(self.caller.job.trace_id)
        .bind(self.caller.job.id)
        .bind(params)
        .execute(pool)
        .await
        .unwrap();
    }

    /// The same for a job that has asked for no price yet.
    pub(crate) async fn unquoted(pool: &PgPool) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shell = Shell::default();
        shell.keys.replace([KEY.to_owned()]);
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
        let vendor = vendor(Catalogue::read(&data).unwrap(), shell.keys.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, app(shell.clone(), vendor)).into_future());

        // a pool of its own, so that closing it does not end the test's
        let pool = sqlx::postgres::PgPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(Duration::from_secs(2))
            .connect_with(pool.connect_options().as_ref().clone().options([("role", "assayer_gateway")]))
            .await
            .unwrap();
        let (recorder, writing) = Self::write(&pool, "first").await;
        let forwarder = Arc::new(Forwarder::new(recorder.clone(), Metrics::new(), pool.clone()).unwrap());
        Self { shell, caller: caller(), pool, writing, forwarder, recorder, base }
    }

    /// A writer that holds the set.
    pub(crate) async fn write(pool: &PgPool, name: &str) -> (Recorder, JoinHandle<Result<(), Fenced>>) {
        let settings = WriterSettings { gateway_set: "default".to_owned(), writer: name.to_owned() };
        let (writer, recorder) = Writer::new(pool.clone(), settings, Metrics::new());
        let writing = tokio::spawn(writer.run(CancellationToken::new()));
        recorder.active().wait_for(|active| *active).await.unwrap();
        (recorder, writing)
    }

    pub(crate) fn access(&self) -> Access {
        let credentials = Credentials::new([("DATABENTO_API_KEY".to_owned(), KEY.into())]);
        let signed_in = assayer_providers::find("databento").unwrap().sign_in(&credentials).unwrap();
        Access {
            base: self.base.parse().unwrap(),
            credentials,
            signed_in,
            endpoint_override: None,
            live_endpoint: None,
            through: Through::default(),
        }
    }

    pub(crate) fn fail_next(&self, fault: Kind, after_ms: u64) {
        let order: Fault = serde_json::from_value(json!({"fault": fault, "times": 1, "after_ms": after_ms})).unwrap();
        self.shell.faults.replace(vec![order]).unwrap();
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.post_with(path, form, Ok(self.access())).await
    }

    /// Makes a handshake; its trace.
    pub(crate) async fn handshake(&self, operation: Operation, access: Result<Access, NoAccess>) -> Uuid {
        let by = Handshake { user: USER.to_owned(), operation, trace_id: Uuid::now_v7(), need: Need::Asked };
        self.forwarder.handshake(&by, assayer_providers::find("databento").unwrap(), access).await;
        by.trace_id
    }

    pub(crate) async fn post_with(&self, path: &str, form: &str, access: Result<Access, Refusal>) -> Answer {
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
            ("x-assayer-token".parse().unwrap(), HeaderValue::from_static("a token")),
        ];
        let asked = Asked {
            method: Method::POST,
            path: path.to_owned(),
            query: None,
            headers: headers.into_iter().collect(),
            body: Bytes::copy_from_slice(form.as_bytes()),
        };
        let provider = assayer_providers::find("databento").unwrap();
        Answer::of(self.forwarder.call(&self.caller, provider, asked, std::future::ready(access.map_err(NoAccess::from))).await)
            .await
    }
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self { status: head.status, headers: head.headers, body }
    }

    /// The case in the vendor's envelope.
    pub(crate) fn case(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body.pointer("/detail/case").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// The row that the answer names.
    pub(crate) async fn row(&self, pool: &PgPool) -> RequestRow {
        let id = self.headers.get(REQUEST_ID_HEADER).unwrap().to_str().unwrap().parse().unwrap();
        rows::by_id(pool, id).await.unwrap().unwrap()
    }
}

/// Waits for a condition, for at most ten seconds.
pub(crate) async fn eventually(condition: impl AsyncFn() -> bool) {
    let met = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), met).await.expect("the condition was not met in time");
}

/// This provider for these symbols, each answer within ten seconds and asked for once.
pub(crate) fn allowed(provider: &str, symbols: &[&str]) -> AllowedSource {
    AllowedSource {
        providers: vec![provider.to_owned()],
        symbols: symbols.iter().map(|symbol| (*symbol).to_owned()).collect(),
        max_latency_ms: 10_000,
        retries: 0,
        cooldown_ms: 60_000,
        fallback: Fallback::None,
        disabled: None,
        live: LiveLimits::default(),
        keep_for_ms: None,
    }
}

/// Databento's bars of EUR/USD, each answer within so many milliseconds.
pub(crate) fn sources(max_latency_ms: u32) -> AllowedSources {
    let allowed = AllowedSource { max_latency_ms, ..allowed("databento", &["EURUSD"]) };
    AllowedSources::from([(Source::MarketData, allowed)])
}

fn caller() -> Caller {
    let job = GatewayJob {
        id: Uuid::now_v7(),
        trace_id: Uuid::now_v7(),
        job_type: JobType::Backtest,
        stage: Stage::Lab,
        status: JobStatus::Queued,
        ended: false,
        remaining: 0,
        bot_namespace: "default".to_owned(),
        bot_name: "eurusd-breakout".to_owned(),
        bot_id: Uuid::new_v4(),
        due_slot: Utc::now(),
        deadline: Utc::now() + TimeDelta::minutes(10),
        instrument: "EURUSD".to_owned(),
        strategy_hash: String::new(),
        root: None,
        family: String::new(),
        trials_granted: None,
        holdout_reads: None,
        ai: assayer_contract::policy::AiRules::default(),
        max_data_usd_per_day: 5.into(),
        sources: sources(30_000),
        body: json!({"instrument": {"dataset": "SAMPLE.FX", "symbol": "EURUSD", "schema": "ohlcv-1h"}}),
    };
    let user = "system:serviceaccount:default:assayer-runner".to_owned();
    Caller { user, pod: "pod".to_owned(), pod_uid: Uuid::new_v4().to_string(), job }
}

/// The database's doorkeeper: connected to another database of the same server.
pub(crate) struct Server {
    pool: PgPool,
    database: String,
}

impl Server {
    pub(crate) async fn of(pool: &PgPool) -> Self {
        let options = pool.connect_options();
        let database = options.get_database().unwrap().to_owned();
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1);
        Self { pool: pool.connect_with(options.as_ref().clone().database("postgres")).await.unwrap(), database }
    }

    /// Ends every connection to the database and lets no new one in.
    pub(crate) async fn shut(&self) {
        self.execute(format!("alter database \"{}\" allow_connections false", self.database)).await;
        let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
        sqlx::query(end).bind(&self.database).execute(&self.pool).await.unwrap();
    }

    pub(crate) async fn open(&self) {
        self.execute(format!("alter database \"{}\" allow_connections true", self.database)).await;
    }

    async fn execute(&self, statement: String) {
        sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&self.pool).await.unwrap();
    }
}
