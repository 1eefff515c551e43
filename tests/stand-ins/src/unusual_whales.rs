//! Unusual Whales as its OpenAPI description and its users describe it, for made-up trades.
//!
//! In: requests of any client of that API. Out: its answers and errors, with the headers that count calls. Alerts and headlines end
//! now, one every few seconds back from there; all else about them is a function of their number.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{OriginalUri, Path, Query, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{NaiveDate, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::{Keys, bearer};
use crate::ledger::Parameters;
use crate::shell::{Vendor, broken};

const TICKERS: [&str; 5] = ["SPY", "QQQ", "AAPL", "TSLA", "NVDA"];
/// Calls a day and a minute.
const LIMITS: (u64, u64) = (15_000, 120);
/// Alerts, trades and headlines that there are at any time.
const ALL: i32 = 600;

#[derive(Clone)]
struct Door {
    keys: Keys,
    calls: Arc<AtomicU64>,
}

/// Unusual Whales with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/api/stock/{ticker}/info", get(info))
        .route("/api/option-trades/flow-alerts", get(alerts))
        .route("/api/market/market-tide", get(tide))
        .route("/api/darkpool/recent", get(recent))
        .route("/api/darkpool/{ticker}", get(of_ticker))
        .route("/api/news/headlines", get(headlines))
        .fallback(|| async { (StatusCode::NOT_FOUND, Json(json!({}))) })
        .layer(from_fn_with_state(Door { keys, calls: Arc::default() }, enter));
    Vendor { router, key: bearer, refuse, request_id: Some(HeaderName::from_static("x-request-id")) }
}

async fn enter(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    if !bearer(&head).is_some_and(|key| door.keys.accept(&key)) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "Invalid API key"}))).into_response();
    }
    let calls = door.calls.fetch_add(1, Ordering::Relaxed) + 1;
    counted(next.run(Request::from_parts(head, body)).await, calls, LIMITS.1 - 1, 60_000)
}

