//! Financial Modeling Prep as its documentation and its users describe it, below `/stable/`, for a few made-up figures.
//!
//! In: requests of any client of that API. Out: its answers and errors. Figures are a function of symbol and day.

use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::Keys;
use crate::ledger::{Parameters, parameters};
use crate::shell::{Vendor, broken};

/// The symbols that it has; another is unknown, unless it is listed outside the United States (`.` in it): then it is beyond the plan.
const SYMBOLS: [&str; 5] = ["AAPL", "MSFT", "SPY", "QQQ", "^GSPC"];
/// Articles of each kind of news.
const ARTICLES: i32 = 45;

const INVALID_KEY: &str = "Invalid API KEY. Feel free to create a Free API Key or visit https://site.financialmodelingprep.com/faqs?search=why-is-my-api-key-invalid for more information.";
const LIMIT: &str = "Limit Reach . Please upgrade your plan or visit our documentation for more details at https://site.financialmodelingprep.com/developer/docs/pricing ";
const EXCLUSIVE: &str = "Exclusive Endpoint : This endpoint is not available under your current subscription please visit our subscription page to upgrade your plan at https://site.financialmodelingprep.com/developer/docs/pricing";
const PREMIUM: &str = "Premium Query Parameter: 'Special Endpoint : This value set for 'symbol' is not available under your current subscription please visit our subscription page to upgrade your plan at https://site.financialmodelingprep.com/developer/docs/pricing";
const LEGACY: &str = "Legacy Endpoint : Due to Legacy endpoints being no longer supported - This endpoint is only available for legacy users who have valid subscriptions prior August 31, 2025. Please visit our subscription page to upgrade your plan at https://site.financialmodelingprep.com/developer/docs/pricing";

/// Financial Modeling Prep with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/quote", get(quote))
        .route("/batch-quote", get(batch))
        .route("/historical-price-eod/full", get(days))
        .route("/historical-chart/{interval}", get(chart))
        .route("/economic-calendar", get(calendar))
        .route("/treasury-rates", get(treasury))
        .route("/news/stock", get(stock_news))
        .route("/news/general-latest", get(general_news))
        .route("/news/stock-latest", get(latest_news))
        .fallback(|| async { (StatusCode::NOT_FOUND, "[]").into_response() })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    parameters(head.uri.query().unwrap_or_default().as_bytes()).remove("apikey")
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    if key(&head).is_some_and(|key| keys.accept(&key)) {
        return next.run(Request::from_parts(head, body)).await;
    }
    error(StatusCode::UNAUTHORIZED, INVALID_KEY)
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"Error Message": message}))).into_response()
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => error(StatusCode::UNAUTHORIZED, INVALID_KEY),
        Kind::License => error(StatusCode::PAYMENT_REQUIRED, EXCLUSIVE),
        Kind::Forbidden => error(StatusCode::FORBIDDEN, LEGACY),
        Kind::RateLimited | Kind::Quota => error(StatusCode::TOO_MANY_REQUESTS, LIMIT),
        Kind::BadRequest => Refusal::Missing("symbol").into_response(),
        Kind::ErrorInSuccess => error(StatusCode::OK, INVALID_KEY),
        other => return broken(other),
    })
}

/// Its refusals in plain text.
enum Refusal {
    Missing(&'static str),
    BeyondPlan,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(name) => {
                (StatusCode::BAD_REQUEST, format!("Query Error: Invalid or missing query parameter - {name}")).into_response()
            }
            Self::BeyondPlan => (StatusCode::PAYMENT_REQUIRED, PREMIUM).into_response(),
        }
    }
}

type Rows = Result<Json<Vec<Value>>, Refusal>;

