//! Google Gemini.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "gemini",
    good: &[("GEMINI_API_KEY", KEY)],
    key: KEY,
    unknown: &[("GEMINI_API_KEY", "AIza9876543210abcdefghijklmnopqrstuvwxy")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::License, ReasonCode::ProviderEntitlement),
        (Kind::InsufficientFunds, ReasonCode::ProviderQuota),
        (Kind::Quota, ReasonCode::ProviderQuota),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::Overloaded, ReasonCode::ProviderError),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "v1beta/models", query: "", body: "", items: None },
        Sample { method: "GET", path: "v1/models", query: "pageSize=50", body: "", items: None },
        Sample {
            method: "POST",
            path: "v1beta/models/gemini-flash-latest:generateContent",
            query: "",
            body: r#"{"contents":[{"role":"user","parts":[{"text":"Buy EURUSD?"}]}],"system_instruction":{"parts":[{"text":"Answer in JSON."}]},"generationConfig":{"temperature":0.2,"thinkingConfig":{"thinkingBudget":64}}}"#,
            items: Some(1),
        },
    ],
};

const KEY: &str = "AIza0123456789abcdefghijklmnopqrstuvwxy";
