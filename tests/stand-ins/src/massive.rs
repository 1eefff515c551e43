//! Massive as its documentation and its own client describe it, for made-up prices.
//!
//! In: requests of any client of that API. Out: its answers and errors. A bar is a function of its ticker and time: one for each
//! stretch of the time asked for, Mondays to Fridays, around the clock.

mod bars;
mod page;

use axum::Json;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::{Keys, bearer};
use crate::shell::{Vendor, broken};
use page::Asked;

const TICKERS: [&str; 4] = ["AAPL", "MSFT", "QQQ", "SPY"];
const ARTICLES: i32 = 45;
const NOT_ENTITLED: &str = "You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing";
const TOO_MANY: &str = "You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing";

/// Massive with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}", get(bars::stocks))
        .route("/futures/v1/aggs/{ticker}", get(bars::futures))
        .route("/v2/reference/news", get(news))
        .route("/v3/reference/tickers", get(tickers))
        .route("/v1/marketstatus/now", get(market))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "NOT_FOUND", "message", "Not Found") })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key: bearer, refuse, request_id: None }
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match bearer(&head) {
        None => error(StatusCode::UNAUTHORIZED, "ERROR", "error", "API Key was not provided"),
        Some(key) if !keys.accept(&key) => error(StatusCode::UNAUTHORIZED, "ERROR", "error", "Unknown API Key"),
        Some(_) => next.run(Request::from_parts(head, body)).await,
    }
}

fn id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn error(status: StatusCode, word: &str, place: &str, message: &str) -> Response {
    (status, Json(json!({"status": word, "request_id": id(), place: message}))).into_response()
}

fn unparsable(what: &str) -> Response {
    error(StatusCode::BAD_REQUEST, "ERROR", "error", &format!("Could not parse the parameter: '{what}'."))
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => error(StatusCode::UNAUTHORIZED, "ERROR", "error", "Unknown API Key"),
        Kind::License | Kind::Forbidden => error(StatusCode::FORBIDDEN, "NOT_AUTHORIZED", "message", NOT_ENTITLED),
        Kind::RateLimited => error(StatusCode::TOO_MANY_REQUESTS, "ERROR", "error", TOO_MANY),
        Kind::BadRequest => unparsable("from"),
        Kind::ErrorInSuccess => error(StatusCode::OK, "NOT_AUTHORIZED", "message", NOT_ENTITLED),
        other => return broken(other),
    })
}

/// One article every ten minutes up to now, oldest first, each about the next of the tickers.
async fn news(asked: Asked) -> Response {
    let article = |no: i32| {
        let at = (Utc::now() - TimeDelta::minutes(10) * (ARTICLES - no)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let ticker = TICKERS.into_iter().cycle().nth(usize::try_from(no).unwrap_or_default());
        json!({"id": format!("made-up-{no}"), "publisher": {"name": "Nobody", "homepage_url": "https://example.com"},
            "title": format!("Made up, no. {no}"), "author": "Nobody", "published_utc": at,
            "article_url": format!("https://example.com/{no}"), "tickers": [ticker], "description": "Nothing happened.",
            "keywords": [], "image_url": "https://example.com/image",
            "insights": [{"ticker": ticker, "sentiment": "neutral", "sentiment_reasoning": "Nothing happened."}]})
    };
    let about = |article: &Value| asked.text("ticker").is_none_or(|ticker| article["tickers"] == json!([ticker]));
    asked.answer((0..ARTICLES).map(article).filter(about).collect(), (10, 1_000))
}

async fn tickers(asked: Asked) -> Response {
    let known = TICKERS.into_iter().filter(|known| asked.text("ticker").is_none_or(|ticker| ticker == *known));
    let row = |ticker: &str| {
        json!({"ticker": ticker, "name": format!("{ticker}, made up"), "market": "stocks", "locale": "us",
            "primary_exchange": "XNAS", "type": "CS", "active": true, "currency_name": "usd"})
    };
    asked.answer(known.map(row).collect(), (100, 1_000))
}

/// It has no status of its own.
async fn market() -> Json<Value> {
    Json(json!({"market": "open", "earlyHours": false, "afterHours": false, "serverTime": Utc::now().to_rfc3339(),
        "exchanges": {"nasdaq": "open", "nyse": "open", "otc": "open"}, "currencies": {"crypto": "open", "fx": "open"},
        "indicesGroups": {"s_and_p": "open", "dow_jones": "open"}}))
}