/// The answer with the calls of the day, what is left of the minute, and the milliseconds until that ends.
fn counted(mut response: Response, calls: u64, left: u64, reset_ms: u64) -> Response {
    let all = [
        ("x-uw-daily-req-count", calls),
        ("x-uw-token-req-limit", LIMITS.0),
        ("x-uw-minute-req-counter", LIMITS.1 - left),
        ("x-uw-req-per-minute-remaining", left),
        ("x-uw-req-per-minute-reset", reset_ms),
    ];
    for (name, value) in all {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    response
}

fn refuse(kind: Kind, retry_after_s: u64) -> Option<Response> {
    let answer = |status: StatusCode, body: Value| (status, Json(body)).into_response();
    let (left, minute) = (LIMITS.1 - 1, 60_000);
    Some(match kind {
        Kind::Unauthorized => answer(StatusCode::UNAUTHORIZED, json!({"error": "Invalid API key"})),
        Kind::License => counted(answer(StatusCode::FORBIDDEN, historic()), 1, left, minute),
        Kind::Forbidden => {
            let body = json!({"code": "plan_missing", "message": "Your plan does not include this endpoint."});
            counted(answer(StatusCode::FORBIDDEN, body), 1, left, minute)
        }
        Kind::BadRequest => counted(unprocessable("/api", "limit"), 1, left, minute),
        Kind::RateLimited => {
            let body = json!({"error": "Too many requests"});
            counted(answer(StatusCode::TOO_MANY_REQUESTS, body), 120, 0, retry_after_s.saturating_mul(1_000))
        }
        Kind::Quota => {
            counted(answer(StatusCode::TOO_MANY_REQUESTS, json!({"error": "Too many requests"})), LIMITS.0, left, minute)
        }
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong").into_response(),
        other => return broken(other),
    })
}

fn historic() -> Value {
    json!({"code": "historic_data_access_missing",
        "message": "The earliest date currently available to you is 2026-09-01 (30 trading days) so 2020-01-02 in query param date will not return historical data.\nIf you wish to access full historic data please email dev@unusualwhales.com with your use case."})
}

fn unprocessable(path: &str, parameter: &str) -> Response {
    let body = json!({"msg": format!("Invalid query param {parameter}"), "path": path, "query": parameter,
        "url": "https://api.unusualwhales.com/docs"});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

fn data(data: impl Iterator<Item = Value>) -> Response {
    Json(json!({"data": data.collect::<Vec<_>>()})).into_response()
}

/// The rows, as many of them as `limit` says, or its default; the answer to a limit beyond the most.
fn limited(path: &str, params: &Parameters, (otherwise, most): (usize, usize), rows: impl Iterator<Item = Value>) -> Response {
    let limit = params.get("limit").map_or(Ok(otherwise), |text| text.parse());
    match limit {
        Ok(limit) if (1..=most).contains(&limit) => data(rows.take(limit)),
        _ => unprocessable(path, "limit"),
    }
}

fn yes(params: &Parameters, name: &str) -> bool {
    params.get(name).is_some_and(|value| value == "true")
}

fn ago(seconds: i32) -> String {
    (Utc::now() - TimeDelta::seconds(seconds.into())).to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn ticker(no: i32) -> &'static str {
    TICKERS.into_iter().cycle().nth(usize::try_from(no % 5).unwrap_or_default()).unwrap_or("SPY")
}

async fn info(Path(ticker): Path<String>) -> Response {
    Json(json!({"data": {"symbol": ticker, "full_name": format!("{ticker}, made up"), "short_name": ticker, "sector": null,
        "marketcap": "385698577500", "avg30_volume": "55973002.76", "has_options": true, "has_dividend": true, "has_earnings_history": true,
        "issue_type": "ETF", "next_earnings_date": null, "announce_time": "unknown", "uw_tags": []}}))
    .into_response()
}

async fn alerts(OriginalUri(uri): OriginalUri, Query(params): Query<Parameters>) -> Response {
    let wanted = |no: &i32| {
        let of_ticker = params.get("ticker_symbol").is_none_or(|asked| asked.split(',').any(|word| word == ticker(*no)));
        let is_call = no % 2 == 0;
        let of_type = (is_call || !yes(&params, "is_call")) && (!is_call || !yes(&params, "is_put"));
        let least = params.get("min_premium").and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
        of_ticker && of_type && i64::from(*no) * 1_000 >= least
    };
    limited(uri.path(), &params, (100, 200), (0..ALL).filter(wanted).map(alert))
}

fn alert(no: i32) -> Value {
    let at = (Utc::now() - TimeDelta::seconds(i64::from(no) * 20)).timestamp_millis();
    let (kind, letter) = if no % 2 == 0 { ("call", 'C') } else { ("put", 'P') };
    let premium = (i64::from(no) * 1_000).to_string();
    json!({"id": uuid::Uuid::from_u128(no.unsigned_abs().into()), "rule_id": uuid::Uuid::from_u128(1), "alert_rule": "RepeatedHits",
        "ticker": ticker(no), "option_chain": format!("{}261218{letter}00611000", ticker(no)), "type": kind, "strike": "611",
        "expiry": "2026-12-18", "created_at": ago(no * 20), "start_time": at, "end_time": at + 46, "price": "2.8", "bid": "2.79",
        "ask": "2.8", "iv_start": "0.161479236210277", "iv_end": "0.161479236210277", "total_premium": premium,
        "total_ask_side_prem": premium, "total_bid_side_prem": "0", "total_size": 514, "trade_count": 8, "volume": 34_468,
        "open_interest": 1_061, "volume_oi_ratio": "32.4863336475024", "underlying_price": "605.65", "has_sweep": false,
        "has_floor": false, "has_multileg": false, "has_singleleg": true, "all_opening_trades": false, "expiry_count": 1,
        "sector": null, "marketcap": "385698577500", "er_time": null, "next_earnings_date": null})
}

/// From half past nine to four in New York, as in winter.
async fn tide(OriginalUri(uri): OriginalUri, Query(params): Query<Parameters>) -> Response {
    let asked = params.get("date").map(|text| text.parse::<NaiveDate>());
    let Ok(day) = asked.unwrap_or_else(|| Ok(Utc::now().date_naive())) else { return unprocessable(uri.path(), "date") };
    let point = |minute: i64| {
        let clock = 570 + minute;
        json!({"date": day, "timestamp": format!("{day}T{:02}:{:02}:00-05:00", clock / 60, clock % 60),
            "net_call_premium": format!("{}.0000", minute * 1_000 - 90_000), "net_put_premium": format!("{}.0000", 40_000 - minute * 300),
            "net_volume": minute * 7 - 900})
    };
    data((0..390).step_by(if yes(&params, "interval_5m") { 5 } else { 1 }).map(point))
}

async fn recent(OriginalUri(uri): OriginalUri, Query(params): Query<Parameters>) -> Response {
    limited(uri.path(), &params, (100, 500), (0..ALL).map(|no| print(no, ticker(no))))
}

async fn of_ticker(OriginalUri(uri): OriginalUri, Path(of): Path<String>, Query(params): Query<Parameters>) -> Response {
    let known = TICKERS.into_iter().filter(|known| *known == of).flat_map(|known| (0..ALL).map(move |no| print(no, known)));
    limited(uri.path(), &params, (500, 500), known)
}

fn print(no: i32, ticker: &str) -> Value {
    json!({"ticker": ticker, "executed_at": ago(no * 30), "price": "258.45", "size": 100 + no, "premium": "2429171.55",
        "volume": 44_915_021, "nbbo_bid": "258.5", "nbbo_ask": "258.6", "nbbo_bid_quantity": 40, "nbbo_ask_quantity": 97,
        "market_center": "L", "tracking_id": no, "canceled": false, "ext_hour_sold_codes": null, "sale_cond_codes": null,
        "trade_code": null, "trade_settlement": "regular"})
}

async fn headlines(OriginalUri(uri): OriginalUri, Query(params): Query<Parameters>) -> Response {
    let wanted = |headline: &Value| {
        let text = headline["headline"].as_str().unwrap_or_default().to_lowercase();
        let about = params.get("search_term").is_none_or(|term| text.contains(&term.to_lowercase()));
        about && (!yes(&params, "major_only") || headline["is_major"] == true)
    };
    let per_page = params.get("limit").and_then(|text| text.parse::<usize>().ok()).unwrap_or(50);
    let page = params.get("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).max(1);
    let all = (0..ALL).map(headline).filter(wanted).skip((page - 1).saturating_mul(per_page));
    limited(uri.path(), &params, (50, 100), all)
}

fn headline(no: i32) -> Value {
    json!({"created_at": ago(no * 60), "headline": format!("Made up, no. {no}: nothing happened to {}.", ticker(no)),
        "is_major": no % 10 == 0, "sentiment": "neutral", "source": "Nobody", "tags": [], "tickers": [ticker(no)], "meta": {}})
}
