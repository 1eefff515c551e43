//! Slack's incoming webhooks as their documents have them.

use crate::tables::{all_named, all_refused, classified, credentials, named};
use assayer_contract::ReasonCode;
use assayer_providers::find;
use secrecy::ExposeSecret;

const URL: &str = "https://hooks.slack.com/services/T00000000/B00000000/0123456789abcdefABCDEF01";

#[test]
fn every_documented_error_has_its_class() {
    use ReasonCode::*;
    all_named(
        "slack",
        &[
            (403, "invalid_token", ProviderAuth, "invalid_token"),
            (404, "no_service", ProviderAuth, "no_service"),
            (404, "no_service_id", ProviderAuth, "no_service_id"),
            (404, "no_team", ProviderAuth, "no_team"),
            (403, "no_active_hooks", ProviderAuth, "no_active_hooks"),
            // Once all of them came as 500, and some may come with a good status.
            (500, "no_service", ProviderAuth, "no_service"),
            (200, "no_service", ProviderAuth, "no_service"),
            (403, "team_disabled", ProviderAccountLocked, "team_disabled"),
            (403, "action_prohibited", ProviderEntitlement, "action_prohibited"),
            (403, "posting_to_general_channel_denied", ProviderEntitlement, "general"),
            (404, "channel_not_found", ProviderRejectedRequest, "channel_not_found"),
            (410, "channel_is_archived", ProviderRejectedRequest, "channel_is_archived"),
            (400, "invalid_payload", ProviderRejectedRequest, "invalid_payload"),
            (400, "no_text", ProviderRejectedRequest, "no_text"),
            (400, "invalid_blocks", ProviderRejectedRequest, "invalid_blocks"),
            (400, "too_many_attachments", ProviderRejectedRequest, "too_many"),
            (400, "user_not_found", ProviderRejectedRequest, "user_not_found"),
            (429, "rate_limited", ProviderRateLimited, "rate_limited"),
            (429, "", ProviderRateLimited, "429"),
            (500, "rollup_error", ProviderError, "rollup_error"),
            (503, "<html>down</html>", ProviderError, "down"),
            (302, "", ProviderRedirect, "302"),
        ],
    );
    assert_eq!(named("slack", 410, "channel_is_archived\n").unwrap().error_code.as_deref(), Some("channel_is_archived"));
    assert_eq!(named("slack", 200, "ok"), None);
}

#[test]
fn only_ok_is_a_success() {
    let call = classified("slack", "POST", "", "", r#"{"text":"done"}"#).unwrap();
    assert_eq!((call.source, call.changes), (None, true));
    let provider = find("slack").unwrap();
    assert_eq!(provider.measure(&call, b"ok\n", &mut ()).unwrap().items, Some(1));
    for other in ["", "o", "OK", "okay", "<html>", "\u{0}"] {
        provider.measure(&call, other.as_bytes(), &mut ()).unwrap_err();
    }
}

#[test]
fn a_message_that_calls_people_is_refused() {
    all_refused(
        "slack",
        &[
            ("POST", "", "", r#"{"text":"wake up <!channel>"}"#, "must ping nobody"),
            ("POST", "", "", r#"{"text":"wake up \u003c!here|here>"}"#, "must ping nobody"),
            ("POST", "", "", r#"{"text":"<@U012AB3CD>"}"#, "must ping nobody"),
            (
                "POST",
                "",
                "",
                r#"{"text":"x","blocks":[{"elements":[{"type":"broadcast","range":"everyone"}]}]}"#,
                "must ping nobody",
            ),
            ("POST", "", "", r#"{"text":"@channel","link_names":1}"#, "\"link_names\" is not one"),
            ("POST", "", "text=y", r#"{"text":"x"}"#, "send no query"),
        ],
    );
    let dated = r#"{"text":"done <!date^1392734382^{date}|today>, see <https://bots.example|the bot>"}"#;
    assert!(classified("slack", "POST", "", "", dated).is_ok());
}

#[test]
fn the_url_is_the_base_and_is_never_told() {
    let provider = find("slack").unwrap();
    assert!(provider.facts().verify.is_none());
    let good = credentials(&[("SLACK_WEBHOOK_URL", URL)]);
    let signed = provider.sign_in(&good).unwrap();
    assert_eq!(signed.base.as_ref().unwrap().expose_secret(), URL);
    assert!(!format!("{signed:?}{good:?}").contains("0123456789abcdef") && good.doubts(provider.facts()).is_empty());
    let odd = credentials(&[("SLACK_WEBHOOK_URL", "https://hooks.slack-gov.com/services/T00000000/B00000000/0123456789abcdef")]);
    assert!(provider.check(&odd).is_ok() && odd.doubts(provider.facts()).len() == 1);
    let error = provider.check(&credentials(&[("SLACK_WEBHOOK_URL", "xoxb-0123456789abcdef")])).unwrap_err();
    assert!(!error.to_string().contains("xoxb"), "{error}");
}
