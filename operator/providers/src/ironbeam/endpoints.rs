//! Ironbeam's endpoints that may be called: what a bot needs to trade and to account for it. Pure.

use assayer_contract::Source;
use serde_json::Value;

use crate::{
    AccountKind, Call, Measure, MeasureError,
    rest::{self, Asks, Count, Endpoint, Fact, Takes},
    text,
};

const OF_ACCOUNT: Asks = &[(Fact::Account, "accountId")];
const OF_ORDER: Asks = &[(Fact::Account, "accountId"), (Fact::OrderId, "orderId"), (Fact::Qty, "quantity")];

pub(super) static ENDPOINTS: [Endpoint; 12] = [
    Endpoint { fields: &["traderId"], ..get("info/trader", trader) },
    get("account/getAllAccounts", |_, body| Ok(rest::list(body, "/accounts")?.0)),
    Endpoint {
        fields: &["balanceType"],
        asks: OF_ACCOUNT,
        ..get("account/{accountId}/balance", |_, body| Ok(rest::list(body, "/balances")?.0))
    },
    Endpoint { asks: OF_ACCOUNT, ..get("account/{accountId}/positions", |_, body| Ok(rest::list(body, "/positions")?.0)) },
    Endpoint { asks: OF_ACCOUNT, ..get("account/{accountId}/risk", |_, body| Ok(rest::list(body, "/risks")?.0)) },
    Endpoint { asks: OF_ACCOUNT, ..get("account/{accountId}/fills", |_, body| Ok(rest::list(body, "/fills")?.0)) },
    Endpoint {
        method: "POST",
        takes: Takes::Json,
        check: rest::body_only,
        fields: &[
            "accountId",
            "exchSym",
            "side",
            "quantity",
            "orderType",
            "duration",
            "limitPrice",
            "stopPrice",
            "stopLoss",
            "takeProfit",
            "stopLossOffset",
            "takeProfitOffset",
            "waitForOrderId",
        ],
        asks: &[(Fact::Account, "accountId"), (Fact::Symbols, "exchSym"), (Fact::Action, "side"), (Fact::Qty, "quantity")],
        changes: true,
        ..get("order/{accountId}/place", placed)
    },
    Endpoint {
        method: "PUT",
        takes: Takes::Json,
        check: rest::body_only,
        fields: &[
            "orderId",
            "accountId",
            "quantity",
            "limitPrice",
            "stopPrice",
            "stopLoss",
            "takeProfit",
            "stopLossOffset",
            "takeProfitOffset",
        ],
        asks: OF_ORDER,
        changes: true,
        ..get("order/{accountId}/update/{orderId}", changed)
    },
    Endpoint {
        method: "DELETE",
        asks: OF_ORDER,
        changes: true,
        cancels: true,
        ..get("order/{accountId}/cancel/{orderId}", changed)
    },
    Endpoint { asks: OF_ACCOUNT, ..get("order/{accountId}/fills", |_, body| Ok(rest::list(body, "/fills")?.0)) },
    // The order behind a strategy's number, which is all that an order which did not wait for its id has.
    Endpoint { asks: OF_ACCOUNT, ..get("order/{accountId}/toorderid/{strategyId}", placed) },
    Endpoint { asks: OF_ACCOUNT, ..get("order/{accountId}/{orderStatus}", |_, body| Ok(rest::list(body, "/orders")?.0)) },
];

const fn get(path: &'static str, measure: Count) -> Endpoint {
    Endpoint::get(Source::Broker, path, measure)
}

/// Accounts, and the vendor's own word on whether they are live.
fn trader(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, _) = rest::list(body, "/accounts")?;
    let live = match rest::one(body, "/isLive")?.1 {
        Value::Bool(live) => live,
        Value::String(text) if text.eq_ignore_ascii_case("true") => true,
        Value::String(text) if text.eq_ignore_ascii_case("false") => false,
        _ => return Err(MeasureError::Malformed("isLive is neither true nor false".to_owned())),
    };
    Ok(Measure { environment: Some(if live { AccountKind::Live } else { AccountKind::Demo }), ..measure })
}

/// The order's id comes where the call waits for it; the strategy's number always does.
fn placed(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let order_id = rest::one(body, "/orderId").ok().and_then(|(_, id)| rest::id(&id));
    match order_id {
        Some(order_id) => Ok(Measure { items: Some(1), order_id: Some(order_id), ..Measure::default() }),
        None => Ok(rest::one(body, "/strategyId")?.0),
    }
}

/// The answer lists the orders that were to be changed; one that was not says so in its own `orderError`, beside a good status.
fn changed(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, orders) = rest::list(body, "/orders")?;
    let own = |order: &&Value| {
        let id = order.get("orderId").and_then(rest::id);
        id.is_none() || call.about.order_id.is_none() || id == call.about.order_id
    };
    if let Some(error) = orders.iter().filter(own).find_map(order_error) {
        return Err(MeasureError::NotDone(error));
    }
    Ok(Measure { order_id: call.about.order_id.clone(), ..measure })
}

/// `{errorCode, errorText}` of an order; neither a code of zero nor an empty text is an error.
fn order_error(order: &Value) -> Option<String> {
    let error = order.get("orderError")?.as_object()?;
    let said = |name| rest::said(error, name).filter(|said| !matches!(said.trim(), "" | "0"));
    match (said("errorCode"), said("errorText")) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some(text::clean(&one, text::LONGEST)),
        (Some(code), Some(said)) => Some(text::clean(&format!("{code}: {said}"), text::LONGEST)),
    }
}
