//! What a reader of a proof relies on.

use assayer_contract::{JobStatus, JobType, ReasonCode, Sha256Hash, Stage};
use serde_json::json;

use super::*;

const BOT: Uuid = Uuid::from_u128(7);

fn found(with_status: bool) -> Found {
    let mut bot = json!({
        "apiVersion": "assayer.dev/v1alpha1", "kind": "Bot",
        "metadata": {"name": "spx-cross", "namespace": "default", "uid": BOT},
        "spec": {
            "instrument": {"dataset": "SAMPLE.INDEX", "symbol": "SPX", "schema": "ohlcv-1d", "tickSize": "0.01", "multiplier": 5},
            "strategy": {"smaCross": {"fast": 50, "slow": 200}},
            "execution": {"fillAt": "NextOpen", "slippageTicks": 1, "feePerContract": "0.62"},
            "capital": {"amount": "10000", "currency": "USD"},
        },
    });
    if with_status {
        bot["status"] = json!({
            "stage": "LAB", "proof": "MD✓", "blockers": [], "activity": {"state": "Idle", "reasonCode": "CADENCE_WAIT", "message": "m"},
            "conditions": [{"type": "Promotable", "status": "Unknown", "reason": "ResultUnverified", "message": "m",
                "lastTransitionTime": "2026-01-01T00:00:00Z"}],
        });
    }
    Found { id: BOT, namespace: "default".into(), name: "spx-cross".into(), bot: Some(serde_json::from_value(bot).unwrap()) }
}

fn present_strategy() -> String {
    canonical_hash(&found(false).bot.unwrap().spec.strategy).unwrap().to_string()
}

fn evidence(symbols: &[(&str, &str)]) -> JobEvidence {
    let requests: Vec<RequestRow> = symbols
        .iter()
        .map(|(symbol, outcome)| {
            let sent = if *outcome == "success" { "yes" } else { "no" };
            serde_json::from_value(json!({
                "id": Uuid::now_v7(), "created_at": Utc::now(), "call_id": Uuid::now_v7(), "attempt": 1, "sent": sent,
                "outcome": outcome, "gateway_set": "s", "writer": "w", "writer_epoch": 1, "seq": 1, "group_no": 1,
                "trace_id": BOT, "user_id": "u", "source": "marketData", "provider": "databento", "operation": "call",
                "method": "GET", "endpoint": "e", "request_fingerprint": Sha256Hash::of(b""), "params": {}, "symbol": symbol,
            }))
            .unwrap()
        })
        .collect();
    let now = Utc::now();
    let job = JobRow {
        id: Uuid::now_v7(),
        job_type: JobType::Backtest,
        stage: Stage::Lab,
        status: JobStatus::Succeeded,
        reason_code: None,
        message: None,
        trace_id: BOT,
        due_slot: now,
        created_at: now,
        started_at: Some(now),
        completed_at: Some(now),
        deadline: now,
        job_name: "spx-cross-backtest-0".into(),
        instrument: "SPX".into(),
        strategy_hash: present_strategy(),
        policy_hash: "p".into(),
        bot_generation: 1,
    };
    let session = SessionRow {
        id: Uuid::now_v7(),
        created_at: now,
        request_ids: requests.iter().map(|row| row.id).collect(),
        data_hash: "d".into(),
        strategy_hash: job.strategy_hash.clone(),
        inputs_hash: "i".into(),
        engine_version: "1".into(),
        bars: 10,
        first_bar: now,
        last_bar: now,
        result: json!({"net": "1.5", "tradeCounts": {"total": 2}, "trades": [{}, {}]}),
        result_hash: "r".into(),
        unresolved_request_ids: Vec::new(),
    };
    JobEvidence { job, requests_total: i64::try_from(requests.len()).unwrap(), requests, session: Some(session) }
}

fn proof(found: Found, evidence: JobEvidence) -> Value {
    serde_json::to_value(BotProof::new(found, vec![evidence], Utc::now())).unwrap()
}

#[test]
fn a_sound_job_passes_every_check_and_leads_to_its_rows() {
    let proof = proof(found(true), evidence(&[("SPX", "success"), ("SPX", "success")]));
    let job = &proof["jobs"][0];
    assert_eq!(job["symbol_check"], "exact");
    assert_eq!((&job["strategy_check"], &job["request_ids_resolve"]), (&json!(true), &json!(true)));
    assert_eq!(job["requests"][0]["id"], job["session"]["request_ids"][0]);
    for reason in ["symbol_check_reason", "strategy_check_reason", "request_ids_resolve_reason", "session_reason"] {
        assert_eq!(job[reason], Value::Null, "{reason}");
    }
    assert_eq!(proof["bot"]["conditions"][0]["reason"], "ResultUnverified");
    assert_eq!(proof["bot"]["instrument"]["symbol"], "SPX");
    assert_eq!(proof["bot"]["unknown_reason"], Value::Null);
}

