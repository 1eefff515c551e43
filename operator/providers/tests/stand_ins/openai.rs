//! OpenAI.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "openai",
    good: &[("OPENAI_API_KEY", KEY)],
    key: KEY,
    unknown: &[("OPENAI_API_KEY", "sk-proj-ponmlkjihgfedcba9876543210")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::Locked, ReasonCode::ProviderAccountLocked),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Overloaded, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
        (Kind::ErrorInSuccess, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "models", query: "", body: "", items: None },
        Sample {
            method: "POST",
            path: "chat/completions",
            query: "",
            body: r#"{"model":"gpt-5-mini","messages":[{"role":"user","content":"Buy EURUSD?"}],"n":2,"temperature":0.2}"#,
            items: Some(2),
        },
        Sample {
            method: "POST",
            path: "responses",
            query: "",
            body: r#"{"model":"gpt-5-mini","instructions":"Answer in JSON.","input":"Buy EURUSD?","reasoning":{"effort":"low"}}"#,
            items: Some(2),
        },
    ],
};

const KEY: &str = "sk-proj-0123456789abcdefghijklmnop";
