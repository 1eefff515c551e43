use assayer_contract::Outcome;
use assayer_providers::Request;
use chrono::Utc;
use proptest::prelude::*;

use super::*;
use crate::forward::draft;

const PATIENT: Patience = Patience { retries: 3, cooldown: Duration::from_secs(1) };

fn call(provider: &str, method: &str, path: &str, query: &str, body: &str) -> Call {
    let content_type = (!body.is_empty()).then_some(if body.starts_with('{') {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    });
    let request = Request { method, path, query, content_type, body: body.as_bytes() };
    assayer_providers::find(provider).unwrap().classify(&request).unwrap()
}

fn free() -> Call {
    call("fred", "GET", "series", "series_id=GNPCA&file_type=json", "")
}

fn row(reason: ReasonCode, sent: Sent) -> RequestRow {
    let row = draft::of_user("", "", "", Utc::now());
    RequestRow { outcome: Outcome::Failed, reason_code: Some(reason), sent, ..row }
}

fn again(call: &Call, row: &RequestRow) -> bool {
    let now = Instant::now();
    let tries = Tries { made: 1, ..Tries::new(PATIENT, now + Duration::from_secs(30)) };
    tries.again(call, row, 0.5, now).is_some()
}

#[test]
fn what_passes_is_tried_again_and_what_the_caller_did_wrong_is_not() {
    use ReasonCode as R;
    for reason in [R::ProviderError, R::DataTruncated, R::UnknownOutcome] {
        assert!(again(&free(), &row(reason, Sent::Yes)), "{reason}");
    }
    for reason in [R::ProviderAuth, R::ProviderQuota, R::ProviderRejectedRequest, R::ProviderRedirect, R::DataQuality] {
        assert!(!again(&free(), &row(reason, Sent::Yes)), "{reason}");
    }
}

#[test]
fn a_vendor_that_says_when_is_asked_again_then_and_one_that_says_later_is_not() {
    let limited = |seconds| RequestRow { retry_after_s: seconds, ..row(ReasonCode::ProviderRateLimited, Sent::Yes) };
    assert!(again(&free(), &limited(Some(1))) && !again(&free(), &limited(Some(7))) && !again(&free(), &limited(None)));
}

#[test]
fn what_costs_or_trades_is_never_sent_again_and_what_changes_something_only_where_it_was_not_sent() {
    let bars = "encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id&dataset=SAMPLE.FX&schema=ohlcv-1h\
        &start=2017-01-01&end=2017-12-30&symbols=EURUSD";
    let bars = call("databento", "POST", "v0/timeseries.get_range", "", bars);
    let model = r#"{"model": "m", "messages": [{"role": "user", "content": "x"}], "max_completion_tokens": 9}"#;
    let model = call("openai", "POST", "chat/completions", "", model);
    let order =
        call("alpaca", "POST", "orders", "", r#"{"symbol":"SPY","qty":"1","side":"buy","type":"market","time_in_force":"day"}"#);
    for call in [bars, model, order] {
        for sent in [Sent::Yes, Sent::Unknown, Sent::No] {
            assert!(!again(&call, &row(ReasonCode::ProviderUnreachable, sent)), "{call:?} {sent:?}");
        }
    }
    let message = call("slack", "POST", "", "", r#"{"text":"x"}"#);
    assert!(again(&message, &row(ReasonCode::ProviderUnreachable, Sent::No)));
    assert!(!again(&message, &row(ReasonCode::UnknownOutcome, Sent::Unknown)));
}

/// Full jitter: the pause before attempt 2, 3, 4 is drawn evenly from nothing to 200, 400, 800 ms, so that callers which failed together
/// do not come back together.
#[test]
fn a_pause_is_drawn_from_nothing_to_twice_as_much_with_each_attempt() {
    let now = Instant::now();
    let pause = |made, random| {
        let tries = Tries { made, ..Tries::new(PATIENT, now + Duration::from_secs(30)) };
        tries.again(&free(), &row(ReasonCode::ProviderError, Sent::Yes), random, now).unwrap()
    };
    for (made, most) in [(1, 200), (2, 400), (3, 800)] {
        let most = Duration::from_millis(most);
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|random| pause(made, random)), [Duration::ZERO, most / 4, most / 2, most]);
    }
    let tries = Tries { made: 4, ..Tries::new(PATIENT, now + Duration::from_secs(30)) };
    assert_eq!(tries.again(&free(), &row(ReasonCode::ProviderError, Sent::Yes), 0.0, now), None);
}

proptest! {
    #[test]
    fn attempts_are_no_more_than_allowed_and_each_begins_with_time_left(
        retries in 0_u8..=5, within in 0_u64..45_000, took in 0_u64..5_000, randoms in prop::collection::vec(0.0_f64..1.0, 8)
    ) {
        let mut now = Instant::now();
        let deadline = now + Duration::from_millis(within);
        let mut tries = Tries::new(Patience { retries, cooldown: Duration::from_mins(1) }, deadline);
        for random in randoms {
            tries.made += 1;
            now += Duration::from_millis(took);
            let Some(pause) = tries.again(&free(), &row(ReasonCode::ProviderError, Sent::Yes), random, now) else { break };
            prop_assert!(pause <= LONGEST);
            now += pause;
            prop_assert!(tries.left(now) >= LEAST);
        }
        prop_assert!(tries.made <= retries + 1);
    }
}
