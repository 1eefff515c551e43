//! The broker's host: account, positions and orders.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use super::account::{Account, No};
use super::error;
use crate::headlines::{number, symbols};
use crate::ledger::Parameters;

#[derive(Clone, Default)]
struct Desk(Arc<Mutex<Account>>);

impl Desk {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn router() -> Router {
    Router::new()
        .route("/v2/account", get(|State(desk): State<Desk>| async move { Json(desk.account().json()) }))
        .route("/v2/positions", get(|State(desk): State<Desk>| async move { Json(desk.account().positions()) }))
        .route("/v2/orders", get(list).post(place))
        .route("/v2/orders:by_client_order_id", get(by_client_order_id))
        .route("/v2/orders/{id}", get(by_id).delete(cancel))
        .with_state(Desk::default())
}

fn no((code, message): No) -> Response {
    error(code, &message)
}

async fn place(State(desk): State<Desk>, body: Bytes) -> Response {
    let Ok(Value::Object(body)) = serde_json::from_slice(&body) else {
        return error(40_010_000, "request body format is invalid");
    };
    desk.account().place(&body).map_or_else(no, |order| Json(order).into_response())
}

/// The open ones, unless others are asked for.
async fn list(State(desk): State<Desk>, Query(params): Query<Parameters>) -> Response {
    let status = params.get("status").map_or("open", String::as_str);
    let (wanted, limit) = (symbols(&params, "symbols"), number(&params, "limit", 50, 500));
    let account = desk.account();
    let all = account.orders().filter(|order| match status {
        "open" => order.is_open(),
        "closed" => !order.is_open(),
        _ => true,
    });
    let all = all.filter(|order| wanted.is_empty() || wanted.contains(&order.symbol)).take(limit);
    Json(all.map(super::account::Order::json).collect::<Vec<_>>()).into_response()
}

async fn by_client_order_id(State(desk): State<Desk>, Query(params): Query<Parameters>) -> Response {
    let id = params.get("client_order_id").map(String::as_str).unwrap_or_default();
    let account = desk.account();
    let found = account.orders().find(|order| order.client_order_id == id);
    found.map_or_else(|| no((40_410_000, format!("order not found for {id}"))), |order| Json(order.json()).into_response())
}

async fn by_id(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    let account = desk.account();
    let found = account.orders().find(|order| order.id == id);
    found.map_or_else(|| no((40_410_000, format!("order not found for {id}"))), |order| Json(order.json()).into_response())
}

async fn cancel(State(desk): State<Desk>, Path(id): Path<String>) -> Response {
    desk.account().cancel(&id).map_or_else(no, |()| StatusCode::NO_CONTENT.into_response())
}
