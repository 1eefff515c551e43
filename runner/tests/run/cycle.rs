//! A cycle of several jobs in one pod.

use assayer_contract::ReasonCode;
use serde_json::{Value, json};

use crate::world::{CALLS, assignment, run, spec};

fn backtest() -> Value {
    let mut first = assignment("BACKTEST", &spec());
    first["remaining"] = json!(1);
    first
}

fn improve() -> Value {
    let rules = json!({"trialsPerJob": 6, "oosTrades": 5, "embargoBars": 50});
    let lineage = json!({"trials": 0, "candidates": [], "tried": []});
    assignment("IMPROVE", &json!({"rules": rules, "seed": "7", "lineage": lineage}))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_improvement_works_on_the_bars_of_its_cycles_backtest_and_posts_every_trial() {
    let (first, second) = (backtest(), improve());
    let named = [&first, &second].map(|job| format!("job={}", job["jobId"].as_str().unwrap()));
    let ran = run(first, |notes| notes.later.push(second)).await;
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
    let notes = ran.notes.lock().unwrap();
    assert_eq!(ran_calls(&notes.calls), ["job", "requests", "sessions", "report", "job", "trials", "research", "report"]);
    assert_eq!(
        notes.calls.iter().filter(|call| CALLS.contains(&call.as_str())).count(),
        CALLS.len(),
        "the bars are fetched once"
    );
    assert_eq!(notes.report_of, named);
    assert!((2..=6).contains(&notes.trials.len()), "{} trials of 6", notes.trials.len());
    let [found] = &notes.found[..] else { panic!("{:?}", notes.found) };
    assert!(found.trials.is_empty() && found.seed == "7", "{found:?}");
    assert_eq!(notes.trials[0].strategy, spec()["strategy"], "the Bot's own is tried first");
    assert!(notes.reports[1].message.contains(&format!("{} trials", notes.trials.len())), "{:?}", notes.reports[1]);
}

/// But for those of the vendor.
fn ran_calls(calls: &[String]) -> Vec<&str> {
    calls.iter().map(String::as_str).filter(|call| !CALLS.contains(call)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_a_backtest_that_failed_nothing_is_asked_for() {
    let ran = run(backtest(), |notes| {
        notes.later.push(improve());
        notes.instead.insert("sessions", (422, b"no".to_vec()));
    })
    .await;
    assert_eq!(ran.output.status.code(), Some(1));
    let notes = ran.notes.lock().unwrap();
    assert_eq!((notes.reports.len(), notes.trials.len()), (1, 0));
    assert_eq!(ran_calls(&notes.calls), ["job", "requests", "sessions", "report"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pod_without_the_bars_of_its_cycle_makes_nothing_up() {
    let ran = run(improve(), |_| ()).await;
    assert!(ran.failed_with(ReasonCode::RunnerFailed).contains("has no bars"));
    assert!(ran.notes.lock().unwrap().trials.is_empty());
}
