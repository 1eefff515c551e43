//! Slack, messages to a channel by its incoming webhook. In and out: see [`Vendor`]. Pure.
//!
//! The URL is the credential. Answers are plain text: `ok`, or one word for what is wrong. Nothing asks whether a URL is good but a
//! message.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::ReasonCode;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    Call, Category, Facts, Form, Key, Limit, Measure, MeasureError, Message, NamedError, SignIn, Told,
    message::Style,
    rest::{self, Endpoint, Errors, Takes, Vendor},
    text,
};

/// Slack.
pub(crate) static SLACK: Vendor =
    Vendor { message: Some(message), ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByBody(name_error)) };

static FACTS: Facts = Facts {
    name: "slack",
    title: "Slack",
    category: Category::Notification,
    base: "",
    required_keys: &[Key {
        name: "SLACK_WEBHOOK_URL",
        also: &[],
        form: Form {
            certain: text::is_https_url,
            likely: is_webhook,
            expected: "an https URL such as https://hooks.slack.com/services/T…/B…/…",
        },
        hint: "api.slack.com/apps, the app, Incoming Webhooks.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Url,
    verify: None,
    limits: &[Limit { requests: 1, per: Duration::from_secs(1) }],
    request_id_header: None,
    plan: "Every workspace has webhooks, unless its administrators forbid them, which is answered with 403 action_prohibited.",
};

static ENDPOINTS: [Endpoint; 1] = [Endpoint {
    method: "POST",
    name: "webhook",
    takes: Takes::Json,
    fields: &["text", "blocks", "mrkdwn", "unfurl_links", "unfurl_media"],
    check: pings_nobody,
    changes: true,
    ..Endpoint::of_no_source("", measure)
}];

/// What calls people in a text, or in blocks.
const PINGS: [&str; 8] = [
    "<!channel",
    "<!here",
    "<!everyone",
    "<!subteam",
    "<@",
    r#""type":"broadcast""#,
    r#""type":"user""#,
    r#""type":"usergroup""#,
];

fn is_webhook(url: &str) -> bool {
    let parts: Vec<_> =
        url.strip_prefix("https://hooks.slack.com/services/").into_iter().flat_map(|rest| rest.split('/')).collect();
    let ["T", "B", _] = parts.iter().map(|part| part.get(..1).unwrap_or_default()).collect::<Vec<_>>()[..] else { return false };
    parts.iter().all(|part| part.len() >= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// What a bot writes may hold anything, even what calls everybody.
fn pings_nobody(query: &BTreeMap<String, String>, body: &Value) -> Result<(), String> {
    rest::body_only(query, body)?;
    let body = body.to_string();
    match PINGS.iter().find(|ping| body.contains(*ping)) {
        Some(ping) => Err(format!("it holds {ping}: a bot's text must ping nobody, so write names without it")),
        None => Ok(()),
    }
}

/// Its three characters that mean something are escaped; all other mark-up is switched off.
const STYLE: Style = Style {
    longest: 3_000,
    plain: |text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
    code: str::to_owned,
};

fn message(message: &Message) -> Told {
    let text = message.text(&STYLE);
    Told { query: "", body: json!({"text": text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false}) }
}

fn measure(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    match body.trim_ascii() {
        b"ok" => Ok(Measure { items: Some(1), ..Measure::default() }),
        other => Err(MeasureError::Malformed(format!("the answer is \"{}\" where \"ok\" is a success", text::excerpt(other)))),
    }
}

fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> Option<NamedError> {
    let word = std::str::from_utf8(body.trim_ascii()).ok().filter(|word| is_word(word));
    let reason = match word {
        Some("invalid_token" | "no_service" | "no_service_id" | "no_team" | "no_active_hooks") => ReasonCode::ProviderAuth,
        Some("team_disabled") => ReasonCode::ProviderAccountLocked,
        Some("rate_limited" | "ratelimited") => ReasonCode::ProviderRateLimited,
        _ if status.is_success() => return None,
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    };
    Some(match word {
        Some(word) => NamedError::new(status, reason, Some(word), word),
        None => NamedError::unreadable(status, body),
    })
}

fn is_word(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}
