//! OpenRouter.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "openRouter",
    good: &[("OPENROUTER_API_KEY", KEY)],
    key: KEY,
    unknown: &[("OPENROUTER_API_KEY", "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")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::InsufficientFunds, ReasonCode::ProviderQuota),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::Forbidden, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::Overloaded, ReasonCode::ProviderError),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
        (Kind::ErrorInSuccess, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "key", query: "", body: "", items: None },
        Sample { method: "GET", path: "models", query: "", body: "", items: None },
        Sample {
            method: "POST",
            path: "chat/completions",
            query: "",
            body: r#"{"models":["openai/gpt-5-mini","x-ai/grok-4-fast"],"model":"openai/gpt-5-mini","messages":[{"role":"user","content":"Buy EURUSD?"}],"provider":{"data_collection":"deny"}}"#,
            items: Some(1),
        },
    ],
};

const KEY: &str = "sk-or-v1-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
