//! Discord's webhooks as their documents have them.

use std::time::Duration;

use crate::tables::{all_named, all_refused, classified, credentials, named};
use assayer_contract::ReasonCode;
use assayer_providers::{CredentialError, find};
use secrecy::ExposeSecret;

const TOKEN: &str = "a-token_of-68-characters-0123456789-0123456789-0123456789-0123456789";
const MESSAGE: &str = r#"{"content":"done","allowed_mentions":{"parse":[]}}"#;

fn url() -> String {
    format!("https://discord.com/api/webhooks/100000000000000001/{TOKEN}")
}

#[test]
fn every_documented_error_has_its_class() {
    use ReasonCode::*;
    let limited = r#"{"message":"You are being rate limited.","retry_after":64.57,"global":false}"#;
    all_named(
        "discord",
        &[
            (404, r#"{"message":"Unknown Webhook","code":10015}"#, ProviderAuth, "Unknown Webhook"),
            (401, r#"{"message":"Invalid Webhook Token","code":50027}"#, ProviderAuth, "Invalid Webhook Token"),
            (401, r#"{"message":"401: Unauthorized","code":0}"#, ProviderAuth, "Unauthorized"),
            (403, r#"{"message":"Missing Permissions","code":50013}"#, ProviderEntitlement, "Missing"),
            (404, r#"{"message":"Unknown Channel","code":10003}"#, ProviderRejectedRequest, "Unknown Channel"),
            (400, r#"{"message":"Cannot send an empty message","code":50006}"#, ProviderRejectedRequest, "empty"),
            (
                400,
                r#"{"code":50035,"errors":{"content":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 2000 or fewer in length."}]}},"message":"Invalid Form Body"}"#,
                ProviderRejectedRequest,
                "Must be 2000 or fewer",
            ),
            (400, r#"{"content":["Must be 2000 or fewer in length."]}"#, ProviderRejectedRequest, "2000"),
            (429, limited, ProviderRateLimited, "rate limited"),
            (429, "<html>banned</html>", ProviderRateLimited, "banned"),
            (500, r#"{"message":"500: Internal Server Error","code":0}"#, ProviderError, "Internal"),
            (502, "<html>down</html>", ProviderError, "down"),
        ],
    );
    assert_eq!(named("discord", 429, limited).unwrap().wait, Some(Duration::from_secs(65)));
    assert_eq!(
        named("discord", 404, r#"{"message":"Unknown Webhook","code":10015}"#).unwrap().error_code.as_deref(),
        Some("10015")
    );
    assert_eq!(named("discord", 200, "{}"), None);
    assert_eq!(named("discord", 204, ""), None);
}

#[test]
fn a_message_is_a_change_of_no_source_and_tells_its_id() {
    let call = classified("discord", "POST", "", "wait=true", MESSAGE).unwrap();
    assert_eq!((call.endpoint, call.source, call.changes), ("webhook.execute", None, true));
    let provider = find("discord").unwrap();
    assert_eq!(provider.measure(&call, br#"{"id":"1"}"#, &mut ()).unwrap().items, Some(1));
    provider.measure(&call, b"", &mut ()).unwrap_err();
}

#[test]
fn a_message_that_could_ping_anybody_or_tells_no_result_is_refused() {
    all_refused(
        "discord",
        &[
            ("POST", "", "wait=true", r#"{"content":"@everyone"}"#, "must ping nobody"),
            ("POST", "", "wait=true", r#"{"content":"x","allowed_mentions":{"parse":["everyone"]}}"#, "must ping nobody"),
            ("POST", "", "wait=true", r#"{"content":"x","allowed_mentions":{"parse":[],"users":["1"]}}"#, "must ping nobody"),
            (
                "POST",
                "",
                "wait=true",
                r#"{"content":"x","allowed_mentions":{"parse":[]},"allowed_mentions":{"parse":["everyone"]}}"#,
                "given more than once",
            ),
            ("POST", "", "", MESSAGE, "wait is not true"),
            ("POST", "", "wait=false", MESSAGE, "wait is not true"),
            ("POST", "", "", r#"{"wait":true,"content":"x","allowed_mentions":{"parse":[]}}"#, "wait is not true"),
            ("POST", "", "wait=true", r#"{"content":"x","tts":true,"allowed_mentions":{"parse":[]}}"#, "\"tts\" is not one"),
        ],
    );
    for (method, path) in [("DELETE", ""), ("PATCH", ""), ("POST", "messages/1"), ("GET", "../other")] {
        assert_eq!(classified("discord", method, path, "", "").unwrap_err().reason_code, ReasonCode::EndpointUnknown);
    }
}

#[test]
fn the_url_is_the_base_and_is_never_told() {
    let provider = find("discord").unwrap();
    let good = credentials(&[("DISCORD_WEBHOOK_URL", &url())]);
    let signed = provider.sign_in(&good).unwrap();
    assert_eq!(signed.base.as_ref().unwrap().expose_secret(), url());
    assert!(signed.headers.is_empty() && signed.query.is_empty());
    assert!(!format!("{signed:?}{good:?}").contains(TOKEN));
    assert!(good.doubts(provider.facts()).is_empty());
    assert_eq!(good.scrub(&format!("no {TOKEN} here")), "no [redacted] here");
    for other in ["https://ptb.discord.com/api/v10/webhooks/", "https://canary.discordapp.com/api/webhooks/"] {
        assert!(
            credentials(&[("DISCORD_WEBHOOK_URL", &format!("{other}100000000000000001/{TOKEN}"))])
                .doubts(provider.facts())
                .is_empty()
        );
    }
    for odd in [url().replace("discord.com", "discord.example"), url().replace(TOKEN, "short"), format!("{}/slack", url())] {
        let odd = credentials(&[("DISCORD_WEBHOOK_URL", &odd)]);
        assert!(provider.check(&odd).is_ok());
        let doubts = odd.doubts(provider.facts());
        assert!(doubts.len() == 1 && !doubts.concat().contains(TOKEN), "{doubts:?}");
    }
    for bad in [url().replace("https", "http"), format!("{}#x", url()), TOKEN.to_owned()] {
        let error = provider.check(&credentials(&[("DISCORD_WEBHOOK_URL", &bad)])).unwrap_err();
        assert!(matches!(error, CredentialError::Malformed { .. }) && !error.to_string().contains(TOKEN), "{error}");
    }
}
