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

/// An evolution that may ask a model for two strategies.
fn evolve(required: bool) -> Value {
    let mut job = improve();
    job["jobType"] = json!("EVOLVE");
    job["body"]["rules"]["trialsPerJob"] = json!(12);
    job["body"]["suggestions"] =
        json!({"provider": "openai", "model": "gpt-5-mini", "atMost": 2, "maxTokens": 1_000, "required": required});
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_asked_once_and_what_it_suggests_is_tried_or_refused_with_the_row_that_it_came_by() {
    let good = json!({"name": "shorter", "strategy": {"donchianBreakout": {"entry": 30, "exit": 10, "direction": "LongShort"}}});
    let bad = json!({"name": "<script>", "strategy": {}});
    let ran = run(backtest(), |notes| {
        notes.later.push(evolve(true));
        notes.words = json!({"suggestions": [good, bad]}).to_string();
    })
    .await;
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
    let notes = ran.notes.lock().unwrap();
    assert_eq!(
        ran_calls(&notes.calls),
        ["job", "requests", "sessions", "report", "job", "model", "trials", "research", "report"]
    );
    let [question] = &notes.questions[..] else { panic!("{:?}", notes.questions) };
    assert_eq!((&question["model"], &question["max_completion_tokens"]), (&json!("gpt-5-mini"), &json!(1_000)));
    let suggestions = notes.found[0].suggestions.as_ref().unwrap();
    assert_eq!(suggestions.request_id, notes.rows.last().map(|row| row.id));
    assert_eq!((suggestions.accepted.len(), suggestions.refused[0].field.as_str()), (1, "name"), "{suggestions:?}");
    let tried = notes.trials.iter().find(|trial| trial.strategy_hash == suggestions.accepted[0].strategy_hash).unwrap();
    assert_eq!((&tried.strategy, tried.made_by.as_str()), (&good["strategy"], "suggestion \"shorter\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_may_not_be_asked_or_says_nothing_of_use_ends_no_round_unless_the_policy_requires_one() {
    for (answer, words, reason) in
        [(Some((402, b"{}".to_vec())), "", ReasonCode::AiBudget), (None, "Sure! Here you are.", ReasonCode::SuggestionInvalid)]
    {
        let of = async |required| {
            run(backtest(), |notes| {
                notes.later.push(evolve(required));
                notes.words = words.to_owned();
                notes.instead.extend(answer.clone().map(|answer| ("model", answer)));
            })
            .await
        };
        let (ran, needed) = (of(false).await, of(true).await);
        assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
        let notes = ran.notes.lock().unwrap();
        let said = notes.found[0].suggestions.as_ref().unwrap();
        assert_eq!((said.reason_code, said.request_id), (Some(reason), notes.rows.last().map(|row| row.id)));
        assert!(notes.reports[1].succeeded && notes.trials.len() > 5, "{:?}", notes.reports);
        let notes = needed.notes.lock().unwrap();
        assert_eq!((notes.reports[1].succeeded, notes.reports[1].reason_code), (false, Some(reason)), "{:?}", notes.reports[1]);
        assert!(notes.found.is_empty() && notes.trials.is_empty());
    }
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
