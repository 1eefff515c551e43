//! FRED as its documentation describes it, for a few made-up series.
//!
//! In: requests of any client of that API. Out: its answers and errors. Observations are a function of series, month and vintage:
//! each value is revised once, thirty days after its first release.

use axum::Json;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::{Days, Months, NaiveDate, Utc};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::Keys;
use crate::ledger::{Parameters, parameters};
use crate::shell::Vendor;

/// The series that it has, with their titles.
const SERIES: [(&str, &str); 4] = [
    ("GNPCA", "Real Gross National Product"),
    ("CPIAUCSL", "Consumer Price Index for All Urban Consumers"),
    ("UNRATE", "Unemployment Rate"),
    ("DGS10", "Market Yield on U.S. Treasury Securities at 10-Year Constant Maturity"),
];
const DOCS: &str = "Read https://fred.stlouisfed.org/docs/api/api_key.html for more information.";

/// FRED with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/series", get(series))
        .route("/series/observations", get(observations))
        .route("/series/vintagedates", get(vintages))
        .route("/series/search", get(search))
        .route("/series/release", get(release))
        .route("/releases/dates", get(releases))
        .route("/release/dates", get(releases))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "Not Found.") })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    parameters(head.uri.query().unwrap_or_default().as_bytes()).remove("api_key")
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let refusal = match key(&head) {
        None => format!("Bad Request.  Variable api_key is not set.  {DOCS}"),
        Some(key) if key.len() != 32 || !key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) => {
            format!(
                "Bad Request.  The value for variable api_key is not a 32 character alpha-numeric lower-cased string.  {DOCS}"
            )
        }
        Some(key) if !keys.accept(&key) => format!("Bad Request.  The value for variable api_key is not registered.  {DOCS}"),
        Some(_) => return next.run(Request::from_parts(head, body)).await,
    };
    error(StatusCode::BAD_REQUEST, &refusal)
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error_code": status.as_u16(), "error_message": message}))).into_response()
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => {
            error(StatusCode::BAD_REQUEST, &format!("Bad Request.  The value for variable api_key is not registered.  {DOCS}"))
        }
        Kind::BadRequest => error(StatusCode::BAD_REQUEST, "Bad Request.  The series does not exist."),
        Kind::RateLimited => error(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests.  Exceeded Rate Limit"),
        Kind::ServerError => error(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}

/// The series asked for; XML is what the vendor answers with unless asked otherwise, and what this stand-in does not speak.
fn asked(params: &Parameters) -> Result<(&'static str, &'static str), Box<Response>> {
    if params.get("file_type").map(String::as_str) != Some("json") {
        return Err(Box::new((StatusCode::OK, "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<seriess/>\n").into_response()));
    }
    let Some(id) = params.get("series_id") else {
        return Err(Box::new(error(StatusCode::BAD_REQUEST, "Bad Request.  Variable series_id is not set.")));
    };
    let found = SERIES.into_iter().find(|(known, _)| known == id);
    found.ok_or_else(|| Box::new(error(StatusCode::BAD_REQUEST, "Bad Request.  The series does not exist.")))
}

async fn series(Query(params): Query<Parameters>) -> Response {
    let (id, title) = match asked(&params) {
        Ok(series) => series,
        Err(refusal) => return *refusal,
    };
    let (from, to) = vintage(&params);
    Json(json!({"realtime_start": from, "realtime_end": to, "seriess": [described(id, title, from, to)]})).into_response()
}

fn described(id: &str, title: &str, from: NaiveDate, to: NaiveDate) -> Value {
    json!({"id": id, "realtime_start": from, "realtime_end": to, "title": title, "observation_start": "2020-01-01",
        "observation_end": to, "frequency": "Monthly", "frequency_short": "M", "units": "Index", "units_short": "Index",
        "seasonal_adjustment": "Seasonally Adjusted", "seasonal_adjustment_short": "SA", "last_updated": "2025-01-15 07:41:02-06",
        "popularity": 90, "notes": "Made up: no statistic of any office."})
}

/// First and last day of the vintage; today where none is given.
fn vintage(params: &Parameters) -> (NaiveDate, NaiveDate) {
    let day = |name: &str| params.get(name).and_then(|text| text.parse().ok()).unwrap_or_else(|| Utc::now().date_naive());
    (day("realtime_start"), day("realtime_end"))
}

async fn observations(Query(params): Query<Parameters>) -> Response {
    let (id, _) = match asked(&params) {
        Ok(series) => series,
        Err(refusal) => return *refusal,
    };
    let (from, known_at) = vintage(&params);
    let day = |name: &str, otherwise| params.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let start = day("observation_start", NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default());
    let end = day("observation_end", known_at);
    let months = start.iter_days().take_while(|day| *day <= end).filter(|day| chrono::Datelike::day(day) == 1);
    let all: Vec<_> = months
        .filter_map(|month| Some((month, value(id, month, known_at)?)))
        .map(|(month, value)| json!({"realtime_start": from, "realtime_end": known_at, "date": month, "value": value}))
        .collect();
    Json(json!({"realtime_start": from, "realtime_end": known_at, "observation_start": start, "observation_end": end,
        "units": "lin", "output_type": 1, "file_type": "json", "order_by": "observation_date", "sort_order": "asc",
        "count": all.len(), "offset": 0, "limit": 100_000, "observations": all}))
    .into_response()
}

/// What was known on a day of a month's value: none before its release, the first figure, then the revised one.
fn value(id: &str, month: NaiveDate, known_at: NaiveDate) -> Option<String> {
    let released = month.checked_add_months(Months::new(1))? + Days::new(12);
    if known_at < released {
        return None;
    }
    let seed = id.bytes().map(i64::from).sum::<i64>() + i64::from(chrono::Datelike::num_days_from_ce(&month));
    let revision = if known_at >= released + Days::new(30) { 3 } else { 0 };
    Some(format!("{}.{}", 100 + seed.rem_euclid(40), (seed + revision).rem_euclid(10)))
}

async fn vintages(Query(params): Query<Parameters>) -> Response {
    match asked(&params) {
        Ok(_) => Json(json!({"count": 2, "vintage_dates": ["2025-01-13", "2025-02-12"]})).into_response(),
        Err(refusal) => *refusal,
    }
}

async fn search(Query(params): Query<Parameters>) -> Response {
    let text = params.get("search_text").map(|text| text.to_lowercase()).unwrap_or_default();
    let (from, to) = vintage(&params);
    let found =
        SERIES.into_iter().filter(|(id, title)| id.to_lowercase().contains(&text) || title.to_lowercase().contains(&text));
    let all: Vec<_> = found.map(|(id, title)| described(id, title, from, to)).collect();
    Json(json!({"count": all.len(), "seriess": all})).into_response()
}

/// Every series comes out with the one release that there is.
async fn release(Query(params): Query<Parameters>) -> Response {
    let (from, to) = vintage(&params);
    match asked(&params) {
        Ok(_) => {
            let release = json!({"id": 10, "realtime_start": from, "realtime_end": to, "name": "Consumer Price Index",
                "press_release": true, "link": "http://www.bls.gov/cpi/"});
            Json(json!({"realtime_start": from, "realtime_end": to, "releases": [release]})).into_response()
        }
        Err(refusal) => *refusal,
    }
}

/// On the thirteenth of each month; those to come only where they are asked for.
async fn releases(Query(params): Query<Parameters>) -> Response {
    let today = Utc::now().date_naive();
    let to_come = params.get("include_release_dates_with_no_data").is_some_and(|text| text == "true");
    let first = NaiveDate::from_ymd_opt(2025, 1, 13).unwrap_or_default();
    let days = (0..).map_while(|month| first.checked_add_months(Months::new(month)));
    let days = days.take_while(|day| *day <= today || (to_come && *day <= today + Days::new(62)));
    let all: Vec<_> = days.map(|day| json!({"release_id": 10, "release_name": "Consumer Price Index", "date": day})).collect();
    Json(json!({"count": all.len(), "release_dates": all})).into_response()
}
