//! What somebody relies on who opens, keeps or forwards a report.

use assayer_contract::{JobStatus, JobType, RequestRow, Sha256Hash, Stage, canonical_hash};
use assayer_store::{
    bot_history::{RoundRow, WholeSession},
    proof::{JobEvidence, JobRow, SessionRow},
    session_report::{Scores, StrategyRow},
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    facts::{Facts, RoundFacts},
    page::render,
    *,
};
use crate::api::history::bars::tests::{session, trade};

const EVIL: &str = "<script>alert(1)</script><img src=x onerror=\"alert(1)\">&amp;'";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn row(id: Uuid, provider: &str) -> RequestRow {
    serde_json::from_value(json!({
        "id": id, "created_at": "2026-01-08T00:00:00Z", "call_id": id, "attempt": 1, "sent": "yes", "outcome": "success",
        "gateway_set": "s", "writer": "w", "writer_epoch": 1, "seq": 1, "group_no": 1, "trace_id": Uuid::from_u128(5), "user_id": "u",
        "source": "marketData", "provider": provider, "operation": "call", "method": "GET", "endpoint": "timeseries.get_range",
        "request_fingerprint": Sha256Hash::of(b""), "params": {}, "symbol": "SPX", "bar_count": 3, "cost_usd": "0.01",
    }))
    .unwrap()
}

fn job(message: &str) -> JobRow {
    let moment = at("2026-01-08T00:00:00Z");
    JobRow {
        id: Uuid::from_u128(4),
        job_type: JobType::Backtest,
        stage: Stage::Lab,
        status: JobStatus::Succeeded,
        reason_code: None,
        message: Some(message.to_owned()),
        trace_id: Uuid::from_u128(5),
        due_slot: moment,
        created_at: moment,
        started_at: Some(moment),
        completed_at: Some(moment),
        deadline: moment,
        job_name: "spx-cross-backtest-0".to_owned(),
        instrument: "SPX".to_owned(),
        strategy_hash: "sha256:s".to_owned(),
        policy_hash: "sha256:p".to_owned(),
        bot_generation: 1,
    }
}

fn session_row(whole: &WholeSession) -> SessionRow {
    SessionRow {
        id: Uuid::from_u128(9),
        created_at: whole.created_at,
        request_ids: whole.request_ids.clone(),
        data_hash: whole.data_hash.clone(),
        strategy_hash: whole.strategy_hash.clone(),
        inputs_hash: whole.inputs_hash.clone(),
        engine_version: whole.engine_version.clone(),
        bars: whole.bars,
        first_bar: whole.first_bar,
        last_bar: whole.last_bar,
        result: json!({}),
        result_hash: whole.result_hash.clone(),
        unresolved_request_ids: Vec::new(),
    }
}

fn facts(session: WholeSession, text: &str) -> Facts {
    let evidence = JobEvidence {
        requests: vec![row(session.request_ids[0], "databento")],
        requests_total: 1,
        session: Some(session_row(&session)),
        job: job(text),
    };
    let strategy = StrategyRow { family: "smaCross".to_owned(), spec: json!({"smaCross": {"fast": 5, "slow": 20}}) };
    let (namespace, name) = ("desk".to_owned(), "spx-cross".to_owned());
    Facts { namespace, name, evidence, session, strategy: Some(strategy), rounds: Vec::new(), planned: 0 }
}

fn traded() -> WholeSession {
    let mut session = session(&json!([trade("7.5"), trade("-2")]));
    session.result["finalEquity"] = json!("10005.5");
    session
}

fn round(folds: &Value, text: &str) -> RoundFacts {
    let hash = Sha256Hash::of(b"x");
    let gate = json!({"gate": "Folds", "verdict": "Refuted", "measured": text, "required": "4 of 6", "reasonCode": "WALK_FORWARD_FAILED",
        "unknown": null});
    let report = json!({
        "step": "Improve", "seed": "7", "engineVersion": "3", "dataHash": hash, "rulesHash": hash, "trials": [], "ideas": null,
        "assumedTrials": 1, "best": hash, "gates": [gate], "challenger": null, "folds": folds,
    });
    RoundFacts {
        report: assayer_contract::ResearchReport::deserialize(&report).ok(),
        row: RoundRow {
            suggestions: None,
            job_id: Uuid::from_u128(11),
            job_type: JobType::Improve,
            created_at: at("2026-01-08T00:00:00Z"),
            trace_id: Uuid::from_u128(5),
            root: "SPX".to_owned(),
            family: text.to_owned(),
            trials: 4,
            improved: true,
            challenger: None,
            strategy_hash: "sha256:s".to_owned(),
            report,
        },
        scores: Some(Scores { low: -500_000, high: 1_500_000, counts: [vec![3, 0, 1], vec![0; 17]].concat(), unscored: 2 }),
        refusals: vec![(Some("TOO_FEW_TRADES".to_owned()), 3), (None, 1)],
    }
}

fn fold() -> Value {
    let figures = |sharpe: Value| json!({"sharpe": sharpe, "net": "12.5", "trades": 4, "days": 9});
    json!({"trainFrom": "2026-01-01T00:00:00Z", "trainTo": "2026-02-01T00:00:00Z", "testFrom": "2026-02-03T00:00:00Z",
        "testTo": "2026-03-01T00:00:00Z", "trainBars": 31, "testBars": 27, "ownTrained": figures(json!("1.25")),
        "own": figures(json!("0.75")), "chosen": Sha256Hash::of(b"y"), "chosenFigures": figures(Value::Null)})
}

