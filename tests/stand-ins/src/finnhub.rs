//! Finnhub as its documentation describes it: quotes and news of a few stocks.
//!
//! In: requests of any client of that API. Out: its answers and errors. Headlines are made up.

use axum::Json;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::headlines::{Headline, SYMBOLS, Wanted, newest, number, time};
use crate::keys::Keys;
use crate::ledger::{Parameters, parameters};
use crate::shell::Vendor;

/// Headlines of one answer.
const MOST: usize = 100;

/// Finnhub with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/quote", get(quote))
        .route("/news", get(news))
        .route("/company-news", get(company_news))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "Not found") })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key, refuse, request_id: None }
}

/// In the header, or in the query.
fn key(head: &Parts) -> Option<String> {
    let header = head.headers.get("x-finnhub-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
    header.or_else(|| parameters(head.uri.query().unwrap_or_default().as_bytes()).remove("token"))
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match key(&head) {
        None => error(StatusCode::UNAUTHORIZED, "Please use an API key."),
        Some(key) if !keys.accept(&key) => error(StatusCode::UNAUTHORIZED, "Invalid API key"),
        Some(_) => next.run(Request::from_parts(head, body)).await,
    }
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": message}))).into_response()
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => error(StatusCode::UNAUTHORIZED, "Invalid API key"),
        Kind::License => error(StatusCode::FORBIDDEN, "You don't have access to this resource."),
        Kind::Forbidden => error(StatusCode::UNAUTHORIZED, "You don't have access to this resource."),
        Kind::RateLimited => {
            error(StatusCode::TOO_MANY_REQUESTS, "API limit reached. Please try again later. Remaining Limit: 0")
        }
        Kind::BadRequest => error(StatusCode::UNPROCESSABLE_ENTITY, "Wrong parameters."),
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}

/// Of a symbol that is not known, zeros.
async fn quote(Query(params): Query<Parameters>) -> Response {
    let Some(symbol) = params.get("symbol") else {
        return error(StatusCode::UNPROCESSABLE_ENTITY, "Wrong parameters.");
    };
    let wanted = Wanted { symbols: vec![symbol.clone()], limit: 1, ..Wanted::default() };
    let last = newest(&wanted).into_iter().next();
    let Some(last) = last.filter(|_| SYMBOLS.contains(&symbol.as_str())) else {
        return Json(json!({"c": 0, "d": null, "dp": null, "h": 0, "l": 0, "o": 0, "pc": 0, "t": 0})).into_response();
    };
    Json(json!({"c": 261.74, "d": 2.29, "dp": 0.8826, "h": 263.31, "l": 260.68, "o": 261.07, "pc": 259.45,
        "t": last.at.timestamp()}))
    .into_response()
}

async fn news(Query(params): Query<Parameters>) -> Response {
    if !params.contains_key("category") {
        return error(StatusCode::UNPROCESSABLE_ENTITY, "Wrong parameters.");
    }
    let after = number(&params, "minId", 0, usize::MAX);
    let all = newest(&Wanted { limit: MOST, ..Wanted::default() }).into_iter();
    listed(all.filter(|headline| usize::try_from(headline.id).is_ok_and(|id| id > after)), "general")
}

async fn company_news(Query(params): Query<Parameters>) -> Response {
    let (from, to) = (time(&params, "from", false), time(&params, "to", true));
    let (Some(symbol), Some(_), Some(_)) = (params.get("symbol"), from, to) else {
        return error(StatusCode::UNPROCESSABLE_ENTITY, "Wrong parameters.");
    };
    let wanted = Wanted { symbols: vec![symbol.clone()], from, to, limit: MOST, words: None };
    listed(newest(&wanted).into_iter(), "company")
}

fn listed(headlines: impl Iterator<Item = Headline>, category: &str) -> Response {
    let all: Vec<Value> = headlines
        .map(|headline| {
            json!({"category": category, "datetime": headline.at.timestamp(), "headline": headline.title, "id": headline.id,
                "image": "", "related": headline.symbol, "source": "Example", "summary": headline.title, "url": headline.url()})
        })
        .collect();
    Json(all).into_response()
}
