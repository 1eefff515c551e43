//! The news host: one endpoint, paged by a token.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use chrono::SecondsFormat;
use serde_json::{Value, json};

use super::message;
use crate::headlines::{Headline, Wanted, newest, number, symbols, time};
use crate::ledger::Parameters;

/// Articles of one answer.
const MOST: usize = 50;
/// Articles of one answer where no number is asked for.
const USUAL: usize = 10;

pub(super) fn router() -> Router {
    Router::new().route("/news", get(news))
}

async fn news(Query(params): Query<Parameters>) -> Response {
    let limit = match params.get("limit").map(|text| text.parse::<usize>()) {
        None => USUAL,
        Some(Ok(limit)) if (1..=MOST).contains(&limit) => limit,
        Some(_) => return message(StatusCode::BAD_REQUEST, "invalid limit: must be between 1 and 50"),
    };
    let from = number(&params, "page_token", 0, usize::MAX);
    let mut all = newest(&Wanted {
        symbols: symbols(&params, "symbols"),
        words: None,
        from: time(&params, "start", false),
        to: time(&params, "end", true),
        limit: usize::MAX,
    });
    if params.get("sort").is_some_and(|sort| sort.eq_ignore_ascii_case("asc")) {
        all.reverse();
    }
    let with_content = params.get("include_content").is_some_and(|with| with == "true");
    let page: Vec<_> = all.iter().skip(from).take(limit).map(|one| article(one, with_content)).collect();
    let next = from.saturating_add(page.len());
    let token = (next < all.len()).then(|| next.to_string());
    Json(json!({"news": page, "next_page_token": token})).into_response()
}

fn article(headline: &Headline, with_content: bool) -> Value {
    let at = headline.at.to_rfc3339_opts(SecondsFormat::Secs, true);
    json!({"id": headline.id, "headline": headline.title, "author": "Example", "created_at": at, "updated_at": at,
        "summary": "", "content": if with_content { &headline.title } else { "" }, "url": headline.url(), "images": [],
        "symbols": [headline.symbol], "source": "benzinga"})
}
