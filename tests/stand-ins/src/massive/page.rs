//! Pages of Massive's answers. In: a request and all rows. Out: one page of them, with the URL of the next.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::id;
use crate::faults::Kind;
use crate::ledger::{Parameters, parameters};

/// What a request asks for. A cursor holds it together with where the page begins, as the vendor's does.
pub(super) struct Asked {
    path: String,
    params: Parameters,
    damage: Option<Kind>,
}

impl<S: Send + Sync> FromRequest<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Self::Rejection> {
        let mut params = parameters(request.uri().query().unwrap_or_default().as_bytes());
        if let Some(cursor) = params.remove("cursor") {
            params = parameters(&hex::decode(cursor).unwrap_or_default());
        }
        let damage = request.extensions().get::<Kind>().copied();
        Ok(Self { path: request.uri().path().to_owned(), params, damage })
    }
}

impl Asked {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// One page of rows that come oldest first.
    pub(super) fn answer(&self, rows: Vec<Value>, limits: (usize, usize)) -> Response {
        Json(self.page(rows, limits)).into_response()
    }

    /// The same, to be completed. `limit` has a default and a most.
    pub(super) fn page(&self, mut rows: Vec<Value>, (otherwise, most): (usize, usize)) -> Map<String, Value> {
        let (skip, limit) = (self.number("skip").unwrap_or(0), self.number("limit").unwrap_or(otherwise).clamp(1, most));
        if ["sort", "order"].iter().any(|name| self.text(name).is_some_and(|way| way.ends_with("desc"))) {
            rows.reverse();
        }
        let total = rows.len();
        let mut rows: Vec<_> = rows.into_iter().skip(skip).take(limit).collect();
        let status = if self.damage == Some(Kind::Delayed) { "DELAYED" } else { "OK" };
        let mut body =
            Map::from_iter([("status", json!(status)), ("request_id", json!(id())), ("count", json!(rows.len()))].map(named));
        if self.damage == Some(Kind::Fewer) {
            rows.truncate(rows.len() - rows.len().div_ceil(20));
        }
        if skip + limit < total {
            body.extend([named(("next_url", json!(self.next(skip + limit))))]);
        }
        // Of nothing it lists nothing, not even an empty list.
        if !rows.is_empty() {
            body.extend([named(("results", Value::Array(rows)))]);
        }
        body
    }

    /// Absolute, and without a key.
    fn next(&self, skip: usize) -> String {
        let mut params = self.params.clone();
        params.insert("skip".to_owned(), skip.to_string());
        let cursor = hex::encode(form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish());
        format!("https://api.massive.com{}?cursor={cursor}", self.path)
    }
}

/// A field of an object.
pub(super) fn named((name, value): (&str, Value)) -> (String, Value) {
    (name.to_owned(), value)
}
