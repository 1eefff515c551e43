//! The runner's own binary doing a job against a gateway on the wire, with the real bars of the repository.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod gateway;

use std::{
    path::PathBuf,
    process::Output,
    sync::{Arc, Mutex},
    time::Duration,
};

use assayer_contract::{Outcome, ReasonCode};
use databento::dbn::OhlcvMsg;
use gateway::{Notes, Shared, bar, body};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

const RUNNER: &str = env!("CARGO_BIN_EXE_assayer-runner");
const CALLS: [&str; 4] = ["metadata.get_dataset_range", "symbology.resolve", "metadata.get_cost", "timeseries.get_range"];

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The hourly bars of 2017, as records.
fn eurusd() -> Vec<OhlcvMsg> {
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
fn spec() -> Value {
    json!({
        "instrument": {"dataset": "SAMPLE.FX", "symbol": "EURUSD", "schema": "ohlcv-1h", "tickSize": "0.00001", "multiplier": 100_000},
        "strategy": {"donchianBreakout": {"entry": 48, "exit": 24, "direction": "LongShort"}},
        "execution": {"fillAt": "NextOpen", "slippageTicks": 1, "feePerContract": "3"},
        "capital": {"amount": "100000", "currency": "USD"},
    })
}

fn assignment(job_type: &str, body: &Value) -> Value {
    json!({
        "jobId": Uuid::now_v7(), "traceId": Uuid::now_v7(), "jobType": job_type, "stage": "LAB", "botNamespace": "default",
        "botName": "eurusd-breakout", "botId": Uuid::new_v4(), "dueSlot": "2026-01-01T00:00:00Z", "body": body,
    })
}

/// What a run left behind.
struct Ran {
    output: Output,
    notes: Shared,
    dir: TempDir,
}

/// Runs the binary against a gateway that was prepared.
async fn run(job: Value, prepare: impl FnOnce(&mut Notes)) -> Ran {
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
    fn failed_with(&self, reason: ReasonCode) -> String {
        let notes = self.notes.lock().unwrap();
        assert_eq!(self.output.status.code(), Some(1), "{}", self.log());
        assert!(notes.sessions.is_empty());
        let [report] = &notes.reports[..] else { panic!("{:?}", notes.reports) };
        assert_eq!((report.succeeded, report.reason_code), (false, Some(reason)), "{}", report.message);
        report.message.clone()
    }

    /// What it left for Kubernetes to find.
    fn last_words(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("last-words")).unwrap()
    }

    fn log(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned() + &String::from_utf8_lossy(&self.output.stderr)
    }

    fn vendor_calls(&self) -> Vec<String> {
        self.notes.lock().unwrap().calls.iter().filter(|call| call.contains('.')).cloned().collect()
    }
}

