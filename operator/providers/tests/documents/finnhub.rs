//! Finnhub as its documents have it.

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{Credentials, Provider, find};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;

use crate::tables::get;

fn finnhub() -> &'static dyn Provider {
    find("finnhub").unwrap()
}

#[test]
fn quotes_are_market_data_and_headlines_are_news() {
    let quote = finnhub().classify(&get("quote", "symbol=AAPL")).unwrap();
    assert_eq!((quote.source, quote.symbol(), quote.is_safe_to_repeat()), (Some(Source::MarketData), Some("AAPL"), true));
    let news = finnhub().classify(&get("company-news", "symbol=SPY&from=2025-02-03&to=2025-02-05")).unwrap();
    assert_eq!((news.source, news.symbol()), (Some(Source::News), Some("SPY")));
    assert_eq!(news.start.unwrap().to_rfc3339(), "2025-02-03T00:00:00+00:00");
    assert_eq!(news.end.unwrap().to_rfc3339(), "2025-02-05T00:00:00+00:00");
    let general = finnhub().classify(&get("news", "category=general&minId=10")).unwrap();
    assert_eq!((general.source, general.symbols.len()), (Some(Source::News), 0));
}

#[test]
fn a_key_in_the_query_and_whatever_is_not_listed_is_refused() {
    let refused = finnhub().classify(&get("quote", "symbol=AAPL&token=c0123456789")).unwrap_err();
    assert!(refused.reason_code == ReasonCode::RequestInvalid && refused.message.contains("\"token\" is not one of its fields"));
    assert_eq!(finnhub().classify(&get("stock/candle", "")).unwrap_err().reason_code, ReasonCode::EndpointUnknown);
}

#[test]
fn a_quote_of_zeros_is_none_and_anything_else_is_no_answer() {
    let call = finnhub().classify(&get("quote", "symbol=AAPL")).unwrap();
    let items = |body: &str| finnhub().measure(&call, body.as_bytes(), &mut ()).map(|measure| measure.items);
    assert_eq!(items(r#"{"c":261.7,"d":2.3,"dp":0.9,"h":263,"l":260,"o":261,"pc":259,"t":1582641000}"#), Ok(Some(1)));
    assert_eq!(items(r#"{"c":"261.7","t":"1582641000"}"#), Ok(Some(1)));
    assert_eq!(items(r#"{"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0}"#), Ok(Some(0)));
    for bad in ["{}", r#"{"c":1}"#, r#"{"c":1,"t":"noon"}"#, r#"{"error":"no"}"#, "[]", "<html>", r#"{"c":1,"t":15826"#] {
        items(bad).unwrap_err();
    }
}

#[test]
fn headlines_are_counted_and_other_lists_are_none() {
    let call = finnhub().classify(&get("news", "category=general")).unwrap();
    let items = |body: &str| finnhub().measure(&call, body.as_bytes(), &mut ()).map(|measure| measure.items);
    assert_eq!(items(r#"[{"id":2,"headline":"b"},{"id":1,"headline":"a"}]"#), Ok(Some(2)));
    assert_eq!(items("[]"), Ok(Some(0)));
    for bad in ["[1,2,3]", r#"[{"headline":"a"},{}]"#, r#"{"news":[]}"#] {
        items(bad).unwrap_err();
    }
}

#[test]
fn every_documented_error_has_its_class() {
    for (status, body, reason) in [
        (401, r#"{"error":"Invalid API key"}"#, ReasonCode::ProviderAuth),
        (401, r#"{"error":"Invalid API key."}"#, ReasonCode::ProviderAuth),
        (401, r#"{"error":"Please use an API key."}"#, ReasonCode::ProviderAuth),
        (401, r#"{"error":"You don't have access to this resource."}"#, ReasonCode::ProviderEntitlement),
        (403, r#"{"error":"You don't have access to this resource."}"#, ReasonCode::ProviderEntitlement),
        (429, r#"{"error":"API limit reached. Please try again later. Remaining Limit: 0"}"#, ReasonCode::ProviderRateLimited),
        (422, r#"{"error":"Wrong parameters."}"#, ReasonCode::ProviderRejectedRequest),
        (404, "<html>Not found</html>", ReasonCode::ProviderRejectedRequest),
        (302, "", ReasonCode::ProviderRedirect),
        (500, "Internal Server Error", ReasonCode::ProviderError),
        (502, r#"{"error":["a","list"]}"#, ReasonCode::ProviderError),
    ] {
        let named = finnhub().name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes()).unwrap();
        assert_eq!(named.reason_code, reason, "{status} {body}");
        assert!(!named.error_message.is_empty());
    }
    assert_eq!(finnhub().name_error(StatusCode::OK, &HeaderMap::new(), b"[]"), None);
}

#[test]
fn the_key_goes_into_a_header_that_never_prints() {
    let good = "c0123456789abcdefghij0c0123456789abcdefg";
    let credentials = Credentials::new([("FINNHUB_API_KEY".to_owned(), SecretString::from(good))]);
    let signed = finnhub().sign_in(&credentials).unwrap();
    assert_eq!(signed.headers.get("x-finnhub-token").unwrap(), good);
    assert!(signed.query.is_empty() && signed.base.is_none() && !format!("{signed:?}").contains(good));
    assert!(credentials.doubts(finnhub().facts()).is_empty());
}
