//! FRED.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

const fn get(path: &'static str, query: &'static str, items: Option<i64>) -> Sample {
    Sample { method: "GET", path, query, body: "", items }
}

pub(crate) const CONTRACT: Contract = Contract {
    name: "fred",
    good: &[("FRED_API_KEY", "0123456789abcdef0123456789abcdef")],
    key: "0123456789abcdef0123456789abcdef",
    unknown: &[("FRED_API_KEY", "ffffffffffffffffffffffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        get("series", "series_id=GNPCA&file_type=json", None),
        get(
            "series/observations",
            "series_id=CPIAUCSL&file_type=json&observation_start=2024-01-01&observation_end=2024-12-31&realtime_start=2025-01-01&realtime_end=2025-01-01",
            Some(11),
        ),
        get("series/vintagedates", "series_id=CPIAUCSL&file_type=json", None),
        get("series/search", "search_text=unemployment&file_type=json", None),
        get("series/release", "series_id=CPIAUCSL&file_type=json", None),
    ],
};
