//! Alpaca as its documents have it, and as its users have met it.

use assayer_contract::{ReasonCode, Source};
use assayer_providers::{
    AccountKind, Call, CredentialError, Credentials, Measure, MeasureError, Provider, Refused, Request, find,
};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};

fn alpaca() -> &'static dyn Provider {
    find("alpaca").unwrap()
}

fn asked(method: &str, path: &str, query: &str) -> Result<Call, Refused> {
    alpaca().classify(&Request { method, path, query, content_type: None, body: b"" })
}

fn ordered(query: &str, body: &str) -> Result<Call, Refused> {
    let content_type = Some("application/json");
    alpaca().classify(&Request { method: "POST", path: "orders", query, content_type, body: body.as_bytes() })
}

const ORDER: &str = r#"{"symbol":"SPY","qty":"1.5","side":"sell","type":"stop","stop_price":"480","time_in_force":"gtc","client_order_id":"bot-1","order_class":"oco","take_profit":{"limit_price":"520"}}"#;

#[test]
fn an_order_names_what_and_how_much_and_is_never_sent_again_by_itself() {
    for body in [ORDER.to_owned(), ORDER.replace("\"1.5\"", "1.5")] {
        let call = ordered("", &body).unwrap();
        assert_eq!((call.source, call.changes, call.is_safe_to_repeat()), (Some(Source::Broker), true, false));
        assert_eq!(
            (call.symbol(), call.about.action.as_deref(), call.about.qty.as_deref()),
            (Some("SPY"), Some("sell"), Some("1.5"))
        );
        assert_eq!(call.about.client_order_id.as_deref(), Some("bot-1"));
        assert_eq!(call.params["take_profit"], r#"{"limit_price":"520"}"#);
    }
    let call = asked("DELETE", "orders/61e69015-8549-4bfd-b9c3-01e75843f47d", "").unwrap();
    assert_eq!((call.changes, call.is_safe_to_repeat()), (true, false));
    assert_eq!(call.about.order_id.as_deref(), Some("61e69015-8549-4bfd-b9c3-01e75843f47d"));
}

#[test]
fn reading_changes_nothing() {
    let list = asked("GET", "orders", "status=all&symbols=SPY,QQQ&after=2025-02-03T00:00:00Z&limit=500").unwrap();
    assert_eq!((list.endpoint, list.symbols.len(), list.is_safe_to_repeat()), ("orders", 2, true));
    assert_eq!(list.start.unwrap().to_rfc3339(), "2025-02-03T00:00:00+00:00");
    let one = asked("GET", "orders:by_client_order_id", "client_order_id=bot-1").unwrap();
    assert_eq!((one.about.client_order_id.as_deref(), one.is_safe_to_repeat()), (Some("bot-1"), true));
    for path in ["account", "positions", "orders/61e69015"] {
        assert!(asked("GET", path, "").unwrap().is_safe_to_repeat(), "{path}");
    }
}

#[test]
fn an_order_that_can_be_read_in_two_ways_or_not_measured_is_refused() {
    for (query, body, said) in [
        ("", ORDER.replace("\"side\"", "\"qty\":\"100\",\"side\""), "qty is given more than once"),
        (
            "",
            ORDER.replace("\"limit_price\":\"520\"", "\"limit_price\":1,\"limit_price\":2"),
            "limit_price is given more than once",
        ),
        ("symbol=QQQ", ORDER.to_owned(), "symbol is \"QQQ\" in one place of the request"),
        ("", r#"{"symbol":"SPY","notional":"5000","side":"buy"}"#.to_owned(), "\"notional\" is not one of its fields"),
        ("", r#"{"symbol":"SPY","qty":"all","side":"buy"}"#.to_owned(), "qty is \"all\": give a number"),
    ] {
        let refused = ordered(query, &body).unwrap_err();
        assert_eq!(refused.reason_code, ReasonCode::RequestInvalid);
        assert!(refused.message.contains(said), "{}", refused.message);
    }
    for (method, path) in [("DELETE", "orders"), ("DELETE", "positions"), ("POST", "account"), ("PATCH", "orders/1")] {
        assert_eq!(asked(method, path, "").unwrap_err().reason_code, ReasonCode::EndpointUnknown, "{method} {path}");
    }
}

fn measured(call: &Call, body: &str) -> Result<Measure, MeasureError> {
    alpaca().measure(call, body.as_bytes(), &mut ())
}

#[test]
fn an_answer_is_about_the_order_that_was_asked_for() {
    let answer = r#"{"id":"61e69015","client_order_id":"bot-1","status":"accepted","qty":"1.5","filled_qty":"0"}"#;
    let other = answer.replace("bot-1", "bot-2");
    for call in [ordered("", ORDER).unwrap(), asked("GET", "orders:by_client_order_id", "client_order_id=bot-1").unwrap()] {
        assert_eq!(measured(&call, answer).unwrap().order_id.as_deref(), Some("61e69015"));
        assert_eq!(measured(&call, &other).unwrap_err().reason_code(), ReasonCode::DataQuality);
        for bad in ["{}", r#"{"client_order_id":"bot-1"}"#, "[]", &answer[..40]] {
            measured(&call, bad).unwrap_err();
        }
    }
    let by_id = asked("GET", "orders/61e69015", "").unwrap();
    assert_eq!(measured(&by_id, answer).unwrap().order_id.as_deref(), Some("61e69015"));
    measured(&asked("GET", "orders/7", "").unwrap(), answer).unwrap_err();
}

#[test]
fn lists_are_counted_and_a_cancellation_has_no_body() {
    let items = |path, body| measured(&asked("GET", path, "").unwrap(), body).map(|measure| measure.items);
    assert_eq!(items("positions", r#"[{"symbol":"SPY","qty":"3"}]"#), Ok(Some(1)));
    assert_eq!(items("orders", r#"[{"id":"a"},{"id":"b"}]"#), Ok(Some(2)));
    assert_eq!(items("account", r#"{"id":"a","account_number":"PA1","status":"ACTIVE","cash":"100000"}"#), Ok(Some(1)));
    items("positions", "[3]").unwrap_err();
    items("account", "{}").unwrap_err();
    let cancelled = asked("DELETE", "orders/7", "").unwrap();
    assert_eq!(measured(&cancelled, ""), Ok(Measure::default()));
    measured(&cancelled, "{").unwrap_err();
    let news = find("alpacaNews").unwrap();
    let request = Request {
        method: "GET",
        path: "news",
        query: "symbols=SPY,QQQ&start=2025-02-03&limit=50",
        content_type: None,
        body: b"",
    };
    let call = news.classify(&request).unwrap();
    assert_eq!((call.source, call.symbols.len(), call.start.is_some()), (Some(Source::News), 2, true));
    let answer = br#"{"news":[{"id":1,"headline":"a","symbols":["SPY"]}],"next_page_token":null}"#;
    assert_eq!(news.measure(&call, answer, &mut ()).unwrap().items, Some(1));
    news.measure(&call, br#"{"news":[{"id":1}]}"#, &mut ()).unwrap_err();
}

#[test]
fn every_documented_error_has_its_class_on_either_host() {
    for (status, body, reason) in [
        (401, r#"{"code":40110000,"message":"request is not authorized"}"#, ReasonCode::ProviderAuth),
        (403, r#"{"code":40110000,"message":"request is not authorized"}"#, ReasonCode::ProviderAuth),
        (401, r#"{"message": "unauthorized."}"#, ReasonCode::ProviderAuth),
        (403, r#"{"message": "forbidden."}"#, ReasonCode::ProviderAuth),
        (403, r#"{"code":40310000,"message":"insufficient buying power"}"#, ReasonCode::ProviderRejectedRequest),
        (
            403,
            r#"{"available":"0","code":"40310000","message":"insufficient qty available for order"}"#,
            ReasonCode::ProviderRejectedRequest,
        ),
        (422, r#"{"code":42210000,"message":"asset \"ZZZZ\" not found"}"#, ReasonCode::ProviderRejectedRequest),
        (422, r#"{"code":40010001,"message":"client_order_id must be unique"}"#, ReasonCode::ProviderRejectedRequest),
        (404, r#"{"code":40410000,"message":"order not found for 7"}"#, ReasonCode::ProviderRejectedRequest),
        (
            403,
            r#"{"code":42210000,"message":"subscription does not permit querying recent SIP data"}"#,
            ReasonCode::ProviderEntitlement,
        ),
        (
            422,
            r#"{"code":42210000,"message":"your subscription does not permit querying data from the past 15 minutes"}"#,
            ReasonCode::ProviderEntitlement,
        ),
        (403, r#"{"message":"plan does not include this"}"#, ReasonCode::ProviderEntitlement),
        (429, r#"{"code":42910000,"message":"rate limit exceeded"}"#, ReasonCode::ProviderRateLimited),
        (429, r#"{"message":"too many requests."}"#, ReasonCode::ProviderRateLimited),
        (400, r#"{"message":"invalid limit"}"#, ReasonCode::ProviderRejectedRequest),
        (500, r#"{"code":50010000,"message":"internal server error occurred"}"#, ReasonCode::ProviderError),
        (504, "<html>Gateway Timeout</html>", ReasonCode::ProviderError),
        (422, r#"{"code":7,"message":"a code of no known kind"}"#, ReasonCode::ProviderRejectedRequest),
    ] {
        for provider in [alpaca(), find("alpacaNews").unwrap()] {
            let named = provider.name_error(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes()).unwrap();
            assert_eq!(named.reason_code, reason, "{status} {body}");
            assert_eq!(named.error_code.is_some(), body.contains("\"code\""), "{body}");
        }
    }
    assert_eq!(alpaca().name_error(StatusCode::NO_CONTENT, &HeaderMap::new(), b""), None);
}

#[test]
fn only_a_live_key_reaches_the_live_host_and_its_kind_is_stated() {
    let credentials = |id: &str| {
        let pair = [("APCA_API_KEY_ID", id), ("APCA_API_SECRET_KEY", "0123456789abcdef")];
        Credentials::new(pair.map(|(name, value)| (name.to_owned(), SecretString::from(value))))
    };
    for (id, host, kind, odd) in [
        ("PK0123456789ABCDEFGH", "https://paper-api.alpaca.markets/v2/", AccountKind::Demo, 0),
        ("AK0123456789ABCDEFGH", "https://api.alpaca.markets/v2/", AccountKind::Live, 0),
        ("CK0123456789ABCDEFGH", "https://paper-api.alpaca.markets/v2/", AccountKind::Demo, 1),
        ("ak0123456789ABCDEFGH", "https://paper-api.alpaca.markets/v2/", AccountKind::Demo, 1),
    ] {
        let signed = alpaca().sign_in(&credentials(id)).unwrap();
        assert_eq!((signed.base.as_ref().unwrap().expose_secret(), signed.environment), (host, Some(kind)), "{id}");
        assert_eq!(signed.headers.get("apca-api-key-id").unwrap(), id);
        assert_eq!(signed.headers.get("apca-api-secret-key").unwrap(), "0123456789abcdef");
        assert_eq!(credentials(id).doubts(alpaca().facts()).len(), odd);
        let news = find("alpacaNews").unwrap().sign_in(&credentials(id)).unwrap();
        assert!(news.base.is_none() && news.environment.is_none() && news.headers.len() == 2);
        assert!(!format!("{signed:?}").contains(id) && !format!("{signed:?}").contains("0123456789abcdef"));
    }
    let half = Credentials::new([("APCA_API_KEY_ID".to_owned(), SecretString::from("PK0123456789ABCDEFGH"))]);
    assert_eq!(alpaca().sign_in(&half).unwrap_err(), CredentialError::Missing("APCA_API_SECRET_KEY"));
}
