//! Sessions with Ironbeam.

use assayer_contract::{Outcome, ReasonCode};
use assayer_gateway::forward::Need;
use assayer_providers::Credentials;
use assayer_stand_ins::ironbeam;
use assayer_store::PgPool;

use super::row;
use crate::broker::Broker;

fn of_api_key(key: &str) -> Credentials {
    let keys = [("IRONBEAM_USERNAME", "51360001"), ("IRONBEAM_API_KEY", key), ("IRONBEAM_ENV", "demo")];
    Credentials::new(keys.map(|(name, value)| (name.to_owned(), value.into())))
}

async fn ironbeam(pool: &PgPool) -> Broker {
    let vendor = |shell: assayer_stand_ins::shell::Shell| {
        shell.keys.replace(["0123456789abcdef".to_owned(), "live-0123456789abcdef".to_owned()]);
        ironbeam::vendor(shell.keys)
    };
    Broker::start(pool, "ironbeam", "v2/", vendor).await
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn demo_and_live_are_what_the_broker_says_and_a_secret_that_says_otherwise_is_a_failure(pool: PgPool) {
    let broker = ironbeam(&pool).await;
    let demo = of_api_key("0123456789abcdef");
    let unproven = broker.get("account/getAllAccounts", &demo).await;
    assert_eq!(row(&broker, &unproven).await.environment, None);
    let proven = broker.handshake(Need::Kept, &demo).await.pop().unwrap();
    assert_eq!((proven.outcome, proven.environment.as_deref()), (Outcome::Success, Some("demo")));
    let after = broker.get("account/getAllAccounts", &demo).await;
    assert_eq!(row(&broker, &after).await.environment.as_deref(), Some("demo"));

    let live = of_api_key("live-0123456789abcdef");
    let other = broker.handshake(Need::Kept, &live).await.pop().unwrap();
    assert_eq!((other.outcome, other.environment.as_deref()), (Outcome::Failed, Some("live")));
    assert_eq!(other.reason_code, Some(ReasonCode::BrokerEnvironmentMismatch));
    let received = broker.shell.ledger.since(0).count;
    let refused = broker.get("account/getAllAccounts", &live).await;
    let refused = row(&broker, &refused).await;
    assert_eq!((refused.outcome, refused.reason_code), (Outcome::Refused, Some(ReasonCode::BrokerEnvironmentMismatch)));
    assert_eq!(broker.shell.ledger.since(0).count, received);
    broker.the_vendors_count_is_the_logs().await;
}
