//! Supabase's REST API as its documentation describes it, for the tables `notes` and `trades`, which are empty at first.
//!
//! In: requests of any client. Out: rows, and errors of what stands before the API and of the tables. Of filters it knows `eq.`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::Keys;
use crate::ledger::Parameters;
use crate::sessions::bearer;
use crate::shell::Vendor;

const TABLES: [&str; 2] = ["notes", "trades"];

/// Rows by table. Clones share them.
#[derive(Clone, Default)]
struct Tables(Arc<Mutex<BTreeMap<String, Vec<Value>>>>);

/// A project with these keys.
pub fn vendor(keys: Keys) -> Vendor {
    let health =
        json!({"version": "v2.180.0", "name": "GoTrue", "description": "GoTrue is a user registration and authentication API"});
    let router = Router::new()
        .route("/auth/v1/health", get(move || async { Json(health) }))
        .route("/rest/v1/{table}", get(select).post(insert).patch(update))
        .fallback(|| async { (StatusCode::NOT_FOUND, Json(json!({"error": "requested path is invalid"}))) })
        .layer(from_fn_with_state(keys, sign_in))
        .with_state(Tables::default());
    Vendor { router, key, refuse, request_id: None }
}

impl Tables {
    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Value>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(head: &Parts) -> Option<String> {
    head.headers.get("apikey")?.to_str().ok().map(str::to_owned)
}

async fn sign_in(State(keys): State<Keys>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    match (key(&head), bearer(&head)) {
        (None, _) => no_key(),
        (Some(key), _) if !keys.accept(&key) => unknown_key(),
        // Keys of the new form are no JWTs.
        (_, Some(token)) if token.split('.').count() != 3 => {
            let message = format!("Expected 3 parts in JWT; got {}", token.split('.').count());
            table_error(StatusCode::UNAUTHORIZED, "PGRST301", &message)
        }
        _ => next.run(Request::from_parts(head, body)).await,
    }
}

fn no_key() -> Response {
    let body = json!({"message": "No API key found in request", "hint": "No `apikey` request header or url param was found."});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

fn unknown_key() -> Response {
    let body = json!({"message": "Invalid API key", "hint": "Double check your Supabase `anon` or `service_role` API key."});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}

fn table_error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!({"code": code, "details": null, "hint": null, "message": message}))).into_response()
}

fn no_table(table: &str) -> Response {
    let message = format!("Could not find the table 'public.{table}' in the schema cache");
    table_error(StatusCode::NOT_FOUND, "PGRST205", &message)
}

/// Whether a row is one of those that the query's `column=eq.value` choose.
fn chosen(row: &Value, query: &Parameters) -> bool {
    let filters = query.iter().filter_map(|(column, filter)| Some((column, filter.strip_prefix("eq.")?)));
    filters.into_iter().all(|(column, wanted)| match row.get(column) {
        Some(Value::String(text)) => text == wanted,
        Some(value) => serde_json::from_str(wanted).is_ok_and(|wanted: Value| *value == wanted),
        None => false,
    })
}

async fn select(State(tables): State<Tables>, Path(table): Path<String>, Query(query): Query<Parameters>) -> Response {
    if !TABLES.contains(&table.as_str()) {
        return no_table(&table);
    }
    let limit = query.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1_000);
    let rows = tables.rows();
    let found: Vec<_> = rows.get(&table).into_iter().flatten().filter(|row| chosen(row, &query)).take(limit).collect();
    Json(json!(found)).into_response()
}

async fn insert(
    State(tables): State<Tables>,
    Path(table): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    if !TABLES.contains(&table.as_str()) {
        return no_table(&table);
    }
    let new = if let Value::Array(rows) = body { rows } else { vec![body] };
    if !new.iter().all(Value::is_object) {
        return table_error(StatusCode::BAD_REQUEST, "PGRST102", "All object keys must match");
    }
    tables.rows().entry(table).or_default().extend(new.iter().cloned());
    represented(StatusCode::CREATED, &headers, new)
}

async fn update(
    State(tables): State<Tables>,
    Path(table): Path<String>,
    Query(query): Query<Parameters>,
    headers: HeaderMap,
    Json(change): Json<Value>,
) -> Response {
    if !TABLES.contains(&table.as_str()) {
        return no_table(&table);
    }
    let mut rows = tables.rows();
    let mut changed = Vec::new();
    for row in rows.entry(table).or_default().iter_mut().filter(|row| chosen(row, &query)) {
        for (column, value) in change.as_object().into_iter().flatten() {
            row[column] = value.clone();
        }
        changed.push(row.clone());
    }
    represented(StatusCode::OK, &headers, changed)
}

/// The rows where they are asked for, nothing otherwise.
fn represented(status: StatusCode, headers: &HeaderMap, rows: Vec<Value>) -> Response {
    let wanted =
        headers.get("prefer").and_then(|value| value.to_str().ok()).is_some_and(|prefer| prefer.contains("representation"));
    match (wanted, status) {
        (true, _) => (status, Json(Value::Array(rows))).into_response(),
        (false, StatusCode::OK) => StatusCode::NO_CONTENT.into_response(),
        (false, _) => status.into_response(),
    }
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => unknown_key(),
        Kind::Forbidden => {
            table_error(StatusCode::FORBIDDEN, "42501", "new row violates row-level security policy for table \"notes\"")
        }
        Kind::BadRequest => no_table("nothing"),
        Kind::RateLimited => (StatusCode::TOO_MANY_REQUESTS, Json(json!({"message": "Too many requests"}))).into_response(),
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
        Kind::Unavailable => table_error(
            StatusCode::SERVICE_UNAVAILABLE,
            "PGRST002",
            "Could not query the database for the schema cache. Retrying.",
        ),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}
