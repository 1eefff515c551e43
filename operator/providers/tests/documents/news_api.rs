//! NewsAPI.org as its documents have it.

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{Credentials, Provider, find};
use http::{HeaderMap, StatusCode};
use secrecy::SecretString;

use crate::tables::get;

fn news_api() -> &'static dyn Provider {
    find("newsApi").unwrap()
}

#[test]
fn a_search_names_its_words_and_range() {
    let query = "q=inflation&from=2025-02-03&to=2025-02-05T12:00:00&language=en&sortBy=publishedAt&pageSize=100&page=1";
    let call = news_api().classify(&get("everything", query)).unwrap();
    assert_eq!((call.source, call.endpoint, call.symbols.len()), (Some(Source::News), "everything", 0));
    assert_eq!(call.about.keywords, ["inflation"]);
    assert_eq!(call.start.unwrap().to_rfc3339(), "2025-02-03T00:00:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2025-02-05T12:00:00+00:00");
    let top = news_api().classify(&get("top-headlines", "country=us&q=gold")).unwrap();
    assert_eq!((top.endpoint, top.about.keywords.len()), ("top-headlines", 1));
    let refused = news_api().classify(&get("everything", "q=gold&apiKey=0123")).unwrap_err();
    assert!(refused.message.contains("\"apiKey\" is not one of its fields"), "{}", refused.message);
}

#[test]
fn articles_are_counted_and_sources_are_no_content() {
    let items = |path, body: &str| {
        let call = news_api().classify(&get(path, "")).unwrap();
        news_api().measure(&call, body.as_bytes(), &mut ()).map(|measure| measure.items)
    };
    let articles = r#"{"status":"ok","totalResults":70,"articles":[{"title":"a"},{"title":null}]}"#;
    let sources = r#"{"status":"ok","sources":[{"id":"bbc-news","name":"BBC News"}]}"#;
    assert_eq!(items("everything", articles), Ok(Some(2)));
    assert_eq!(items("top-headlines", r#"{"status":"ok","totalResults":0,"articles":[]}"#), Ok(Some(0)));
    assert_eq!(items("top-headlines/sources", sources), Ok(None), "they are no content");
    assert_eq!(items("sources", sources), Ok(None));
    for (path, bad) in [
        ("everything", sources),
        ("sources", articles),
        ("everything", r#"{"articles":[1]}"#),
        ("everything", r#"{"status":"error","code":"rateLimited","message":"x"}"#),
        ("everything", &articles[..40]),
    ] {
        items(path, bad).unwrap_err();
    }
}

#[test]
fn every_documented_error_has_its_class() {
    let too_far = "You are trying to request results too far in the past. Your plan permits you to request articles as far back as 2026-10-20, but you have requested 2025-01-01. You may need to upgrade to a paid plan.";
    for (status, code, message, reason) in [
        (401, "apiKeyInvalid", "Your API key is invalid or incorrect.", ReasonCode::ProviderAuth),
        (401, "apiKeyMissing", "Your API key is missing.", ReasonCode::ProviderAuth),
        (401, "apiKeyDisabled", "Your API key has been disabled.", ReasonCode::ProviderAuth),
        (429, "apiKeyExhausted", "Your API key has no more requests available.", ReasonCode::ProviderQuota),
        (429, "rateLimited", "You have been rate limited.", ReasonCode::ProviderRateLimited),
        (400, "parameterInvalid", "You've included a parameter which is not supported.", ReasonCode::ProviderRejectedRequest),
        (400, "parametersMissing", "Required parameters are missing.", ReasonCode::ProviderRejectedRequest),
        (400, "sourcesTooMany", "You have requested too many sources.", ReasonCode::ProviderRejectedRequest),
        (400, "sourceDoesNotExist", "You have requested a source which does not exist.", ReasonCode::ProviderRejectedRequest),
        (426, "maximumResultsReached", "You have requested too many results.", ReasonCode::ProviderEntitlement),
        (426, "parameterInvalid", too_far, ReasonCode::ProviderEntitlement),
        (401, "parameterInvalid", too_far, ReasonCode::ProviderEntitlement),
        (500, "unexpectedError", "This shouldn't happen.", ReasonCode::ProviderError),
    ] {
        let body = serde_json::json!({"status": "error", "code": code, "message": message}).to_string();
        let named = news_api().name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes()).unwrap();
        assert_eq!((named.reason_code, named.error_code.as_deref()), (reason, Some(code)), "{status}");
        assert_eq!(named.error_message, message);
    }
    for (status, reason) in [(426, ReasonCode::ProviderEntitlement), (429, ReasonCode::ProviderRateLimited)] {
        let named = news_api().name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), b"<html>").unwrap();
        assert_eq!((named.reason_code, named.error_message.as_str()), (reason, "<html>"));
    }
    assert_eq!(news_api().name_error(StatusCode::OK, &HeaderMap::new(), b"{}"), None);
}

#[test]
fn the_key_is_found_under_either_name_and_goes_into_a_header() {
    for name in ["NEWSAPI_KEY", "NEWS_API_KEY"] {
        let key = "0123456789abcdef0123456789abcdef";
        let credentials = Credentials::new([(name.to_owned(), SecretString::from(key))]);
        assert_eq!(news_api().check(&credentials), Ok(()));
        assert_eq!(news_api().sign_in(&credentials).unwrap().headers.get("x-api-key").unwrap(), key);
    }
    assert_eq!(Credentials::default().missing(news_api().facts()), ["NEWSAPI_KEY"]);
}
