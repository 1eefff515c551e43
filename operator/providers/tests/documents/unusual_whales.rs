//! Unusual Whales as its documents and its users have it.

use std::time::Duration;

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{Call, Credentials, MeasureError, NamedError, Provider, Refused, Request, find};
use http::{HeaderMap, HeaderName, StatusCode};
use secrecy::SecretString;

const KEY: &str = "01234567-89ab-4cde-8f01-23456789abcd";
const FLOW: &str = "api/option-trades/flow-alerts";

fn whales() -> &'static dyn Provider {
    find("unusualWhales").unwrap()
}

fn classify(path: &str, query: &str) -> Result<Call, Refused> {
    whales().classify(&Request { method: "GET", path, query, content_type: None, body: b"" })
}

fn named(status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<NamedError> {
    let headers: HeaderMap =
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect();
    whales().name_error(StatusCode::from_u16(status).unwrap(), &headers, body.as_bytes())
}

#[test]
fn every_known_error_has_its_class() {
    let historic = r#"{"code":"historic_data_access_missing","message":"The earliest date currently available to you is 2026-09-01 (30 trading days)"}"#;
    let unprocessable =
        r#"{"msg":"Invalid query param","path":"/api","query":"limit","url":"https://api.unusualwhales.com/docs"}"#;
    for (status, body, reason, code, said) in [
        (401, "", ReasonCode::ProviderAuth, None, "401"),
        (401, r#"{"error":"Invalid API key"}"#, ReasonCode::ProviderAuth, None, "Invalid API key"),
        (403, r#"{"message":"Upgrade."}"#, ReasonCode::ProviderEntitlement, None, "Upgrade."),
        (403, historic, ReasonCode::ProviderEntitlement, Some("historic_data_access_missing"), "The earliest date"),
        (403, "", ReasonCode::ProviderEntitlement, None, "403"),
        (403, "<!DOCTYPE html><title>Attention Required! | Cloudflare</title>", ReasonCode::ProviderError, None, "Cloudflare"),
        (404, "{}", ReasonCode::ProviderRejectedRequest, None, "404"),
        (422, unprocessable, ReasonCode::ProviderRejectedRequest, None, "Invalid query param"),
        (429, "", ReasonCode::ProviderRateLimited, None, "429"),
        (429, r#"{"error":["Too many"],"message":7}"#, ReasonCode::ProviderRateLimited, None, "429"),
        (500, "Something went wrong", ReasonCode::ProviderError, None, "Something went wrong"),
        (503, "<html>", ReasonCode::ProviderError, None, "<html>"),
    ] {
        let named = named(status, &[], body).unwrap();
        assert_eq!((named.reason_code, named.error_code.as_deref()), (reason, code), "{status} {body}");
        assert!(named.error_message.contains(said), "{named:?}");
    }
    assert_eq!(named(200, &[], r#"{"data":[]}"#), None);
}

#[test]
fn the_headers_tell_a_day_that_is_used_up_from_a_minute() {
    let (used, limit, left) = ("x-uw-daily-req-count", "x-uw-token-req-limit", "x-uw-req-per-minute-remaining");
    for (headers, reason) in [
        (vec![(used, "15000"), (limit, "15000"), (left, "60")], ReasonCode::ProviderQuota),
        (vec![(used, "15001"), (limit, "15000"), (left, "0")], ReasonCode::ProviderQuota),
        (vec![(used, "14999"), (limit, "15000"), (left, "0")], ReasonCode::ProviderRateLimited),
        (vec![(used, "15000")], ReasonCode::ProviderRateLimited),
        (vec![(used, "many"), (limit, "15000")], ReasonCode::ProviderRateLimited),
    ] {
        assert_eq!(named(429, &headers, "").unwrap().reason_code, reason, "{headers:?}");
    }
    // A good day says nothing about another error.
    assert_eq!(named(401, &[(used, "2"), (limit, "1")], "").unwrap().reason_code, ReasonCode::ProviderAuth);
}

#[test]
fn the_end_of_the_minute_is_waited_for_and_no_longer() {
    let wait = |headers: &[(&'static str, &str)]| named(429, headers, "").unwrap().wait;
    let reset = "x-uw-req-per-minute-reset";
    assert_eq!(wait(&[(reset, "30")]), Some(Duration::from_secs(30)));
    assert_eq!(wait(&[(reset, "29500")]), Some(Duration::from_secs(30)));
    assert_eq!(wait(&[(reset, "1767623400")]), None);
    assert_eq!(wait(&[(reset, "30"), ("retry-after", "5")]), None, "Retry-After is read as for all");
    assert_eq!(wait(&[]), None);
}

#[test]
fn calls_say_their_source_symbols_and_times() {
    for (path, query, source, symbols) in [
        (FLOW, "ticker_symbol=SPY,QQQ&min_premium=100000&is_sweep=true&limit=200", Source::OptionsFlow, vec!["SPY", "QQQ"]),
        ("api/market/market-tide", "date=2026-01-05&interval_5m=true", Source::OptionsFlow, vec![]),
        ("api/darkpool/recent", "limit=500", Source::OptionsFlow, vec![]),
        ("api/darkpool/BRK.B", "newer_than=1767623400&older_than=2026-01-06", Source::OptionsFlow, vec!["BRK.B"]),
        ("api/stock/AAPL/info", "", Source::OptionsFlow, vec!["AAPL"]),
        ("api/news/headlines", "search_term=rates&major_only=true&page=2", Source::News, vec![]),
    ] {
        let call = classify(path, query).unwrap();
        assert_eq!((call.source, call.symbols.iter().map(String::as_str).collect::<Vec<_>>()), (Some(source), symbols), "{path}");
    }
    let call = classify("api/darkpool/SPY", "newer_than=1767623400&older_than=2026-01-06").unwrap();
    assert_eq!(call.start.unwrap().to_rfc3339(), "2026-01-05T14:30:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2026-01-06T00:00:00+00:00");
    let day = classify("api/market/market-tide", "date=2026-01-05").unwrap();
    assert_eq!((day.end.unwrap() - day.start.unwrap()).num_hours(), 24);
}

#[test]
fn lists_may_be_repeated_and_nothing_else_may() {
    let call = classify(FLOW, "rule_name[]=RepeatedHits&rule_name%5B%5D=Sweep&issue_types[]=ETF").unwrap();
    assert_eq!(call.params["rule_name[]"], "RepeatedHits,Sweep");
    for (path, query) in [
        (FLOW, "rule_name[]=A&rule_name=B"),
        (FLOW, "limit=1&limit=2"),
        (FLOW, "token=0123"),
        ("api/darkpool/recent", "newer_than=2026-01-05"),
    ] {
        assert_eq!(classify(path, query).unwrap_err().reason_code, ReasonCode::RequestInvalid, "{query}");
    }
    assert_eq!(classify("api/stock/AAPL/greeks", "").unwrap_err().reason_code, ReasonCode::EndpointUnknown);
}

#[test]
fn alerts_are_counted_and_what_is_known_of_a_stock_is_no_flow() {
    let count = |path: &str, body: &str| -> Result<Option<i64>, MeasureError> {
        whales().measure(&classify(path, "").unwrap(), body.as_bytes(), &mut ()).map(|measure| measure.items)
    };
    let alert = r#"{"ticker":"SPY","created_at":"2026-01-05T14:30:00Z","total_premium":"143920","next_earnings_date":null}"#;
    let page = format!(r#"{{"data":[{alert},{alert}],"newer_than":"x"}}"#);
    assert_eq!(count(FLOW, &page), Ok(Some(2)));
    assert_eq!(count(FLOW, r#"{"data":[]}"#), Ok(Some(0)));
    assert_eq!(count("api/stock/AAPL/info", r#"{"data":{"sector":"Technology","marketcap":"1"}}"#), Ok(None));
    let print = r#"{"data":[{"ticker":"SPY","executed_at":"2026-01-05T14:30:00Z"}]}"#;
    assert_eq!(count("api/darkpool/SPY", print), Ok(Some(1)));
    assert_eq!(count("api/darkpool/recent", print), Ok(Some(1)));
    assert_eq!(count("api/darkpool/QQQ", print).unwrap_err().reason_code(), ReasonCode::SymbolMismatch);
    for bad in ["{}", "[]", r#"{"data":{}}"#, r#"{"data":[{}]}"#, r#"{"data":["x"]}"#] {
        assert_eq!(count(FLOW, bad).unwrap_err().reason_code(), ReasonCode::ProviderError, "{bad}");
    }
    assert_eq!(count(FLOW, page.get(..50).unwrap()).unwrap_err().reason_code(), ReasonCode::DataTruncated);
    count("api/stock/AAPL/info", r#"{"data":[]}"#).unwrap_err();
}

#[test]
fn the_key_is_a_bearer_under_any_of_its_names_and_the_clients_id_goes_with_it() {
    for name in ["UNUSUAL_WHALES_API_KEY", "UNUSUAL_WHALES_API_TOKEN", "UW_API_KEY", "UW_API_TOKEN"] {
        let credentials = Credentials::new([(name.to_owned(), SecretString::from(KEY))]);
        let signed = whales().sign_in(&credentials).unwrap();
        assert_eq!(signed.headers.get("authorization").unwrap(), &format!("Bearer {KEY}"));
        assert_eq!(signed.headers.get("uw-client-api-id").unwrap(), "100001");
        assert!(signed.query.is_empty() && !format!("{signed:?}").contains(KEY));
        assert!(credentials.doubts(whales().facts()).is_empty());
    }
    for odd in ["01234567-89ab-1cde-8f01-23456789abcd", "01234567-89ab-4cde-7f01-23456789abcd", "0123", "----"] {
        let credentials = Credentials::new([("UW_API_KEY".to_owned(), SecretString::from(odd))]);
        whales().check(&credentials).unwrap();
        assert_eq!(credentials.doubts(whales().facts()).len(), 1, "{odd}");
    }
}
