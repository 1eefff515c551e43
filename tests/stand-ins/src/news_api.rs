//! NewsAPI.org as its documentation describes it.
//!
//! In: requests of any client of that API. Out: its answers and errors. Sources and headlines are made up.

use axum::Json;
use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chrono::SecondsFormat;
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::headlines::{Headline, Wanted, newest, number, time};
use crate::keys::Keys;
use crate::ledger::{Parameters, parameters};
use crate::shell::Vendor;

/// Articles of one answer.
const MOST: usize = 100;
/// Articles that can be paged through.
const FURTHEST: usize = 1_000;

/// NewsAPI.org with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let router = Router::new()
        .route("/top-headlines/sources", get(sources))
        .route("/sources", get(sources))
        .route("/everything", get(everything))
        .route("/top-headlines", get(top_headlines))
        .fallback(|| async { error(StatusCode::NOT_FOUND, "endpointDoesNotExist", "The requested endpoint was not found.") })
        .layer(from_fn_with_state(keys, sign_in));
    Vendor { router, key, refuse, request_id: None }
}

/// In the header `X-Api-Key`, as a bearer token, or in the query.
fn key(head: &Parts) -> Option<String> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bearer = || header(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ").map(str::to_owned);
    let query = || parameters(head.uri.query().unwrap_or_default().as_bytes()).remove("apiKey");
    header("x-api-key").or_else(bearer).or_else(query)
}

const INVALID: &str =
    "Your API key is invalid or incorrect. Check your key, or go to https://newsapi.org to create a free API key.";
const MISSING: &str = "Your API key is missing. Append this to the URL with the apiKey param, or use the x-api-key HTTP header.";

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match key(&head) {
        None => error(StatusCode::UNAUTHORIZED, "apiKeyMissing", MISSING),
        Some(key) if !keys.accept(&key) => error(StatusCode::UNAUTHORIZED, "apiKeyInvalid", INVALID),
        Some(_) => next.run(Request::from_parts(head, body)).await,
    }
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"status": "error", "code": code, "message": message}))).into_response()
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => error(StatusCode::UNAUTHORIZED, "apiKeyInvalid", INVALID),
        Kind::Locked => error(StatusCode::UNAUTHORIZED, "apiKeyDisabled", "Your API key has been disabled."),
        Kind::Quota => error(
            StatusCode::TOO_MANY_REQUESTS,
            "apiKeyExhausted",
            "You have made too many requests recently. Developer accounts are limited to 100 requests over a 24 hour period.",
        ),
        Kind::RateLimited => error(
            StatusCode::TOO_MANY_REQUESTS,
            "rateLimited",
            "You have made too many requests recently. Back off for a while before trying again.",
        ),
        Kind::License => error(
            StatusCode::UPGRADE_REQUIRED,
            "maximumResultsReached",
            "You have requested too many results. Developer accounts are limited to a max of 100 results. Please upgrade to a paid plan if you need more results.",
        ),
        Kind::OutOfRange => error(
            StatusCode::UPGRADE_REQUIRED,
            "parameterInvalid",
            "You are trying to request results too far in the past. Your plan permits you to request articles as far back as 2026-10-20, but you have requested 2025-01-01. You may need to upgrade to a paid plan.",
        ),
        Kind::BadRequest => error(StatusCode::BAD_REQUEST, "parametersMissing", "Required parameters are missing."),
        Kind::ServerError => {
            error(StatusCode::INTERNAL_SERVER_ERROR, "unexpectedError", "This shouldn't happen. Try the request again shortly.")
        }
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}

async fn sources() -> Response {
    let source = |id: &str, name: &str| {
        json!({"id": id, "name": name, "description": "Made up.", "url": "https://news.example", "category": "business",
            "language": "en", "country": "us"})
    };
    Json(json!({"status": "ok", "sources": [source("example", "Example"), source("example-markets", "Example Markets")]}))
        .into_response()
}

async fn everything(Query(params): Query<Parameters>) -> Response {
    if !["q", "sources", "domains"].into_iter().any(|name| params.contains_key(name)) {
        let message = "Required parameters are missing, the scope of your search is too broad. Please set any of the following required parameters and try again: q, qInTitle, sources, domains.";
        return error(StatusCode::BAD_REQUEST, "parametersMissing", message);
    }
    articles(&params)
}

async fn top_headlines(Query(params): Query<Parameters>) -> Response {
    if !["q", "sources", "country", "category"].into_iter().any(|name| params.contains_key(name)) {
        let message = "Required parameters are missing. Please set any of the following parameters and try again: sources, q, language, country, category.";
        return error(StatusCode::BAD_REQUEST, "parametersMissing", message);
    }
    articles(&params)
}

fn articles(params: &Parameters) -> Response {
    let (limit, page) = (number(params, "pageSize", MOST, MOST), number(params, "page", 1, FURTHEST).max(1));
    let all = newest(&Wanted {
        symbols: Vec::new(),
        words: params.get("q").cloned(),
        from: time(params, "from", false),
        to: time(params, "to", true),
        limit: FURTHEST,
    });
    let articles: Vec<_> = all.iter().skip(limit.saturating_mul(page - 1)).take(limit).map(article).collect();
    Json(json!({"status": "ok", "totalResults": all.len(), "articles": articles})).into_response()
}

fn article(headline: &Headline) -> Value {
    json!({"source": {"id": "example", "name": "Example"}, "author": null, "title": headline.title, "description": headline.title,
        "url": headline.url(), "urlToImage": null, "publishedAt": headline.at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "content": headline.title})
}
