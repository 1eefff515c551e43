//! Groq.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "groq",
    good: &[("GROQ_API_KEY", KEY)],
    key: KEY,
    unknown: &[("GROQ_API_KEY", "gsk_9876543210abcdefghijklmnopqrstuvwxyz0123456789")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::Locked, ReasonCode::ProviderAccountLocked),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::Overloaded, ReasonCode::ProviderError),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "openai/v1/models", query: "", body: "", items: None },
        Sample {
            method: "POST",
            path: "openai/v1/chat/completions",
            query: "",
            body: r#"{"model":"openai/gpt-oss-20b","messages":[{"role":"user","content":"Buy EURUSD?"}],"service_tier":"flex"}"#,
            items: Some(1),
        },
    ],
};

const KEY: &str = "gsk_0123456789abcdefghijklmnopqrstuvwxyz0123456789";
