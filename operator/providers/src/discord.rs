//! Discord, messages to a channel by its webhook. In and out: see [`Vendor`]. Pure.
//!
//! The URL is the credential: its last part opens the channel to whoever knows it.

use std::{collections::BTreeMap, time::Duration};

use assayer_contract::ReasonCode;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    Category, Facts, Form, Key, Limit, Message, NamedError, SignIn, Told, Verify,
    message::Style,
    rest::{self, Endpoint, Errors, Takes, Vendor},
    text,
};

/// Discord.
pub(crate) static DISCORD: Vendor =
    Vendor { message: Some(message), ..Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error)) };

static FACTS: Facts = Facts {
    name: "discord",
    title: "Discord",
    category: Category::Notification,
    base: "",
    required_keys: &[Key {
        name: "DISCORD_WEBHOOK_URL",
        also: &[],
        form: Form {
            certain: text::is_https_url,
            likely: is_webhook,
            expected: "an https URL such as https://discord.com/api/webhooks/NUMBER/TOKEN",
        },
        hint: "The channel's settings, Integrations, Webhooks, Copy Webhook URL.",
    }],
    optional_keys: &[],
    sign_in: SignIn::Url,
    verify: Some(Verify { method: "GET", path: "", query: "" }),
    // Of one channel, as its users have found; the vendor changes it at will and names the wait in each 429.
    limits: &[Limit { requests: 30, per: Duration::from_mins(1) }],
    request_id_header: None,
    plan: "Every server has webhooks; there is no plan to lack.",
};

static ENDPOINTS: [Endpoint; 2] = [
    Endpoint { name: "webhook.get", ..Endpoint::of_no_source("", |_, body| Ok(rest::one(body, "/id")?.0)) },
    Endpoint {
        method: "POST",
        name: "webhook.execute",
        takes: Takes::Json,
        fields: &["wait", "thread_id", "content", "username", "avatar_url", "embeds", "flags", "thread_name", "allowed_mentions"],
        check: waits_and_pings_nobody,
        changes: true,
        ..Endpoint::of_no_source("", |_, body| Ok(rest::one(body, "/id")?.0))
    },
];

/// `/api/webhooks/NUMBER/TOKEN` of Discord itself, with or without a version.
fn is_webhook(url: &str) -> bool {
    let Some((host, path)) = url.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else { return false };
    let domain = host.strip_prefix("ptb.").or_else(|| host.strip_prefix("canary.")).unwrap_or(host);
    let version = |part: &&str| part.strip_prefix('v').is_none_or(|no| no.is_empty() || no.bytes().any(|b| !b.is_ascii_digit()));
    let parts: Vec<_> = path.split('/').filter(version).collect();
    let ["api", "webhooks", id, token] = parts.as_slice() else { return false };
    matches!(domain, "discord.com" | "discordapp.com")
        && (17..=20).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_digit())
        && token.len() >= 60
        && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// What a bot writes may hold anything, even what calls everybody.
fn waits_and_pings_nobody(query: &BTreeMap<String, String>, body: &Value) -> Result<(), String> {
    if query.get("wait").map(String::as_str) != Some("true") {
        return Err("wait is not true in the query: without it the answer does not tell whether there is a message".to_owned());
    }
    let nobody = json!({"parse": []});
    match body.get("allowed_mentions") {
        Some(allowed) if *allowed == nobody => Ok(()),
        _ => Err(format!(
            "allowed_mentions is not {nobody}: a bot's text must ping nobody, so send \"allowed_mentions\": {nobody}"
        )),
    }
}

/// A backslash before whatever could mean something to Discord, and no preview of links.
const STYLE: Style = Style {
    longest: 2_000,
    plain: |text| {
        let marks = |c: char| "\\*_~`|>#[]()<@:".contains(c);
        text.chars().flat_map(|c| marks(c).then_some('\\').into_iter().chain([c])).collect()
    },
    code: |code| format!("`{code}`"),
};
const NO_PREVIEWS: u32 = 1 << 2;

fn message(message: &Message) -> Told {
    let body = json!({"content": message.text(&STYLE), "allowed_mentions": {"parse": []}, "flags": NO_PREVIEWS});
    Told { query: "wait=true", body }
}

/// A webhook that was deleted is a 404 like any other; only its code tells them apart.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let Some(fields) = rest::object(body) else { return NamedError::unreadable(status, body) };
    let code = rest::said(&fields, "code");
    let reason = match code.as_deref() {
        Some("10015" | "50027") => ReasonCode::ProviderAuth,
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    };
    let Some(message) = rest::said(&fields, "message") else {
        return NamedError { reason_code: reason, ..NamedError::unreadable(status, body) };
    };
    // Which field is wrong stands below, as deep as the field.
    let message = fields.get("errors").map_or(message.clone(), |errors| format!("{message}: {errors}"));
    let named = NamedError::new(status, reason, code.as_deref(), &message);
    NamedError { wait: rest::seconds(&fields, "retry_after"), ..named }
}
