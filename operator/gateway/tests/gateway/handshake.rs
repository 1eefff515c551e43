//! A handshake from who asks for it to the committed row, against the stand-in vendor and a real Postgres.

use crate::world::{KEY, World};
use assayer_contract::{CredentialCheck, Operation, Outcome, ReasonCode, RequestRow, Sent};
use assayer_gateway::{
    forward::{Access, NoAccess, Through},
    refusal::Refusal,
};
use assayer_stand_ins::faults::Kind;
use assayer_store::PgPool;
use http::StatusCode;
use uuid::Uuid;

const INTEGRATION: Uuid = Uuid::from_u128(11);

fn through(check: CredentialCheck) -> Through {
    Through {
        id: Some(INTEGRATION),
        generation: Some(3),
        namespace: Some("desk".to_owned()),
        name: Some("data".to_owned()),
        check: Some(check),
        secret_version: Some("a/1".to_owned()),
    }
}

fn access(world: &World) -> Access {
    Access { through: through(CredentialCheck::default()), ..world.access() }
}

async fn made(world: &World, pool: &PgPool, operation: Operation, access: Result<Access, NoAccess>) -> RequestRow {
    let trace = world.handshake(operation, access).await;
    let row: serde_json::Value =
        sqlx::query_scalar("select to_jsonb(r) from requests r where trace_id = $1").bind(trace).fetch_one(pool).await.unwrap();
    serde_json::from_value(row).unwrap()
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_handshake_is_a_row_of_no_job_under_the_name_of_who_asks_that_the_vendor_received_once(pool: PgPool) {
    let world = World::start(&pool).await;
    for operation in [Operation::Verify, Operation::Test] {
        let row = made(&world, &pool, operation, Ok(access(&world))).await;
        assert_eq!((row.operation, row.outcome, row.sent), (operation, Outcome::Success, Sent::Yes));
        assert_eq!(
            (row.job_id, row.bot_id, row.bot_namespace.as_ref(), row.user_id.as_str()),
            (None, None, None, crate::world::USER)
        );
        assert_eq!((row.integration_id, row.integration_generation), (Some(INTEGRATION), Some(3)));
        assert_eq!((row.integration_namespace.as_deref(), row.integration_name.as_deref()), (Some("desk"), Some("data")));
        assert_eq!(row.endpoint, "metadata.list_datasets");
        assert_eq!(row.params["secret_version"], "a/1", "by which a change of the Secret is noticed");
        assert_eq!(row.credential_check, Some(CredentialCheck::default()));
        let receipts = world.shell.ledger.since(0).requests;
        let received = receipts.iter().filter(|entry| entry.headers.get("traceparent") == Some(&row.traceparent())).count();
        assert_eq!(received, 1);
    }
    assert_eq!(world.shell.ledger.since(0).count, 2);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_is_missing_is_named_in_the_row_and_nothing_is_sent(pool: PgPool) {
    let world = World::start(&pool).await;
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IntegrationKeyMissing, "Secret desk/x does not exist");
    let check = CredentialCheck { missing: vec!["DATABENTO_API_KEY".to_owned()], ..CredentialCheck::default() };
    let row = made(&world, &pool, Operation::Verify, Err(NoAccess { refusal, through: through(check.clone()) })).await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(ReasonCode::IntegrationKeyMissing)));
    assert_eq!((row.credential_check, row.integration_id), (Some(check), Some(INTEGRATION)));
    assert_eq!((row.error_message.as_deref(), row.latency_ms), (Some("Secret desk/x does not exist"), None));
    assert_eq!(world.shell.ledger.since(0).count, 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendors_no_and_its_wish_to_be_left_alone_are_in_the_row_and_no_key_is(pool: PgPool) {
    let world = World::start(&pool).await;
    for (fault, status, reason, wait) in [
        (Kind::Unauthorized, 401, ReasonCode::ProviderAuth, None),
        (Kind::License, 403, ReasonCode::DataLicenseRequired, None),
        (Kind::ServerError, 500, ReasonCode::ProviderError, None),
        // The last, since nobody calls a vendor that asks to wait.
        (Kind::RateLimited, 429, ReasonCode::ProviderRateLimited, Some(1)),
    ] {
        world.fail_next(fault, 0);
        let row = made(&world, &pool, Operation::Verify, Ok(access(&world))).await;
        assert_eq!((row.outcome, row.http_status, row.reason_code), (Outcome::Failed, Some(status), Some(reason)));
        assert_eq!(row.retry_after_s, wait, "{fault:?}");
        assert!(!serde_json::to_string(&row).unwrap().contains(KEY));
    }
}
