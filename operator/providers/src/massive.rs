//! Massive, formerly Polygon.io: bars of stocks, indices, currencies and futures, tickers and news. In and out: see [`Vendor`]. Pure.
//!
//! A page names the next one by a whole URL; its path and query, sent again, are another call, which `cursor` is a field of.

mod bars;

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use bars::{FuturesBar, StockBar};

use crate::{
    Call, Category, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, Verify,
    rest::{self, Endpoint, Errors, Fact, Vendor},
    text,
};

/// Massive.
pub(crate) static MASSIVE: Vendor =
    Vendor { refine: |call| Ok(with_length(call)), ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(name_error)) };

static FACTS: Facts = Facts {
    name: "massive",
    title: "Massive",
    category: Category::Source(Source::MarketData),
    base: "https://api.massive.com/",
    required_keys: &[Key {
        name: "MASSIVE_API_KEY",
        also: &["POLYGON_API_KEY"],
        form: Form {
            certain: text::is_word,
            likely: |key| key.len() == 32 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
            expected: "32 letters, digits and underscores",
        },
        hint: "massive.com, Dashboard, API Keys.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Bearer,
    verify: Some(Verify { method: "GET", path: "v1/marketstatus/now", query: "" }),
    // What paid plans are asked to stay below. The free one has 5 a minute; its end is told by the vendor's own 429.
    limits: &[Limit { requests: 100, per: Duration::from_secs(1) }],
    request_id_header: Some("x-request-id"),
    plan: "Stocks, options, indices, currencies and futures are plans of their own, and what a plan lacks is 403 NOT_AUTHORIZED. Cheaper plans are delayed, which an answer says by its status DELAYED, or have the last days only. The free plan allows 5 calls a minute.",
};

static ENDPOINTS: [Endpoint; 5] = [
    Endpoint {
        name: "v2/aggs",
        fields: &["adjusted", "sort", "limit", "cursor"],
        asks: &[(Fact::Symbols, "ticker"), (Fact::Start, "from"), (Fact::LastDay, "to")],
        ..Endpoint::bars("v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}", bars::count::<StockBar>)
    },
    Endpoint {
        name: "futures/v1/aggs",
        fields: &[
            "resolution",
            "window_start",
            "window_start.gt",
            "window_start.gte",
            "window_start.lt",
            "window_start.lte",
            "sort",
            "limit",
            "cursor",
        ],
        asks: &[
            (Fact::Symbols, "ticker"),
            (Fact::Schema, "resolution"),
            (Fact::Start, "window_start"),
            (Fact::Start, "window_start.gte"),
            (Fact::Start, "window_start.gt"),
            (Fact::End, "window_start.lt"),
            (Fact::LastDay, "window_start.lte"),
            (Fact::LastDay, "window_start"),
        ],
        ..Endpoint::bars("futures/v1/aggs/{ticker}", bars::count::<FuturesBar>)
    },
    Endpoint {
        fields: &[
            "ticker",
            "published_utc",
            "published_utc.gt",
            "published_utc.gte",
            "published_utc.lt",
            "published_utc.lte",
            "order",
            "sort",
            "limit",
            "cursor",
        ],
        asks: &[
            (Fact::Symbols, "ticker"),
            (Fact::Start, "published_utc"),
            (Fact::Start, "published_utc.gte"),
            (Fact::Start, "published_utc.gt"),
            (Fact::End, "published_utc.lt"),
            (Fact::LastDay, "published_utc.lte"),
            (Fact::LastDay, "published_utc"),
        ],
        ..Endpoint::get(Source::News, "v2/reference/news", |_, body| counted::<Article>(body))
    },
    Endpoint {
        fields: &[
            "ticker", "type", "market", "exchange", "cusip", "cik", "date", "search", "active", "order", "sort", "limit",
            "cursor",
        ],
        asks: &[(Fact::Symbols, "ticker"), (Fact::Keywords, "search")],
        ..Endpoint::get(Source::MarketData, "v3/reference/tickers", |_, body| counted::<Ticker>(body))
    },
    // It lists nothing, and proves nothing but the key.
    Endpoint::get(Source::MarketData, "v1/marketstatus/now", |_, body| rest::one(body, "/market").map(|_| Measure::default())),
];

/// One page of anything. Without results there are none.
#[derive(Deserialize)]
struct Page<T> {
    status: Status,
    ticker: Option<String>,
    #[serde(rename = "resultsCount")]
    results_count: Option<u64>,
    next_url: Option<IgnoredAny>,
    results: Option<Vec<T>>,
}

/// The status of a good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Status {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "DELAYED")]
    Delayed,
}

#[derive(Deserialize)]
struct Article {
    #[serde(rename = "published_utc")]
    _published_utc: IgnoredAny,
}

#[derive(Deserialize)]
struct Ticker {
    #[serde(rename = "ticker")]
    _ticker: IgnoredAny,
}

fn counted<T: DeserializeOwned>(body: &[u8]) -> Result<Measure, MeasureError> {
    let page: Page<T> = rest::parse(body)?;
    Ok(Measure { delayed: page.status == Status::Delayed, ..rest::counted(&page.results.unwrap_or_default()) })
}

/// The length of stocks' bars, which is two segments of the path.
fn with_length(call: Call) -> Call {
    let schema = match call.path.split('/').collect::<Vec<_>>().as_slice() {
        ["v2", "aggs", "ticker", _, "range", multiplier, timespan, ..] => Some(format!("{multiplier}{timespan}")),
        _ => call.schema,
    };
    Call { schema, ..call }
}

fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> Option<NamedError> {
    #[derive(Default, Deserialize)]
    struct Envelope {
        status: Option<Value>,
        error: Option<Value>,
        message: Option<Value>,
    }
    let read = serde_json::from_slice::<Envelope>(body).ok();
    if read.is_none() && !status.is_success() {
        return Some(NamedError::unreadable(status, body));
    }
    let Envelope { status: word, error, message } = read.unwrap_or_default();
    let word = word.as_ref().and_then(Value::as_str);
    // The state of the market has no status of its own.
    if status.is_success() && word.is_none_or(|word| ["OK", "DELAYED"].contains(&word)) {
        return None;
    }
    let said = error.as_ref().or(message.as_ref()).and_then(Value::as_str).unwrap_or_default();
    Some(NamedError::new(status, reason(status, word, said), word, said))
}

/// The status says it; where it is 200, the words must.
fn reason(status: StatusCode, word: Option<&str>, said: &str) -> ReasonCode {
    match word {
        _ if !status.is_success() => ReasonCode::of_vendor_status(status.as_u16()),
        Some("NOT_AUTHORIZED") => ReasonCode::ProviderEntitlement,
        Some("NOT_FOUND") => ReasonCode::ProviderRejectedRequest,
        _ if said.contains("API Key") => ReasonCode::ProviderAuth,
        _ if said.contains("maximum requests") => ReasonCode::ProviderRateLimited,
        _ => ReasonCode::ProviderError,
    }
}
