//! A receiver of the user's own, with a token and without.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample, World};

pub(crate) const CONTRACT: Contract = Contract {
    name: "webhook",
    good: &[("WEBHOOK_URL", "https://alerts.example/assayer"), ("WEBHOOK_TOKEN", "a-token-of-the-receiver")],
    key: "a-token-of-the-receiver",
    unknown: &[("WEBHOOK_URL", "https://alerts.example/assayer"), ("WEBHOOK_TOKEN", "a-token-of-nobody-known")],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderAuth),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[Sample { method: "POST", path: "", query: "", body: r#"{"event":"backtest","bot":"mes-1"}"#, items: None }],
};

#[tokio::test]
async fn a_url_that_is_all_the_secret_there_is_is_called_exactly_as_it_is() {
    let world = World::new(&Contract { key: "the-secret-part", ..CONTRACT });
    let answer = world.call(&[("WEBHOOK_URL", "https://alerts.example/hooks/the-secret-part")], &CONTRACT.calls[0]).await;
    assert!(answer.named.is_none(), "{:?}", answer.named);
    assert_eq!(world.shell.ledger.since(0).requests[0].path, "/hooks/[key]");
}
