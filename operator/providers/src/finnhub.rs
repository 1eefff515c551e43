//! Finnhub, quotes and news of stocks. In and out: see [`Vendor`]. Pure.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    Call, Category, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, Verify,
    rest::{self, Endpoint, Errors, Fact, Vendor},
    text,
};

/// Finnhub.
pub(crate) static FINNHUB: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error));

static FACTS: Facts = Facts {
    name: "finnhub",
    title: "Finnhub",
    category: Category::Source(Source::News),
    base: "https://finnhub.io/api/v1/",
    required_keys: &[Key {
        name: "FINNHUB_API_KEY",
        also: &[],
        form: Form {
            certain: text::is_word,
            likely: |key| (20..=40).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
            expected: "20 to 40 lower-case letters and digits",
        },
        hint: "finnhub.io, Dashboard, API key.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Headers(&[("x-finnhub-token", "FINNHUB_API_KEY")]),
    verify: Some(Verify { method: "GET", path: "quote", query: "symbol=AAPL" }),
    // The first holds on every plan, the second is the free plan's; plans that are paid for have more.
    limits: &[Limit { requests: 30, per: Duration::from_secs(1) }, Limit { requests: 60, per: Duration::from_mins(1) }],
    request_id_header: None,
    plan: "The free plan has quotes and company news of US stocks; for anything else the answer is 403, or 401 in older reports, with \"You don't have access to this resource.\".",
};

static ENDPOINTS: [Endpoint; 3] = [
    Endpoint { fields: &["symbol"], asks: &[(Fact::Symbols, "symbol")], ..Endpoint::get(Source::MarketData, "quote", quote) },
    Endpoint { fields: &["category", "minId"], ..Endpoint::get(Source::News, "news", headlines) },
    Endpoint {
        fields: &["symbol", "from", "to"],
        asks: &[(Fact::Symbols, "symbol"), (Fact::Start, "from"), (Fact::End, "to")],
        ..Endpoint::get(Source::News, "company-news", headlines)
    },
];

fn headlines(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    Ok(rest::list_of(body, "", "headline")?.0)
}

/// Of a symbol that it does not know the vendor answers a quote of zeros.
fn quote(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    rest::one(body, "/c")?;
    let (measure, time) = rest::one(body, "/t")?;
    let seconds = time.as_i64().or_else(|| time.as_str()?.parse().ok());
    let seconds = seconds.ok_or_else(|| MeasureError::Malformed("t, the time of the quote, is no whole number".to_owned()))?;
    Ok(Measure { items: Some(i64::from(seconds > 0)), ..measure })
}

#[derive(Deserialize)]
struct Envelope {
    error: String,
}

/// What the plan lacks has been seen with 401 as well as with 403: the text tells it from a key that is not good.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Ok(Envelope { error }) = serde_json::from_slice(body) else {
        return NamedError::unreadable(status, body);
    };
    let lacks = status.is_client_error() && error.contains("have access to this resource");
    let reason = if lacks { ReasonCode::ProviderEntitlement } else { ReasonCode::of_vendor_status(status.as_u16()) };
    NamedError::new(status, reason, None, &error)
}
