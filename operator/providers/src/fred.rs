//! FRED, economic series of the Federal Reserve Bank of St. Louis. In and out: see [`Vendor`]. Pure.
//!
//! Without a vintage FRED answers with the latest revision, which nobody knew at the time: figures are asked for as they were known on
//! one day, which is in the row, and an answer of another day is none.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use chrono::{DateTime, NaiveDate, Utc};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::{
    Call, Category, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, Verify, releases,
    rest::{self, Endpoint, Errors, Fact, Vendor},
};

/// FRED.
pub(crate) static FRED: Vendor = Vendor { refine: of_one_day, ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error)) };

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

const OBSERVATIONS: &str = "series/observations";
/// FRED's word for a vintage that never ends: whatever is known whenever it is asked.
const FOR_EVER: &str = "9999-12-31";

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
        ..Endpoint::get(Source::Macro, OBSERVATIONS, observations)
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

/// Figures are let through as they were known on one day: not the latest revision, not several vintages side by side.
fn of_one_day(call: Call) -> Result<Call, String> {
    if call.endpoint != OBSERVATIONS {
        return Ok(call);
    }
    let field = |name: &str| call.params.get(name).and_then(serde_json::Value::as_str);
    let (from, to) = (field("realtime_start"), field("realtime_end"));
    if call.about.realtime_start.is_none() || call.about.realtime_start != call.about.realtime_end || from != to {
        return Err("give the same day as realtime_start and realtime_end, that on which the figures were known: \
            without it FRED answers with a revision that nobody knew then"
            .to_owned());
    }
    if to.is_none_or(|day| day.starts_with(FOR_EVER)) {
        return Err(format!("realtime_end is \"{FOR_EVER}\": give the day on which the figures were known"));
    }
    match field("output_type") {
        None | Some("1") => Ok(call),
        Some(other) => Err(format!("output_type is \"{other}\": the gateway measures \"1\" only, the figures of one vintage")),
    }
}

/// The vintage of an answer with figures.
#[derive(Deserialize)]
struct Vintage {
    realtime_start: NaiveDate,
    realtime_end: NaiveDate,
}

/// Counts figures of the vintage that was asked for; those of another are none.
fn observations(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let (measure, _) = rest::list(body, "/observations")?;
    let Vintage { realtime_start, realtime_end } = rest::parse(body)?;
    let asked = call.about.realtime_end.as_ref().map(DateTime::<Utc>::date_naive);
    if asked.is_some_and(|day| day == realtime_end && day == realtime_start) {
        return Ok(measure);
    }
    Err(MeasureError::NotAsked {
        asked: format!("what was known on {}", asked.map_or_else(|| "no day".to_owned(), |day| day.to_string())),
        found: format!("the vintage {realtime_start} to {realtime_end}"),
    })
}

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
