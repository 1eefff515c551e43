//! A receiver of the user's own.

use crate::tables::{all_named, all_refused, classified, credentials, named};
use assayer_contract::ReasonCode;
use assayer_providers::{CredentialError, find};
use http::header::AUTHORIZATION;
use secrecy::ExposeSecret;

const URL: &str = "https://alerts.example/hooks/the-secret-part?sig=the-signature";

#[test]
fn every_error_has_the_class_of_its_status() {
    use ReasonCode::*;
    all_named(
        "webhook",
        &[
            (401, "who are you?", ProviderAuth, "who are you?"),
            (403, "", ProviderAuth, "403"),
            (404, "no such hook", ProviderRejectedRequest, "no such hook"),
            (410, "gone", ProviderRejectedRequest, "gone"),
            (422, r#"{"error":"what is this?"}"#, ProviderRejectedRequest, "what is this?"),
            (429, "", ProviderRateLimited, "429"),
            (301, "", ProviderRedirect, "301"),
            (500, "it broke", ProviderError, "it broke"),
            (504, "", ProviderError, "504"),
        ],
    );
}

#[test]
fn any_2xx_is_a_success_whatever_it_holds() {
    let call = classified("webhook", "POST", "", "", r#"{"event":"backtest","bot":{"name":"mes-1"}}"#).unwrap();
    assert_eq!((call.source, call.changes, &call.params["event"]), (None, true, &"backtest".into()));
    for (status, body) in [(200, "ok"), (202, ""), (204, ""), (200, "{\"error\":1}"), (200, "\u{0}")] {
        assert_eq!(named("webhook", status, body), None);
        assert!(find("webhook").unwrap().measure(&call, body.as_bytes(), &mut ()).is_ok());
    }
    all_refused(
        "webhook",
        &[
            ("POST", "", "", "[1]", "must be a JSON object"),
            ("POST", "", "sig=another", "{}", "send no query"),
            ("POST", "", "", "", "must be application/json"),
        ],
    );
    assert_eq!(classified("webhook", "GET", "", "", "").unwrap_err().reason_code, ReasonCode::EndpointUnknown);
}

#[test]
fn the_url_is_the_base_the_token_a_bearer_and_neither_is_told() {
    let provider = find("webhook").unwrap();
    let signed = provider.sign_in(&credentials(&[("WEBHOOK_URL", URL)])).unwrap();
    assert!(signed.headers.is_empty() && signed.base.as_ref().unwrap().expose_secret() == URL);
    let both = credentials(&[("WEBHOOK_URL", URL), ("WEBHOOK_TOKEN", "a-secret-token")]);
    let signed = provider.sign_in(&both).unwrap();
    assert_eq!(signed.headers[AUTHORIZATION], "Bearer a-secret-token");
    let printed = format!("{signed:?}{both:?}");
    assert!(!["a-secret-token", "the-secret-part", "the-signature"].iter().any(|secret| printed.contains(secret)), "{printed}");
    assert_eq!(both.scrub("at the-secret-part with the-signature"), "at [redacted] with [redacted]");
    for bad in ["http://alerts.example/", "https://user@alerts.example/", "alerts.example", "https://"] {
        let error = provider.check(&credentials(&[("WEBHOOK_URL", bad)])).unwrap_err();
        assert!(matches!(error, CredentialError::Malformed { key: "WEBHOOK_URL", .. }), "{bad}");
    }
    let error = provider.check(&credentials(&[("WEBHOOK_URL", URL), ("WEBHOOK_TOKEN", "two words")])).unwrap_err();
    assert!(!error.to_string().contains("two words"));
}
