//! Simulated bars: given out where installation, stage, policy and a failed call say so, and never without a row that calls them that.

use crate::world::{Answer, World};
use assayer_contract::{
    Outcome, ReasonCode, RequestRow, Sent, Sha256Hash, Source, Stage, policy::Fallback, simulated::SimulatedBars,
    wire::FALLBACK_OF_HEADER,
};
use assayer_gateway::{metrics::Metrics, simulated::Simulator};
use assayer_stand_ins::faults::Kind;
use assayer_store::PgPool;
use chrono::{Days, Utc};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use uuid::Uuid;

const WEEK: &str = "start=2026-01-05&end=2026-01-10";

/// A Bot whose policy lets simulated bars stand in, and a failed call of its.
async fn desk(pool: &PgPool) -> (World, RequestRow) {
    let mut world = World::unquoted(pool).await;
    let form = "dataset=SAMPLE.FX&symbols=EURUSD&schema=ohlcv-1h&stype_in=raw_symbol&start=2017-01-02&end=2017-02-01";
    let job = &mut world.caller.job;
    job.body = json!({"instrument":
        {"dataset": "SAMPLE.FX", "symbol": "EURUSD", "schema": "ohlcv-1h", "tickSize": "0.00001", "multiplier": 100_000}});
    job.sources.get_mut(&Source::MarketData).unwrap().fallback = Fallback::Sim;
    world.fail_next(Kind::Unavailable, 0);
    let failed = world.post("v0/metadata.get_record_count", form).await.row(pool).await;
    assert_eq!(failed.outcome, Outcome::Failed, "{failed:?}");
    (world, failed)
}

