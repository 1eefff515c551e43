//! What a reader of a provider's proof relies on.

use assayer_contract::{ReasonCode, Sha256Hash};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;

fn row(outcome: &str, job_status: Option<JobStatus>, job_reason: Option<ReasonCode>) -> Row {
    let id = Uuid::now_v7();
    let sent = if outcome == "success" { "yes" } else { "no" };
    let row = json!({
        "id": id, "created_at": Utc::now(), "call_id": id, "attempt": 1, "sent": sent, "outcome": outcome, "gateway_set": "s",
        "writer": "w", "writer_epoch": 1, "seq": 1, "group_no": 1, "trace_id": id, "job_id": job_status.map(|_| id), "user_id": "u",
        "source": "marketData", "provider": "databento", "operation": "call", "method": "GET", "endpoint": "e",
        "request_fingerprint": Sha256Hash::of(b""), "params": {},
    });
    Row { row: serde_json::from_value(row).unwrap(), job_status, job_reason }
}

fn session(rows: &[&Row]) -> NamingSession {
    let id = Uuid::now_v7();
    NamingSession {
        id,
        created_at: Utc::now(),
        job_id: id,
        trace_id: id,
        bot_id: id,
        bot_namespace: "default".into(),
        bot_name: "spx-cross".into(),
        bars: 10,
        data_hash: "d".into(),
        result_hash: "r".into(),
        request_ids: rows.iter().map(|row| row.row.id).collect(),
        missing_request_ids: Vec::new(),
        unresolved_request_ids: Vec::new(),
    }
}

fn proof(rows: Vec<Row>, sessions: Vec<NamingSession>, more: bool) -> Value {
    let evidence = ProviderEvidence {
        rows,
        more,
        sessions,
        sessions_cut: false,
        searched: 1,
        dangling: Vec::new(),
        counts: vec![OutcomeCount { outcome: Outcome::Success, reason_code: None, count: 2 }],
        last_success_at: None,
    };
    let page = Page { provider: "databento".into(), bot_id: None, before: None, limit: 50 };
    let asked = Asked { page, bot: None, since: Utc::now() - TimeDelta::hours(1), now: Utc::now() };
    serde_json::to_value(ProviderProof::new(asked, evidence)).unwrap()
}

#[test]
fn rows_and_sessions_name_each_other_and_a_row_without_a_session_says_why() {
    let used = row("success", Some(JobStatus::Succeeded), None);
    let unused = row("success", Some(JobStatus::Failed), Some(ReasonCode::DataQuality));
    let refused = row("refused", Some(JobStatus::Running), None);
    let session = session(&[&used]);
    let (used_id, unused_id, refused_id, session_id) = (used.row.id, unused.row.id, refused.row.id, session.id);

    let proof = proof(vec![used, unused, refused], vec![session], true);

    assert_eq!(proof["requests"][0]["id"], json!(used_id));
    assert_eq!(proof["requests"][0]["session_ids"], json!([session_id]));
    assert_eq!(proof["requests"][0]["no_session_reason"], Value::Null);
    assert_eq!(proof["requests"][1]["no_session_reason"], "its job failed: DATA_QUALITY");
    assert_eq!(proof["requests"][2]["no_session_reason"], "a call that ended as refused feeds no session");
    assert_eq!(proof["unnamed_request_ids"], json!([unused_id, refused_id]));
    assert_eq!(proof["sessions"][0]["request_ids"], json!([used_id]));
    assert_eq!(proof["next_before"], json!(refused_id));
    assert_eq!(proof["last_hour"]["total"], 2);
}

#[test]
fn what_is_not_there_is_null_with_a_reason() {
    let proof = proof(Vec::new(), Vec::new(), false);
    assert_eq!(proof["requests_reason"], "no call to databento has been recorded");
    assert_eq!((&proof["last_success_at"], &proof["next_before"], &proof["bot"]), (&Value::Null, &Value::Null, &Value::Null));
    assert_eq!(proof["last_success_reason"], "no successful call to databento has been recorded");
}

#[test]
fn a_row_without_a_job_or_of_a_running_one_says_so() {
    let proof = proof(vec![row("success", None, None), row("success", Some(JobStatus::Running), None)], Vec::new(), false);
    assert_eq!(proof["requests"][0]["no_session_reason"], "no job made this call");
    assert_eq!(proof["requests"][1]["no_session_reason"], "its job has not finished");
}
