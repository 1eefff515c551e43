//! Financial Modeling Prep as its documents and its users have it.

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{Category, Charge, Credentials, Provider, find};
use secrecy::{ExposeSecret, SecretString};

use crate::tables::{get, named};

const INVALID_KEY: &str = r#"{"Error Message":"Invalid API KEY. Feel free to create a Free API Key or visit https://site.financialmodelingprep.com/faqs?search=why-is-my-api-key-invalid for more information."}"#;
const LIMIT: &str = r#"{"Error Message":"Limit Reach . Please upgrade your plan or visit our documentation for more details at https://site.financialmodelingprep.com/developer/docs/pricing "}"#;
const EXCLUSIVE: &str = r#"{"Error Message":"Exclusive Endpoint : This endpoint is not available under your current subscription please visit our subscription page to upgrade your plan"}"#;
const RESTRICTED: &str =
    r#"{"Error Message":"Restricted Endpoint: This endpoint is not available under your current subscription"}"#;
const PREMIUM: &str = "Premium Query Parameter: 'Special Endpoint : This value set for 'symbol' is not available under your current subscription please visit our subscription page to upgrade your plan";
const LEGACY: &str = r#"{"Error Message":"Legacy Endpoint : Due to Legacy endpoints being no longer supported - This endpoint is only available for legacy users who have valid subscriptions prior August 31, 2025. Please upgrade your plan"}"#;

fn fmp() -> &'static dyn Provider {
    find("fmp").unwrap()
}

