//! Whatever a vendor of a JSON API sends, and whatever is asked of it, is an answer or an error and never a panic.

use assayer_providers::{Provider, Request, find};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use proptest::{collection::vec, prelude::*, sample::Index};

/// A provider, one of its calls, and a good answer to it.
const CALLS: &[(&str, &str, &str, &str)] = &[
    ("fmp", "quote", "symbol=AAPL", r#"[{"symbol":"AAPL","price":182.15}]"#),
    ("fmp", "economic-calendar", "from=2026-01-01&to=2026-01-31", r#"[{"date":"2026-01-12 13:30:00","event":"CPI"}]"#),
    ("fmp", "news/stock", "symbols=AAPL&page=0", r#"[{"symbol":"AAPL","title":"t"}]"#),
    (
        "massive",
        "v2/aggs/ticker/AAPL/range/1/month/2026-01-05/2026-01-06",
        "adjusted=true",
        r#"{"status":"OK","ticker":"AAPL","resultsCount":1,"results":[{"t":1767623400000,"o":74.06,"h":75.1,"l":73.7,"c":75,"v":1e6}]}"#,
    ),
    (
        "massive",
        "futures/v1/aggs/MESH6",
        "resolution=999week&window_start.lte=1767623400000000000",
        r#"{"status":"OK","results":[{"ticker":"MESH6","window_start":1767623400000000000,"open":1,"high":"2","low":1,"close":1.5}]}"#,
    ),
    ("massive", "v2/reference/news", "ticker=AAPL", r#"{"status":"OK","results":[{"published_utc":"2026-01-05T14:30:00Z"}]}"#),
    ("massive", "v1/marketstatus/now", "", r#"{"market":"open","exchanges":{}}"#),
    ("unusualWhales", "api/stock/AAPL/info", "", r#"{"data":{"symbol":"AAPL"}}"#),
    ("unusualWhales", "api/option-trades/flow-alerts", "rule_name[]=A", r#"{"data":[{"created_at":"2026-01-05T14:30:00Z"}]}"#),
    ("unusualWhales", "api/darkpool/SPY", "newer_than=1767623400", r#"{"data":[{"ticker":"SPY","executed_at":"x"}]}"#),
];
/// Values that readers of numbers and lists stumble over.
const ODD: &[&str] = &[
    "null",
    "-1",
    "1e999",
    "1e-999",
    "1e28",
    "-1e27",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "\"\"",
    "\"1e4000000000\"",
    "\"-.e-28\"",
    "[]",
    "{}",
    "[[[]]]",
    "true",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "0.00000000000000000000000000000001",
];
/// The vendors' own names.
const NAMES: &[&str] =
    &["data", "results", "status", "ticker", "t", "o", "Error Message", "error", "message", "code", "resultsCount"];
const STATUSES: &[u16] = &[200, 206, 302, 400, 401, 402, 403, 404, 422, 429, 500, 599];

/// Does with a body all that the gateway does with one.
fn digest((name, path, query, _): (&str, &str, &str, &str), status: u16, headers: &HeaderMap, body: &[u8]) -> bool {
    let provider: &dyn Provider = find(name).unwrap();
    let call = provider.classify(&Request { method: "GET", path, query, content_type: None, body: b"" }).unwrap();
    let named = provider.name_error(StatusCode::from_u16(status).unwrap(), headers, body);
    if let Some(named) = &named {
        assert!(named.error_message.chars().count() <= 1_000 && !named.error_message.is_empty());
    }
    let measured = provider.measure(&call, body, &mut ());
    if let Err(error) = &measured {
        assert!(error.to_string().chars().count() < 1_000, "{error}");
    }
    named.is_none() && measured.is_ok()
}

/// JSON's own shape, with the vendors' own names in it.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(ODD).prop_map(str::to_owned),
        "[0-9]{1,25}",
        "\"[ -~]{0,8}\"".prop_map(|text| text.replace('\\', "/"))
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(|all| format!("[{}]", all.join(","))),
            vec((prop::sample::select(NAMES), inner), 0..6).prop_map(|all| format!(
                "{{{}}}",
                all.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect::<Vec<_>>().join(",")
            )),
        ]
    })
}

#[test]
fn the_good_answers_are_good() {
    for call in CALLS {
        assert!(digest(*call, 200, &HeaderMap::new(), call.3.as_bytes()), "{call:?}");
    }
}

#[test]
fn a_body_that_is_nested_without_end_is_refused() {
    for (call, open) in CALLS.iter().flat_map(|call| ["[", "{\"data\":", "{\"results\":["].map(|open| (call, open))) {
        assert!(!digest(*call, 200, &HeaderMap::new(), open.repeat(200_000).as_bytes()));
    }
}

proptest! {
    #[test]
    fn bytes_at_random_never_panic(body in vec(any::<u8>(), 0..600), status in prop::sample::select(STATUSES), call in prop::sample::select(CALLS)) {
        digest(call, status, &HeaderMap::new(), &body);
    }

    #[test]
    fn json_at_random_never_panics(body in json(), status in prop::sample::select(STATUSES), call in prop::sample::select(CALLS)) {
        digest(call, status, &HeaderMap::new(), body.as_bytes());
    }

    #[test]
    fn a_good_answer_with_a_byte_or_a_value_changed_never_panics(
        call in prop::sample::select(CALLS), at: Index, byte: u8, odd in prop::sample::select(ODD), cut: Index, status in prop::sample::select(STATUSES)
    ) {
        let mut changed = call.3.as_bytes().to_vec();
        let place = at.index(changed.len());
        changed[place] = byte;
        digest(call, status, &HeaderMap::new(), &changed);
        changed.truncate(cut.index(changed.len()));
        digest(call, status, &HeaderMap::new(), &changed);
        // The value behind one of the colons.
        let colons: Vec<_> = call.3.match_indices("\":").map(|(at, _)| at + 2).collect();
        let from = *at.get(&colons);
        let until = call.3[from..].find([',', '}']).map_or(call.3.len(), |end| from + end);
        digest(call, status, &HeaderMap::new(), format!("{}{odd}{}", &call.3[..from], &call.3[until..]).as_bytes());
    }

    #[test]
    fn half_a_good_answer_is_none(call in prop::sample::select(CALLS), cut: Index) {
        prop_assert!(!digest(call, 200, &HeaderMap::new(), &call.3.as_bytes()[..cut.index(call.3.len())]));
    }

    #[test]
    fn odd_headers_never_panic(values in vec(vec(0x20u8..0x7f, 0..20), 4), digits in "[0-9]{0,22}", status in prop::sample::select(STATUSES)) {
        let names = ["x-uw-daily-req-count", "x-uw-token-req-limit", "x-uw-req-per-minute-reset", "retry-after"];
        let mut headers: HeaderMap = names.iter().zip(&values).map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap())).collect();
        digest(CALLS[8], status, &headers, b"");
        headers.insert("x-uw-req-per-minute-reset", digits.parse().unwrap());
        headers.remove("retry-after");
        digest(CALLS[8], status, &headers, b"");
    }

    #[test]
    fn requests_at_random_are_a_call_or_refused(
        path in "([a-z0-9]{1,5}/){0,6}[-a-zA-Z0-9.{}%:]{0,12}", query in "([a-z_.\\[\\]]{1,12}=[ -~]{0,30}&?){0,5}", body in vec(any::<u8>(), 0..20), call in prop::sample::select(CALLS)
    ) {
        let (provider, json) = (find(call.0).unwrap(), Some("application/json"));
        for (path, query, body) in [(path.as_str(), query.as_str(), &body[..]), (call.1, &query, b""), (call.1, call.2, &body), (&path, call.2, b"")] {
            if let Err(refused) = provider.classify(&Request { method: "GET", path, query, content_type: json, body }) {
                prop_assert!(refused.message.chars().count() <= 1_000);
            }
        }
    }

    #[test]
    fn times_at_random_are_read_or_refused(time in prop_oneof!["[0-9]{1,24}", "[-0-9T:.+Z ]{0,30}", "[+-]?[0-9]{4,7}-[0-9]{2}-[0-9]{2}"], call in prop::sample::select(CALLS)) {
        let provider = find(call.0).unwrap();
        for field in ["from", "to", "window_start", "window_start.lte", "published_utc.lte", "newer_than", "older_than", "date"] {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair(field, &time).finish();
            let _ = provider.classify(&Request { method: "GET", path: call.1, query: &query, content_type: None, body: b"" });
        }
        let path = format!("v2/aggs/ticker/A/range/4294967295/year/{time}/{time}");
        let _ = find("massive").unwrap().classify(&Request { method: "GET", path: &path, query: "", content_type: None, body: b"" });
    }
}
