//! Massive's bars. In: a ticker, a length and a range. Out: one bar for each stretch of that length on a working day until now.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::{Value, json};

use super::{Asked, page::named, unparsable};

/// The default and the most bars of a page of stocks.
const STOCKS: (usize, usize) = (5_000, 50_000);
const FUTURES: (usize, usize) = (1_000, 50_000);

pub(super) async fn stocks(
    Path((ticker, multiplier, timespan, from, to)): Path<(String, u32, String, String, String)>,
    asked: Asked,
) -> Response {
    let Some(length) = length(multiplier, &timespan) else { return unparsable("timespan") };
    let Some(from) = time(&from, false) else { return unparsable("from") };
    let Some(to) = time(&to, true) else { return unparsable("to") };
    let row = |at: DateTime<Utc>| {
        let price = cents(&ticker, at);
        json!({"t": at.timestamp_millis(), "o": money(price), "h": money(price + 50), "l": money(price - 50), "c": money(price + 10),
            "v": 7.079_081_3e6, "vw": money(price), "n": 1_000})
    };
    let mut body = asked.page(starts(from, to, length).into_iter().map(row).collect(), STOCKS);
    let count = body.get("count").cloned().unwrap_or_default();
    let adjusted = json!(asked.text("adjusted") != Some("false"));
    let own = [("ticker", json!(ticker)), ("adjusted", adjusted), ("queryCount", count.clone()), ("resultsCount", count)];
    body.extend(own.map(named));
    Json(body).into_response()
}

pub(super) async fn futures(Path(ticker): Path<String>, asked: Asked) -> Response {
    let resolution = asked.text("resolution").unwrap_or("1session");
    let (count, unit) = resolution.split_at(resolution.find(|c: char| !c.is_ascii_digit()).unwrap_or(0));
    let Some(length) = count.parse().ok().and_then(|count| length(count, unit)) else { return unparsable("resolution") };
    let of = |name: &str, end| asked.text(name).map(|text| time(text, end));
    let Some(from) = of("window_start.gte", false).unwrap_or_else(|| Some(Utc::now() - TimeDelta::days(7))) else {
        return unparsable("window_start.gte");
    };
    let to = of("window_start.lte", true).or_else(|| of("window_start.lt", false));
    let Some(to) = to.unwrap_or_else(|| Some(Utc::now())) else { return unparsable("window_start.lte") };
    let row = |at: DateTime<Utc>| {
        let price = cents(&ticker, at);
        json!({"ticker": ticker, "window_start": at.timestamp_nanos_opt(), "open": money(price), "high": money(price + 50),
            "low": money(price - 50), "close": money(price + 25), "volume": 1_000, "dollar_volume": money(price), "transactions": 100,
            "session_end_date": at.date_naive(), "settlement_price": null})
    };
    asked.answer(starts(from, to, length).into_iter().map(row).collect::<Vec<Value>>(), FUTURES)
}

/// Of a number and a unit; months and more are not served.
fn length(count: u32, unit: &str) -> Option<TimeDelta> {
    let seconds = match unit {
        "second" => 1,
        "min" | "minute" => 60,
        "hour" => 3_600,
        "day" | "session" => 86_400,
        "week" => 604_800,
        _ => return None,
    };
    (count > 0).then(|| TimeDelta::seconds(seconds * i64::from(count)))
}

/// A date, a time, or milliseconds or nanoseconds since 1970; of a date, its end if that is wanted.
fn time(text: &str, end_of_day: bool) -> Option<DateTime<Utc>> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Some((day + Days::new(u64::from(end_of_day))).and_hms_opt(0, 0, 0)?.and_utc());
    }
    match text.parse::<i64>() {
        Ok(nanos) if text.len() >= 18 => Some(DateTime::from_timestamp_nanos(nanos)),
        Ok(millis) => DateTime::from_timestamp_millis(millis),
        Err(_) => text.parse().ok(),
    }
}

/// At most 200,000.
fn starts(from: DateTime<Utc>, to: DateTime<Utc>, length: TimeDelta) -> Vec<DateTime<Utc>> {
    let works = |at: &DateTime<Utc>| !matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
    let end = to.min(Utc::now());
    let all = std::iter::successors(Some(from), |at| at.checked_add_signed(length)).take_while(|at| *at < end);
    all.filter(works).take(200_000).collect()
}

fn cents(ticker: &str, at: DateTime<Utc>) -> i64 {
    let seed = ticker.bytes().map(i64::from).sum::<i64>();
    50_000 + (seed * 31 + at.timestamp() / 60).rem_euclid(1_000)
}

fn money(cents: i64) -> f64 {
    f64::from(i32::try_from(cents).unwrap_or_default()) / 100.0
}
