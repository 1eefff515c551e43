//! Alpaca, the broker, paper or live. In and out: see [`Vendor`]. Pure.

use assayer_contract::Source;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{KEY_ID, LIMITS, REQUEST_ID, SECRET};
use crate::{
    AccountKind, Call, Category, CredentialError, Credentials, Facts, Measure, MeasureError, SignIn, SignedIn, Verify,
    rest::{self, Endpoint, Errors, Fact, Takes, Vendor},
    text,
};

/// Alpaca, trading.
pub(crate) static ALPACA: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(super::name_error));

const PAPER: &str = "https://paper-api.alpaca.markets/v2/";
const LIVE: &str = "https://api.alpaca.markets/v2/";

static FACTS: Facts = Facts {
    name: "alpaca",
    title: "Alpaca",
    category: Category::Source(Source::Broker),
    base: PAPER,
    required_keys: &[KEY_ID, SECRET],
    optional_keys: &[],
    sign_in: SignIn::Own(sign_in),
    verify: Some(Verify { method: "GET", path: "account", query: "" }),
    limits: LIMITS,
    request_id_header: Some(REQUEST_ID),
    plan: "A paper account needs no plan and no money. What an account may not do, or has no buying power for, is refused order by order: 403 with code 40310000. There are no futures.",
};

/// Live money is reached with a key that says so, and with no other: one of neither kind can do no harm on paper.
fn sign_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let live = credentials.of(&KEY_ID)?.expose_secret().starts_with("AK");
    let (base, kind) = if live { (LIVE, AccountKind::Live) } else { (PAPER, AccountKind::Demo) };
    Ok(SignedIn { base: Some(SecretString::from(base)), environment: Some(kind), ..super::signed_in(credentials)? })
}

/// Orders for an amount of money (`notional`) and of several legs are left out: a row could not say how much of what they order.
static ENDPOINTS: [Endpoint; 7] = [
    Endpoint::get(Source::Broker, "account", |_, body| Ok(rest::one(body, "/account_number")?.0)),
    Endpoint::get(Source::Broker, "positions", |_, body| Ok(rest::list_of(body, "", "symbol")?.0)),
    Endpoint {
        fields: &["status", "limit", "after", "until", "direction", "nested", "symbols", "side"],
        asks: &[(Fact::Symbols, "symbols"), (Fact::Start, "after"), (Fact::End, "until")],
        ..Endpoint::get(Source::Broker, "orders", |_, body| Ok(rest::list_of(body, "", "id")?.0))
    },
    Endpoint {
        fields: &["client_order_id", "nested"],
        asks: &[(Fact::ClientOrderId, "client_order_id")],
        ..Endpoint::get(Source::Broker, "orders:by_client_order_id", order)
    },
    Endpoint {
        fields: &["nested"],
        asks: &[(Fact::OrderId, "order_id")],
        ..Endpoint::get(Source::Broker, "orders/{order_id}", order)
    },
    Endpoint {
        method: "POST",
        name: "POST orders",
        takes: Takes::Json,
        fields: &[
            "symbol",
            "qty",
            "side",
            "type",
            "time_in_force",
            "limit_price",
            "stop_price",
            "trail_price",
            "trail_percent",
            "extended_hours",
            "client_order_id",
            "order_class",
            "take_profit",
            "stop_loss",
        ],
        asks: &[(Fact::Symbols, "symbol"), (Fact::Action, "side"), (Fact::Qty, "qty"), (Fact::ClientOrderId, "client_order_id")],
        changes: true,
        ..Endpoint::get(Source::Broker, "orders", order)
    },
    Endpoint {
        method: "DELETE",
        name: "DELETE orders/{order_id}",
        asks: &[(Fact::OrderId, "order_id")],
        changes: true,
        cancels: true,
        ..Endpoint::get(Source::Broker, "orders/{order_id}", cancelled)
    },
];

/// The order that was asked for, or placed, and no other.
fn order(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, order) = rest::one(body, "")?;
    let text = |name| order.get(name).and_then(Value::as_str).map(|text| text::clean(text, 200)).filter(|text| !text.is_empty());
    let order_id = text("id").ok_or_else(|| MeasureError::Malformed("the order has no id".to_owned()))?;
    let asked = [(&call.about.order_id, Some(order_id.clone())), (&call.about.client_order_id, text("client_order_id"))];
    for (asked, found) in asked.into_iter().filter_map(|(asked, found)| Some((asked.clone()?, found))) {
        if found.as_ref() != Some(&asked) {
            return Err(MeasureError::NotAsked { asked, found: found.unwrap_or_else(|| "no such id".to_owned()) });
        }
    }
    Ok(Measure { order_id: Some(order_id), ..measure })
}

/// The vendor answers 204 and nothing else; in case of a body it must be JSON, so that half of one is noticed.
fn cancelled(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    if !body.is_empty() {
        rest::json(body)?;
    }
    Ok(Measure::default())
}