#[test]
fn the_list_of_trades_is_left_out_and_their_count_stays() {
    let proof = proof(found(true), evidence(&[("SPX", "success")]));
    let result = &proof["jobs"][0]["session"]["result"];
    assert_eq!((&result["trades"], &result["tradeCounts"]["total"]), (&Value::Null, &json!(2)));
}

#[test]
fn one_row_for_another_symbol_is_a_mismatch_even_if_it_was_refused() {
    let proof = proof(found(true), evidence(&[("SPX", "success"), ("NDX", "refused")]));
    assert_eq!(proof["jobs"][0]["symbol_check"], "MISMATCH");
    assert!(proof["jobs"][0]["symbol_check_reason"].as_str().unwrap().contains("NDX"));
}

#[test]
fn without_an_answered_row_the_symbol_is_unknown_and_not_exact() {
    for rows in [&[][..], &[("SPX", "failed")]] {
        let proof = proof(found(true), evidence(rows));
        assert_eq!(proof["jobs"][0]["symbol_check"], Value::Null);
        assert!(proof["jobs"][0]["symbol_check_reason"].is_string());
    }
}

#[test]
fn rows_that_were_not_read_leave_the_symbol_unknown() {
    let mut evidence = evidence(&[("SPX", "success")]);
    evidence.requests_total = 2;
    assert_eq!(proof(found(true), evidence)["jobs"][0]["symbol_check"], Value::Null);
}

#[test]
fn a_changed_strategy_and_a_foreign_request_are_told() {
    let mut evidence = evidence(&[("SPX", "success")]);
    evidence.job.strategy_hash = "sha256:old".into();
    let session = evidence.session.as_mut().unwrap();
    session.strategy_hash = "sha256:old".into();
    session.unresolved_request_ids = session.request_ids.clone();
    let proof = proof(found(true), evidence);
    assert_eq!(proof["jobs"][0]["strategy_check"], false);
    assert!(proof["jobs"][0]["strategy_check_reason"].as_str().unwrap().contains("changed"));
    assert_eq!(proof["jobs"][0]["request_ids_resolve"], false);
}

#[test]
fn a_job_without_a_session_says_why() {
    let mut evidence = evidence(&[]);
    evidence.session = None;
    evidence.job.status = JobStatus::Failed;
    evidence.job.reason_code = Some(ReasonCode::ProviderAuth);
    let proof = proof(found(true), evidence);
    let job = &proof["jobs"][0];
    assert_eq!(
        (&job["session"], &job["strategy_check"], &job["request_ids_resolve"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(job["session_reason"], "the job failed: PROVIDER_AUTH");
}

#[test]
fn what_nobody_said_of_a_bot_is_null_with_a_reason() {
    let young = proof(found(false), evidence(&[("SPX", "success")]));
    assert_eq!(young["bot"]["stage"], Value::Null);
    assert!(young["bot"]["unknown_reason"].is_string());
    let deleted = proof(Found { bot: None, ..found(false) }, evidence(&[("SPX", "success")]));
    assert_eq!(deleted["bot"]["unknown_reason"], "the Bot has been deleted");
    assert_eq!(deleted["jobs"][0]["symbol_check"], "exact", "the rows outlive the Bot");
    assert_eq!(deleted["jobs"][0]["strategy_check"], Value::Null);
}

#[test]
fn a_job_whose_vendor_was_stood_in_for_names_what_stood_in_and_for_which_call() {
    let mut evidence = evidence(&[("SPX", "failed"), ("SPX", "success")]);
    let failed = evidence.requests[0].id;
    evidence.requests[1].provider = "massive".into();
    evidence.requests[1].fallback_of = Some(failed);
    let (id, mut in_vain) = (evidence.requests[1].id, evidence.clone());
    let answered = proof(found(true), evidence);
    assert_eq!(answered["jobs"][0]["fallback"], json!({"provider": "massive", "request_id": id, "fallback_of": failed}));
    in_vain.requests[1].outcome = assayer_contract::Outcome::Failed;
    assert_eq!(proof(found(true), in_vain)["jobs"][0]["fallback"], Value::Null, "one that failed as well stood in for nothing");
}