#[test]
fn every_documented_error_has_its_class_whatever_the_status() {
    for (status, body, reason) in [
        (401, INVALID_KEY, ReasonCode::ProviderAuth),
        (200, INVALID_KEY, ReasonCode::ProviderAuth),
        (403, INVALID_KEY, ReasonCode::ProviderAuth),
        (401, "", ReasonCode::ProviderAuth),
        (402, EXCLUSIVE, ReasonCode::ProviderEntitlement),
        (402, RESTRICTED, ReasonCode::ProviderEntitlement),
        (402, PREMIUM, ReasonCode::ProviderEntitlement),
        (402, "Pay.", ReasonCode::ProviderEntitlement),
        (200, PREMIUM, ReasonCode::ProviderEntitlement),
        (403, LEGACY, ReasonCode::ProviderEntitlement),
        (200, LEGACY, ReasonCode::ProviderEntitlement),
        (429, LIMIT, ReasonCode::ProviderQuota),
        (200, LIMIT, ReasonCode::ProviderQuota),
        (200, "Limit Reach . Please upgrade your plan", ReasonCode::ProviderQuota),
        (200, r#""Limit Reach . Please upgrade your plan""#, ReasonCode::ProviderQuota),
        (429, r#"{"Error Message":"Bandwidth Limit Reach . Please upgrade your plan"}"#, ReasonCode::ProviderQuota),
        (429, "Too Many Requests", ReasonCode::ProviderRateLimited),
        (400, "Query Error: Invalid or missing query parameter - symbol", ReasonCode::ProviderRejectedRequest),
        (404, "[]", ReasonCode::ProviderRejectedRequest),
        (200, r#"{"Error Message":"Something else."}"#, ReasonCode::ProviderError),
        (500, LIMIT, ReasonCode::ProviderError),
        (503, "<html>down</html>", ReasonCode::ProviderError),
        (302, "", ReasonCode::ProviderRedirect),
    ] {
        let named = named("fmp", status, body).unwrap_or_else(|| panic!("{status} {body}"));
        assert_eq!(named.reason_code, reason, "{status} {body}");
        assert!(!named.error_message.is_empty() && !named.error_message.starts_with('{'), "{named:?}");
    }
}

#[test]
fn a_good_answer_is_no_error_even_where_an_article_speaks_of_one() {
    for body in ["[]", r#"[{"title":"Limit Reach: Invalid API KEY"}]"#, " [1", "", "<html>"] {
        assert_eq!(named("fmp", 200, body), None, "{body}");
    }
}

#[test]
fn the_calendar_is_what_it_is_there_for_and_beyond_its_range_nothing_is_asked() {
    assert_eq!(fmp().facts().category, Category::Source(Source::Macro));
    let call = fmp().classify(&get("economic-calendar", "from=2026-01-01&to=2026-04-01")).unwrap();
    assert_eq!((call.endpoint, call.source), ("economic-calendar", Some(Source::Macro)));
    assert_eq!(call.start.unwrap().to_rfc3339(), "2026-01-01T00:00:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2026-04-02T00:00:00+00:00", "the last day is in the range");
    for (path, query, said) in [
        ("economic-calendar", "from=2026-01-01&to=2026-04-02", "to is 91 days after from"),
        ("treasury-rates", "from=2026-01-01&to=2026-05-01", "to is 120 days after from"),
        ("quote", "symbol=AAPL&apikey=0123", "\"apikey\" is not one of its fields"),
        ("economic-calendar", "from=yesterday", "from is \"yesterday\""),
    ] {
        let refused = fmp().classify(&get(path, query)).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid);
        assert!(refused.message.contains(said), "{}", refused.message);
    }
    assert_eq!(fmp().classify(&get("api/v3/quote/AAPL", "")).unwrap_err().reason_code, ReasonCode::EndpointUnknown);
}

#[test]
fn each_call_says_its_source_and_symbols() {
    for (path, query, source, symbols, schema) in [
        ("quote", "symbol=AAPL", Source::MarketData, vec!["AAPL"], None),
        ("batch-quote", "symbols=AAPL,MSFT", Source::MarketData, vec!["AAPL", "MSFT"], None),
        ("historical-chart/5min", "symbol=SPY&from=2026-01-05", Source::MarketData, vec!["SPY"], Some("5min")),
        ("treasury-rates", "", Source::Macro, vec![], None),
        ("news/stock", "symbols=AAPL&page=0&limit=5", Source::News, vec!["AAPL"], None),
        ("news/general-latest", "", Source::News, vec![], None),
    ] {
        let call = fmp().classify(&get(path, query)).unwrap();
        assert_eq!(
            (call.source, call.symbols, call.schema.as_deref()),
            (Some(source), symbols.iter().map(ToString::to_string).collect(), schema)
        );
        assert!(!call.yields_bars && call.charge == Charge::Free && !call.changes);
    }
}

#[test]
fn answers_are_counted_and_prices_of_another_symbol_are_none() {
    let count = |path: &str, query: &str, body: &str| {
        let call = fmp().classify(&get(path, query)).unwrap();
        fmp().measure(&call, body.as_bytes(), &mut ()).map(|measure| measure.items)
    };
    assert_eq!(count("quote", "symbol=AAPL", r#"[{"symbol":"AAPL","price":1,"new":[]}]"#), Ok(Some(1)));
    assert_eq!(count("quote", "symbol=brk.b", r#"[{"symbol":"BRK-B"}]"#), Ok(Some(1)));
    assert_eq!(count("quote", "symbol=AAPL", r#"[{"symbol":"MSFT"}]"#).unwrap_err().reason_code(), ReasonCode::SymbolMismatch);
    let event = r#"{"date":"2026-01-12 13:30:00","country":"US","event":"CPI MoM","actual":null}"#;
    assert_eq!(count("economic-calendar", "", &format!("[{event},{event}]")), Ok(Some(2)));
    assert_eq!(count("economic-calendar", "", "[]"), Ok(Some(0)));
    assert_eq!(count("economic-calendar", "", &format!("[{event},")).unwrap_err().reason_code(), ReasonCode::DataTruncated);
    for bad in [r#"[{"date":"2026-01-12"}]"#, "{}", r#"["CPI MoM"]"#, "null"] {
        assert_eq!(count("economic-calendar", "", bad).unwrap_err().reason_code(), ReasonCode::ProviderError, "{bad}");
    }
}

#[test]
fn the_key_goes_into_the_query_and_an_odd_one_is_doubted_but_used() {
    let credentials = |key: &str| Credentials::new([("FMP_API_KEY".to_owned(), SecretString::from(key))]);
    let good = "0123456789abcdefABCDEF0123456789";
    let signed = fmp().sign_in(&credentials(good)).unwrap();
    assert!(signed.query.iter().all(|(name, key)| *name == "apikey" && key.expose_secret() == good) && signed.headers.is_empty());
    assert!(credentials(good).doubts(fmp().facts()).is_empty());
    fmp().check(&credentials("short")).unwrap();
    assert_eq!(credentials("short").doubts(fmp().facts()).len(), 1);
    fmp().check(&credentials("two words")).unwrap_err();
}