async fn ask(world: &World, allowed: bool, query: &str, of: Option<&str>) -> Answer {
    let simulator = Simulator::new(world.recorder.clone(), Metrics::new(), world.pool.clone(), allowed);
    let mut headers = HeaderMap::new();
    if let Some(of) = of {
        headers.insert(FALLBACK_OF_HEADER, HeaderValue::from_str(of).unwrap());
    }
    Answer::of(simulator.bars(&world.caller, query, &headers).await).await
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn simulated_bars_are_labelled_measured_the_same_each_time_and_rows_of_nothing_sent(pool: PgPool) {
    let (world, failed) = desk(&pool).await;
    let of = failed.id.to_string();
    let answer = ask(&world, true, WEEK, Some(&of)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/vnd.assayer.simulated-bars+json");
    assert_eq!(answer.headers["x-assayer-simulated"], "true");
    let page: SimulatedBars = serde_json::from_slice(&answer.body).unwrap();
    assert!(page.simulated && page.symbol == "EURUSD" && page.schema == "ohlcv-1h", "{page:?}");

    let row = answer.row(&pool).await;
    assert_eq!(
        (row.provider.as_str(), row.outcome, row.sent, row.fallback_of),
        ("sim", Outcome::Served, Sent::No, Some(failed.id))
    );
    assert_eq!((row.job_id, row.source, row.http_status), (failed.job_id, Some(Source::MarketData), None));
    assert_eq!(row.integration_id, None, "no Integration is used, so none is proven");
    assert_eq!(row.bar_count, i64::try_from(page.bars.len()).ok());
    assert_eq!(row.first_bar_ts.unwrap().timestamp_nanos_opt(), Some(page.bars[0].0));
    assert_eq!(row.response_digest, Some(Sha256Hash::of(&answer.body)));
    let quality = row.quality.unwrap();
    let calendar = quality.calendar.unwrap();
    assert_eq!((calendar.name.as_str(), calendar.eth.present), ("foreign-exchange", calendar.eth.expected));

    let again = ask(&world, true, WEEK, Some(&of)).await;
    assert_eq!(again.body, answer.body, "the same question has the same answer");
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn nothing_is_simulated_unless_installation_stage_and_policy_all_say_so(pool: PgPool) {
    let (mut world, failed) = desk(&pool).await;
    let of = failed.id.to_string();
    let refused = async |world: &World, allowed: bool, says: &str| {
        let answer = ask(world, allowed, WEEK, Some(&of)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{says}");
        let row = answer.row(&pool).await;
        assert_eq!((row.provider.as_str(), row.outcome, row.sent), ("sim", Outcome::Refused, Sent::No));
        assert_eq!((row.reason_code, row.bar_count, row.fallback_of), (Some(ReasonCode::FallbackNotAllowed), None, None));
        assert!(row.error_message.as_deref().unwrap().contains(says), "{:?}", row.error_message);
    };
    refused(&world, false, "takes environment=dev and allowSimFallback=true").await;
    for stage in [Stage::Paper, Stage::Shadow, Stage::Canary, Stage::Live] {
        world.caller.job.stage = stage;
        refused(&world, true, "nothing is simulated at").await;
    }
    world.caller.job.stage = Stage::Lab;
    for fallback in [Fallback::None, Fallback::AltProvider] {
        world.caller.job.sources.get_mut(&Source::MarketData).unwrap().fallback = fallback;
        refused(&world, true, "does not say fallback: Sim").await;
    }
    world.caller.job.sources.clear();
    refused(&world, true, "does not say fallback: Sim").await;
}

#[sqlx::test(migrator = "assayer_store::MIGRATOR")]
async fn only_a_failed_call_of_this_job_is_stood_in_for_and_only_by_past_days_of_its_series(pool: PgPool) {
    let (mut world, failed) = desk(&pool).await;
    let form = "dataset=SAMPLE.FX&symbols=EURUSD&schema=ohlcv-1h&stype_in=raw_symbol&start=2017-01-02&end=2017-02-01";
    let sound = world.post("v0/metadata.get_record_count", form).await.row(&pool).await;
    assert_eq!(sound.outcome, Outcome::Success, "{sound:?}");
    let (of, sound, tomorrow) = (failed.id.to_string(), sound.id.to_string(), Utc::now().date_naive() + Days::new(1));
    let to_come = format!("start={}&end={tomorrow}", tomorrow - Days::new(3));
    for (query, of, says) in [
        (WEEK, None, "given for a call of the first provider that failed"),
        (WEEK, Some("no id"), "must be the id of a row"),
        (WEEK, Some(Uuid::nil().to_string().as_str()), "this job has no such row"),
        (WEEK, Some(sound.as_str()), "that call succeeded"),
        ("start=2026-01-05", Some(of.as_str()), "start and end are needed"),
        ("start=2026-01-05&end=2026-02-30", Some(of.as_str()), "give a day such as"),
        ("start=2026-01-05&end=2026-01-05", Some(of.as_str()), "end must be after start"),
        ("start=2026-01-05&end=2026-02-06", Some(of.as_str()), "at most 31 days"),
        (to_come.as_str(), Some(of.as_str()), "not to come"),
        ("start=2026-01-05&end=2026-01-10&symbols=MES.v.0", Some(of.as_str()), "symbols is not known"),
    ] {
        let row = ask(&world, true, query, of).await.row(&pool).await;
        assert_eq!((row.outcome, row.sent, row.bar_count), (Outcome::Refused, Sent::No, None), "{says}");
        assert!(row.error_message.as_deref().unwrap().contains(says), "{:?}", row.error_message);
    }
    world.caller.job.body = json!({"instrument":
        {"dataset": "ELSE.WHERE", "symbol": "XYZ", "schema": "ohlcv-1h", "tickSize": "0.01", "multiplier": 1}});
    let row = ask(&world, true, WEEK, Some(&of)).await.row(&pool).await;
    assert_eq!(row.reason_code, Some(ReasonCode::FallbackNoSymbol));
    world.caller.job.deadline = Utc::now();
    let row = ask(&world, true, WEEK, Some(&of)).await.row(&pool).await;
    assert_eq!(row.reason_code, Some(ReasonCode::JobFinished));
}
