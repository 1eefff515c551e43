//! Unusual Whales: options flow, dark pools and headlines. In and out: see [`Vendor`]. Pure.
//!
//! Its documents leave most error bodies open, so the status and the headers that count calls say what is wrong, not the words.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use http::{HeaderMap, StatusCode, header};
use secrecy::SecretString;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

use crate::{
    Call, Category, CredentialError, Credentials, Facts, Form, Key, Limit, Measure, MeasureError, NamedError, SignIn, SignedIn,
    Verify,
    rest::{self, Endpoint, Errors, Fact, Vendor},
    text,
};

/// Unusual Whales.
pub(crate) static UNUSUAL_WHALES: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error));

static KEY: Key = Key {
    name: "UNUSUAL_WHALES_API_KEY",
    also: &["UNUSUAL_WHALES_API_TOKEN", "UW_API_KEY", "UW_API_TOKEN"],
    form: Form { certain: text::is_word, likely: is_uuid_v4, expected: "a UUID of version 4" },
    hint: "unusualwhales.com, Settings, API Dashboard.",
};

static FACTS: Facts = Facts {
    name: "unusualWhales",
    title: "Unusual Whales",
    category: Category::Source(Source::OptionsFlow),
    base: "https://api.unusualwhales.com/",
    required_keys: &[KEY],
    optional_keys: &[],
    sign_in: SignIn::Own(sign_in),
    verify: Some(Verify { method: "GET", path: "api/stock/AAPL/info", query: "" }),
    // Of the smallest plan.
    limits: &[Limit { requests: 120, per: Duration::from_mins(1) }, Limit { requests: 15_000, per: Duration::from_hours(24) }],
    request_id_header: Some("x-request-id"),
    plan: "The API is a subscription beside the website's. An endpoint beyond it is 403, and so are days before those that it has, with the code historic_data_access_missing.",
};

const TIMES: [(Fact, &str); 2] = [(Fact::Start, "newer_than"), (Fact::End, "older_than")];
const DAY: [(Fact, &str); 2] = [(Fact::Start, "date"), (Fact::LastDay, "date")];

static ENDPOINTS: [Endpoint; 6] = [
    // It lists nothing, and proves nothing but the key.
    Endpoint {
        asks: &[(Fact::Symbols, "ticker")],
        ..Endpoint::get(Source::OptionsFlow, "api/stock/{ticker}/info", |_, body| {
            rest::parse::<Info>(body).map(|_| Measure::default())
        })
    },
    Endpoint {
        fields: ALERTS,
        asks: &[(Fact::Symbols, "ticker_symbol"), TIMES[0], TIMES[1]],
        ..Endpoint::get(Source::OptionsFlow, "api/option-trades/flow-alerts", |_, body| {
            Ok(rest::counted(&rest::parse::<Data<Alert>>(body)?.data))
        })
    },
    Endpoint {
        fields: &["date", "otm_only", "interval_5m"],
        asks: &DAY,
        ..Endpoint::get(Source::OptionsFlow, "api/market/market-tide", |_, body| {
            Ok(rest::counted(&rest::parse::<Data<Tide>>(body)?.data))
        })
    },
    Endpoint {
        fields: &["date", "limit", "min_premium", "max_premium", "min_size", "max_size", "min_volume", "max_volume"],
        asks: &DAY,
        ..Endpoint::get(Source::OptionsFlow, "api/darkpool/recent", prints)
    },
    Endpoint {
        fields: &[
            "date",
            "newer_than",
            "older_than",
            "limit",
            "min_premium",
            "max_premium",
            "min_size",
            "max_size",
            "min_volume",
            "max_volume",
        ],
        asks: &[(Fact::Symbols, "ticker"), TIMES[0], TIMES[1], DAY[0], DAY[1]],
        ..Endpoint::get(Source::OptionsFlow, "api/darkpool/{ticker}", prints)
    },
    Endpoint {
        fields: &["limit", "page", "search_term", "major_only", "sources"],
        asks: &[(Fact::Keywords, "search_term")],
        ..Endpoint::get(Source::News, "api/news/headlines", |_, body| {
            Ok(rest::counted(&rest::parse::<Data<Headline>>(body)?.data))
        })
    },
];

