//! Databento's APIs as their documentation describes them, for the datasets of one folder: historical here, live in [`live`].
//!
//! In: requests of any client of that API. Out: its answers and errors. Where the documentation is silent, the
//! answers follow what clients of the real service have published; README.md lists what is assumed.

mod catalogue;
mod damage;
mod dates;
mod dbn_file;
mod error;
pub mod live;
mod metadata;
mod query;
mod symbology;
mod timeseries;
mod warning;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

pub use catalogue::{Catalogue, Dataset, Error as CatalogueError, Record};
pub(crate) use dates::day_of;
pub use dbn_file::{Header, encode};
use error::Refusal;

use crate::keys::Keys;
use crate::shell::Vendor;

/// The vendor, serving this catalogue to these keys.
pub fn vendor(catalogue: impl Into<Arc<Catalogue>>, keys: Keys) -> Vendor {
    let signed_in = Router::new()
        .route("/v0/metadata.list_publishers", get(metadata::list_publishers))
        .route("/v0/metadata.list_datasets", get(metadata::list_datasets))
        .route("/v0/metadata.list_schemas", get(metadata::list_schemas))
        .route("/v0/metadata.list_fields", get(metadata::list_fields))
        .route("/v0/metadata.list_unit_prices", get(metadata::list_unit_prices))
        .route("/v0/metadata.get_dataset_condition", get(metadata::get_dataset_condition))
        .route("/v0/metadata.get_dataset_range", get(metadata::get_dataset_range))
        .route("/v0/metadata.get_record_count", post(metadata::get_record_count))
        .route("/v0/metadata.get_billable_size", post(metadata::get_billable_size))
        .route("/v0/metadata.get_cost", post(metadata::get_cost))
        .route("/v0/symbology.resolve", post(symbology::resolve))
        .route("/v0/timeseries.get_range", get(timeseries::get_range).post(timeseries::get_range))
        .route_layer(from_fn_with_state(keys, sign_in));
    let catalogue = catalogue.into();
    let router = Router::new()
        .route("/v0/", get(|| async { Json(json!({"api-version": "v0"})) }))
        .merge(signed_in)
        .fallback(|| async { Refusal::not_found() })
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() })
        .with_state(catalogue);
    Vendor { router, key, refuse: error::refuse, request_id: Some(HeaderName::from_static("request-id")) }
}

/// The stand-in's own side of its live gateway, to be put beside the vendor.
pub fn live_control(live: live::Live) -> Router {
    live::router(live)
}

/// The key is the user of HTTP Basic; the password is empty.
fn key(head: &Parts) -> Option<String> {
    of_basic(&head.headers)
}

fn of_basic(headers: &HeaderMap) -> Option<String> {
    let basic = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(basic).ok()?).ok()?;
    pair.split_once(':').map(|(user, _)| user.to_owned())
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(header::AUTHORIZATION) {
        return Refusal::not_authenticated().into_response();
    }
    match of_basic(request.headers()) {
        Some(key) if keys.accept(&key) => next.run(request).await,
        _ => Refusal::authentication_failed().into_response(),
    }
}
