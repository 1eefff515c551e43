//! One account and its orders. In: requests that are signed in. Out: what becomes of them. A market order is filled at once at a
//! made-up price; any other works until it is cancelled.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use chrono::{Datelike, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{Broker, Key};
use crate::ledger::Parameters;

const ACCOUNT: u64 = 1_001;
const CONTRACT: u64 = 3_001;
const PRICE: f64 = 5_000.25;

/// What one key's account has seen.
#[derive(Default)]
pub(super) struct Account {
    last: u64,
    orders: Vec<Value>,
    commands: Vec<Value>,
    fills: Vec<Value>,
}

impl Account {
    fn next(&mut self) -> u64 {
        self.last += 1;
        9_000 + self.last
    }

    fn working(&mut self, id: &Value) -> Option<&mut Value> {
        self.orders.iter_mut().find(|order| order.get("id") == Some(id) && order["ordStatus"] == "Working")
    }

    fn command(&mut self, order: &Value, kind: &str, asked: &Value) -> Value {
        let id = self.next();
        self.commands.push(json!({"id": id, "orderId": order, "timestamp": now(), "clOrdId": asked.get("clOrdId"),
            "commandType": kind, "commandStatus": "AtExecution"}));
        json!({"commandId": id})
    }
}

fn now() -> String {
    Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A root, the letter of a month and a year's last digits: a root alone names no contract.
fn is_contract(symbol: &str) -> bool {
    let root = symbol.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = symbol.len() - root.len();
    (1..=2).contains(&digits) && root.len() >= 3 && root.ends_with(|c: char| "FGHJKMNQUVXZ".contains(c))
}

pub(super) async fn accounts() -> Json<Value> {
    Json(
        json!([{"id": ACCOUNT, "name": "DEMO1001", "userId": 17, "accountType": "Customer", "active": true, "clearingHouseId": 2,
        "riskCategoryId": 1, "marginAccountType": "Speculator", "legalStatus": "Individual", "timestamp": "2026-01-02T00:00:00.000Z",
        "readonly": false, "restricted": false, "closed": false}]),
    )
}

pub(super) async fn contract(Query(asked): Query<Parameters>) -> Response {
    match asked.get("name").filter(|name| is_contract(name)) {
        Some(name) => Json(json!({"id": CONTRACT, "name": name, "contractMaturityId": 4_001, "status": "DefinitionChecked"}))
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(super) async fn orders(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    Json(json!(broker.accounts().entry(key).or_default().orders))
}

pub(super) async fn order(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    Query(asked): Query<Parameters>,
) -> Response {
    let accounts = broker.accounts();
    let mut orders = accounts.get(&key).into_iter().flat_map(|account| &account.orders);
    let found = orders.find(|order| Some(&order["id"].to_string()) == asked.get("id"));
    found.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |order| Json(order).into_response())
}

pub(super) async fn commands(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    Json(json!(broker.accounts().entry(key).or_default().commands))
}

pub(super) async fn fills(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    Json(json!(broker.accounts().entry(key).or_default().fills))
}

/// One contract is enough; what is closed stays listed with nothing in it.
pub(super) async fn positions(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    let accounts = broker.accounts();
    let fills = accounts.get(&key).map(|account| account.fills.as_slice()).unwrap_or_default();
    let sum = |action: &str| -> i64 {
        fills.iter().filter(|fill| fill["action"] == action).filter_map(|fill| fill["qty"].as_i64()).sum()
    };
    let (bought, sold) = (sum("Buy"), sum("Sell"));
    let all = json!([{"id": 5_001, "accountId": ACCOUNT, "contractId": CONTRACT, "netPos": bought - sold, "netPrice": PRICE,
        "bought": bought, "sold": sold, "prevPos": 0}]);
    Json(if fills.is_empty() { json!([]) } else { all })
}

pub(super) async fn reports(State(broker): State<Broker>, Extension(Key(key)): Extension<Key>) -> Json<Value> {
    let accounts = broker.accounts();
    let orders = accounts.get(&key).map(|account| account.orders.as_slice()).unwrap_or_default();
    let report = |order: &Value| {
        json!({"id": order["id"], "orderId": order["id"], "accountId": ACCOUNT, "timestamp": order["timestamp"],
            "ordStatus": order["ordStatus"], "execType": if order["ordStatus"] == "Filled" { "Trade" } else { "New" },
            "exchangeOrderId": order["id"].to_string()})
    };
    Json(orders.iter().map(report).collect())
}

pub(super) async fn cash() -> Json<Value> {
    Json(json!({"totalCashValue": 50_000.0, "totalPnL": 0.0, "initialMargin": 0.0, "maintenanceMargin": 0.0, "netLiq": 50_000.0,
        "openPnL": 0.0, "realizedPnL": 0.0, "weekRealizedPnL": 0.0}))
}

pub(super) async fn place(
    State(broker): State<Broker>,
    Extension(Key(key)): Extension<Key>,
    Json(asked): Json<Value>,
) -> Json<Value> {
    let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    if !is_contract(text("symbol")) {
        return Json(json!({"failureReason": "UnknownReason", "failureText": "Access is denied"}));
    }
    let qty = asked.get("orderQty").and_then(Value::as_i64).unwrap_or_default();
    if qty < 1 || !matches!(text("action"), "Buy" | "Sell") {
        return Json(json!({"violations": [{"constraint": "orderQty", "value": qty.to_string(),
            "description": "An order needs an action and a quantity."}]}));
    }
    let mut accounts = broker.accounts();
    let account = accounts.entry(key).or_default();
    let id = account.next();
    let market = text("orderType") == "Market";
    let timestamp = now();
    account.orders.push(json!({"id": id, "accountId": ACCOUNT, "contractId": CONTRACT, "timestamp": timestamp,
        "action": text("action"), "ordStatus": if market { "Filled" } else { "Working" }, "admin": false}));
    account.command(&json!(id), "New", &asked);
    if market {
        let (no, today) = (account.next(), Utc::now());
        account.fills.push(json!({"id": no, "orderId": id, "contractId": CONTRACT, "timestamp": timestamp, "qty": qty,
            "tradeDate": {"year": today.year(), "month": today.month(), "day": today.day()}, "action": text("action"),
            "price": PRICE, "active": true, "finallyPaired": 0}));
    }
    Json(json!({"orderId": id}))
}

pub(super) async fn cancel(state: State<Broker>, key: Extension<Key>, asked: Json<Value>) -> Json<Value> {
    change(&state, key.0, &asked, "Cancel", |order| order["ordStatus"] = json!("Canceled"))
}

pub(super) async fn modify(state: State<Broker>, key: Extension<Key>, asked: Json<Value>) -> Json<Value> {
    change(&state, key.0, &asked, "Modify", |_| {})
}

fn change(broker: &Broker, Key(key): Key, asked: &Value, kind: &str, change: impl FnOnce(&mut Value)) -> Json<Value> {
    let mut accounts = broker.accounts();
    let account = accounts.entry(key).or_default();
    let id = asked.get("orderId").cloned().unwrap_or_default();
    let Some(order) = account.working(&id) else {
        return Json(json!({"failureReason": "TooLate", "failureText": "Order is not working"}));
    };
    change(order);
    Json(account.command(&id, kind, asked))
}
