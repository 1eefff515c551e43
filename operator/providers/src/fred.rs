//! FRED, economic series of the Federal Reserve Bank of St. Louis. In and out: see [`Vendor`]. Pure.
//!
//! Without a vintage FRED answers with the latest revision, which nobody knew at the time. What a call asked for is in its row.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use chrono::NaiveDate;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    Category, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, Verify, releases,
    rest::{self, Endpoint, Errors, Fact, Vendor},
};

/// FRED.
pub(crate) static FRED: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error));

static FACTS: Facts = Facts {
    name: "fred",
    title: "FRED",
    category: Category::Source(Source::Macro),
    base: "https://api.stlouisfed.org/fred/",
    required_keys: &[Key {
        name: "FRED_API_KEY",
        also: &[],
        form: Form {
            // The vendor's own error text states it.
            certain: |key| key.len() == 32 && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
            likely: |key| key.bytes().all(|b| b.is_ascii_hexdigit()),
            expected: "32 lower-case letters and digits",
        },
        hint: "fredaccount.stlouisfed.org, API Keys.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Query("api_key"),
    verify: Some(Verify { method: "GET", path: "series", query: "series_id=GNPCA&file_type=json" }),
    limits: &[Limit { requests: 120, per: Duration::from_mins(1) }],
    request_id_header: None,
    plan: "Every account may use everything; there is no plan to lack.",
};

const JSON: &[(&str, &str)] = &[("file_type", "json")];
const VINTAGE: [(Fact, &str); 2] = [(Fact::RealtimeStart, "realtime_start"), (Fact::RealtimeEnd, "realtime_end")];
const OF_SERIES: &[(Fact, &str)] = &[(Fact::Series, "series_id"), VINTAGE[0], VINTAGE[1]];

static ENDPOINTS: [Endpoint; 7] = [
    Endpoint {
        fields: &["series_id", "file_type", "realtime_start", "realtime_end"],
        needs: JSON,
        asks: OF_SERIES,
        ..Endpoint::get(Source::Macro, "series", |_, body| Ok(rest::about(rest::list(body, "/seriess")?.0)))
    },
    Endpoint {
        fields: &["series_id", "file_type", "realtime_start", "realtime_end"],
        needs: JSON,
        asks: OF_SERIES,
        ..Endpoint::get(Source::Macro, "series/release", |_, body| {
            let Found { releases } = rest::parse(body)?;
            let found = releases::of(releases.into_iter().map(|release| (release.id.to_string(), None)));
            Ok(Measure { releases: Some(found), ..Measure::default() })
        })
    },
    Endpoint {
        fields: &[
            "series_id",
            "file_type",
            "realtime_start",
            "realtime_end",
            "observation_start",
            "observation_end",
            "units",
            "frequency",
            "aggregation_method",
            "output_type",
            "sort_order",
            "limit",
            "offset",
        ],
        needs: JSON,
        asks: &[
            (Fact::Series, "series_id"),
            VINTAGE[0],
            VINTAGE[1],
            (Fact::Start, "observation_start"),
            (Fact::LastDay, "observation_end"),
        ],
        ..Endpoint::get(Source::Macro, "series/observations", |_, body| Ok(rest::list(body, "/observations")?.0))
    },
    Endpoint {
        fields: &["series_id", "file_type", "realtime_start", "realtime_end", "sort_order", "limit", "offset"],
        needs: JSON,
        asks: OF_SERIES,
        ..Endpoint::get(Source::Macro, "series/vintagedates", |_, body| Ok(rest::about(rest::list(body, "/vintage_dates")?.0)))
    },
    Endpoint {
        fields: &["search_text", "file_type", "realtime_start", "realtime_end", "order_by", "sort_order", "limit", "offset"],
        needs: JSON,
        asks: &[(Fact::Keywords, "search_text"), VINTAGE[0], VINTAGE[1]],
        ..Endpoint::get(Source::Macro, "series/search", |_, body| Ok(rest::about(rest::list(body, "/seriess")?.0)))
    },
    Endpoint {
        fields: &[
            "file_type",
            "realtime_start",
            "realtime_end",
            "sort_order",
            "limit",
            "offset",
            "include_release_dates_with_no_data",
        ],
        needs: JSON,
        asks: &VINTAGE,
        ..Endpoint::get(Source::Macro, "releases/dates", |_, body| days(body))
    },
    Endpoint {
        fields: &[
            "release_id",
            "file_type",
            "realtime_start",
            "realtime_end",
            "sort_order",
            "limit",
            "offset",
            "include_release_dates_with_no_data",
        ],
        needs: JSON,
        asks: &VINTAGE,
        ..Endpoint::get(Source::Macro, "release/dates", |_, body| days(body))
    },
];

/// The release that a series comes out with.
#[derive(Deserialize)]
struct Found {
    releases: Vec<FoundRelease>,
}

#[derive(Deserialize)]
struct FoundRelease {
    id: u64,
}

#[derive(Deserialize)]
struct Days {
    release_dates: Vec<Day>,
}

#[derive(Deserialize)]
struct Day {
    release_id: u64,
    date: NaiveDate,
}

/// They speak about figures and hold none. Days to come are among them only where `include_release_dates_with_no_data` is asked for.
fn days(body: &[u8]) -> Result<Measure, MeasureError> {
    let Days { release_dates } = rest::parse(body)?;
    let found = releases::of(release_dates.into_iter().map(|day| (day.release_id.to_string(), Some(day.date))));
    Ok(Measure { releases: Some(found), ..Measure::default() })
}

#[derive(Deserialize)]
struct Envelope {
    error_code: u16,
    error_message: String,
}

/// A key that is not good is a 400 like any mistake in the request; only the text tells them apart.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Ok(Envelope { error_code, error_message }) = serde_json::from_slice(body) else {
        return NamedError::unreadable(status, body);
    };
    let about_the_key = status == StatusCode::BAD_REQUEST && error_message.contains("api_key");
    let reason = if about_the_key { ReasonCode::ProviderAuth } else { ReasonCode::of_vendor_status(status.as_u16()) };
    NamedError::new(status, reason, Some(&error_code.to_string()), &error_message)
}