/// The symbols of this parameter that are known.
fn symbols(params: &Parameters, name: &'static str) -> Result<Vec<&'static str>, Refusal> {
    let asked = params.get(name).filter(|text| !text.is_empty()).ok_or(Refusal::Missing(name))?;
    if asked.contains('.') {
        return Err(Refusal::BeyondPlan);
    }
    Ok(SYMBOLS.into_iter().filter(|symbol| asked.split(',').any(|word| word == *symbol)).collect())
}

/// Days from Monday to Friday from `from` to `to`, newest first; of no `from`, the last `otherwise` days.
fn range(params: &Parameters, otherwise: u64) -> Vec<NaiveDate> {
    let day = |name: &str| params.get(name).and_then(|text| text.parse::<NaiveDate>().ok());
    let to = day("to").unwrap_or_else(|| Utc::now().date_naive());
    let from = day("from").unwrap_or(to - Days::new(otherwise));
    let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let mut days: Vec<_> = from.iter_days().take_while(|day| *day <= to).take(10_000).filter(works).collect();
    days.reverse();
    days
}

/// Hundredths of a unit, between 100 and 140.
fn price(symbol: &str, day: NaiveDate) -> i64 {
    let seed = symbol.bytes().map(i64::from).sum::<i64>() + i64::from(day.num_days_from_ce()) * 17;
    10_000 + seed.rem_euclid(4_000)
}

fn money(hundredths: i64) -> f64 {
    f64::from(i32::try_from(hundredths).unwrap_or_default()) / 100.0
}

fn quoted(symbol: &str) -> Value {
    let (now, today) = (Utc::now(), Utc::now().date_naive());
    let (price, before) = (price(symbol, today), price(symbol, today - Days::new(1)));
    json!({"symbol": symbol, "name": format!("{symbol}, made up"), "price": money(price), "changePercentage": 0.5,
        "change": money(price - before), "volume": 1_234_567, "dayLow": money(price - 100), "dayHigh": money(price + 100),
        "yearHigh": 141.0, "yearLow": 99.0, "marketCap": 1_000_000_000_000_i64, "priceAvg50": 120.1, "priceAvg200": 119.9,
        "exchange": "NASDAQ", "open": money(before), "previousClose": money(before), "timestamp": now.timestamp()})
}

async fn quote(Query(params): Query<Parameters>) -> Rows {
    Ok(Json(symbols(&params, "symbol")?.into_iter().map(quoted).collect()))
}

async fn batch(Query(params): Query<Parameters>) -> Rows {
    Ok(Json(symbols(&params, "symbols")?.into_iter().map(quoted).collect()))
}

async fn days(Query(params): Query<Parameters>) -> Rows {
    let row = |symbol: &str, day: NaiveDate| {
        let price = price(symbol, day);
        json!({"symbol": symbol, "date": day, "open": money(price), "high": money(price + 50), "low": money(price - 50),
            "close": money(price + 10), "volume": 1_000_000, "change": 0.1, "changePercent": 0.1, "vwap": money(price)})
    };
    let Some(symbol) = symbols(&params, "symbol")?.pop() else { return Ok(Json(Vec::new())) };
    Ok(Json(range(&params, 365).into_iter().map(|day| row(symbol, day)).collect()))
}

/// From half past nine to four, as the clock of the exchange has it.
async fn chart(Path(interval): Path<String>, Query(params): Query<Parameters>) -> Rows {
    let lengths = [("1min", 1), ("5min", 5), ("15min", 15), ("30min", 30), ("1hour", 60), ("4hour", 240)];
    let length = lengths.into_iter().find(|(name, _)| *name == interval).ok_or(Refusal::Missing("interval"))?.1;
    let Some(symbol) = symbols(&params, "symbol")?.pop() else { return Ok(Json(Vec::new())) };
    let open = NaiveTime::from_hms_opt(9, 30, 0).unwrap_or_default();
    let row = |day: NaiveDate, minute: i64| {
        let price = price(symbol, day) + minute % 60;
        let date = (day.and_time(open) + TimeDelta::minutes(minute)).format("%Y-%m-%d %H:%M:%S").to_string();
        json!({"date": date, "open": money(price), "low": money(price - 5), "high": money(price + 5), "close": money(price + 1),
            "volume": 1_000})
    };
    let newest_first = |day: NaiveDate| (0..390_i32).step_by(length).rev().map(move |minute| row(day, minute.into()));
    Ok(Json(range(&params, 3).into_iter().flat_map(newest_first).collect()))
}

/// Jobs on the first Friday of a month, prices on the 12th, claims each Thursday, at half past one in the afternoon, UTC.
async fn calendar(Query(params): Query<Parameters>) -> Json<Vec<Value>> {
    let event = |day: NaiveDate| match (day.weekday(), day.day()) {
        (Weekday::Fri, 1..=7) => Some(("Nonfarm Payrolls", "High", "K")),
        (_, 12) => Some(("CPI MoM", "High", "%")),
        (Weekday::Thu, _) => Some(("Initial Jobless Claims", "Medium", "K")),
        _ => None,
    };
    let row = |day: NaiveDate| {
        let (event, impact, unit) = event(day)?;
        let at = day.and_hms_opt(13, 30, 0)?;
        let actual = (at.and_utc() <= Utc::now()).then(|| money(price(event, day)));
        Some(json!({"date": at.format("%Y-%m-%d %H:%M:%S").to_string(), "country": "US", "event": event, "currency": "USD",
            "previous": money(price(event, day - Days::new(28))), "estimate": 120.0, "actual": actual, "change": null,
            "impact": impact, "changePercentage": 0, "unit": unit}))
    };
    // The newest ninety days of a longer range.
    let days = range(&params, 30);
    let newest = days.first().copied().unwrap_or_default();
    Json(days.into_iter().filter(|day| newest - *day <= TimeDelta::days(90)).filter_map(row).collect())
}

async fn treasury(Query(params): Query<Parameters>) -> Json<Vec<Value>> {
    let row = |day: NaiveDate| {
        let rate = |name: &str| 3.0 + money(price(name, day)) / 100.0;
        json!({"date": day, "month1": rate("1"), "month2": rate("2"), "month3": rate("3"), "month6": rate("6"), "year1": rate("12"),
            "year2": rate("24"), "year3": rate("36"), "year5": rate("60"), "year7": rate("84"), "year10": rate("120"),
            "year20": rate("240"), "year30": rate("360")})
    };
    Json(range(&params, 30).into_iter().map(row).collect())
}

async fn stock_news(Query(params): Query<Parameters>) -> Rows {
    let symbols = symbols(&params, "symbols")?;
    Ok(Json(if symbols.is_empty() { Vec::new() } else { articles(&params, &symbols) }))
}

async fn latest_news(Query(params): Query<Parameters>) -> Json<Vec<Value>> {
    Json(articles(&params, &SYMBOLS))
}

async fn general_news(Query(params): Query<Parameters>) -> Json<Vec<Value>> {
    Json(articles(&params, &[]))
}

/// One page of the newest articles, one every ten minutes up to now, each about the next of the symbols.
fn articles(params: &Parameters, symbols: &[&str]) -> Vec<Value> {
    let number = |name: &str, otherwise| params.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (page, limit): (usize, usize) = (number("page", 0), number("limit", 20));
    let article = |(no, symbol): (i32, Option<&&str>)| {
        let at = Utc::now() - TimeDelta::minutes(10) * no;
        json!({"symbol": symbol, "publishedDate": at.format("%Y-%m-%d %H:%M:%S").to_string(), "publisher": "Nobody",
            "title": format!("Made up, no. {no}"), "image": "", "site": "example.com", "text": "Nothing happened.",
            "url": format!("https://example.com/{no}")})
    };
    let about = symbols.iter().map(Some).chain(symbols.is_empty().then_some(None)).cycle();
    (0..ARTICLES).zip(about).map(article).skip(page.saturating_mul(limit)).take(limit.min(250)).collect()
}
