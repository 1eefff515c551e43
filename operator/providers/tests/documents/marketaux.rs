//! Marketaux as its documents have it.

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{Call, Provider, Refused, Request, find};
use http::{HeaderMap, StatusCode};

fn marketaux() -> &'static dyn Provider {
    find("marketaux").unwrap()
}

fn asked(query: &str) -> Result<Call, Refused> {
    marketaux().classify(&Request { method: "GET", path: "news/all", query, content_type: None, body: b"" })
}

#[test]
fn a_search_names_its_symbols_words_and_range() {
    let call = asked(
        "symbols=SPY,QQQ&search=rate%20cut&published_after=2025-02-03T09:30:00&published_before=2025-02-05&filter_entities=true",
    )
    .unwrap();
    assert_eq!((call.source, call.endpoint, call.is_safe_to_repeat()), (Some(Source::News), "news/all", true));
    assert_eq!(call.symbols, ["SPY", "QQQ"]);
    assert_eq!(call.about.keywords, ["rate cut"]);
    assert_eq!(call.start.unwrap().to_rfc3339(), "2025-02-03T09:30:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2025-02-05T00:00:00+00:00");
}

#[test]
fn what_a_row_could_not_say_is_refused() {
    for (query, said) in [
        ("api_token=0123", "\"api_token\" is not one of its fields"),
        ("published_on=2025-02-03", "\"published_on\" is not one of its fields"),
        ("published_after=2025-02", "published_after is \"2025-02\": give a date"),
        ("symbols=SPY&symbols=QQQ", "symbols is given more than once"),
        ("symbols=SPY&symbols%5B%5D=QQQ", "symbols[] is given more than once"),
    ] {
        let refused = asked(query).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid);
        assert!(refused.message.contains(said), "{}", refused.message);
    }
}

#[test]
fn articles_are_counted_and_other_lists_are_none() {
    let call = asked("limit=3").unwrap();
    let items = |body: &str| marketaux().measure(&call, body.as_bytes(), &mut ()).map(|measure| measure.items);
    let meta = r#""meta":{"found":140037,"returned":2,"limit":3,"page":1}"#;
    assert_eq!(items(&format!(r#"{{{meta},"data":[{{"uuid":"a","title":"a"}},{{"title":"b"}}]}}"#)), Ok(Some(2)));
    assert_eq!(items(&format!(r#"{{{meta},"data":[]}}"#)), Ok(Some(0)));
    for bad in [r#"{"data":{}}"#, r#"{"data":["a"]}"#, r#"{"meta":{}}"#, "[]", r#"{"data":[{"title":"a"}"#] {
        items(bad).unwrap_err();
    }
}

#[test]
fn every_documented_error_has_its_class() {
    for (status, code, reason) in [
        (400, "malformed_parameters", ReasonCode::ProviderRejectedRequest),
        (401, "invalid_api_token", ReasonCode::ProviderAuth),
        (402, "usage_limit_reached", ReasonCode::ProviderQuota),
        (403, "endpoint_access_restricted", ReasonCode::ProviderEntitlement),
        (404, "resource_not_found", ReasonCode::ProviderRejectedRequest),
        (404, "invalid_api_endpoint", ReasonCode::ProviderRejectedRequest),
        (429, "rate_limit_reached", ReasonCode::ProviderRateLimited),
        (500, "server_error", ReasonCode::ProviderError),
        (503, "maintenance_mode", ReasonCode::ProviderError),
    ] {
        let body = format!(r#"{{"error":{{"code":"{code}","message":"In the vendor's words."}}}}"#);
        let named = marketaux().name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes()).unwrap();
        assert_eq!((named.reason_code, named.error_code.as_deref()), (reason, Some(code)));
        assert_eq!(named.error_message, "In the vendor's words.");
    }
    let named = marketaux().name_error(StatusCode::BAD_GATEWAY, &HeaderMap::new(), b"<html>down</html>").unwrap();
    assert_eq!((named.reason_code, named.error_code), (ReasonCode::ProviderError, None));
    assert_eq!(marketaux().name_error(StatusCode::OK, &HeaderMap::new(), b"{}"), None);
}
