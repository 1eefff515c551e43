//! Those whom a runner asks beside Databento: another vendor in its place, a language model, and simulated bars.

use assayer_contract::{Outcome, RequestSummary};
use axum::{
    Json,
    extract::{Path as UrlPath, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Shared, row};

/// Massive as the gateway forwards it in place of Databento: one bar an hour, each attempt its row.
pub(super) async fn massive(
    State(notes): State<Shared>,
    UrlPath((from, to)): UrlPath<(chrono::NaiveDate, chrono::NaiveDate)>,
    headers: HeaderMap,
) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("massive", &headers);
    let start = from.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis();
    let hours = ((to - from).num_days() + 1) * 24;
    let bar =
        |hour: i64| json!({"t": start + hour * 3_600_000, "o": 500.25, "h": 501, "l": 499.5, "c": 500.5, "v": 1_000 + hour});
    let of = headers.get("x-assayer-fallback-of").and_then(|value| value.to_str().ok()?.parse().ok());
    let outcome = if answer.is_some() { Outcome::Failed } else { Outcome::Success };
    let provider = "massive".to_owned();
    notes.rows.push(RequestSummary { provider, fallback_of: of, ..row("v2/aggs", outcome, Some(hours)) });
    answer.unwrap_or_else(|| Json(json!({"status": "OK", "results": (0..hours).map(bar).collect::<Vec<_>>()})).into_response())
}

/// OpenAI as the gateway forwards it: the answer names its row, and a refusal its reason.
pub(super) async fn model(State(notes): State<Shared>, headers: HeaderMap, Json(question): Json<Value>) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("model", &headers);
    let outcome = if answer.is_some() { Outcome::Failed } else { Outcome::Success };
    let row = RequestSummary { provider: "openai".to_owned(), ..row("chat/completions", outcome, None) };
    let named = [("x-assayer-request-id", row.id.to_string())];
    notes.rows.push(row);
    notes.questions.push(question);
    let choice = json!({"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": notes.words}});
    let refused = |answer: Response| (named.clone(), [("x-assayer-reason-code", "AI_BUDGET")], answer).into_response();
    answer.map_or_else(|| (named.clone(), Json(json!({"choices": [choice]}))).into_response(), refused)
}

/// The gateway's own simulated bars: one an hour.
pub(super) async fn simulated(State(notes): State<Shared>, Query(days): Query<Days>, headers: HeaderMap) -> Response {
    let mut notes = notes.lock().unwrap();
    let answer = notes.visit("simulated", &headers);
    let start = days.start.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_nanos_opt().unwrap();
    let hours = (days.end - days.start).num_days() * 24;
    let bar = |hour: i64| {
        json!([
            start + hour * 3_600_000_000_000,
            500_250_000_000_i64,
            501_000_000_000_i64,
            499_500_000_000_i64,
            500_500_000_000_i64,
            1_000
        ])
    };
    let of = headers.get("x-assayer-fallback-of").and_then(|value| value.to_str().ok()?.parse().ok());
    let outcome = if answer.is_some() { Outcome::Refused } else { Outcome::Served };
    let provider = "sim".to_owned();
    notes.rows.push(RequestSummary { provider, fallback_of: of, bar_count: Some(hours), ..row("bars", outcome, None) });
    let body = json!({"simulated": true, "dataset": "EQUS.MINI", "symbol": "SPY", "schema": "ohlcv-1h",
        "bars": (0..hours).map(bar).collect::<Vec<_>>()});
    let labels =
        [("content-type", "application/vnd.assayer.simulated-bars+json"), ("x-assayer-simulated", notes.simulated_label)];
    answer.unwrap_or_else(|| (labels, body.to_string()).into_response())
}

#[derive(serde::Deserialize)]
pub(super) struct Days {
    start: chrono::NaiveDate,
    end: chrono::NaiveDate,
}
