//! A gateway that keeps bars, and what a runner makes of them.

use assayer_contract::{Outcome, RequestSummary, Sent};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::json;

use crate::{
    gateway::{Shared, body, row},
    world::{CALLS, Ran, assignment, eurusd, run, spec},
};

/// Midnight of the last day that is kept, in nanoseconds since 1970, and as the gateway says it.
const UNTIL: (u64, &str) = (1_512_086_400_000_000_000, "2017-12-01T00:00:00Z");

/// What the gateway keeps.
pub(crate) struct Kept {
    /// How many bars it gives.
    pub(crate) count: usize,
}

/// The vendor's answer to who asks for newer bars only.
pub(crate) fn newer(form: &[u8]) -> Option<Vec<u8>> {
    let asked = String::from_utf8_lossy(form).contains(&format!("start={}&", UNTIL.0));
    asked.then(|| body(&eurusd().into_iter().filter(|bar| bar.hd.ts_event >= UNTIL.0).collect::<Vec<_>>()))
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/v1/kept/databento", get(until)).route("/v1/kept/databento/v0/timeseries.get_range", post(bars))
}

async fn until(State(notes): State<Shared>, headers: HeaderMap) -> Response {
    let mut notes = notes.lock().unwrap();
    if notes.kept.is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    notes.visit("kept until", &headers).unwrap_or_else(|| Json(json!({"until": UNTIL.1})).into_response())
}

async fn bars(State(notes): State<Shared>, headers: HeaderMap) -> Response {
    let mut notes = notes.lock().unwrap();
    let count = notes.kept.as_ref().unwrap().count;
    let answer = notes.visit("kept bars", &headers);
    let outcome = if answer.is_some() { Outcome::Refused } else { Outcome::Served };
    let bar_count = i64::try_from(count).ok();
    notes.rows.push(RequestSummary { sent: Sent::No, bar_count, ..row("timeseries.get_range", outcome, None) });
    answer.unwrap_or_else(|| body(&eurusd()[..count]).into_response())
}

async fn keeping(count: usize, refused: bool) -> Ran {
    run(assignment("BACKTEST", &spec()), |notes| {
        notes.kept = Some(Kept { count });
        if refused {
            notes.instead.insert("kept bars", (409, b"{}".to_vec()));
        }
    })
    .await
}

#[tokio::test]
async fn only_what_is_newer_is_asked_of_the_vendor_and_the_result_is_the_same() {
    let whole = run(assignment("BACKTEST", &spec()), |_| {}).await;
    let ran = keeping(eurusd().len(), false).await;
    let (whole, notes) = (whole.notes.lock().unwrap(), ran.notes.lock().unwrap());
    let calls: Vec<_> = notes.calls.iter().map(String::as_str).filter(|call| *call != "job").collect();
    let [range, resolve, count, price, get] = CALLS;
    assert_eq!(calls, [range, resolve, count, "kept until", price, get, "kept bars", "requests", "sessions", "report"]);
    let (session, other) = (&notes.sessions[0], &whole.sessions[0]);
    assert_eq!((session.data_hash, session.result_hash, session.bars), (other.data_hash, other.result_hash, other.bars));
    let bars: Vec<_> = notes.rows.iter().filter(|row| row.endpoint == get).map(|row| row.id).collect();
    assert!(session.request_ids.ends_with(&bars) && bars.len() == 2, "the newer bars and all of them: {:?}", session.request_ids);
}

#[tokio::test]
async fn what_is_kept_is_of_no_use_where_the_vendor_counts_other_bars_or_the_gateway_refuses() {
    for (count, refused) in [(eurusd().len() - 1, false), (eurusd().len(), true)] {
        let ran = keeping(count, refused).await;
        let notes = ran.notes.lock().unwrap();
        let bought = notes.calls.iter().filter(|call| *call == "timeseries.get_range").count();
        assert_eq!(bought, 2, "all of them are asked for: {:?}", notes.calls);
        let last = notes.rows.iter().rfind(|row| row.endpoint == "timeseries.get_range").unwrap();
        assert_eq!(notes.sessions[0].request_ids.last(), Some(&last.id));
        assert_eq!(last.outcome, Outcome::Success);
    }
}
