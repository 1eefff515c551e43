//! Slack.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample};

pub(crate) const CONTRACT: Contract = Contract {
    name: "slack",
    good: &[("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T00000000/B00000000/0123456789abcdefABCDEF01")],
    key: "0123456789abcdefABCDEF01",
    unknown: &[("SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/T00000000/B00000000/ffffffffffffffffffffffff")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::Locked, ReasonCode::ProviderAccountLocked),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[Sample { method: "POST", path: "", query: "", body: r#"{"text":"MES: backtest done"}"#, items: Some(1) }],
};
