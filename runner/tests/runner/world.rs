//! A job to be done, the gateway that hands it out, and what the runner left.

use std::{
    path::PathBuf,
    process::Output,
    sync::{Arc, Mutex},
    time::Duration,
};

use assayer_contract::ReasonCode;
use databento::dbn::OhlcvMsg;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use crate::gateway::{self, Notes, Shared, bar};

pub(crate) const RUNNER: &str = env!("CARGO_BIN_EXE_assayer-runner");
pub(crate) const CALLS: [&str; 5] =
    ["metadata.get_dataset_range", "symbology.resolve", "metadata.get_record_count", "metadata.get_cost", "timeseries.get_range"];

pub(crate) fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The hourly bars of 2017, as records.
pub(crate) fn eurusd() -> Vec<OhlcvMsg> {
    let text = std::fs::read_to_string(file("../tests/data/eurusd-1h-2017.csv")).unwrap();
    let nanos = |price: &str| {
        let (whole, fraction) = price.split_once('.').unwrap();
        format!("{whole}{fraction:0<9}").parse().unwrap()
    };
    let read = |line: &str| {
        let [time, prices @ .., volume] = &line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let ts = chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp_nanos_opt().unwrap();
        let prices: Vec<i64> = prices.iter().map(|price| nanos(price)).collect();
        bar(ts.cast_unsigned(), prices.try_into().unwrap(), volume.parse().unwrap())
    };
    text.lines().skip(1).map(read).collect()
}

/// The example strategy as the body of a job.
pub(crate) fn spec() -> Value {
    json!({
        "instrument": {"dataset": "SAMPLE.FX", "symbol": "EURUSD", "schema": "ohlcv-1h", "tickSize": "0.00001", "multiplier": 100_000},
        "strategy": {"donchianBreakout": {"entry": 48, "exit": 24, "direction": "LongShort"}},
        "execution": {"fillAt": "NextOpen", "slippageTicks": 1, "feePerContract": "3"},
        "capital": {"amount": "100000", "currency": "USD"},
    })
}

pub(crate) fn assignment(job_type: &str, body: &Value) -> Value {
    json!({
        "jobId": Uuid::now_v7(), "traceId": Uuid::now_v7(), "jobType": job_type, "stage": "LAB", "botNamespace": "default",
        "botName": "eurusd-breakout", "botId": Uuid::new_v4(), "dueSlot": "2026-01-01T00:00:00Z", "body": body,
    })
}

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) output: Output,
    pub(crate) notes: Shared,
    pub(crate) dir: TempDir,
}

/// Runs the binary against a gateway that was prepared.
pub(crate) async fn run(job: Value, prepare: impl FnOnce(&mut Notes)) -> Ran {
    let dir = tempfile::tempdir().unwrap();
    let token_file = dir.path().join("token");
    std::fs::write(&token_file, "token-first\n").unwrap();
    let mut notes = Notes::new(job, &eurusd(), &token_file);
    prepare(&mut notes);
    let notes = Arc::new(Mutex::new(notes));
    let url = gateway::serve(Arc::clone(&notes)).await;
    let mut command = Command::new(RUNNER);
    let last_words = dir.path().join("last-words");
    std::fs::write(&last_words, "").unwrap();
    command
        .arg("run")
        .arg("--token-file")
        .arg(&token_file)
        .arg("--last-words-file")
        .arg(&last_words)
        .env("ASSAYER_GATEWAY_URL", url)
        .kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_mins(1), command.output()).await.expect("the runner hangs").unwrap();
    Ran { output, notes, dir }
}

impl Ran {
    /// Asserts that the job failed, was reported so, and left no session; the report's message.
    pub(crate) fn failed_with(&self, reason: ReasonCode) -> String {
        let notes = self.notes.lock().unwrap();
        assert_eq!(self.output.status.code(), Some(1), "{}", self.log());
        assert!(notes.sessions.is_empty());
        let [report] = &notes.reports[..] else { panic!("{:?}", notes.reports) };
        assert_eq!((report.succeeded, report.reason_code), (false, Some(reason)), "{}", report.message);
        report.message.clone()
    }

    /// What it left for Kubernetes to find.
    pub(crate) fn last_words(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("last-words")).unwrap()
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned() + &String::from_utf8_lossy(&self.output.stderr)
    }

    pub(crate) fn vendor_calls(&self) -> Vec<String> {
        self.notes.lock().unwrap().calls.iter().filter(|call| call.contains('.')).cloned().collect()
    }
}

pub(crate) fn refusal(case: &str, status: u16) -> (u16, Vec<u8>) {
    let detail = json!({"case": case, "message": "no", "status_code": status, "docs": "about:blank", "payload": {}});
    (status, json!({"detail": detail}).to_string().into_bytes())
}
