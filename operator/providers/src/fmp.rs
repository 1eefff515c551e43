//! Financial Modeling Prep: the economic calendar, yields, prices and news. In and out: see [`Vendor`]. Pure.
//!
//! Its prices are counted as things that an answer lists and not as bars: nobody says in which time zone they are.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use chrono::{NaiveDate, TimeDelta};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::{
    Call, Category, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, Verify, releases,
    rest::{self, Asks, Endpoint, Errors, Fact, Vendor},
    text,
};

/// Financial Modeling Prep.
pub(crate) static FMP: Vendor = Vendor { refine: within_range, ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(name_error)) };

static FACTS: Facts = Facts {
    name: "fmp",
    title: "Financial Modeling Prep",
    category: Category::Source(Source::Macro),
    base: "https://financialmodelingprep.com/stable/",
    required_keys: &[Key {
        name: "FMP_API_KEY",
        also: &[],
        form: Form {
            certain: text::is_word,
            likely: |key| key.len() == 32 && key.bytes().all(|b| b.is_ascii_alphanumeric()),
            expected: "32 letters and digits",
        },
        hint: "site.financialmodelingprep.com, Dashboard, API Keys.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Query("apikey"),
    verify: Some(Verify { method: "GET", path: "quote", query: "symbol=AAPL" }),
    // Of the smallest plan that is paid. The free one has 250 a day; its end is told by the vendor's own 429.
    limits: &[Limit { requests: 300, per: Duration::from_mins(1) }],
    request_id_header: None,
    plan: "The economic calendar, batches and many symbols need a paid plan; without it the answer is 402, \"Exclusive Endpoint\", \"Restricted Endpoint\" or in plain text \"Premium Query Parameter\". The free plan ends after 250 calls a day with 429 \"Limit Reach\".",
};

/// The longest range that the vendor answers for, in days between its ends.
const LONGEST: [(&str, i64); 2] = [("economic-calendar", 90), ("treasury-rates", 92)];

const RANGE: [(Fact, &str); 2] = [(Fact::Start, "from"), (Fact::LastDay, "to")];
const SYMBOL: Asks = &[(Fact::Symbols, "symbol"), RANGE[0], RANGE[1]];
const SYMBOLS: Asks = &[(Fact::Symbols, "symbols"), RANGE[0], RANGE[1]];

static ENDPOINTS: [Endpoint; 9] = [
    Endpoint { fields: &["symbol"], asks: SYMBOL, ..Endpoint::get(Source::MarketData, "quote", quotes) },
    Endpoint { fields: &["symbols"], asks: SYMBOLS, ..Endpoint::get(Source::MarketData, "batch-quote", quotes) },
    Endpoint {
        fields: &["symbol", "from", "to"],
        asks: SYMBOL,
        ..Endpoint::get(Source::MarketData, "historical-price-eod/full", quotes)
    },
    Endpoint {
        fields: &["symbol", "from", "to", "nonadjusted"],
        asks: &[(Fact::Symbols, "symbol"), RANGE[0], RANGE[1], (Fact::Schema, "interval")],
        ..Endpoint::get(Source::MarketData, "historical-chart/{interval}", |_, body| {
            Ok(rest::counted(&rest::parse::<Vec<Dated>>(body)?))
        })
    },
    Endpoint {
        fields: &["from", "to"],
        asks: &RANGE,
        ..Endpoint::get(Source::Macro, "economic-calendar", |_, body| events(body))
    },
    Endpoint {
        fields: &["from", "to"],
        asks: &RANGE,
        ..Endpoint::get(Source::Macro, "treasury-rates", |_, body| Ok(rest::counted(&rest::parse::<Vec<Dated>>(body)?)))
    },
    Endpoint {
        fields: &["symbols", "from", "to", "page", "limit"],
        asks: SYMBOLS,
        ..Endpoint::get(Source::News, "news/stock", articles)
    },
    Endpoint {
        fields: &["from", "to", "page", "limit"],
        asks: &RANGE,
        ..Endpoint::get(Source::News, "news/general-latest", articles)
    },
    Endpoint {
        fields: &["from", "to", "page", "limit"],
        asks: &RANGE,
        ..Endpoint::get(Source::News, "news/stock-latest", articles)
    },
];

/// Something that has a symbol, which must be one that was asked for.
#[derive(Deserialize)]
struct Quote {
    symbol: String,
}

#[derive(Deserialize)]
struct Dated {
    #[serde(rename = "date")]
    _date: IgnoredAny,
}

#[derive(Deserialize)]
struct Event {
    date: String,
    #[serde(rename = "event")]
    _event: IgnoredAny,
}

/// The calendar tells of its own figures when they come out: `2025-02-12 13:30:00`, of which the day is certain.
fn events(body: &[u8]) -> Result<Measure, MeasureError> {
    let events: Vec<Event> = rest::parse(body)?;
    let day = |event: &Event| event.date.get(..10)?.parse::<NaiveDate>().ok();
    let days = events.iter().map(|event| ("economic-calendar".to_owned(), day(event)));
    Ok(Measure { releases: Some(releases::of(days)), ..rest::counted(&events) })
}

#[derive(Deserialize)]
struct Article {
    #[serde(rename = "title")]
    _title: IgnoredAny,
}

fn quotes(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let quotes: Vec<Quote> = rest::parse(body)?;
    rest::only_asked(call, quotes.iter().map(|quote| quote.symbol.as_str()))?;
    Ok(rest::counted(&quotes))
}

fn articles(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    Ok(rest::counted(&rest::parse::<Vec<Article>>(body)?))
}

/// Beyond the longest range nobody could say what was left out.
fn within_range(call: Call) -> Result<Call, String> {
    let longest = LONGEST.iter().find(|(endpoint, _)| *endpoint == call.endpoint).map(|(_, days)| *days);
    // The last day is in the range.
    let days = call.start.zip(call.end).map(|(start, end)| end - start - TimeDelta::days(1));
    match longest.zip(days) {
        Some((longest, days)) if days > TimeDelta::days(longest) => {
            Err(format!("to is {} days after from: the vendor answers for {longest}; ask for less", days.num_days()))
        }
        _ => Ok(call),
    }
}

fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> Option<NamedError> {
    let said = said(body);
    if status.is_success() {
        // A good answer is a list; an error can come with the same status, as an object or as the bare text.
        let is_list = body.trim_ascii_start().starts_with(b"[");
        let said = said.or_else(|| (!is_list).then(|| text::head(body)).filter(|text| by_words(text).is_some()))?;
        return Some(NamedError::new(status, reason(status, &said), None, &said));
    }
    let said = said.unwrap_or_else(|| text::head(body));
    Some(NamedError::new(status, reason(status, &said), None, &said))
}

/// The vendor's words, if they are where it puts them.
fn said(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "Error Message")]
        error_message: Option<Value>,
        error: Option<Value>,
        message: Option<Value>,
    }
    let body = body.trim_ascii_start();
    if !body.starts_with(b"{") {
        return serde_json::from_slice(body).ok();
    }
    let Envelope { error_message, error, message } = serde_json::from_slice(body).ok()?;
    error_message.or(error).or(message)?.as_str().map(str::to_owned)
}

