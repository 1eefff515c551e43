//! Marketaux.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(query: &'static str, items: i64) -> Sample {
    Sample { method: "GET", path: "news/all", query, body: "", items: Some(items) }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "marketaux",
    good: &[("MARKETAUX_API_KEY", "0123456789abcdefghijABCDEFGHIJ0123456789")],
    key: "0123456789abcdefghijABCDEFGHIJ0123456789",
    unknown: &[("MARKETAUX_API_KEY", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("limit=1", 1),
        get("symbols=SPY,QQQ&filter_entities=true&published_after=2025-02-03T00:00:00&published_before=2025-02-05T00:00:00", 4),
        get("search=earnings&symbols=GLD&published_after=2025-02-01&published_before=2025-03-01&limit=3&page=2&language=en", 2),
        get("symbols=ZZZZ", 0),
    ],
};
