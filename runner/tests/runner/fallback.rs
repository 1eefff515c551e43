//! What the runner does where its vendor fails and the policy lets another stand in.

use assayer_contract::{Outcome, ReasonCode};
use assayer_engine::bar_buckets::{Whole, check};
use serde_json::{Value, json};

use crate::world::{CALLS, Ran, assignment, refusal, run};

fn shares(fallback: Option<&str>) -> Value {
    let mut spec = json!({
        "instrument": {"dataset": "EQUS.MINI", "symbol": "SPY", "schema": "ohlcv-1h", "tickSize": "0.01", "multiplier": 1,
            "lookbackDays": 40},
        "strategy": {"smaCross": {"fast": 2, "slow": 5}},
        "execution": {"slippageTicks": 1, "feePerContract": "1"},
        "capital": {"amount": "100000", "currency": "USD"},
    });
    if let Some(fallback) = fallback {
        spec["fallback"] = json!(fallback);
    }
    spec
}

async fn after(answer: (u16, Vec<u8>), fallback: Option<&str>) -> Ran {
    run(assignment("BACKTEST", &shares(fallback)), |notes| {
        notes.instead.insert(CALLS[0], answer);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn bars_of_the_other_vendor_make_a_session_that_names_their_rows_and_no_others() {
    let ran = after((503, b"down".to_vec()), Some("massive")).await;
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
    let notes = ran.notes.lock().unwrap();
    let failed = notes.rows.iter().find(|row| row.outcome == Outcome::Failed).unwrap().id;
    let stood_in: Vec<_> = notes.rows.iter().filter(|row| row.provider == "massive").collect();
    assert!(stood_in.len() == 2 && stood_in.iter().all(|row| row.fallback_of == Some(failed)), "40 days are two pages");
    let [session] = &notes.sessions[..] else { panic!("{:?}", notes.sessions) };
    assert_eq!(session.request_ids, stood_in.iter().map(|row| row.id).collect::<Vec<_>>());
    assert_eq!(session.bars, 40 * 24);
    let whole = Whole { bars: session.bars, first: session.first_bar, last: session.last_bar };
    assert_eq!(check(session.bar_buckets.as_ref().unwrap(), whole), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_asked_without_a_fallback_or_for_what_was_asked_wrongly() {
    let asked = |ran: &Ran| ran.notes.lock().unwrap().calls.iter().any(|call| call == "massive");
    let ran = after((503, b"down".to_vec()), None).await;
    ran.failed_with(ReasonCode::ProviderError);
    assert!(!asked(&ran));
    for (case, status, reason) in [
        ("data_end_after_available_end", 422, ReasonCode::ProviderRejectedRequest),
        ("auth_authentication_failed", 401, ReasonCode::ProviderAuth),
    ] {
        let ran = after(refusal(case, status), Some("massive")).await;
        ran.failed_with(reason);
        assert!(!asked(&ran), "{case}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_other_vendor_fails_as_well_the_job_fails_and_says_both() {
    let ran = run(assignment("BACKTEST", &shares(Some("massive"))), |notes| {
        notes.instead.insert(CALLS[0], (503, b"down".to_vec()));
        notes.instead.insert("massive", (429, b"slow down".to_vec()));
    })
    .await;
    let message = ran.failed_with(ReasonCode::ProviderRateLimited);
    assert!(message.contains("massive in place of databento"), "{message}");
    assert_eq!(ran.notes.lock().unwrap().rows.len(), 2, "each was asked once");
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_bars_make_a_session_that_names_their_rows_and_no_others() {
    let ran = after((503, b"down".to_vec()), Some("sim")).await;
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.log());
    let notes = ran.notes.lock().unwrap();
    let failed = notes.rows.iter().find(|row| row.outcome == Outcome::Failed).unwrap().id;
    let simulated: Vec<_> = notes.rows.iter().filter(|row| row.provider == "sim").collect();
    assert!(simulated.len() == 2 && simulated.iter().all(|row| row.fallback_of == Some(failed)), "40 days are two pages");
    let [session] = &notes.sessions[..] else { panic!("{:?}", notes.sessions) };
    assert_eq!(session.request_ids, simulated.iter().map(|row| row.id).collect::<Vec<_>>());
    assert_eq!(session.bars, 40 * 24);
    let whole = Whole { bars: session.bars, first: session.first_bar, last: session.last_bar };
    assert_eq!(check(session.bar_buckets.as_ref().unwrap(), whole), Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_bars_that_are_refused_or_do_not_say_what_they_are_make_nothing() {
    let problem = json!({"type": "about:blank", "title": "x", "status": 403, "detail": "this installation simulates nothing",
        "reasonCode": "FALLBACK_NOT_ALLOWED", "suggestedFix": "x"});
    let ran = run(assignment("BACKTEST", &shares(Some("sim"))), |notes| {
        notes.instead.insert(CALLS[0], (503, b"down".to_vec()));
        notes.instead.insert("simulated", (403, serde_json::to_vec(&problem).unwrap()));
    })
    .await;
    let message = ran.failed_with(ReasonCode::FallbackNotAllowed);
    assert!(message.contains("this installation simulates nothing"), "{message}");
    let ran = run(assignment("BACKTEST", &shares(Some("sim"))), |notes| {
        notes.instead.insert(CALLS[0], (503, b"down".to_vec()));
        notes.simulated_label = "no";
    })
    .await;
    let message = ran.failed_with(ReasonCode::RunnerFailed);
    assert!(message.contains("not labelled"), "{message}");
    assert!(ran.notes.lock().unwrap().sessions.is_empty());
}
