//! A gateway without its HTTP front against a stand-in broker, whose sessions it has to keep.

use std::sync::Arc;

use assayer_contract::{Operation, RequestRow, Source, policy::AllowedSources};
use assayer_gateway::{
    forward::{Access, Asked, Forwarder, Handshake, Need, Through},
    metrics::Metrics,
    record::Recorder,
};
use assayer_providers::{Credentials, Provider, SignedIn, find};
use assayer_stand_ins::{
    faults::{Fault, Kind},
    ledger::Entry,
    shell::{Shell, Vendor, app},
};
use assayer_store::PgPool;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::world::{Answer, USER, World, allowed};

pub(crate) const INTEGRATION: Uuid = Uuid::from_u128(11);
pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Broker {
    pub(crate) world: World,
    pub(crate) shell: Shell,
    pub(crate) pool: PgPool,
    pub(crate) forwarder: Arc<Forwarder>,
    pub(crate) base: String,
    provider: &'static dyn Provider,
    version: &'static str,
}

impl Broker {
    /// The stand-in of this provider, with a Bot's job that may ask it.
    pub(crate) async fn start(pool: &PgPool, name: &str, path: &str, vendor: impl FnOnce(Shell) -> Vendor) -> Self {
        let mut world = World::unquoted(pool).await;
        world.caller.job.sources = AllowedSources::from([(Source::Broker, allowed(name, &[]))]);
        let shell = Shell::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/{path}", listener.local_addr().unwrap());
        let router = app(shell.clone(), vendor(shell.clone()));
        tokio::spawn(axum::serve(listener, router).into_future());
        let forwarder = Arc::clone(&world.forwarder);
        Self { world, shell, pool: pool.clone(), forwarder, base, provider: find(name).unwrap(), version: "1" }
    }

    /// The same credential in a Secret that has been written anew.
    pub(crate) fn rewritten(&mut self) {
        self.version = "2";
    }

    /// Another writer, as if the one before it had been silent.
    pub(crate) async fn successor(&self) -> Recorder {
        sqlx::query("update writers set heartbeat_at = now() - interval '10 seconds'").execute(&self.pool).await.unwrap();
        World::write(&self.world.pool, "successor").await.0
    }

    /// Another process of the same gateway, whose memory is empty.
    pub(crate) async fn restarted(&mut self) {
        let recorder = self.successor().await;
        self.forwarder = Arc::new(Forwarder::new(recorder, Metrics::new(), self.world.pool.clone()).unwrap());
    }

    pub(crate) fn access(&self, credentials: &Credentials) -> Access {
        let through = Through {
            id: Some(INTEGRATION),
            generation: Some(1),
            secret_version: Some(self.version.to_owned()),
            ..Through::default()
        };
        let (base, signed_in) = (self.base.parse().unwrap(), SignedIn::default());
        Access { base, credentials: credentials.clone(), signed_in, endpoint_override: None, live_endpoint: None, through }
    }

    /// A call of the Bot's job.
    pub(crate) async fn get(&self, path: &str, credentials: &Credentials) -> Answer {
        self.send(Method::GET, path, "", credentials).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: &str, credentials: &Credentials) -> Answer {
        let headers: HeaderMap = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))].into_iter().collect();
        let headers = if body.is_empty() { HeaderMap::new() } else { headers };
        let body = Bytes::copy_from_slice(body.as_bytes());
        let asked = Asked { method, path: path.to_owned(), query: None, headers, body };
        let access = std::future::ready(Ok(self.access(credentials)));
        Answer::of(self.forwarder.call(&self.world.caller, self.provider, asked, access).await).await
    }

    /// A handshake; its rows, the oldest first.
    pub(crate) async fn handshake(&self, need: Need, credentials: &Credentials) -> Vec<RequestRow> {
        let by = Handshake { user: USER.to_owned(), operation: Operation::Verify, trace_id: Uuid::now_v7(), need };
        self.forwarder.handshake(&by, self.provider, Ok(self.access(credentials))).await;
        self.rows().await.into_iter().filter(|row| row.trace_id == by.trace_id).collect()
    }

    /// All rows of this Integration, the oldest first.
    pub(crate) async fn rows(&self) -> Vec<RequestRow> {
        let rows: Vec<Value> = sqlx::query_scalar("select to_jsonb(r) from requests r where integration_id = $1 order by id")
            .bind(INTEGRATION)
            .fetch_all(&self.pool)
            .await
            .unwrap();
        rows.into_iter().map(|row| serde_json::from_value(row).unwrap()).collect()
    }

    pub(crate) async fn sign_ins(&self) -> Vec<RequestRow> {
        self.rows().await.into_iter().filter(|row| row.operation == Operation::SignIn).collect()
    }

    /// What the vendor received at a path.
    pub(crate) fn received(&self, path: &str) -> Vec<Entry> {
        self.shell.ledger.since(0).requests.into_iter().filter(|entry| entry.path.ends_with(path)).collect()
    }

    pub(crate) fn fail(&self, path: &str, fault: Kind, seconds: u64) {
        let order = json!({"match": {"path": path}, "fault": fault, "times": 1, "retry_after_s": seconds});
        self.shell.faults.replace(vec![serde_json::from_value::<Fault>(order).unwrap()]).unwrap();
    }

    /// Every request that the vendor received has one row that says so, and every such row one request.
    pub(crate) async fn the_vendors_count_is_the_logs(&self) {
        let mut received: Vec<_> =
            self.shell.ledger.since(0).requests.iter().map(|entry| entry.headers.get("traceparent").cloned().unwrap()).collect();
        let rows = self.rows().await;
        let mut sent: Vec<_> =
            rows.iter().filter(|row| row.sent == assayer_contract::Sent::Yes).map(RequestRow::traceparent).collect();
        received.sort();
        sent.sort();
        assert_eq!(received, sent);
    }
}
