//! Supabase, tables of the user's own. In and out: see [`Vendor`]. Pure.

use std::collections::BTreeMap;

use assayer_contract::ReasonCode;
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::{
    Call, Category, CredentialError, Credentials, Facts, Form, Key, Measure, MeasureError, NamedError, SignIn, SignedIn, Verify,
    rest::{self, ANY, Endpoint, Errors, Takes, Vendor},
    text,
};

/// Supabase.
pub(crate) static SUPABASE: Vendor = Vendor::new(&FACTS, &ENDPOINTS, Errors::ByStatus(name_error));

/// Where the project is; no secret.
const URL: Key = Key {
    name: "SUPABASE_URL",
    also: &[],
    form: Form {
        // One's own installation may be plain http inside a cluster.
        certain: |url| text::is_https_url(&url.replacen("http://", "https://", 1)) && !url.contains('?'),
        likely: is_project,
        expected: "a URL such as https://REFERENCE.supabase.co, of the project and without a path",
    },
    hint: "supabase.com/dashboard, the project, Settings, Data API.",
};
/// One key is enough. The secret one may do everything, the publishable one what the tables' policies allow.
const KEY: Key = Key {
    name: "SUPABASE_SECRET_KEY",
    also: &["SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"],
    form: Form {
        certain: |key| ["eyJ", "sb_secret_", "sb_publishable_"].iter().any(|start| key.starts_with(start)),
        likely: |key| key.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)),
        expected: "sb_secret_…, sb_publishable_… or eyJ…",
    },
    hint: "supabase.com/dashboard, the project, Settings, API Keys; SUPABASE_PUBLISHABLE_KEY in its place, where row policies suffice.",
};

static FACTS: Facts = Facts {
    name: "supabase",
    title: "Supabase",
    category: Category::Storage,
    base: "",
    required_keys: &[URL, KEY],
    optional_keys: &[],
    sign_in: SignIn::Own(sign_in),
    // The tables are the user's own, so that no name of one is known which every project has; this wants a key as they do.
    verify: Some(Verify { method: "GET", path: "auth/v1/health", query: "" }),
    limits: &[],
    request_id_header: Some("sb-request-id"),
    plan: "Every project has the API; what a table's policies do not allow is answered with 42501, and a project beyond its quota with 402.",
};

static ENDPOINTS: [Endpoint; 4] = [
    Endpoint { name: "health", ..Endpoint::of_no_source("auth/v1/health", health) },
    Endpoint { name: "select", fields: ANY, check: no_key, ..Endpoint::of_no_source("rest/v1/{table}", rows) },
    Endpoint {
        method: "POST",
        name: "insert",
        takes: Takes::Rows,
        fields: ANY,
        check: no_key,
        changes: true,
        ..Endpoint::of_no_source("rest/v1/{table}", rows)
    },
    Endpoint {
        method: "PATCH",
        name: "update",
        takes: Takes::Rows,
        fields: ANY,
        check: not_every_row,
        changes: true,
        ..Endpoint::of_no_source("rest/v1/{table}", rows)
    },
];

/// Of the query, what chooses no rows.
const NO_FILTERS: [&str; 6] = ["select", "columns", "order", "limit", "offset", "on_conflict"];

fn is_project(url: &str) -> bool {
    let reference = url.strip_prefix("https://").and_then(|rest| rest.trim_end_matches('/').strip_suffix(".supabase.co"));
    reference.is_some_and(|name| name.len() == 20 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Keys of the new form are no JWTs: as a bearer they would be refused.
fn sign_in(credentials: &Credentials) -> Result<SignedIn, CredentialError> {
    let key = credentials.of(&KEY)?;
    let signed =
        SignedIn { base: Some(credentials.of(&URL)?.clone()), ..SignedIn::default() }.with_header("apikey", key, &KEY)?;
    if key.expose_secret().starts_with("eyJ") { signed.with_bearer(key, &KEY) } else { Ok(signed) }
}

/// The vendor takes a key from the query, too.
fn no_key(query: &BTreeMap<String, String>, _: &Value) -> Result<(), String> {
    let given = query.keys().any(|name| name.eq_ignore_ascii_case("apikey"));
    if given { Err("apikey is the gateway's to set: leave it out".to_owned()) } else { Ok(()) }
}

fn not_every_row(query: &BTreeMap<String, String>, body: &Value) -> Result<(), String> {
    no_key(query, body)?;
    if query.keys().all(|name| NO_FILTERS.contains(&name.as_str())) {
        return Err("without a filter it would change every row: give one, such as id=eq.1".to_owned());
    }
    Ok(())
}

fn health(_: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    match rest::json(body)? {
        Value::Object(_) => Ok(Measure::default()),
        _ => Err(MeasureError::Malformed("no object".to_owned())),
    }
}

/// Rows; one that is asked for as an object is one. A change that is not told to represent anything answers nothing.
fn rows(call: &Call, body: &[u8]) -> Result<Measure, MeasureError> {
    if call.changes && body.is_empty() {
        return Ok(Measure::default());
    }
    match rest::json(body)? {
        Value::Object(_) => Ok(Measure { items: Some(1), ..Measure::default() }),
        _ => Ok(rest::list(body, "")?.0),
    }
}

/// `{message, hint}` of what stands before the API, `{code, details, hint, message}` of the tables, `{msg, error_code}` of sign-in.
fn name_error(status: StatusCode, _headers: &HeaderMap, body: &[u8]) -> NamedError {
    let fields = rest::object(body).unwrap_or_default();
    let said = |names: [&str; 3]| names.into_iter().find_map(|name| rest::said(&fields, name));
    let code = said(["error_code", "code", "error"]);
    let reason = match code.as_deref() {
        // A policy of the table says no, with 401 to a key without a user and with 403 to others.
        Some("42501") => ReasonCode::ProviderEntitlement,
        Some("PGRST301" | "PGRST302" | "PGRST303") => ReasonCode::ProviderAuth,
        _ => ReasonCode::of_vendor_status(status.as_u16()),
    };
    let Some(message) = said(["message", "msg", "error_description"]) else {
        return NamedError { reason_code: reason, ..NamedError::unreadable(status, body) };
    };
    let hint = rest::said(&fields, "hint").map_or_else(String::new, |hint| format!(" ({hint})"));
    NamedError::new(status, reason, code.as_deref(), &format!("{message}{hint}"))
}
