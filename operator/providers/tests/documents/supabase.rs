//! Supabase as its documents have it.

use crate::tables::{all_named, all_refused, classified, credentials, named};
use assayer_contract::ReasonCode;
use assayer_providers::{CredentialError, find};
use http::header::AUTHORIZATION;

const URL: (&str, &str) = ("SUPABASE_URL", "https://abcdefghijklmnopqrst.supabase.co");
const SECRET: &str = "sb_secret_0123456789abcdef_01234567";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl";

#[test]
fn every_documented_error_has_its_class() {
    use ReasonCode::*;
    all_named(
        "supabase",
        &[
            (
                401,
                r#"{"message":"Invalid API key","hint":"Double check your Supabase `anon` or `service_role` API key."}"#,
                ProviderAuth,
                "Double check",
            ),
            (
                401,
                r#"{"message":"No API key found in request","hint":"No `apikey` request header or url param was found."}"#,
                ProviderAuth,
                "No API key",
            ),
            (401, r#"{"code":"PGRST301","details":null,"hint":null,"message":"JWSError"}"#, ProviderAuth, "JWSError"),
            (401, r#"{"code":"PGRST303","details":null,"hint":null,"message":"JWT expired"}"#, ProviderAuth, "expired"),
            (
                401,
                r#"{"code":"42501","details":null,"hint":null,"message":"permission denied for table notes"}"#,
                ProviderEntitlement,
                "permission denied",
            ),
            (
                403,
                r#"{"code":"42501","details":null,"hint":null,"message":"new row violates row-level security policy"}"#,
                ProviderEntitlement,
                "row-level",
            ),
            (
                404,
                r#"{"code":"PGRST205","details":null,"hint":"Perhaps you meant the table 'public.notes'","message":"Could not find the table"}"#,
                ProviderRejectedRequest,
                "Perhaps you meant",
            ),
            (
                409,
                r#"{"code":"23505","details":"Key (id)=(1) already exists.","hint":null,"message":"duplicate key"}"#,
                ProviderRejectedRequest,
                "duplicate",
            ),
            (400, r#"{"code":"42703","message":"column notes.x does not exist"}"#, ProviderRejectedRequest, "column"),
            (503, r#"{"code":"PGRST002","message":"Could not query the database"}"#, ProviderError, "Could not query"),
            (402, r#"{"message":"Service for this project is restricted: exceed_egress_quota"}"#, ProviderQuota, "restricted"),
            (
                401,
                r#"{"code":401,"error_code":"no_authorization","msg":"This endpoint requires a Bearer token"}"#,
                ProviderAuth,
                "Bearer",
            ),
            (
                429,
                r#"{"code":429,"error_code":"over_request_rate_limit","msg":"Request rate limit reached"}"#,
                ProviderRateLimited,
                "rate limit",
            ),
            (500, "Internal Server Error", ProviderError, "Internal"),
            (540, "Project paused", ProviderError, "paused"),
        ],
    );
    assert_eq!(named("supabase", 200, "[]"), None);
    assert_eq!(named("supabase", 404, r#"{"code":"PGRST205","message":"x"}"#).unwrap().error_code.as_deref(), Some("PGRST205"));
}

#[test]
fn columns_are_the_users_own_and_rows_are_counted() {
    let select = classified("supabase", "GET", "rest/v1/notes", "select=*&bot=eq.mes-1&limit=10", "").unwrap();
    assert_eq!(
        (select.endpoint, select.source, select.changes, &select.params["bot"]),
        ("select", None, false, &"eq.mes-1".into())
    );
    let insert = classified("supabase", "POST", "rest/v1/notes", "", r#"[{"anything":1},{"anything":2}]"#).unwrap();
    assert_eq!((insert.endpoint, insert.changes, &insert.params["rows"]), ("insert", true, &"2".into()));
    assert!(insert.params.get("anything").is_none(), "what is kept is the user's own");
    let update = classified("supabase", "PATCH", "rest/v1/notes", "id=eq.1", r#"{"anything":1}"#).unwrap();
    let count = |call, body: &str| find("supabase").unwrap().measure(call, body.as_bytes(), &mut ()).map(|measure| measure.items);
    assert_eq!(count(&select, r#"[{"id":1},{"id":2}]"#), Ok(Some(2)));
    assert_eq!(count(&select, r#"{"id":1}"#), Ok(Some(1)));
    assert_eq!((count(&insert, ""), count(&update, "[]")), (Ok(None), Ok(Some(0))));
    for (call, body) in [(&select, ""), (&select, "[{"), (&select, "1"), (&insert, "[{")] {
        count(call, body).unwrap_err();
    }
}

#[test]
fn what_signs_in_changes_every_row_or_is_no_row_is_refused() {
    all_refused(
        "supabase",
        &[
            ("GET", "rest/v1/notes", "apikey=x", "", "apikey is the gateway's to set"),
            ("POST", "rest/v1/notes", "ApiKey=x", "{}", "apikey is the gateway's to set"),
            ("PATCH", "rest/v1/notes", "", r#"{"a":1}"#, "without a filter"),
            ("PATCH", "rest/v1/notes", "select=*&limit=1", r#"{"a":1}"#, "without a filter"),
            ("POST", "rest/v1/notes", "", "[1]", "a JSON object or a list of them"),
            ("POST", "rest/v1/notes", "", r#"[{"a":1,"a":2}]"#, "a is given more than once"),
            ("GET", "rest/v1/notes", "a=gt.1&a=lt.5", "", "a is given more than once"),
        ],
    );
    for (method, path) in
        [("DELETE", "rest/v1/notes"), ("GET", "rest/v1/"), ("POST", "rest/v1/rpc/f"), ("GET", "auth/v1/admin/users")]
    {
        assert_eq!(classified("supabase", method, path, "", "").unwrap_err().reason_code, ReasonCode::EndpointUnknown, "{path}");
    }
}

#[test]
fn only_a_jwt_is_a_bearer_and_no_key_is_told() {
    let provider = find("supabase").unwrap();
    for (name, key, bearer) in [
        ("SUPABASE_SECRET_KEY", SECRET, false),
        ("SUPABASE_PUBLISHABLE_KEY", "sb_publishable_0123456789abcdef", false),
        ("SUPABASE_SERVICE_ROLE_KEY", JWT, true),
        ("SUPABASE_ANON_KEY", JWT, true),
    ] {
        let all = credentials(&[URL, (name, key)]);
        provider.check(&all).unwrap();
        assert!(all.doubts(provider.facts()).is_empty(), "{name}");
        let signed = provider.sign_in(&all).unwrap();
        assert_eq!(signed.headers["apikey"], key);
        assert_eq!(signed.headers.contains_key(AUTHORIZATION), bearer, "{name}");
        assert!(!format!("{signed:?}{all:?}").contains(key));
    }
    let both = credentials(&[URL, ("SUPABASE_ANON_KEY", JWT), ("SUPABASE_SECRET_KEY", SECRET)]);
    assert_eq!(provider.sign_in(&both).unwrap().headers["apikey"], SECRET, "the one that may do more");
}

#[test]
fn a_key_or_an_address_that_cannot_be_one_is_named_without_its_value() {
    let provider = find("supabase").unwrap();
    assert_eq!(provider.check(&credentials(&[URL])), Err(CredentialError::Missing("SUPABASE_SECRET_KEY")));
    let error = provider.check(&credentials(&[URL, ("SUPABASE_ANON_KEY", "a-password")])).unwrap_err();
    assert!(matches!(error, CredentialError::Malformed { .. }) && !error.to_string().contains("a-password"), "{error}");
    for bad in ["abcdefghijklmnopqrst", "ftp://x.example", "https://x.supabase.co/?apikey=1"] {
        assert!(provider.check(&credentials(&[("SUPABASE_URL", bad), ("SUPABASE_SECRET_KEY", SECRET)])).is_err(), "{bad}");
    }
    let own = credentials(&[("SUPABASE_URL", "http://kong.supabase.svc:8000"), ("SUPABASE_SECRET_KEY", SECRET)]);
    assert!(provider.check(&own).is_ok() && own.doubts(provider.facts()).len() == 1);
}
