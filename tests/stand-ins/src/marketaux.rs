//! Marketaux as its documentation describes it: news with the listed things that they name.
//!
//! In: requests of any client of that API. Out: its answers and errors. Headlines are made up.

use axum::Json;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::headlines::{Headline, Wanted, newest, number, symbols, time};
use crate::keys::Keys;
use crate::ledger::{Parameters, parameters};
use crate::shell::Vendor;

/// Articles of one answer, as on a plan that is paid for.
const MOST: usize = 100;
/// Articles that can be paged through.
const FURTHEST: usize = 20_000;

/// Marketaux with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/news/all", get(news))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "invalid_api_endpoint", "The API endpoint could not be found.") })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key, refuse, request_id: None }
}

fn key(head: &Parts) -> Option<String> {
    parameters(head.uri.query().unwrap_or_default().as_bytes()).remove("api_token")
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    if key(&head).is_some_and(|key| keys.accept(&key)) {
        return next.run(Request::from_parts(head, body)).await;
    }
    error(StatusCode::UNAUTHORIZED, "invalid_api_token", "An invalid API token was supplied.")
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"error": {"code": code, "message": message}}))).into_response()
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => error(StatusCode::UNAUTHORIZED, "invalid_api_token", "An invalid API token was supplied."),
        Kind::Quota => {
            error(StatusCode::PAYMENT_REQUIRED, "usage_limit_reached", "The usage limit for this account has been reached.")
        }
        Kind::License => error(
            StatusCode::FORBIDDEN,
            "endpoint_access_restricted",
            "Access to this endpoint is not available on your current subscription plan.",
        ),
        Kind::BadRequest => {
            error(StatusCode::BAD_REQUEST, "malformed_parameters", "Validation of parameters failed. The limit must be a number.")
        }
        Kind::RateLimited => {
            error(StatusCode::TOO_MANY_REQUESTS, "rate_limit_reached", "Too many requests in the past 60 seconds.")
        }
        Kind::ServerError => error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "A server error occurred."),
        Kind::Unavailable => error(StatusCode::SERVICE_UNAVAILABLE, "maintenance_mode", "The service is under maintenance."),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}

async fn news(Query(params): Query<Parameters>) -> Response {
    let (limit, page) = (number(&params, "limit", MOST, MOST), number(&params, "page", 1, FURTHEST).max(1));
    let all = newest(&Wanted {
        symbols: symbols(&params, "symbols"),
        words: params.get("search").cloned(),
        from: time(&params, "published_after", false),
        to: time(&params, "published_before", false),
        limit: FURTHEST,
    });
    let only = params.get("filter_entities").is_some_and(|only| only == "true");
    let data: Vec<_> = all.iter().skip(limit.saturating_mul(page - 1)).take(limit).map(|one| article(one, only)).collect();
    Json(json!({"meta": {"found": all.len(), "returned": data.len(), "limit": limit, "page": page}, "data": data}))
        .into_response()
}

/// Beside what it is about, each names the market, unless only what was asked for is to be named.
fn article(headline: &Headline, only: bool) -> Value {
    let entity = |symbol: &str, score: f64| {
        json!({"symbol": symbol, "name": symbol, "exchange": null, "exchange_long": null, "country": "us", "type": "etf",
            "industry": "N/A", "match_score": 12.1, "sentiment_score": score, "highlights": []})
    };
    let mut entities = vec![entity(headline.symbol, 0.4019)];
    if !only && headline.symbol != "SPY" {
        entities.push(entity("SPY", 0.0));
    }
    json!({"uuid": format!("00000000-0000-4000-8000-{:012}", headline.id), "title": headline.title, "description": headline.title,
        "keywords": "", "snippet": headline.title, "url": headline.url(), "image_url": "", "language": "en",
        "published_at": headline.at.to_rfc3339_opts(SecondsFormat::Micros, true), "source": "news.example",
        "relevance_score": null, "entities": entities, "similar": []})
}
