//! Anthropic.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "anthropic",
    good: &[("ANTHROPIC_API_KEY", KEY)],
    key: KEY,
    unknown: &[("ANTHROPIC_API_KEY", "sk-ant-api03-9876543210")],
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
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "v1/models", query: "limit=1", body: "", items: None },
        Sample {
            method: "POST",
            path: "v1/messages",
            query: "",
            body: r#"{"model":"claude-haiku-4-5","max_tokens":200,"messages":[{"role":"user","content":"Buy EURUSD?"}],"temperature":0.2,"thinking":{"type":"enabled","budget_tokens":1024}}"#,
            items: Some(2),
        },
        Sample {
            method: "POST",
            path: "v1/messages/count_tokens",
            query: "",
            body: r#"{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"Buy EURUSD?"}]}"#,
            items: None,
        },
    ],
};

const KEY: &str = "sk-ant-api03-0123456789";
