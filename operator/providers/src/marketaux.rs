//! Marketaux, news about stocks and other listed things. In and out: see [`Vendor`]. Pure.

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    Category, Facts, Form, Key, NamedError, SignIn, Verify,
    rest::{self, Endpoint, Errors, Fact, Vendor},
};

/// Marketaux.
pub(crate) static MARKETAUX: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error));

static FACTS: Facts = Facts {
    name: "marketaux",
    title: "Marketaux",
    category: Category::Source(Source::News),
    base: "https://api.marketaux.com/v1/",
    required_keys: &[Key {
        name: "MARKETAUX_API_KEY",
        also: &[],
        form: Form {
            likely: |key| key.len() == 40 && key.bytes().all(|b| b.is_ascii_alphanumeric()),
            expected: "40 letters and digits",
            ..Form::ANY
        },
        hint: "marketaux.com, Dashboard, API token.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Query("api_token"),
    verify: Some(Verify { method: "GET", path: "news/all", query: "limit=1" }),
    // Each plan has its own, by the minute and by the day, which only the vendor's answers tell.
    limits: &[],
    request_id_header: None,
    plan: "Every plan has news; the free one 100 requests a day and 3 articles in each. A day's requests used up are 402 usage_limit_reached, what the plan lacks is 403 endpoint_access_restricted.",
};

/// Without `published_on`: a day is asked for by its start and end, which have columns.
static ENDPOINTS: [Endpoint; 1] = [Endpoint {
    fields: &[
        "symbols",
        "entity_types",
        "industries",
        "countries",
        "sentiment_gte",
        "sentiment_lte",
        "min_match_score",
        "filter_entities",
        "must_have_entities",
        "group_similar",
        "search",
        "domains",
        "exclude_domains",
        "source_ids",
        "exclude_source_ids",
        "language",
        "published_after",
        "published_before",
        "sort",
        "sort_order",
        "limit",
        "page",
    ],
    asks: &[
        (Fact::Symbols, "symbols"),
        (Fact::Keywords, "search"),
        (Fact::Start, "published_after"),
        (Fact::End, "published_before"),
    ],
    ..Endpoint::get(Source::News, "news/all", |_, body| Ok(rest::list_of(body, "/data", "title")?.0))
}];

#[derive(Deserialize)]
struct Envelope {
    error: Inner,
}

#[derive(Deserialize)]
struct Inner {
    code: String,
    #[serde(default)]
    message: String,
}

/// Each of the vendor's codes has a status of its own, which means what it says.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Ok(Envelope { error: Inner { code, message } }) = serde_json::from_slice(body) else {
        return NamedError::unreadable(status, body);
    };
    NamedError::new(status, ReasonCode::of_vendor_status(status.as_u16()), Some(&code), &message)
}
