//! A running stand-in and the official client pointed at it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use databento::HistoricalClient;
use serde_json::Value;

/// 32 characters, as the official client demands.
pub(crate) const KEY: &str = "db-test-key-of-the-stand-in-0001";

/// The committed bars.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data")
}

/// The binary itself, on a free port, stopped when dropped.
pub(crate) struct StandIn {
    process: Child,
    pub(crate) url: String,
    http: reqwest::Client,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut process = Command::new(env!("CARGO_BIN_EXE_assayer-stand-ins"))
            .args(["databento", "--listen", "127.0.0.1:0", "--key", KEY, "--data"])
            .arg(data())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { process, url, http: reqwest::Client::new() }
    }

    pub(crate) fn client(&self) -> HistoricalClient {
        self.client_with(KEY)
    }

    pub(crate) fn client_with(&self, key: &str) -> HistoricalClient {
        let base = format!("{}/", self.url).parse().unwrap();
        HistoricalClient::builder().base_url(base).key(key).unwrap().build().unwrap()
    }

    /// A plain request to the vendor's API with the good key.
    pub(crate) fn ask(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = method.parse().unwrap();
        self.http.request(method, format!("{}{path}", self.url)).basic_auth(KEY, Some(""))
    }

    /// A request to the stand-in's own side.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.http.request(method.parse().unwrap(), format!("{}/__stand-in/{path}", self.url));
        let request = if let Some(body) = body { request.json(&body) } else { request };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    pub(crate) async fn fail(&self, order: Value) {
        let (status, body) = self.control("PUT", "faults", Some(order)).await;
        assert_eq!(status, 200, "{body}");
    }

    pub(crate) async fn requests(&self) -> Value {
        self.control("GET", "requests", None).await.1
    }

    /// The newest entry, once it satisfies the condition; answers are noted a moment after they are received.
    pub(crate) async fn newest_once(&self, condition: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let newest = self.requests().await["requests"].as_array().unwrap().last().cloned().unwrap_or_default();
            if condition(&newest) {
                return newest;
            }
            assert!(tokio::time::Instant::now() < deadline, "the newest entry is still {newest}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
