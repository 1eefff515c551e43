//! Financial Modeling Prep.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: i64) -> Sample {
    Sample { method: "GET", path, query, body: "", items: Some(items) }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "fmp",
    good: &[("FMP_API_KEY", "0123456789abcdefABCDEF0123456789")],
    key: "0123456789abcdefABCDEF0123456789",
    unknown: &[("FMP_API_KEY", "ffffffffffffffffffffffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::ErrorInSuccess, ReasonCode::ProviderAuth),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::Quota, ReasonCode::ProviderQuota),
        // The vendor says the same of the minute and the day.
        (Kind::RateLimited, ReasonCode::ProviderQuota),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("quote", "symbol=AAPL", 1),
        get("batch-quote", "symbols=AAPL,SPY,NOBODY", 2),
        get("historical-price-eod/full", "symbol=SPY&from=2026-01-01&to=2026-01-31", 22),
        get("historical-chart/1hour", "symbol=SPY&from=2026-01-05&to=2026-01-06", 14),
        get("economic-calendar", "from=2026-01-01&to=2026-01-31", 7),
        get("treasury-rates", "from=2026-01-05&to=2026-01-09", 5),
        get("news/stock", "symbols=AAPL,MSFT&limit=3", 3),
        get("news/general-latest", "page=2&limit=20", 5),
        get("news/stock-latest", "", 20),
        get("quote", "symbol=NOBODY", 0),
    ],
};
