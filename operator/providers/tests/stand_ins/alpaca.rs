//! Alpaca: the broker and the news, with the same credential.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: i64) -> Sample {
    Sample { method: "GET", path, query, body: "", items: Some(items) }
}

const fn order(body: &'static str) -> Sample {
    Sample { method: "POST", path: "orders", query: "", body, items: Some(1) }
}

const GOOD: &[(&str, &str)] =
    &[("APCA_API_KEY_ID", "PK0123456789ABCDEFGH"), ("APCA_API_SECRET_KEY", "0123456789abcdefghijABCDEFGHIJ0123456789")];
const KEY: &str = "PK0123456789ABCDEFGH:0123456789abcdefghijABCDEFGHIJ0123456789";
/// The key is known, its secret is not.
const UNKNOWN: &[(&str, &str)] =
    &[("APCA_API_KEY_ID", "PK0123456789ABCDEFGH"), ("APCA_API_SECRET_KEY", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")];

const ERRORS: &[(Kind, ReasonCode)] = &[
    (Kind::Unauthorized, ReasonCode::ProviderAuth),
    (Kind::InsufficientFunds, ReasonCode::ProviderRejectedRequest),
    (Kind::Forbidden, ReasonCode::ProviderRejectedRequest),
    (Kind::License, ReasonCode::ProviderEntitlement),
    (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
    (Kind::RateLimited, ReasonCode::ProviderRateLimited),
    (Kind::ServerError, ReasonCode::ProviderError),
    (Kind::Unavailable, ReasonCode::ProviderError),
    (Kind::GatewayTimeout, ReasonCode::ProviderError),
];

/// One order that waits and is cancelled, one that is filled.
pub(crate) const CONTRACT: Contract = Contract {
    name: "alpaca",
    good: GOOD,
    key: KEY,
    unknown: UNKNOWN,
    errors: ERRORS,
    calls: &[
        get("account", "", 1),
        get("positions", "", 0),
        order(
            r#"{"symbol":"SPY","qty":"2","side":"buy","type":"limit","limit_price":"1.5","time_in_force":"day","client_order_id":"bot-1"}"#,
        ),
        get("orders", "status=open&symbols=SPY", 1),
        get("orders:by_client_order_id", "client_order_id=bot-1", 1),
        get("orders/00000000-0000-4000-8000-000000000001", "", 1),
        Sample { method: "DELETE", path: "orders/00000000-0000-4000-8000-000000000001", query: "", body: "", items: None },
        get("orders", "status=open", 0),
        order(r#"{"symbol":"SPY","qty":3,"side":"buy","type":"market","time_in_force":"day","client_order_id":"bot-2"}"#),
        get("positions", "", 1),
        get("orders", "status=all", 2),
    ],
};

pub(crate) const NEWS: Contract = Contract {
    name: "alpacaNews",
    good: GOOD,
    key: KEY,
    unknown: UNKNOWN,
    errors: ERRORS,
    calls: &[
        get("news", "limit=1", 1),
        get("news", "symbols=SPY,QQQ&start=2025-02-03T00:00:00Z&end=2025-02-05T00:00:00Z&sort=asc", 4),
        get("news", "symbols=SPY&start=2025-02-03&end=2025-02-07&limit=3&page_token=3&include_content=true", 2),
        get("news", "symbols=ZZZZ", 0),
    ],
};
