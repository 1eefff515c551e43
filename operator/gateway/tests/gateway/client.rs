//! The client for vendors: one row, one request, to the address that the Integration names and to no other.

use std::{
    net::TcpListener,
    process::Command,
    time::{Duration, Instant},
};

use crate::world::{World, sources};
use assayer_contract::{Outcome, ReasonCode, Sent};
use assayer_stand_ins::faults::Kind;
use assayer_store::PgPool;
use http::{StatusCode, header::LOCATION};

const RANGE: &str = "v0/timeseries.get_range";
const BARS: &str = "encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id&dataset=SAMPLE.FX&schema=ohlcv-1h\
    &start=2017-01-01&end=2017-12-30&symbols=EURUSD";

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_redirect_is_an_error_and_is_not_followed(pool: PgPool) {
    let world = World::start(&pool).await;
    world.fail_next(Kind::Redirect, 0);
    let answer = world.post(RANGE, BARS).await;
    // then: the runner is not told where to go either
    assert_eq!((answer.status, answer.headers.get(LOCATION)), (StatusCode::TEMPORARY_REDIRECT, None));
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.http_status), (Outcome::Failed, Sent::Yes, Some(307)));
    assert_eq!(row.reason_code, Some(ReasonCode::ProviderRedirect));
    assert_eq!(world.shell.ledger.since(0).count, 1);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn nothing_is_sent_twice_not_even_where_a_kept_connection_closes_without_an_answer(pool: PgPool) {
    let world = World::start(&pool).await;
    for fault in [Kind::Unavailable, Kind::Drop, Kind::Close, Kind::Drop, Kind::RateLimited] {
        // a good call leaves a connection open, which the next one takes
        assert_eq!(world.post(RANGE, BARS).await.status, StatusCode::OK);
        world.fail_next(fault, 0);
        let before = world.shell.ledger.since(0).count;
        let answer = world.post(RANGE, BARS).await;
        assert!(!answer.status.is_success(), "{fault:?}");
        let row = answer.row(&pool).await;
        let unanswered = fault == Kind::Drop;
        assert_eq!((row.outcome, row.sent == Sent::Unknown), (Outcome::Failed, unanswered), "{fault:?}");
        assert_eq!(row.reason_code == Some(ReasonCode::UnknownOutcome), unanswered, "{fault:?}");
        assert_eq!(world.shell.ledger.since(0).count, before + 1, "{fault:?}");
    }
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendor_is_waited_for_as_long_as_the_jobs_policy_says(pool: PgPool) {
    let mut world = World::start(&pool).await;
    world.caller.job.sources = sources(1_000);
    for fault in [Kind::Hang, Kind::Slow] {
        world.fail_next(fault, 20_000);
        let asked = Instant::now();
        let answer = world.post(RANGE, BARS).await;
        assert!((Duration::from_secs(1)..Duration::from_secs(20)).contains(&asked.elapsed()), "{:?}", asked.elapsed());
        assert_eq!((answer.status, answer.case()), (StatusCode::GATEWAY_TIMEOUT, "PROVIDER_TIMEOUT".to_owned()));
        let row = answer.row(&pool).await;
        assert_eq!((row.outcome, row.sent, row.latency_ms >= Some(1_000)), (Outcome::Failed, Sent::Unknown, true));
        assert!(row.error_message.unwrap().contains("within 1 s"));
    }
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
#[ignore = "run by the next test, in an environment that names a proxy"]
async fn behind_a_proxy(pool: PgPool) {
    let world = World::start(&pool).await;
    assert_eq!(world.post(RANGE, BARS).await.status, StatusCode::OK);
    // then: it was no accident, since a client that obeys the environment does not get there
    let obedient = reqwest::Client::builder().timeout(Duration::from_millis(500)).build().unwrap();
    assert!(obedient.get(world.access().base).send().await.is_err());
}

#[test]
fn a_proxy_that_the_environment_names_is_not_used() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", proxy.local_addr().unwrap());
    let mut inner = Command::new(std::env::current_exe().unwrap());
    inner.args(["--ignored", "--exact", "client::behind_a_proxy"]).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        inner.env(name, &url);
    }
    let output = inner.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
