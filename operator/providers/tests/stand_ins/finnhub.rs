//! Finnhub.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: i64) -> Sample {
    Sample { method: "GET", path, query, body: "", items: Some(items) }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "finnhub",
    good: &[("FINNHUB_API_KEY", "c0123456789abcdefghij0c0123456789abcdefg")],
    key: "c0123456789abcdefghij0c0123456789abcdefg",
    unknown: &[("FINNHUB_API_KEY", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("quote", "symbol=AAPL", 1),
        get("quote", "symbol=ZZZZ", 0),
        get("news", "category=general", 100),
        get("company-news", "symbol=SPY&from=2025-02-03&to=2025-02-05", 3),
        get("company-news", "symbol=ZZZZ&from=2025-02-03&to=2025-02-05", 0),
    ],
};
