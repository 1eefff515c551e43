//! What a reader of a lineage relies on: what became of a strategy, and nothing that nobody wrote down.

use assayer_contract::{Sha256Hash, research::Gate};
use serde_json::{Value, json};

use super::*;

const JOB: Uuid = Uuid::from_u128(1);

fn gate(gate: &str, verdict: &str) -> Value {
    let closed = (verdict != "Proven").then_some("WALK_FORWARD_FAILED");
    json!({"gate": gate, "verdict": verdict, "measured": "1 of 6", "required": "4 of 6", "reasonCode": closed, "unknown": null})
}

fn round(gates: Value) -> lineage::LineageRound {
    lineage::LineageRound {
        job_id: JOB,
        job_type: JobType::Improve,
        created_at: DateTime::UNIX_EPOCH,
        trace_id: Uuid::from_u128(5),
        root: "SPX".to_owned(),
        family: "smaCross".to_owned(),
        trials: 2,
        earlier_trials: 118,
        own: hash("own"),
        best: Some("best".to_owned()),
        candidate: Some(hash("candidate")),
        gates: Some(gates),
    }
}

fn hash(of: &str) -> String {
    Sha256Hash::of(of.as_bytes()).to_string()
}

fn trial(id: &str, of: &str, trial: Value) -> LineageTrial {
    let (trial_id, strategy_hash) = (id.to_owned(), hash(of));
    LineageTrial { job_id: JOB, trial_id, strategy_hash, trial, first_at: DateTime::UNIX_EPOCH, first_job: None }
}

#[test]
fn a_strategy_says_by_which_gate_it_was_refused_even_where_its_trial_was_stored_before_the_hold_out_was_read() {
    let gates = json!([gate("Folds", "Proven"), gate("HoldOut", "Refuted"), gate("Drawdown", "Unknown")]);
    let told = LineageRound::of(round(gates), &[trial("best", "best", json!({})), trial("other", "own", json!({}))]);
    let [best, own] = &told.strategies[..] else { panic!("two strategies") };
    assert_eq!(best.closed_gate.as_ref().map(|gate| gate.gate), Some(Gate::HoldOut));
    assert_eq!((best.best, best.own, best.candidate), (true, false, false));
    assert!(own.own && own.closed_gate.is_none(), "the gates do not speak of it");
}

#[test]
fn what_passed_every_gate_is_a_candidate_by_its_row_and_nothing_held_it_up() {
    let told = LineageRound::of(round(json!([gate("Folds", "Proven")])), &[trial("best", "candidate", json!({}))]);
    assert!(told.strategies[0].candidate && told.strategies[0].closed_gate.is_none());
}

#[test]
fn a_trial_in_another_form_is_unknown_with_its_reason_and_not_left_out() {
    let told = LineageRound::of(round(Value::Null), &[trial("best", "best", json!({"madeBy": "a later version"}))]);
    assert!(told.strategies[0].trial.is_none());
    assert_eq!((told.strategies[0].trial_reason, told.strategies_reason), (Some(OTHER_FORM), None));
}

#[test]
fn a_round_without_a_trial_of_its_own_says_why_it_shows_none() {
    let told =
        LineageRound::of(round(json!([])), &[LineageTrial { job_id: Uuid::from_u128(2), ..trial("best", "best", json!({})) }]);
    assert_eq!((told.strategies.len(), told.strategies_reason, told.earlier_trials), (0, Some(NO_TRIALS), 118));
}
