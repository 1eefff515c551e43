//! Ironbeam's REST API as its documentation describes it, for a made-up account.
//!
//! In: requests of any client of that API. Out: its answers and errors. The key is the API key of the login; one that begins with
//! `live-` is of a live account. What is assumed is in README.md.

mod orders;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Extension, Json, Router};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::faults::Kind;
use crate::keys::Keys;
use crate::sessions::{Sessions, bearer, key_of};
use crate::shell::Vendor;

/// The one account of every key.
const ACCOUNT: &str = "51360001";

/// The state of one vendor. Clones share it.
#[derive(Clone)]
struct Broker {
    keys: Keys,
    sessions: Sessions,
    /// Orders by key.
    orders: Arc<Mutex<BTreeMap<String, Vec<Value>>>>,
}

/// The key that signed a request in.
#[derive(Clone)]
struct Key(String);

/// Ironbeam with these API keys.
pub fn vendor(keys: Keys) -> Vendor {
    let broker = Broker { keys, sessions: Sessions::new(10, TimeDelta::hours(24)), orders: Arc::default() };
    let signed_in = Router::new()
        .route("/v2/info/trader", get(trader))
        .route("/v2/account/getAllAccounts", get(|| async { ok(json!({"accounts": [ACCOUNT]})) }))
        .route("/v2/account/{id}/balance", get(balance))
        .route("/v2/account/{id}/positions", get(orders::positions))
        .route("/v2/account/{id}/risk", get(risk))
        .route("/v2/account/{id}/fills", get(orders::fills))
        .route("/v2/order/{id}/place", post(orders::place))
        .route("/v2/order/{id}/update/{order}", put(orders::update))
        .route("/v2/order/{id}/cancel/{order}", delete(orders::cancel))
        .route("/v2/order/{id}/fills", get(orders::fills))
        .route("/v2/order/{id}/toorderid/{strategy}", get(orders::to_order_id))
        .route("/v2/order/{id}/{status}", get(orders::list))
        .route_layer(from_fn_with_state(broker.clone(), sign_in));
    let router = Router::new()
        .route("/v2/auth", post(login))
        .merge(signed_in)
        .fallback(|| async { error(StatusCode::NOT_FOUND, "Not Found") })
        .with_state(broker);
    Vendor { router, key: |head| key_of(bearer(head)?), refuse, request_id: None }
}

impl Broker {
    fn orders(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Value>>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed_in(&self, head: &Parts) -> Option<String> {
        self.sessions.key(bearer(head)?).filter(|key| self.keys.accept(key))
    }
}

/// A good answer with these fields.
fn ok(mut answer: Value) -> Json<Value> {
    if let Value::Object(fields) = &mut answer {
        fields.extend([("status".to_owned(), json!("OK")), ("message".to_owned(), json!("OK"))]);
    }
    Json(answer)
}

fn error(status: StatusCode, text: &str) -> Response {
    (status, Json(json!({"status": "ERROR", "error": text}))).into_response()
}

async fn sign_in(State(broker): State<Broker>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Some(key) = broker.signed_in(&head) else { return error(StatusCode::UNAUTHORIZED, "Unauthorized") };
    let mut request = Request::from_parts(head, body);
    request.extensions_mut().insert(Key(key));
    next.run(request).await
}

/// The names of the fields are spelt in several ways in the documentation: case does not matter.
async fn login(State(broker): State<Broker>, Json(asked): Json<Value>) -> Response {
    let fields: BTreeMap<_, _> =
        asked.as_object().into_iter().flatten().map(|(name, value)| (name.to_lowercase(), value)).collect();
    let given = |name: &str| fields.get(name).and_then(|value| value.as_str()).filter(|text| !text.is_empty());
    if given("username").is_none() {
        return error(StatusCode::BAD_REQUEST, "Missing credentials");
    }
    match given("apikey").filter(|key| broker.keys.accept(key)) {
        Some(key) => ok(json!({"token": broker.sessions.begin(key).text})).into_response(),
        None => error(StatusCode::UNAUTHORIZED, "Unauthorized"),
    }
}

async fn trader(Extension(Key(key)): Extension<Key>) -> Json<Value> {
    ok(json!({"accounts": [ACCOUNT], "isLive": key.starts_with("live-"), "traderId": "TRADER1"}))
}

async fn balance() -> Json<Value> {
    ok(
        json!({"balances": [{"accountId": ACCOUNT, "currencyCode": "USD", "cashBalance": 50_000.0, "cashBalanceAvailable": 50_000.0,
        "openTradeEquity": 0.0, "totalEquity": 50_000.0, "netLiquidity": 50_000.0, "netLiquidityAvailable": 50_000.0,
        "daysOnCall": 0, "balanceType": "CURRENT_OPEN"}]}),
    )
}

async fn risk() -> Json<Value> {
    ok(json!({"risks": [{"accountId": ACCOUNT, "regCode": "COMBINED", "currencyCode": "USD", "liquidationValue": 0.0,
        "startNetLiquidationValue": 50_000.0, "currentNetLiquidationValue": 50_000.0, "liquidationEvents": []}]}))
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => error(StatusCode::UNAUTHORIZED, "Unauthorized"),
        Kind::Forbidden => error(StatusCode::FORBIDDEN, "The account may not do this"),
        Kind::BadRequest => (StatusCode::BAD_REQUEST, Json(json!({"error1": "quantity must be positive"}))).into_response(),
        Kind::RateLimited => error(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests"),
        Kind::ErrorInSuccess => Json(json!({"result": {"status": "ERROR", "message": "The order is not known"}})).into_response(),
        Kind::ServerError => error(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        _ => return None,
    })
}
