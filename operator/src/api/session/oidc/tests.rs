//! What a browser relies on before any issuer is asked. The whole way is a scenario, with an API server that trusts an issuer.

use super::*;
use crate::api::tests::{app, app_with, ask};

fn args() -> Flags {
    Flags {
        issuer: "https://127.0.0.1:1".into(),
        client_id: "assayer".into(),
        client_secret_file: None,
        scopes: vec!["email".into()],
        ca_file: None,
        external_url: "https://assayer.example/".into(),
    }
}

fn of(args: Flags) -> Result<Option<Oidc>, String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Oidc::of(args).map_err(|error| format!("{error:#}"))
}

#[test]
fn what_is_half_set_is_refused_with_the_name_of_what_is_missing() {
    assert!(of(Flags { issuer: String::new(), ..args() }).unwrap().is_none());
    assert_eq!(of(args()).unwrap().unwrap().issuer(), "https://127.0.0.1:1");
    for (half, named) in [
        (Flags { issuer: "http://sso.example".into(), ..args() }, "--oidc-issuer"),
        (Flags { client_id: String::new(), ..args() }, "--oidc-client-id"),
        (Flags { external_url: String::new(), ..args() }, "--external-url"),
        (Flags { ca_file: Some("/nowhere".into()), ..args() }, "/nowhere"),
    ] {
        let said = of(half).err().unwrap();
        assert!(said.contains(named), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_issuer_there_is_nothing_to_begin() {
    for path in [PATH, CALLBACK] {
        let (status, _, problem) = ask(app(false, &[]), "GET", path, None).await;
        assert_eq!((status.as_u16(), problem["reasonCode"].as_str()), (404, Some("NOT_FOUND")), "{problem}");
    }
}

#[tokio::test]
async fn who_cannot_be_signed_in_is_back_at_the_page_that_says_why() {
    let oidc = std::sync::Arc::new(of(args()).unwrap().unwrap());
    for (path, why) in [
        (PATH.to_owned(), "unreachable"),
        (CALLBACK.to_owned(), "expired"),
        (format!("{CALLBACK}?code=c&state=s"), "expired"),
        (format!("{CALLBACK}?error=access_denied&state=s"), "expired"),
        (format!("{CALLBACK}?code=c&code=d"), "expired"),
    ] {
        let (status, headers, _) = ask(app_with(|app| app.oidc = Some(oidc.clone())), "GET", &path, None).await;
        assert_eq!((status.as_u16(), headers["location"].to_str().unwrap()), (303, format!("/sign-in?refused={why}").as_str()));
        assert_eq!(headers["cache-control"], "no-store");
    }
}
