//! NewsAPI.org, headlines of newspapers and blogs. In and out: see [`Vendor`]. Pure.

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    Call, Category, Facts, Form, Key, Measure, MeasureError, NamedError, SignIn, Verify,
    rest::{self, Endpoint, Errors, Fact, Vendor},
    text,
};

/// NewsAPI.org.
pub(crate) static NEWS_API: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error));

static FACTS: Facts = Facts {
    name: "newsApi",
    title: "NewsAPI.org",
    category: Category::Source(Source::News),
    base: "https://newsapi.org/v2/",
    required_keys: &[Key {
        name: "NEWSAPI_KEY",
        also: &["NEWS_API_KEY"],
        form: Form {
            certain: text::is_word,
            likely: |key| key.len() == 32 && key.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
            expected: "32 digits and letters from a to f",
        },
        hint: "newsapi.org, Account, API key.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Headers(&[("x-api-key", "NEWSAPI_KEY")]),
    verify: Some(Verify { method: "GET", path: "top-headlines/sources", query: "" }),
    // Each plan has its own number of requests a day; the vendor publishes no rate.
    limits: &[],
    request_id_header: None,
    plan: "The free Developer plan is for development only: its articles are 24 hours late and it has 100 requests a day, so nothing may trade on it. What it lacks is 426, for example maximumResultsReached; a day's requests used up are 429 apiKeyExhausted.",
};

static ENDPOINTS: [Endpoint; 4] = [
    Endpoint { fields: SOURCES_BY, ..Endpoint::get(Source::News, "top-headlines/sources", sources) },
    // The same, where the vendor's own Python client asks for it.
    Endpoint { fields: SOURCES_BY, ..Endpoint::get(Source::News, "sources", sources) },
    Endpoint {
        fields: &[
            "q",
            "searchIn",
            "sources",
            "domains",
            "excludeDomains",
            "from",
            "to",
            "language",
            "sortBy",
            "pageSize",
            "page",
        ],
        asks: &[(Fact::Keywords, "q"), (Fact::Start, "from"), (Fact::End, "to")],
        ..Endpoint::get(Source::News, "everything", articles)
    },
    Endpoint {
        fields: &["country", "category", "sources", "q", "pageSize", "page"],
        asks: &[(Fact::Keywords, "q")],
        ..Endpoint::get(Source::News, "top-headlines", articles)
    },
];

const SOURCES_BY: &[&str] = &["category", "language", "country"];

fn sources(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    Ok(rest::about(rest::list_of(body, "/sources", "id")?.0))
}

fn articles(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    Ok(rest::list_of(body, "/articles", "title")?.0)
}

#[derive(Deserialize)]
struct Envelope {
    code: String,
    #[serde(default)]
    message: String,
}

fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Ok(Envelope { code, message }) = serde_json::from_slice(body) else {
        let reason = reason(status, "", "");
        return NamedError { reason_code: reason, ..NamedError::unreadable(status, body) };
    };
    NamedError::new(status, reason(status, &code, &message), Some(&code), &message)
}

/// A range beyond the plan is a `parameterInvalid` like any other, but for its status or its text.
fn reason(status: StatusCode, code: &str, message: &str) -> ReasonCode {
    match code {
        "apiKeyDisabled" | "apiKeyInvalid" | "apiKeyMissing" => ReasonCode::ProviderAuth,
        "apiKeyExhausted" => ReasonCode::ProviderQuota,
        "rateLimited" => ReasonCode::ProviderRateLimited,
        _ if status == StatusCode::UPGRADE_REQUIRED || code == "maximumResultsReached" || message.contains("paid plan") => {
            ReasonCode::ProviderEntitlement
        }
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    }
}
