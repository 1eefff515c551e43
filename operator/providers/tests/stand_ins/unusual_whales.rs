//! Unusual Whales.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: Option<i64>) -> Sample {
    Sample { method: "GET", path, query, body: "", items }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "unusualWhales",
    good: &[("UW_API_KEY", "01234567-89ab-4cde-8f01-23456789abcd")],
    key: "01234567-89ab-4cde-8f01-23456789abcd",
    unknown: &[("UNUSUAL_WHALES_API_KEY", "ffffffff-ffff-4fff-8fff-ffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("api/option-trades/flow-alerts", "", Some(100)),
        get("api/option-trades/flow-alerts", "ticker_symbol=SPY&is_call=true&rule_name[]=A&rule_name[]=B&limit=200", Some(60)),
        get("api/stock/AAPL/info", "", None),
        get("api/market/market-tide", "date=2026-01-05&interval_5m=true", Some(78)),
        get("api/darkpool/recent", "limit=7", Some(7)),
        get("api/darkpool/TSLA", "", Some(500)),
        get("api/darkpool/NOBODY", "", Some(0)),
        get("api/news/headlines", "major_only=true&limit=100", Some(60)),
    ],
};