/// The filters of the alerts; `rule_name` and `issue_types` are lists, spelt with `[]`.
#[rustfmt::skip]
const ALERTS: &[&str] = &[
    "ticker_symbol", "rule_name", "issue_types", "newer_than", "older_than", "limit",
    "all_opening", "is_floor", "is_sweep", "is_multi_leg", "is_call", "is_put", "is_ask_side", "is_bid_side", "is_otm",
    "size_greater_oi", "vol_greater_oi",
    "min_premium", "max_premium", "min_size", "max_size", "min_volume", "max_volume", "min_open_interest", "max_open_interest",
    "min_dte", "max_dte", "min_diff", "max_diff", "min_price", "max_price", "min_skew", "max_skew", "min_spread", "max_spread",
    "min_marketcap", "max_marketcap", "min_iv_change", "max_iv_change", "min_ask_perc", "max_ask_perc", "min_bid_perc",
    "max_bid_perc", "min_bull_perc", "max_bull_perc", "min_bear_perc", "max_bear_perc", "min_volume_oi_ratio",
    "max_volume_oi_ratio", "min_size_vol_ratio", "max_size_vol_ratio",
];

/// What is known of a stock: fields by name.
#[derive(Deserialize)]
struct Info {
    #[serde(rename = "data")]
    _data: Map<String, Value>,
}

#[derive(Deserialize)]
struct Data<T> {
    data: Vec<T>,
}

#[derive(Deserialize)]
struct Alert {
    #[serde(rename = "created_at")]
    _created_at: IgnoredAny,
}

#[derive(Deserialize)]
struct Tide {
    #[serde(rename = "timestamp")]
    _timestamp: IgnoredAny,
}

/// A trade in a dark pool.
#[derive(Deserialize)]
struct Print {
    ticker: String,
    #[serde(rename = "executed_at")]
    _executed_at: IgnoredAny,
}

#[derive(Deserialize)]
struct Headline {
    #[serde(rename = "headline")]
    _headline: IgnoredAny,
}

fn prints(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    let Data { data } = rest::parse::<Data<Print>>(body)?;
    rest::only_asked(call, data.iter().map(|print| print.ticker.as_str()))?;
    Ok(rest::counted(&data))
}

/// The vendor's own examples send the id of their client along; its documents do not speak of it.
fn sign_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let signed = SignedIn::default().with_bearer(credentials.of(&KEY)?, &KEY)?;
    signed.with_header("uw-client-api-id", &SecretString::from("100001"), &KEY)
}

fn is_uuid_v4(key: &str) -> bool {
    let parts: Vec<_> = key.split('-').collect();
    let hex = parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()));
    let [a, b, version, variant, e] = parts.as_slice() else { return false };
    let lengths = [a, b, version, variant, e].map(|part| part.len()) == [8, 4, 4, 4, 12];
    hex && lengths && version.starts_with('4') && variant.starts_with(['8', '9', 'a', 'b', 'A', 'B'])
}

fn name_error(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> NamedError {
    let reason_code = reason(status, headers, body);
    let wait = (reason_code == ReasonCode::ProviderRateLimited).then(|| minute_ends(headers)).flatten();
    let named = match serde_json::from_slice::<Envelope>(body) {
        Ok(Envelope { code, message, msg, error }) => {
            let said = [message, msg, error].into_iter().flatten().find_map(|said| Some(said.as_str()?.to_owned()));
            let code = code.as_ref().and_then(Value::as_str);
            NamedError::new(status, reason_code, code, &said.unwrap_or_default())
        }
        Err(_) => NamedError::unreadable(status, body),
    };
    NamedError { reason_code, wait, ..named }
}

/// All that its errors have been seen to say.
#[derive(Deserialize)]
struct Envelope {
    code: Option<Value>,
    message: Option<Value>,
    msg: Option<Value>,
    error: Option<Value>,
}

fn reason(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ReasonCode {
    match status {
        StatusCode::TOO_MANY_REQUESTS if day_is_used_up(headers) => ReasonCode::ProviderQuota,
        // The API answers in JSON; a page is of the proxy in front of it, which knows neither key nor plan.
        StatusCode::FORBIDDEN if body.trim_ascii_start().starts_with(b"<") => ReasonCode::ProviderError,
        status => ReasonCode::of_vendor_status(status.as_u16()),
    }
}

fn day_is_used_up(headers: &HeaderMap) -> bool {
    let (used, limit) = (number(headers, "x-uw-daily-req-count"), number(headers, "x-uw-token-req-limit"));
    used.zip(limit).is_some_and(|(used, limit)| used >= limit)
}

/// How long the minute lasts, where `Retry-After` does not say it. Nobody documents the unit: what can be seconds is taken for them,
/// since that waits longer, and else for milliseconds; what is more than a minute is no such time.
fn minute_ends(headers: &HeaderMap) -> Option<Duration> {
    if headers.contains_key(header::RETRY_AFTER) {
        return None;
    }
    match number(headers, "x-uw-req-per-minute-reset")? {
        seconds @ 0..=60 => Some(Duration::from_secs(seconds)),
        milliseconds @ 61..=60_000 => Some(Duration::from_millis(milliseconds.next_multiple_of(1_000))),
        _ => None,
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}
