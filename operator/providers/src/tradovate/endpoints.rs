//! Tradovate's endpoints that may be called: what a bot needs to trade and to account for it. Logging in is none of them. Pure.

use std::collections::BTreeMap;

use assayer_contract::Source;
use serde_json::Value;

use crate::{
    Call, Measure, MeasureError,
    rest::{self, Asks, Count, Endpoint, Fact, Takes},
};

/// A ticket opens the door once: it is sent and not recorded.
const TICKET: &[&str] = &["p-ticket"];
const ORDER: Asks = &[
    (Fact::Symbols, "symbol"),
    (Fact::Action, "action"),
    (Fact::Qty, "orderQty"),
    (Fact::ClientOrderId, "clOrdId"),
    (Fact::OrderId, "orderId"),
    (Fact::Account, "accountId"),
    (Fact::Account, "accountSpec"),
];

pub(super) static ENDPOINTS: [Endpoint; 14] = [
    get("auth/me", |_, body| Ok(rest::one(body, "/userId")?.0)),
    get("account/list", list),
    Endpoint {
        fields: &["name"],
        asks: &[(Fact::Symbols, "name")],
        ..get("contract/find", |_, body| Ok(rest::one(body, "/id")?.0))
    },
    get("order/list", list),
    Endpoint { fields: &["id"], asks: &[(Fact::OrderId, "id")], ..get("order/item", |_, body| Ok(rest::one(body, "/id")?.0)) },
    // Where an order is looked for by its clOrdId after a call whose end is unknown.
    get("command/list", list),
    get("fill/list", list),
    get("position/list", positions),
    get("executionReport/list", list),
    Endpoint {
        fields: &["accountId", "p-ticket"],
        asks: &[(Fact::Account, "accountId")],
        ..post("cashBalance/getcashbalancesnapshot", |_, body| Ok(rest::one(body, "/totalCashValue")?.0))
    },
    // The same, as the vendor's users call it.
    Endpoint {
        name: "cashBalance/getcashbalancesnapshot (GET)",
        fields: &["accountId"],
        asks: &[(Fact::Account, "accountId")],
        ..get("cashBalance/getcashbalancesnapshot", |_, body| Ok(rest::one(body, "/totalCashValue")?.0))
    },
    Endpoint {
        fields: &[
            "accountSpec",
            "accountId",
            "clOrdId",
            "action",
            "symbol",
            "orderQty",
            "orderType",
            "price",
            "stopPrice",
            "maxShow",
            "pegDifference",
            "timeInForce",
            "expireTime",
            "text",
            "activationTime",
            "customTag50",
            "isAutomated",
            "p-ticket",
        ],
        check: automated,
        asks: ORDER,
        changes: true,
        ..post("order/placeorder", placed)
    },
    Endpoint {
        fields: &["orderId", "clOrdId", "activationTime", "customTag50", "isAutomated", "p-ticket"],
        asks: ORDER,
        changes: true,
        cancels: true,
        ..post("order/cancelorder", commanded)
    },
    Endpoint {
        fields: &[
            "orderId",
            "clOrdId",
            "orderQty",
            "orderType",
            "price",
            "stopPrice",
            "maxShow",
            "pegDifference",
            "timeInForce",
            "expireTime",
            "text",
            "activationTime",
            "customTag50",
            "isAutomated",
            "p-ticket",
        ],
        asks: ORDER,
        changes: true,
        ..post("order/modifyorder", commanded)
    },
];

const fn get(path: &'static str, measure: Count) -> Endpoint {
    Endpoint::get(Source::Broker, path, measure)
}

const fn post(path: &'static str, measure: Count) -> Endpoint {
    Endpoint { method: "POST", takes: Takes::Json, secret: TICKET, check: rest::body_only, ..get(path, measure) }
}

/// The exchange wants to know which orders no person has placed.
fn automated(query: &BTreeMap<String, String>, body: &Value) -> Result<(), String> {
    rest::body_only(query, body)?;
    match body.get("isAutomated") {
        Some(Value::Bool(true)) => Ok(()),
        other => {
            let said = other.map_or("missing".to_owned(), ToString::to_string);
            Err(format!("isAutomated is {said}: an order of a bot must say \"isAutomated\": true, which is the exchange's rule"))
        }
    }
}

fn list(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    Ok(rest::list(body, "")?.0)
}

/// Positions that are closed stay listed with nothing in them.
fn positions(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, all) = rest::list(body, "")?;
    let open = all.iter().filter(|one| one.get("netPos").and_then(Value::as_f64) != Some(0.0)).count();
    Ok(Measure { items: i64::try_from(open).ok(), ..measure })
}

fn placed(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, id) = rest::one(body, "/orderId")?;
    Ok(Measure { order_id: rest::id(&id), ..measure })
}

fn commanded(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, _) = rest::one(body, "/commandId")?;
    Ok(Measure { order_id: call.about.order_id.clone(), ..measure })
}
