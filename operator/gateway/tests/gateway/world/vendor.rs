//! One vendor of any kind as its stand-in, and a key of it.

use std::path::Path;

use assayer_contract::RequestRow;
use assayer_gateway::forward::{Access, Asked, Through};
use assayer_providers::{Credentials, find};
use assayer_stand_ins::{
    shell::{Shell, app},
    vendors,
};
use assayer_store::PgPool;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Answer, World};

/// A vendor, and its key in a Secret.
pub(crate) struct Vendor {
    pub(crate) name: &'static str,
    pub(crate) shell: Shell,
    pub(crate) access: Access,
}

impl Vendor {
    pub(crate) async fn start(name: &'static str, key_name: &str, key: &str) -> Self {
        let shell = Shell::default();
        shell.keys.replace([key.to_owned()]);
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
        let vendor = vendors::vendor(name, &data, shell.keys.clone()).unwrap().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let router = app(shell.clone(), vendor);
        tokio::spawn(async move { axum::serve(listener, router).await });
        let credentials = Credentials::new([(key_name.to_owned(), key.to_owned().into())]);
        let signed_in = find(name).unwrap().sign_in(&credentials).unwrap();
        Self {
            name,
            shell,
            access: Access {
                base,
                credentials,
                signed_in,
                endpoint_override: None,
                live_endpoint: None,
                through: Through::default(),
            },
        }
    }

    pub(crate) async fn ask(&self, world: &World, pool: &PgPool, path: &str, query: &str) -> RequestRow {
        self.get(world, path, query).await.row(pool).await
    }

    pub(crate) async fn get(&self, world: &World, path: &str, query: &str) -> Answer {
        let headers = HeaderMap::new();
        let (path, query) = (path.to_owned(), Some(query.to_owned()));
        self.call(world, Asked { method: Method::GET, path, query, headers, body: Bytes::new() }).await
    }

    pub(crate) async fn post(&self, world: &World, path: &str, body: &Value) -> Answer {
        let headers = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))].into_iter().collect();
        let body = Bytes::from(body.to_string());
        self.call(world, Asked { method: Method::POST, path: path.to_owned(), query: None, headers, body }).await
    }

    pub(crate) async fn call(&self, world: &World, asked: Asked) -> Answer {
        let access = std::future::ready(Ok(self.access.clone()));
        Answer::of(world.forwarder.call(&world.caller, find(self.name).unwrap(), asked, access).await).await
    }

    /// Fails so many of the next requests; all of them where `times` is null.
    pub(crate) fn fail(&self, fault: &str, times: &Value, retry_after_s: u64) {
        let order = json!([{"fault": fault, "times": times, "retry_after_s": retry_after_s}]);
        self.shell.faults.replace(serde_json::from_value(order).unwrap()).unwrap();
    }

    pub(crate) fn arrivals(&self) -> u64 {
        self.shell.ledger.since(0).count
    }
}
