//! Discord.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample, World};

const TOKEN: &str = "a-token_of-68-characters-0123456789-0123456789-0123456789-0123456789";

pub(crate) const CONTRACT: Contract = Contract {
    name: "discord",
    good: &[(
        "DISCORD_WEBHOOK_URL",
        "https://discord.com/api/webhooks/100000000000000001/a-token_of-68-characters-0123456789-0123456789-0123456789-0123456789",
    )],
    key: TOKEN,
    unknown: &[(
        "DISCORD_WEBHOOK_URL",
        "https://discord.com/api/webhooks/100000000000000001/no-token_of-mine-xxxxxxx-0123456789-0123456789-0123456789-0123456789",
    )],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "", query: "", body: "", items: Some(1) },
        Sample {
            method: "POST",
            path: "",
            query: "wait=true",
            body: r#"{"content":"MES: backtest done","allowed_mentions":{"parse":[]}}"#,
            items: Some(1),
        },
    ],
};

#[tokio::test]
async fn the_stand_in_tells_nobody_where_a_message_went() {
    let world = World::new(&CONTRACT);
    for sample in CONTRACT.calls {
        world.call(CONTRACT.good, sample).await;
    }
    let arrived = world.shell.ledger.since(0).requests;
    assert!(arrived.iter().all(|entry| entry.path == "/api/webhooks/100000000000000001/[key]" && entry.key.is_some()));
    assert!(!serde_json::to_string(&arrived).unwrap().contains(TOKEN));
}
