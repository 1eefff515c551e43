//! Arbitrary, torn and changed requests and answers of the news vendors and of Alpaca: never a panic, never more than there is.

use assayer_providers::{Call, NamedError, Provider, Request, find};
use http::{HeaderMap, StatusCode};
use proptest::prelude::*;
use serde_json::Value;

/// Provider, method, path, query, body, and an answer that it measures.
const CALLS: [[&str; 6]; 11] = [
    ["finnhub", "GET", "quote", "symbol=AAPL", "", r#"{"c":261.74,"d":null,"h":"263.31","pc":259.45,"t":1582641000}"#],
    ["finnhub", "GET", "news", "category=general", "", r#"[{"datetime":1,"headline":"a","id":7},{"headline":"b"}]"#],
    ["finnhub", "GET", "company-news", "symbol=SPY&from=2025-02-03&to=2025-02-05", "", r#"[{"headline":"a","related":"SPY"}]"#],
    ["marketaux", "GET", "news/all", "search=a&symbols=SPY", "", r#"{"meta":{"found":9},"data":[{"uuid":"u","title":"t"}]}"#],
    ["newsApi", "GET", "everything", "q=a&from=2025-02-03", "", r#"{"status":"ok","articles":[{"title":"a"},{"title":null}]}"#],
    ["newsApi", "GET", "sources", "", "", r#"{"status":"ok","sources":[{"id":"bbc-news"}]}"#],
    [
        "alpacaNews",
        "GET",
        "news",
        "symbols=SPY&end=2025-02-03T00:00:00Z",
        "",
        r#"{"news":[{"headline":"a"}],"next_page_token":"x"}"#,
    ],
    ["alpaca", "GET", "orders", "symbols=SPY&after=1738540800000", "", r#"[{"id":"a","qty":"1"},{"id":"b"}]"#],
    ["alpaca", "GET", "orders:by_client_order_id", "client_order_id=b", "", r#"{"id":"a","client_order_id":"b"}"#],
    [
        "alpaca",
        "POST",
        "orders",
        "",
        r#"{"symbol":"SPY","qty":"1","side":"buy","client_order_id":"b"}"#,
        r#"{"id":"a","client_order_id":"b"}"#,
    ],
    ["alpaca", "DELETE", "orders/a", "", "", ""],
];

const ERRORS: [&str; 4] = [
    r#"{"error":"You don't have access to this resource."}"#,
    r#"{"error":{"code":"usage_limit_reached","message":"m"}}"#,
    r#"{"status":"error","code":"maximumResultsReached","message":"m"}"#,
    r#"{"code":40310000,"message":"insufficient buying power"}"#,
];

const PROVIDERS: [&str; 5] = ["finnhub", "marketaux", "newsApi", "alpaca", "alpacaNews"];

fn provider(name: &str) -> &'static dyn Provider {
    find(name).unwrap()
}

fn request([_, method, path, query, body, _]: [&str; 6]) -> Request<'_> {
    let content_type = (!body.is_empty()).then_some("application/json");
    Request { method, path, query, content_type, body: body.as_bytes() }
}

/// Nothing is counted that has no room in the body.
fn measured(provider: &dyn Provider, call: &Call, body: &[u8]) {
    if let Ok(measure) = provider.measure(call, body, &mut ()) {
        let most = i64::try_from(body.len()).unwrap();
        assert!((0..=most.max(1)).contains(&measure.items.unwrap_or_default()), "{measure:?}");
        assert!(measure.order_id.is_none_or(|id| !id.is_empty() && id.chars().count() <= 200));
    }
}

fn named(error: Option<NamedError>, status: StatusCode) {
    assert_eq!(error.is_none(), status.is_success(), "{status}");
    if let Some(error) = error {
        assert!(!error.error_message.is_empty() && error.error_message.chars().count() <= 1_000);
        assert!(error.error_code.is_none_or(|code| !code.is_empty() && code.chars().count() <= 100));
    }
}

/// What JSON can be, with the names that the vendors use among others.
fn json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "error", "code", "message", "data", "articles", "news", "id", "title", "headline", "t", "c", "x",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(name.clone().prop_map(str::to_owned), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..500), json().prop_map(|value| value.to_string().into_bytes())]
}

/// Bytes replaced, put in or taken out.
fn changed(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (at, how, value) in changes {
        let at = at.index(bytes.len() + 1);
        match how % 3 {
            0 => bytes.insert(at, *value),
            1 => bytes.truncate(at),
            _ => bytes.get_mut(at).into_iter().for_each(|byte| *byte = *value),
        }
    }
    bytes
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8)>> {
    prop::collection::vec(any::<(prop::sample::Index, u8, u8)>(), 1..5)
}

#[test]
fn the_calls_and_answers_that_are_changed_below_are_good_ones() {
    for sample in CALLS {
        let call = provider(sample[0]).classify(&request(sample)).unwrap();
        provider(sample[0]).measure(&call, sample[5].as_bytes(), &mut ()).unwrap();
    }
}

#[test]
fn nesting_without_end_is_an_error() {
    for sample in CALLS {
        let call = provider(sample[0]).classify(&request(sample)).unwrap();
        for deep in ["[".repeat(1_000_000), r#"{"data":"#.repeat(200_000), r#"{"error":"#.repeat(200_000)] {
            provider(sample[0]).measure(&call, deep.as_bytes(), &mut ()).unwrap_err();
            named(
                provider(sample[0]).name_error(StatusCode::BAD_REQUEST, &HeaderMap::new(), deep.as_bytes()),
                StatusCode::BAD_REQUEST,
            );
            let content_type = Some("application/json");
            let order = Request { method: "POST", path: "orders", query: "", content_type, body: deep.as_bytes() };
            provider("alpaca").classify(&order).unwrap_err();
        }
    }
}

proptest! {
    #[test]
    fn any_answer_is_measured_or_refused(body in body(), sample in prop::sample::select(CALLS.to_vec())) {
        let call = provider(sample[0]).classify(&request(sample)).unwrap();
        measured(provider(sample[0]), &call, &body);
    }

    #[test]
    fn a_changed_answer_is_measured_or_refused(changes in changes(), sample in prop::sample::select(CALLS.to_vec())) {
        let call = provider(sample[0]).classify(&request(sample)).unwrap();
        measured(provider(sample[0]), &call, &changed(sample[5].as_bytes().to_vec(), &changes));
    }

    #[test]
    fn any_error_has_a_name(
        body in prop_oneof![
            body(),
            (changes(), prop::sample::select(ERRORS.to_vec())).prop_map(|(changes, error)| changed(error.as_bytes().to_vec(), &changes)),
        ],
        status in 100u16..1_000,
        name in prop::sample::select(PROVIDERS.to_vec()),
    ) {
        let status = StatusCode::from_u16(status).unwrap();
        named(provider(name).name_error(status, &HeaderMap::new(), &body), status);
    }

    #[test]
    fn any_request_is_classified_or_refused_in_a_sentence(
        sample in prop::sample::select(CALLS.to_vec()),
        changes in changes(),
        part in 0usize..4,
        anything in ".{0,60}",
        body in body(),
    ) {
        let mut texts = sample.map(|text| text.as_bytes().to_vec());
        texts[1 + part] = changed(texts[1 + part].clone(), &changes);
        let [_, method, path, query, changed_body, _] = texts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let content_type = Some("application/json");
        let (method, path) = (method.as_str(), path.as_str());
        for (query, body) in [(query.as_str(), changed_body.as_bytes()), (&anything, b"".as_slice()), (&query, &body)] {
            for path in [path, &anything] {
                match provider(sample[0]).classify(&Request { method, path, query, content_type, body }) {
                    Ok(call) => prop_assert!(call.params.is_object() && call.endpoint.len() < 60),
                    Err(refused) => {
                        prop_assert!(!refused.message.is_empty() && refused.message.chars().count() <= 1_000);
                        prop_assert!(refused.endpoint.chars().count() <= 200);
                    }
                }
            }
        }
    }
}