fn reason(status: StatusCode, said: &str) -> ReasonCode {
    let named = by_words(said).filter(|_| status.is_success() || status.is_client_error());
    named.unwrap_or_else(|| match status {
        // It asks for a better plan so; a lack of funds it does not know.
        StatusCode::PAYMENT_REQUIRED => ReasonCode::ProviderEntitlement,
        status => ReasonCode::of_vendor_status(status.as_u16()),
    })
}

/// What the vendor's own words mean, whatever the status. "Limit Reach" is said alike of the day, the minute and a month's bytes, and
/// is taken for what lasts longest: taken for the minute's, calls would be tried again and again against a day that is used up. It
/// asks for a better plan too, so it comes first.
fn by_words(said: &str) -> Option<ReasonCode> {
    const PLAN: [&str; 7] = [
        "exclusive endpoint",
        "restricted endpoint",
        "special endpoint",
        "premium endpoint",
        "legacy endpoint",
        "premium query parameter",
        "under your current subscription",
    ];
    let said = said.to_lowercase();
    if said.contains("invalid api key") {
        Some(ReasonCode::ProviderAuth)
    } else if said.contains("limit reach") {
        Some(ReasonCode::ProviderQuota)
    } else {
        PLAN.iter().any(|words| said.contains(words)).then_some(ReasonCode::ProviderEntitlement)
    }
}