#[test]
fn nothing_that_a_runner_or_a_vendor_wrote_is_more_than_text() {
    let mut session = traded();
    session.engine_version = EVIL.to_owned();
    session.result[EVIL] = json!({ EVIL: EVIL });
    let mut facts = facts(session, EVIL);
    (facts.name, facts.namespace) = (EVIL.to_owned(), EVIL.to_owned());
    facts.strategy = Some(StrategyRow { family: EVIL.to_owned(), spec: json!({ EVIL: [EVIL] }) });
    facts.evidence.requests[0].provider = EVIL.to_owned();
    facts.evidence.job.instrument = EVIL.to_owned();
    (facts.rounds, facts.planned) = (vec![round(&json!([fold()]), EVIL)], 1);
    let text = render(&facts);
    assert!(text.contains("&lt;script&gt;alert(1)"));
    for bad in ["<script", "<img", "onerror=\""] {
        assert!(!text.contains(bad), "{bad} is in the document");
    }
}

#[test]
fn the_document_needs_nothing_else_and_its_policy_allows_nothing_else() {
    let text = render(&facts(traded(), "done"));
    for outside in ["http://", "https://", " src=", " href=", "@import", "url(", "<link", " style=", "javascript:"] {
        assert!(!text.contains(outside), "{outside} is in the document");
    }
    let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = BASE64_STANDARD.encode(Sha256Hash::of(style.as_bytes()).as_bytes());
    assert!(policy().contains(&format!("'sha256-{hash}'")) && text.contains(&hash), "the style is not the one that is allowed");
    assert!(policy().starts_with("default-src 'none';"));
}

#[test]
fn the_same_rows_are_the_same_bytes() {
    let made = || {
        let mut facts = facts(traded(), "done");
        (facts.rounds, facts.planned) = (vec![round(&json!([fold()]), "smaCross")], 1);
        Sha256Hash::of(render(&facts).as_bytes())
    };
    assert_eq!(made(), made());
}

#[test]
fn what_is_known_is_drawn_and_told_by_its_rows() {
    let text = render(&facts(traded(), "done"));
    for told in [
        "Backtest of desk/spx-cross",
        "sha256:s",
        "sha256:d",
        "sha256:r",
        &Uuid::from_u128(6).to_string(),
        &Uuid::from_u128(9).to_string(),
        "Equity from 10000 to 10005.5 over 2 trades",
        "Deepest fall below the highest equity, by closed trades, 2",
        "3 buckets of bars from 100 to 101; 2 trades on them, 1 of which won",
        "This cycle had no round of research.",
    ] {
        assert!(text.contains(told), "{told}");
    }
    assert_eq!(text.matches("<svg").count(), 3);
    assert!(!text.contains("Unknown"), "everything is known here");
}

#[test]
fn folds_gates_scores_and_refusals_of_the_round_are_told() {
    let mut facts = facts(traded(), "done");
    (facts.rounds, facts.planned) = (vec![round(&json!([fold()]), "smaCross")], 1);
    let text = render(&facts);
    for told in [
        "Walk forward",
        "<td>27</td><td>1.25</td><td>0.75</td>",
        "unknown: its days do not differ",
        "✗ Refuted",
        "WALK_FORWARD_FAILED",
        "4 trials with scores from -0.5 to 1.5",
        "2 trials have no score",
        "TOO_FEW_TRADES",
        "nothing speaks against it",
    ] {
        assert!(text.contains(told), "{told}");
    }
    assert_eq!(text.matches("class=\"column\"").count(), 20);
}

#[test]
fn what_nobody_knows_is_said_with_its_reason_and_drawn_nowhere() {
    let old = WholeSession { bar_buckets: None, bar_buckets_hash: None, result: json!({}), ..traded() };
    let mut facts = facts(old, "done");
    (facts.strategy, facts.rounds, facts.planned) = (None, vec![round(&Value::Null, "smaCross")], 2);
    facts.rounds[0].scores = None;
    facts.evidence.requests.clear();
    let text = render(&facts);
    for told in [
        "kept no bars of it",
        "the stored result has no list of trades",
        "no strategy of this hash is stored",
        "the runner that posted this round kept no folds of it",
        "no trial of this round has a score",
        "1 of 2 rounds of this cycle posted no report",
        "not every row that fed it was read",
    ] {
        assert!(text.contains(told), "{told}");
    }
    assert!(!text.contains("<svg"), "an empty chart is drawn");
}

#[test]
fn trades_that_do_not_add_up_to_the_stored_equity_are_refuted() {
    let mut session = traded();
    session.result["finalEquity"] = json!("10006");
    assert!(render(&facts(session, "done")).contains("they add up to 10005.5, and 10006 is stored"));
}

#[test]
fn what_stood_in_for_a_vendor_is_told() {
    let mut facts = facts(traded(), "done");
    facts.evidence.requests[0].fallback_of = Some(Uuid::from_u128(77));
    assert!(render(&facts).contains("databento stood in after the row"));
}

#[test]
fn buckets_and_their_hash_belong_together_in_these_tests() {
    let session = traded();
    assert_eq!(canonical_hash(&session.bar_buckets).unwrap().to_string(), session.bar_buckets_hash.unwrap());
}
