//! A call from the runner's request to the committed row, against the stand-in vendor and a real Postgres.

use std::time::Duration;

use crate::world::{KEY, World};
use assayer_contract::{Outcome, ReasonCode, Sent, Sha256Hash, wire::REASON_CODE_HEADER};
use assayer_gateway::{forward::Access, refusal::Refusal};
use assayer_stand_ins::faults::Kind;
use assayer_store::{PgPool, log::rows};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

const HOURLY: &str = "encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id&dataset=SAMPLE.FX&schema=ohlcv-1h\
    &start=2017-01-01&end=2017-12-30&symbols=";

fn bars_of(symbol: &str) -> String {
    format!("{HOURLY}{symbol}")
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn an_answer_is_measured_and_its_row_is_committed_before_it_is_given(pool: PgPool) {
    let world = World::start(&pool).await;
    let answer = world.post("v0/timeseries.get_range", &bars_of("EURUSD")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Success, Sent::Yes, None));
    assert_eq!(row.bar_count, Some(6_225));
    assert_eq!(row.response_digest, Some(Sha256Hash::of(&answer.body)));
    assert_eq!(row.symbol.as_deref(), Some("EURUSD"));
    assert_eq!(row.endpoint, "timeseries.get_range");
    assert!(row.first_bar_ts < row.last_bar_ts && row.staleness_ms > Some(0) && row.vendor_request_id.is_some());
    // then: the arrival at the vendor carries the row's span, and the answer the vendor's own id
    let arrivals = world.shell.ledger.since(0);
    assert_eq!(arrivals.count, 1);
    assert_eq!(arrivals.requests[0].headers.get("traceparent"), Some(&row.traceparent()));
    assert_eq!(arrivals.requests[0].request_id, row.vendor_request_id);
    let private = arrivals.requests[0].header_names.iter().any(|name| name.starts_with("x-assayer-"));
    assert!(!private, "{:?}", arrivals.requests[0].header_names);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn the_vendor_counts_as_many_requests_as_there_are_rows_sent(pool: PgPool) {
    let world = World::start(&pool).await;
    let forms: Vec<String> = (0..60).map(|n| bars_of(if n % 3 == 0 { "MESU6" } else { "EURUSD" })).collect();
    let answers = futures::future::join_all(forms.iter().map(|form| world.post("v0/timeseries.get_range", form))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == StatusCode::OK).count(), 40);
    let all = rows::of_sequence(&pool, "default", 1, 1_000).await.unwrap();
    assert_eq!(all.iter().map(|row| row.seq).collect::<Vec<_>>(), (1..=60).collect::<Vec<_>>());
    let sent = all.iter().filter(|row| row.sent == Sent::Yes).count();
    assert_eq!((sent as u64, sent), (world.shell.ledger.since(0).count, 40));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn half_an_answer_is_a_failure_however_it_ends(pool: PgPool) {
    let world = World::start(&pool).await;
    for fault in [Kind::Truncate, Kind::Close] {
        world.fail_next(fault, 0);
        let answer = world.post("v0/timeseries.get_range", &bars_of("EURUSD")).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
        assert_eq!(answer.case(), "DATA_TRUNCATED");
        let row = answer.row(&pool).await;
        assert_eq!((row.outcome, row.sent), (Outcome::Failed, Sent::Yes));
        assert_eq!((row.reason_code, row.http_status, row.bar_count), (Some(ReasonCode::DataTruncated), Some(200), None));
    }
    assert_eq!(world.shell.ledger.since(0).count, 2);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendors_error_is_forwarded_as_it_is_and_named_in_the_row(pool: PgPool) {
    let world = World::start(&pool).await;
    world.shell.keys.replace(["db-ffffffffffffffffffffffffffffffff"[..32].to_owned()]);
    let answer = world.post("v0/timeseries.get_range", &bars_of("EURUSD")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.case(), "auth_authentication_failed");
    assert_eq!(answer.headers.get(REASON_CODE_HEADER), Some(&HeaderValue::from_static("PROVIDER_AUTH")));
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.http_status), (Outcome::Failed, Sent::Yes, Some(401)));
    assert_eq!(
        (row.reason_code, row.error_code.as_deref()),
        (Some(ReasonCode::ProviderAuth), Some("auth_authentication_failed"))
    );
    assert!(!serde_json::to_string(&row).unwrap().contains(KEY));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn what_may_not_be_asked_is_refused_in_the_vendors_envelope_with_a_row_and_not_sent(pool: PgPool) {
    let mut world = World::start(&pool).await;
    for (path, form, status, reason) in [
        ("v0/timeseries.get_range", bars_of("SPX"), 403, ReasonCode::SymbolMismatch),
        ("v0/timeseries.get_range", bars_of("EURUSD,SPX"), 403, ReasonCode::SymbolMismatch),
        ("v0/timeseries.get_range", bars_of("EURUSD").replace("SAMPLE.FX", "SAMPLE.INDEX"), 403, ReasonCode::SymbolMismatch),
        ("v0/timeseries.get_range", bars_of("EURUSD").replace("ohlcv-1h", "ohlcv-1d"), 403, ReasonCode::SymbolMismatch),
        ("v0/batch.submit_job", bars_of("EURUSD"), 404, ReasonCode::EndpointUnknown),
        ("../v0/timeseries.get_range", bars_of("EURUSD"), 404, ReasonCode::EndpointUnknown),
    ] {
        let answer = world.post(path, &form).await;
        assert_eq!((answer.status.as_u16(), answer.case()), (status, reason.to_string()), "{path} {form}");
        let row = answer.row(&pool).await;
        assert_eq!((row.outcome, row.sent, row.reason_code), (Outcome::Refused, Sent::No, Some(reason)));
    }
    world.caller.job.ended = true;
    let answer = world.post("v0/timeseries.get_range", &bars_of("EURUSD")).await;
    assert_eq!((answer.case(), answer.row(&pool).await.outcome), ("JOB_FINISHED".to_owned(), Outcome::Refused));
    assert_eq!(world.shell.ledger.since(0).count, 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn without_a_credential_the_call_is_refused_with_a_row(pool: PgPool) {
    let world = World::start(&pool).await;
    let missing =
        Refusal::new(StatusCode::UNAUTHORIZED, ReasonCode::IntegrationKeyMissing, "Secret default/databento does not exist");
    let answer = world.post_with("v0/timeseries.get_range", &bars_of("EURUSD"), Err(missing)).await;
    assert_eq!(answer.case(), "INTEGRATION_KEY_MISSING");
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.error_message.as_deref()), (Outcome::Refused, Some("Secret default/databento does not exist")));
    assert_eq!(world.shell.ledger.since(0).count, 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_vendor_that_cannot_be_reached_was_sent_nothing(pool: PgPool) {
    let world = World::start(&pool).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let access = Access { base: format!("http://{closed}/").parse().unwrap(), ..world.access() };
    let answer = world.post_with("v0/timeseries.get_range", &bars_of("EURUSD"), Ok(access)).await;
    assert_eq!(answer.case(), "PROVIDER_UNREACHABLE");
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.sent, row.http_status), (Outcome::Failed, Sent::No, None));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn with_the_database_away_nothing_is_sent(pool: PgPool) {
    let world = World::start(&pool).await;
    world.pool.close().await;
    let answer = world.post("v0/timeseries.get_range", &bars_of("EURUSD")).await;
    assert_eq!((answer.status, answer.case()), (StatusCode::SERVICE_UNAVAILABLE, "EVIDENCE_UNAVAILABLE".to_owned()));
    assert_eq!(world.shell.ledger.since(0).count, 0);
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_fenced_gateway_sends_nothing_and_ends(pool: PgPool) {
    let world = World::start(&pool).await;
    assayer_store::log::epoch::acquire(&pool, "default", "successor", Duration::ZERO).await.unwrap().unwrap();
    let answer = world.post("v0/timeseries.get_range", &bars_of("EURUSD")).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.shell.ledger.since(0).count, 0);
    let ended = tokio::time::timeout(Duration::from_secs(10), world.writing).await.unwrap().unwrap();
    assert!(ended.is_err());
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_caller_that_leaves_does_not_leave_a_hole(pool: PgPool) {
    let world = World::start(&pool).await;
    world.fail_next(Kind::Slow, 300);
    {
        let (ledger, form) = (&world.shell.ledger, bars_of("EURUSD"));
        let call = world.post("v0/timeseries.get_range", &form);
        tokio::select! {
            _ = call => panic!("the vendor is slow"),
            () = crate::world::eventually(async || ledger.since(0).count == 1) => {}
        }
    }
    crate::world::eventually(async || rows::of_sequence(&pool, "default", 1, 10).await.unwrap().len() == 1).await;
    let row = rows::of_sequence(&pool, "default", 1, 1).await.unwrap().remove(0);
    assert_eq!((row.outcome, row.bar_count), (Outcome::Success, Some(6_225)));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn a_successor_closes_what_its_predecessor_left_open(pool: PgPool) {
    // given: a call that hangs at the vendor when another gateway takes over
    let world = World::start(&pool).await;
    world.fail_next(Kind::Slow, 1_500);
    let form = bars_of("EURUSD");
    let call = async { world.post("v0/timeseries.get_range", &form).await };
    let take_over = async {
        crate::world::eventually(async || world.shell.ledger.since(0).count == 1).await;
        // as if the predecessor had been silent
        sqlx::query("update writers set heartbeat_at = now() - interval '10 seconds'").execute(&pool).await.unwrap();
        World::write(&pool, "successor").await
    };
    let (answer, _successor) = tokio::join!(call, take_over);
    // then: the row says that nobody knows, and the late answer is not given out
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    crate::world::eventually(async || rows::of_sequence(&pool, "default", 1, 10).await.unwrap().len() == 1).await;
    let row = rows::of_sequence(&pool, "default", 1, 1).await.unwrap().remove(0);
    assert_eq!((row.outcome, row.sent, row.writer.as_str()), (Outcome::Unknown, Sent::Unknown, "successor"));
    assert_eq!(row.reason_code, Some(ReasonCode::UnknownOutcome));
    let detail: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_ne!(detail["detail"]["case"], json!(null));
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn an_outcome_waits_for_a_database_that_went_away_and_is_written_once(pool: PgPool) {
    // given: a call at the vendor when the database stops letting anyone in
    let world = World::start(&pool).await;
    world.fail_next(Kind::Slow, 300);
    let form = bars_of("EURUSD");
    let call = async { world.post("v0/timeseries.get_range", &form).await };
    let outage = async {
        crate::world::eventually(async || world.shell.ledger.since(0).count == 1).await;
        let server = crate::world::Server::of(&pool).await;
        server.shut().await;
        crate::world::eventually(async || world.shell.ledger.since(0).requests[0].complete).await;
        // meanwhile nothing new is sent
        let refused = world.post("v0/timeseries.get_range", &form).await;
        assert_eq!((refused.status, refused.case()), (StatusCode::SERVICE_UNAVAILABLE, "EVIDENCE_UNAVAILABLE".to_owned()));
        server.open().await;
    };
    let (answer, ()) = tokio::join!(call, outage);
    assert_eq!(answer.status, StatusCode::OK);
    let row = answer.row(&pool).await;
    assert_eq!((row.outcome, row.seq, row.bar_count), (Outcome::Success, 1, Some(6_225)));
    assert_eq!(rows::of_sequence(&pool, "default", 1, 10).await.unwrap().len(), 1);
    assert_eq!(world.shell.ledger.since(0).count, 1);
}