fn refusal(case: &str, status: u16) -> (u16, Vec<u8>) {
    let detail = json!({"case": case, "message": "no", "status_code": status, "docs": "about:blank", "payload": {}});
    (status, json!({"detail": detail}).to_string().into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backtest_is_posted_with_its_requests_and_the_hashes_of_the_same_run_without_a_cluster() {
    // given: the same strategy and bars, run from files
    let mut offline = Command::new(RUNNER);
    offline.args(["backtest", "--strategy"]).arg(file("examples/eurusd-breakout.yaml"));
    offline.arg("--bars").arg(file("../tests/data/eurusd-1h-2017.csv"));
    let offline: Value = serde_json::from_slice(&offline.output().await.unwrap().stdout).unwrap();
    // when
    let ran = run(assignment("BACKTEST", &spec()), |_| ()).await;
    // then
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
    let notes = ran.notes.lock().unwrap();
    let [session] = &notes.sessions[..] else { panic!("{:?}", notes.sessions) };
    let posted = serde_json::to_value(session).unwrap();
    for field in ["dataHash", "strategyHash", "inputsHash", "engineVersion", "resultHash", "result"] {
        assert_eq!(posted[field], offline[field], "{field}");
    }
    assert_eq!((session.bars, session.first_bar.to_rfc3339().as_str()), (6_225, "2017-01-01T22:00:00+00:00"));
    // A price feeds nothing.
    let fed = notes.rows.iter().filter(|row| row.endpoint != "metadata.get_cost").map(|row| row.id);
    assert_eq!(session.request_ids, fed.collect::<Vec<_>>());
    let [report] = &notes.reports[..] else { panic!("{:?}", notes.reports) };
    assert!(report.succeeded && report.reason_code.is_none());
    assert_eq!(notes.calls, ["job", CALLS[0], CALLS[1], CALLS[2], CALLS[3], "requests", "sessions", "report"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_carries_the_token_of_its_moment_and_no_log_line_shows_one() {
    // given: a token that is renewed after every call (see the gateway)
    let ran = run(assignment("BACKTEST", &spec()), |_| ()).await;
    assert_eq!(ran.notes.lock().unwrap().wrong_tokens, 0);
    assert!(!ran.log().contains("token-"), "{}", ran.log());
    assert!(String::from_utf8_lossy(&ran.output.stdout).lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_at_the_vendor_fails_the_job_as_provider_auth_after_one_call() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        notes.instead.insert(CALLS[0], refusal("auth_authentication_failed", 401));
    })
    .await;
    assert!(ran.failed_with(ReasonCode::ProviderAuth).contains("401"));
    assert_eq!(ran.vendor_calls(), [CALLS[0]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_gateway_keeps_its_reason() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        notes.instead.insert(CALLS[3], refusal("SYMBOL_MISMATCH", 403));
    })
    .await;
    ran.failed_with(ReasonCode::SymbolMismatch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_vendor_may_bill_is_never_sent_twice() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        notes.instead.insert(CALLS[3], (503, b"overloaded".to_vec()));
    })
    .await;
    ran.failed_with(ReasonCode::ProviderError);
    assert_eq!(ran.vendor_calls(), CALLS);
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_bars_than_the_gateway_counted_are_truncated_data_and_make_no_session() {
    let whole = body(&eurusd());
    let bodies = [body(&eurusd()[..6_000]), whole[..whole.len() / 2].to_vec()];
    for (index, cut) in bodies.into_iter().enumerate() {
        let ran = run(assignment("BACKTEST", &spec()), |notes| notes.bars = cut).await;
        let message = ran.failed_with(ReasonCode::DataTruncated);
        assert!(index > 0 || message.contains("6000 bars arrived, the gateway counted 6225"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bars_without_a_row_that_proves_them_make_no_session() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        notes.instead.insert("requests", (200, b"[]".to_vec()));
    })
    .await;
    ran.failed_with(ReasonCode::EvidenceUnavailable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bar_of_another_instrument_fails_the_job() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        let mut bars = eurusd();
        bars[3_000].hd.instrument_id += 1;
        notes.bars = body(&bars);
    })
    .await;
    assert!(ran.failed_with(ReasonCode::SymbolMismatch).contains("instrument 1002"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_type_of_a_newer_controller_is_reported_and_not_attempted() {
    let ran = run(assignment("EVOLVE", &spec()), |_| ()).await;
    assert!(ran.failed_with(ReasonCode::JobTypeUnknown).contains("EVOLVE"));
    assert_eq!(ran.notes.lock().unwrap().calls, ["job", "report"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_this_runner_would_not_obey_is_refused_by_name() {
    let mut body = spec();
    body["execution"]["latencyMs"] = json!(50);
    let ran = run(assignment("BACKTEST", &body), |_| ()).await;
    assert!(ran.failed_with(ReasonCode::SpecInvalid).contains("execution.latencyMs"));
    assert!(ran.vendor_calls().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_away_for_a_moment_is_asked_again() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| notes.away = 2).await;
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
    let notes = ran.notes.lock().unwrap();
    assert_eq!(notes.calls[..4], ["job", "job", "job", CALLS[0]]);
    assert!(notes.rows.iter().all(|row| row.outcome == Outcome::Success));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_is_refused_ends_in_failure_even_after_a_good_backtest() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        notes.instead.insert("report", (409, Vec::new()));
    })
    .await;
    assert_eq!(ran.output.status.code(), Some(1), "{}", ran.log());
    assert_eq!(ran.notes.lock().unwrap().sessions.len(), 1);
    let left: Value = serde_json::from_str(&ran.last_words()).unwrap();
    assert_eq!((&left["succeeded"], left["reasonCode"].is_string()), (&json!(false), true), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_that_the_gateway_does_not_know_leaves_why_for_kubernetes_to_find() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        let problem = assayer_contract::Problem::new(401, ReasonCode::IdentityUnproven, "pod p is being deleted");
        notes.instead.insert("job", (401, serde_json::to_vec(&problem).unwrap()));
    })
    .await;
    assert_eq!(ran.output.status.code(), Some(1), "{}", ran.log());
    let left: Value = serde_json::from_str(&ran.last_words()).unwrap();
    assert_eq!(left["reasonCode"], "IDENTITY_UNPROVEN");
    assert!(left["message"].as_str().unwrap().contains("pod p is being deleted"), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_the_runner_at_once_without_a_report() {
    // given: a runner that waits for its gateway
    let dir = tempfile::tempdir().unwrap();
    let token_file = dir.path().join("token");
    std::fs::write(&token_file, "token-first").unwrap();
    let mut notes = Notes::new(assignment("BACKTEST", &spec()), &eurusd(), &token_file);
    notes.away = 1_000;
    let notes = Arc::new(Mutex::new(notes));
    let url = gateway::serve(Arc::clone(&notes)).await;
    let mut command = Command::new(RUNNER);
    command.args(["run", "--gateway-url", &url, "--token-file"]).arg(&token_file).kill_on_drop(true);
    let mut runner = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    let asked = async {
        while notes.lock().unwrap().calls.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asked).await.expect("the runner never asked for its job");
    // when
    let pid = runner.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    // then
    let status = tokio::time::timeout(Duration::from_secs(5), runner.wait()).await.expect("SIGTERM is ignored").unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(notes.lock().unwrap().reports.is_empty());
}
