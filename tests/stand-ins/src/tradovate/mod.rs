//! Tradovate's REST API as its documentation describes it, for a made-up account.
//!
//! In: requests of any client of that API. Out: its answers and errors; penalties on demand. The key is the API secret (`sec`) of
//! the login. What is assumed is in README.md.

mod account;
mod penalty;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::{StatusCode, request::Parts};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use self::account::Account;
use self::penalty::Tickets;
use crate::faults::Kind;
use crate::keys::Keys;
use crate::sessions::{Sessions, Token, bearer, key_of};
use crate::shell::Vendor;

/// What it answers to a bad login; the status is good.
const WRONG: &str = "Incorrect username or password. Please try again, noting that passwords are case-sensitive.";

/// The state of one vendor. Clones share it.
#[derive(Clone)]
struct Broker {
    keys: Keys,
    sessions: Sessions,
    tickets: Tickets,
    accounts: Arc<Mutex<BTreeMap<String, Account>>>,
}

/// The key that signed a request in.
#[derive(Clone)]
struct Key(String);

/// Tradovate with these secrets.
pub fn vendor(keys: Keys) -> Vendor {
    with_sessions_of(TimeDelta::minutes(80), keys)
}

/// The same with sessions that live so long.
pub fn with_sessions_of(life: TimeDelta, keys: Keys) -> Vendor {
    let broker = Broker { keys, sessions: Sessions::new(2, life), tickets: Tickets::default(), accounts: Arc::default() };
    let signed_in = Router::new()
        .route("/v1/auth/me", get(me))
        .route("/v1/account/list", get(account::accounts))
        .route("/v1/contract/find", get(account::contract))
        .route("/v1/order/list", get(account::orders))
        .route("/v1/order/item", get(account::order))
        .route("/v1/command/list", get(account::commands))
        .route("/v1/fill/list", get(account::fills))
        .route("/v1/position/list", get(account::positions))
        .route("/v1/executionReport/list", get(account::reports))
        .route("/v1/cashBalance/getcashbalancesnapshot", get(account::cash).post(account::cash))
        .route("/v1/order/placeorder", post(account::place))
        .route("/v1/order/cancelorder", post(account::cancel))
        .route("/v1/order/modifyorder", post(account::modify))
        .route_layer(from_fn_with_state(broker.clone(), sign_in));
    let router = Router::new()
        .route("/v1/auth/accesstokenrequest", post(login))
        .route("/v1/auth/renewaccesstoken", get(renew))
        .merge(signed_in)
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(broker.clone(), penalty::penalty))
        .with_state(broker);
    Vendor { router, key, refuse, request_id: None }
}

impl Broker {
    fn accounts(&self) -> MutexGuard<'_, BTreeMap<String, Account>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key of a session that is open and whose key is still good.
    fn signed_in(&self, head: &Parts) -> Option<String> {
        self.sessions.key(bearer(head)?).filter(|key| self.keys.accept(key))
    }
}

fn key(head: &Parts) -> Option<String> {
    key_of(bearer(head)?)
}

fn denied() -> Response {
    (StatusCode::UNAUTHORIZED, "Access is denied").into_response()
}

async fn sign_in(State(broker): State<Broker>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Some(key) = broker.signed_in(&head) else { return denied() };
    let mut request = Request::from_parts(head, body);
    request.extensions_mut().insert(Key(key));
    next.run(request).await
}

async fn login(State(broker): State<Broker>, Json(asked): Json<Value>) -> Response {
    let given = |name: &str| asked.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let all = ["name", "password", "appId", "appVersion", "deviceId"].into_iter().all(|name| given(name).is_some());
    let cid = asked.get("cid").is_some_and(|cid| cid.is_u64() || cid.is_string());
    match given("sec").filter(|sec| all && cid && broker.keys.accept(sec)) {
        Some(sec) => opened(&broker.sessions.begin(sec)),
        None => Json(json!({"errorText": WRONG})).into_response(),
    }
}

async fn renew(State(broker): State<Broker>, request: Request) -> Response {
    let (head, _) = request.into_parts();
    let good = broker.signed_in(&head).and_then(|_| broker.sessions.renew(bearer(&head)?));
    good.map_or_else(denied, |token| opened(&token))
}

fn opened(token: &Token) -> Response {
    let until = token.expires_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    Json(json!({"accessToken": token.text, "mdAccessToken": token.text, "expirationTime": until,
        "passwordExpirationTime": "2030-01-01T00:00:00.000Z", "userStatus": "Active", "userId": 17, "name": "stand-in",
        "hasLive": false, "hasSimPlus": false}))
    .into_response()
}

async fn me(Extension(Key(_)): Extension<Key>) -> Json<Value> {
    Json(json!({"userId": 17, "name": "stand-in", "fullName": "Stand In", "email": "stand-in@example.org", "emailVerified": true,
        "isTrial": false}))
}

fn refuse(kind: Kind, _retry_after_s: u64) -> Option<Response> {
    Some(match kind {
        Kind::Unauthorized => denied(),
        // Before the limit, and beyond it; the second has no body.
        Kind::Locked => StatusCode::LOCKED.into_response(),
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Kind::BadRequest => (StatusCode::BAD_REQUEST, "Bad Request").into_response(),
        Kind::Forbidden => Json(json!({"failureReason": "UnknownReason", "failureText": "Access is denied"})).into_response(),
        Kind::ErrorInSuccess => Json(json!({"errorText": "The operation is not possible now."})).into_response(),
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
        Kind::GatewayTimeout => (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response(),
        // A ticket needs to be remembered.
        _ => return None,
    })
}
