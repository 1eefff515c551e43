//! Massive as its documents, its own client and its users have it.

use assayer_contract::{InstrumentDays, ReasonCode, Source};
use assayer_providers::{AnsweredBar, BarVisitor, Call, Measure, MeasureError, Provider, Request, find};

use crate::tables::named;

const AGGS: &str = "v2/aggs/ticker/AAPL/range/5/minute/2026-01-05/2026-01-06";
const BARS: &str = r#"{"ticker":"AAPL","queryCount":2,"resultsCount":2,"adjusted":true,"status":"OK","request_id":"x","count":2,"results":[
    {"v":1.35647456e+08,"vw":74.6099,"o":74.06,"c":75.0875,"h":75.15,"l":73.7975,"t":1767623400000,"n":1},
    {"v":146535512,"vw":74.7026,"o":74.2875,"c":"74.3575","h":75.145,"l":74.125,"t":1767623700000}]}"#;

fn massive() -> &'static dyn Provider {
    find("massive").unwrap()
}

fn classify(path: &str, query: &str) -> Call {
    massive().classify(&Request { method: "GET", path, query, content_type: None, body: b"" }).unwrap()
}

fn measure(path: &str, query: &str, body: &str) -> Result<Measure, MeasureError> {
    massive().measure(&classify(path, query), body.as_bytes(), &mut ())
}

#[derive(Default)]
struct Seen(Vec<InstrumentDays>, Vec<AnsweredBar>);

impl BarVisitor for Seen {
    fn listed(&mut self, days: &[InstrumentDays]) {
        self.0.extend_from_slice(days);
    }

    fn bar(&mut self, bar: &AnsweredBar) {
        self.1.push(*bar);
    }
}

