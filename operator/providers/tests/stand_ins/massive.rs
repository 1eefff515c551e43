//! Massive. Its bars have tests of their own.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: Option<i64>) -> Sample {
    Sample { method: "GET", path, query, body: "", items }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "massive",
    good: &[("POLYGON_API_KEY", "0123456789_bcdefABCDEF0123456789")],
    key: "0123456789_bcdefABCDEF0123456789",
    unknown: &[("MASSIVE_API_KEY", "ffffffffffffffffffffffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::ErrorInSuccess, ReasonCode::ProviderEntitlement),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("v2/aggs/ticker/AAPL/range/1/hour/2026-01-05/2026-01-06", "adjusted=true&sort=asc", None),
        get("futures/v1/aggs/MESH6", "resolution=1min&window_start.gte=2026-01-05&window_start.lte=2026-01-05", None),
        get("v2/reference/news", "ticker=AAPL&order=desc", Some(10)),
        get("v3/reference/tickers", "active=true", Some(4)),
        get("v3/reference/tickers", "ticker=NOBODY", Some(0)),
        get("v1/marketstatus/now", "", None),
    ],
};
