//! Supabase, with keys of both forms.

use assayer_contract::ReasonCode;
use assayer_stand_ins::faults::Kind;

use crate::{Contract, Sample, World};

pub(crate) const CONTRACT: Contract = Contract {
    name: "supabase",
    good: &[
        ("SUPABASE_URL", "https://abcdefghijklmnopqrst.supabase.co"),
        ("SUPABASE_SECRET_KEY", "sb_secret_0123456789abcdef_01234567"),
    ],
    key: "sb_secret_0123456789abcdef_01234567",
    unknown: &[
        ("SUPABASE_URL", "https://abcdefghijklmnopqrst.supabase.co"),
        ("SUPABASE_SECRET_KEY", "sb_secret_ffffffffffffffff_ffffffff"),
    ],
    errors: &[
        (Kind::Unauthorized, ReasonCode::ProviderAuth),
        (Kind::Forbidden, ReasonCode::ProviderEntitlement),
        (Kind::BadRequest, ReasonCode::ProviderRejectedRequest),
        (Kind::RateLimited, ReasonCode::ProviderRateLimited),
        (Kind::ServerError, ReasonCode::ProviderError),
        (Kind::Unavailable, ReasonCode::ProviderError),
        (Kind::GatewayTimeout, ReasonCode::ProviderError),
    ],
    calls: &[
        Sample { method: "GET", path: "auth/v1/health", query: "", body: "", items: None },
        Sample { method: "GET", path: "rest/v1/notes", query: "select=*&limit=1", body: "", items: Some(0) },
        Sample {
            method: "POST",
            path: "rest/v1/notes",
            query: "",
            body: r#"[{"id":1,"text":"a"},{"id":2,"text":"b"}]"#,
            items: None,
        },
        Sample { method: "POST", path: "rest/v1/notes", query: "on_conflict=id", body: r#"{"id":3,"text":"c"}"#, items: None },
        Sample { method: "PATCH", path: "rest/v1/notes", query: "id=eq.2", body: r#"{"text":"d"}"#, items: None },
        Sample { method: "GET", path: "rest/v1/notes", query: "text=eq.d", body: "", items: Some(1) },
        Sample { method: "GET", path: "rest/v1/notes", query: "", body: "", items: Some(3) },
    ],
};

#[tokio::test]
async fn a_key_of_either_form_signs_in_under_any_of_its_names() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl";
    for (name, key) in [
        ("SUPABASE_SERVICE_ROLE_KEY", jwt),
        ("SUPABASE_ANON_KEY", jwt),
        ("SUPABASE_PUBLISHABLE_KEY", "sb_publishable_0123456789abcdef"),
    ] {
        let world = World::new(&Contract { key, ..CONTRACT });
        let answer = world.call(&[CONTRACT.good[0], (name, key)], &CONTRACT.calls[1]).await;
        assert!(answer.named.is_none(), "{name}: {:?}", answer.named);
    }
}