#[test]
fn every_documented_error_has_its_class() {
    let unknown = r#"{"status":"ERROR","request_id":"x","error":"Unknown API Key"}"#;
    let plan = r#"{"status":"NOT_AUTHORIZED","request_id":"x","message":"You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing"}"#;
    let minute = r#"{"status":"ERROR","request_id":"x","error":"You've exceeded the maximum requests per minute, please wait or upgrade your subscription to continue. https://polygon.io/pricing"}"#;
    for (status, body, reason, code, said) in [
        (
            401,
            r#"{"status":"ERROR","request_id":"x","error":"API Key was not provided"}"#,
            ReasonCode::ProviderAuth,
            Some("ERROR"),
            "not provided",
        ),
        (401, unknown, ReasonCode::ProviderAuth, Some("ERROR"), "Unknown API Key"),
        (200, unknown, ReasonCode::ProviderAuth, Some("ERROR"), "Unknown API Key"),
        (403, plan, ReasonCode::ProviderEntitlement, Some("NOT_AUTHORIZED"), "not entitled"),
        (200, plan, ReasonCode::ProviderEntitlement, Some("NOT_AUTHORIZED"), "not entitled"),
        (
            403,
            r#"{"status":"NOT_AUTHORIZED","message":"Your plan doesn't include this data timeframe."}"#,
            ReasonCode::ProviderEntitlement,
            Some("NOT_AUTHORIZED"),
            "timeframe",
        ),
        (404, r#"{"status":"NOT_FOUND","request_id":"x"}"#, ReasonCode::ProviderRejectedRequest, Some("NOT_FOUND"), "404"),
        (429, minute, ReasonCode::ProviderRateLimited, Some("ERROR"), "per minute"),
        (200, minute, ReasonCode::ProviderRateLimited, Some("ERROR"), "per minute"),
        (200, r#"{"status":"ERROR","error":"else"}"#, ReasonCode::ProviderError, Some("ERROR"), "else"),
        (400, r#"{"status":"ERROR","error":"no"}"#, ReasonCode::ProviderRejectedRequest, Some("ERROR"), "no"),
        (500, "oops", ReasonCode::ProviderError, None, "oops"),
        (504, "", ReasonCode::ProviderError, None, "504"),
        (301, "", ReasonCode::ProviderRedirect, None, "301"),
    ] {
        let named = named("massive", status, body).unwrap_or_else(|| panic!("{status} {body}"));
        assert_eq!((named.reason_code, named.error_code.as_deref()), (reason, code), "{status} {body}");
        assert!(named.error_message.contains(said), "{named:?}");
    }
    for good in [BARS, r#"{"market":"open"}"#, r#"{"status":"DELAYED"}"#] {
        assert_eq!(named("massive", 200, good), None, "{good}");
    }
}

#[test]
fn bars_are_counted_with_their_times_and_seen_exactly() {
    let call = classify(AGGS, "adjusted=true&sort=asc&limit=50000");
    assert_eq!((call.source, call.symbol(), call.schema.as_deref()), (Some(Source::MarketData), Some("AAPL"), Some("5minute")));
    assert_eq!(call.end.unwrap().to_rfc3339(), "2026-01-07T00:00:00+00:00", "the last day is in the range");
    assert!(call.yields_bars && call.is_safe_to_repeat());
    let mut seen = Seen::default();
    let measured = massive().measure(&call, BARS.as_bytes(), &mut seen).unwrap();
    assert_eq!((measured.bar_count, measured.items, measured.delayed), (Some(2), None, false));
    assert_eq!(measured.first_bar_ts.unwrap().to_rfc3339(), "2026-01-05T14:30:00+00:00");
    assert_eq!(measured.last_bar_ts.unwrap().to_rfc3339(), "2026-01-05T14:35:00+00:00");
    assert_eq!(measured.last_bar_end.unwrap().to_rfc3339(), "2026-01-05T14:40:00+00:00");
    let Seen(listed, bars) = seen;
    assert_eq!(listed.iter().map(|days| days.instrument.as_str()).collect::<Vec<_>>(), ["AAPL"]);
    assert_eq!(listed.iter().map(|days| (days.end - days.first).num_days()).collect::<Vec<_>>(), [2]);
    let first = bars.first().unwrap();
    assert_eq!(
        (first.open, first.high, first.low, first.close),
        (Some(74_060_000_000), Some(75_150_000_000), Some(73_797_500_000), Some(75_087_500_000))
    );
    assert_eq!((first.ts_event, first.volume), (1_767_623_400_000_000_000, Some(135_647_456)));
}

#[test]
fn no_results_are_a_count_of_zero_and_no_answer_is_none() {
    for body in [
        r#"{"ticker":"AAPL","queryCount":0,"resultsCount":0,"adjusted":true,"status":"OK","request_id":"x"}"#,
        r#"{"status":"OK","results":null}"#,
        r#"{"status":"OK","results":[]}"#,
    ] {
        let measured = measure(AGGS, "", body).unwrap();
        assert_eq!((measured.bar_count, measured.first_bar_ts, measured.instruments), (Some(0), None, Some(Vec::new())));
        assert_eq!(measure("v2/reference/news", "", body).unwrap().items, Some(0));
    }
    for body in ["{}", "[]", r#"{"status":"OK","results":{}}"#, r#"{"status":"MAYBE","results":[]}"#, "<html>"] {
        assert_eq!(measure(AGGS, "", body).unwrap_err().reason_code(), ReasonCode::ProviderError, "{body}");
        assert_eq!(measure("v2/reference/news", "", body).unwrap_err().reason_code(), ReasonCode::ProviderError, "{body}");
    }
}

#[test]
fn what_the_vendor_delays_is_said_to_be_delayed() {
    assert!(measure(AGGS, "", &BARS.replace("OK", "DELAYED")).unwrap().delayed);
    assert!(measure("v3/reference/tickers", "", r#"{"status":"DELAYED","results":[{"ticker":"A"}]}"#).unwrap().delayed);
}

#[test]
fn bars_that_come_newest_first_are_turned_round() {
    let mut seen = Seen::default();
    let swapped = BARS.replace("1767623400000", "@").replace("1767623700000", "1767623400000").replace('@', "1767623700000");
    let measured = massive().measure(&classify(AGGS, "sort=desc"), swapped.as_bytes(), &mut seen).unwrap();
    assert!(seen.1.is_sorted_by_key(|bar| bar.ts_event));
    assert_eq!(measured.first_bar_ts.unwrap().to_rfc3339(), "2026-01-05T14:30:00+00:00");
}

#[test]
fn fewer_bars_than_are_claimed_are_too_few_unless_there_are_more_pages() {
    let fewer = BARS.replace("\"resultsCount\":2", "\"resultsCount\":3");
    assert_eq!(measure(AGGS, "", &fewer).unwrap_err().reason_code(), ReasonCode::DataTruncated);
    let next = fewer.replace("\"count\":2", "\"next_url\":\"https://api.massive.com/x?cursor=y\"");
    assert_eq!(measure(AGGS, "", &next).unwrap().bar_count, Some(2));
    assert_eq!(measure(AGGS, "cursor=y", &fewer).unwrap().bar_count, Some(2));
}

#[test]
fn bars_of_another_ticker_or_with_impossible_figures_are_refused() {
    for (body, reason) in [
        (BARS.replace("AAPL", "MSFT"), ReasonCode::SymbolMismatch),
        (BARS.replace("74.06", "1e300"), ReasonCode::ProviderError),
        (BARS.replace("74.06", "99999999999"), ReasonCode::ProviderError),
        (BARS.replace("146535512", "-1"), ReasonCode::ProviderError),
        (BARS.replace("1767623400000", "9223372036854775807"), ReasonCode::ProviderError),
    ] {
        assert_eq!(measure(AGGS, "", &body).unwrap_err().reason_code(), reason, "{body}");
    }
}

/// Whether it may be used is for the policy's `maxMissingRatio` to say.
#[test]
fn a_bar_that_lacks_a_figure_is_counted() {
    for lacking in [BARS.replace("\"o\":74.06,", ""), BARS.replace("74.06", "null")] {
        assert_eq!(measure(AGGS, "", &lacking).unwrap().bar_count, Some(2), "{lacking}");
    }
}

#[test]
fn futures_have_bars_in_nanoseconds_and_a_session_whose_end_nobody_tells() {
    let path = "futures/v1/aggs/MESH6";
    let call = classify(path, "resolution=1min&window_start.gte=1767623400000000000&window_start.lt=2026-01-06");
    assert_eq!((call.symbol(), call.schema.as_deref(), call.yields_bars), (Some("MESH6"), Some("1min"), true));
    assert_eq!(call.start.unwrap().to_rfc3339(), "2026-01-05T14:30:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2026-01-06T00:00:00+00:00");
    let body = r#"{"status":"OK","results":[{"ticker":"MESH6","open":6000.25,"high":6001,"low":6000,"close":6000.5,"volume":7,
        "window_start":1767623400000000000,"session_end_date":"2026-01-05","settlement_price":null}]}"#;
    let measured = measure(path, "resolution=1min", body).unwrap();
    assert_eq!(measured.last_bar_end.unwrap().to_rfc3339(), "2026-01-05T14:31:00+00:00");
    let session = measure(path, "resolution=1session", body).unwrap();
    assert_eq!((session.bar_count, session.last_bar_end), (Some(1), None));
    assert_eq!(
        measure(path, "", &body.replace("\"ticker\":\"MESH6\"", "\"ticker\":\"ESH6\"")).unwrap_err().reason_code(),
        ReasonCode::SymbolMismatch
    );
}

#[test]
fn what_is_not_documented_and_a_key_in_the_query_are_refused() {
    for (path, query, reason) in [
        ("v2/aggs/ticker/AAPL/range/1/day/2026-01-05", "", ReasonCode::EndpointUnknown),
        ("v2/aggs/ticker/AAPL/range/1/day/soon/2026-01-05", "", ReasonCode::RequestInvalid),
        (AGGS, "apiKey=0123", ReasonCode::RequestInvalid),
        ("v2/reference/news", "ticker.gte=A", ReasonCode::RequestInvalid),
    ] {
        let request = Request { method: "GET", path, query, content_type: None, body: b"" };
        assert_eq!(massive().classify(&request).unwrap_err().reason_code, reason, "{path}?{query}");
    }
    let index = classify("v2/aggs/ticker/I:SPX/range/1/day/1767571200000/1767657600000", "");
    assert_eq!((index.symbol(), index.start.unwrap().to_rfc3339().as_str()), (Some("I:SPX"), "2026-01-05T00:00:00+00:00"));
}
