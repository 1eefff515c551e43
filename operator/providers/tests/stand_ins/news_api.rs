//! NewsAPI.org.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: Option<i64>) -> Sample {
    Sample { method: "GET", path, query, body: "", items }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "newsApi",
    good: &[("NEWS_API_KEY", "0123456789abcdef0123456789abcdef")],
    key: "0123456789abcdef0123456789abcdef",
    unknown: &[("NEWSAPI_KEY", "ffffffffffffffffffffffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Locked, ReasonCode::ProviderAuth),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::OutOfRange, ReasonCode::ProviderEntitlement),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("top-headlines/sources", "", None),
        get("sources", "language=en", None),
        get("everything", "q=spy&from=2025-02-03&to=2025-02-05&language=en&sortBy=publishedAt&pageSize=2", Some(2)),
        get("everything", "q=spy&from=2025-02-03&to=2025-02-05&pageSize=2&page=2", Some(1)),
        get("top-headlines", "country=us&pageSize=5", Some(5)),
        get("everything", "q=nothing", Some(0)),
    ],
};
