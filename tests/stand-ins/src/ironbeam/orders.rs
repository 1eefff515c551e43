//! Orders of one account. In: requests that are signed in. Out: what becomes of them. A market order is filled at once at a made-up
//! price; any other is new until it is cancelled.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::Utc;
use serde_json::{Value, json};

use super::{ACCOUNT, Broker, Key, error, ok};
use crate::faults::Kind;

const PRICE: f64 = 5_000.25;

pub(super) async fn place(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    Json(asked): Json<Value>,
) -> Response {
    let quantity = asked.get("quantity").and_then(Value::as_f64).unwrap_or_default();
    let side = asked.get("side").and_then(Value::as_str).filter(|side| matches!(*side, "BUY" | "SELL"));
    let (Some(symbol), Some(side)) = (asked.get("exchSym").and_then(Value::as_str), side) else {
        return error(StatusCode::BAD_REQUEST, "exchSym and side are required");
    };
    if quantity <= 0.0 {
        return error(StatusCode::BAD_REQUEST, "quantity must be positive");
    }
    let mut all = broker.orders();
    let orders = all.entry(key).or_default();
    let strategy = 100 + orders.len();
    let id = format!("{ACCOUNT}-{strategy}");
    let kind = asked.get("orderType").cloned().unwrap_or_default();
    let filled = kind == "1" || kind == "MARKET";
    orders.push(json!({"orderId": id, "strategyId": strategy, "accountId": ACCOUNT, "exchSym": symbol, "side": side,
        "status": if filled { "FILLED" } else { "NEW" }, "quantity": quantity, "orderType": kind,
        "limitPrice": asked.get("limitPrice"), "duration": asked.get("duration"), "fillDate": Utc::now().to_rfc3339(),
        "fillQuantity": if filled { quantity } else { 0.0 }, "fillPrice": PRICE}));
    let waits = asked.get("waitForOrderId") != Some(&json!(false));
    let fields = if waits { json!({"orderId": id, "strategyId": strategy}) } else { json!({"strategyId": strategy}) };
    ok(fields).into_response()
}

/// Orders of this key that the condition holds for.
fn of_key(broker: &Broker, key: &str, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
    broker.orders().get(key).into_iter().flatten().filter(|order| wanted(order)).cloned().collect()
}

pub(super) async fn list(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    Path((_, status)): Path<(String, String)>,
) -> Json<Value> {
    ok(json!({"orders": of_key(&broker, &key, |order| status == "ANY" || order["status"] == status.as_str())}))
}

pub(super) async fn fills(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    ok(json!({"fills": of_key(&broker, &key, |order| order["status"] == "FILLED")}))
}

pub(super) async fn positions(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    let filled = of_key(&broker, &key, |order| order["status"] == "FILLED");
    let signed = |order: &Value| order["quantity"].as_f64().unwrap_or_default() * if order["side"] == "BUY" { 1.0 } else { -1.0 };
    let net: f64 = filled.iter().map(signed).sum();
    let position = json!({"accountId": ACCOUNT, "currencyCode": "USD", "exchSym": filled.first().map(|order| &order["exchSym"]),
        "positionId": "1", "quantity": net.abs(), "price": PRICE, "dateOpened": Utc::now().format("%Y%m%d").to_string(),
        "side": if net > 0.0 { "LONG" } else { "SHORT" }, "unrealizedPL": 0.0});
    ok(json!({"accountId": ACCOUNT, "positions": if net.abs() < 0.5 { json!([]) } else { json!([position]) }}))
}

pub(super) async fn to_order_id(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    Path((_, strategy)): Path<(String, u64)>,
) -> Response {
    match of_key(&broker, &key, |order| order["strategyId"] == strategy).first() {
        Some(order) => ok(json!({"orderId": order["orderId"], "strategyId": strategy})).into_response(),
        None => error(StatusCode::BAD_REQUEST, "The strategy is not known"),
    }
}

pub(super) async fn cancel(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    fault: Option<Extension<Kind>>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    if is_undone(fault) {
        return undone(&id);
    }
    change(&broker, &key, &id, |order| order["status"] = json!("CANCELLED"))
}

pub(super) async fn update(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    fault: Option<Extension<Kind>>,
    Path((_, id)): Path<(String, String)>,
    Json(asked): Json<Value>,
) -> Response {
    if is_undone(fault) {
        return undone(&id);
    }
    change(&broker, &key, &id, |order| {
        for name in ["quantity", "limitPrice", "stopPrice"] {
            if let Some(value) = asked.get(name) {
                order[name] = value.clone();
            }
        }
    })
}

fn is_undone(fault: Option<Extension<Kind>>) -> bool {
    fault.is_some_and(|Extension(kind)| kind == Kind::Undone)
}

/// The order stays as it was, and the answer is good but for what it says of the order.
fn undone(id: &str) -> Response {
    let error = json!({"errorCode": 201, "errorText": "Order is not open"});
    ok(json!({"orders": [{"orderId": id, "accountId": ACCOUNT, "status": "FILLED", "orderError": error}]})).into_response()
}

fn change(broker: &Broker, key: &str, id: &str, change: impl FnOnce(&mut Value)) -> Response {
    let mut all = broker.orders();
    let found = all.get_mut(key).into_iter().flatten().find(|order| order["orderId"] == id && order["status"] == "NEW");
    let Some(order) = found else { return error(StatusCode::BAD_REQUEST, "The order is not known or no longer new") };
    change(order);
    ok(json!({"orders": [order.clone()]})).into_response()
}
