//! The runner's own binary doing a job against a gateway on the wire, with the real bars of the repository.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod backtest;
mod cycle;
mod dbn_file;
mod fallback;
mod gateway;
mod kept;
mod world;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use assayer_contract::{Outcome, ReasonCode};
use gateway::{Notes, body};
use serde_json::{Value, json};
use tokio::process::Command;
use world::{CALLS, RUNNER, assignment, eurusd, file, refusal, run, spec};

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
    assert_eq!(notes.calls, ["job", CALLS[0], CALLS[1], CALLS[2], CALLS[3], CALLS[4], "requests", "sessions", "report"]);
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
        notes.instead.insert(CALLS[4], refusal("SYMBOL_MISMATCH", 403));
    })
    .await;
    ran.failed_with(ReasonCode::SymbolMismatch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_the_vendor_may_bill_is_never_sent_twice() {
    let ran = run(assignment("BACKTEST", &spec()), |notes| {
        notes.instead.insert(CALLS[4], (503, b"overloaded".to_vec()));
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
    let ran = run(assignment("TRADE", &spec()), |_| ()).await;
    assert!(ran.failed_with(ReasonCode::JobTypeUnknown).contains("TRADE"));
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
async fn a_pod_that_is_not_known_or_whose_job_is_blocked_ends_and_leaves_why_for_kubernetes_to_find() {
    for (status, reason, says) in [
        (401, ReasonCode::IdentityUnproven, "pod p is being deleted"),
        (403, ReasonCode::IntegrationMissing, "sources.macro is required at this stage and blocked"),
    ] {
        let ran = run(assignment("BACKTEST", &spec()), |notes| {
            let problem = assayer_contract::Problem::new(status, reason, says);
            notes.instead.insert("job", (status, serde_json::to_vec(&problem).unwrap()));
        })
        .await;
        assert_eq!(ran.output.status.code(), Some(1), "{}", ran.log());
        assert_eq!(ran.notes.lock().unwrap().calls, ["job"], "asked once, and nothing after it");
        let left: Value = serde_json::from_str(&ran.last_words()).unwrap();
        assert_eq!(left["reasonCode"], reason.to_string());
        assert!(left["message"].as_str().unwrap().contains(says), "{left}");
    }
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
