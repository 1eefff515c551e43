//! xAI.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "xai",
    good: &[("XAI_API_KEY", KEY)],
    key: KEY,
    unknown: &[("XAI_API_KEY", "xai-fedcba9876543210")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::Locked, ReasonCode::ProviderAccountLocked),
        (Kind::InsufficientFunds, ReasonCode::ProviderQuota),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::Overloaded, ReasonCode::ProviderError),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "models", query: "", body: "", items: None },
        Sample {
            method: "POST",
            path: "chat/completions",
            query: "",
            body: r#"{"model":"grok-4-fast","messages":[{"role":"user","content":"Buy EURUSD?"}],"reasoning_effort":"low"}"#,
            items: Some(1),
        },
    ],
};

const KEY: &str = "xai-0123456789abcdef";
