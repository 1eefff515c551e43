//! Which keys are good for which vendor, and where it looks for them.

use assayer_contract::ReasonCode;
use assayer_providers::{CredentialError, Credentials, find};

use crate::tables::credentials;

#[test]
fn a_key_in_another_vendors_field_is_named_and_not_shown() {
    let of_anthropic = format!("sk-ant-api03-{}", "a".repeat(90));
    let of_open_router = format!("sk-or-v1-{}", "a".repeat(64));
    let of_groq = format!("gsk_{}", "a".repeat(48));
    let of_openai = format!("sk-proj-{}", "a".repeat(48));
    let of_gemini = format!("AIza{}", "a".repeat(35));
    for (vendor, name, value, owner) in [
        ("openai", "OPENAI_API_KEY", &of_anthropic, "Anthropic"),
        ("openai", "OPENAI_API_KEY", &of_open_router, "OpenRouter"),
        ("openai", "OPENAI_API_KEY", &of_groq, "Groq"),
        ("anthropic", "ANTHROPIC_API_KEY", &of_openai, "OpenAI"),
        ("xai", "XAI_API_KEY", &of_groq, "Groq"),
        ("gemini", "GEMINI_API_KEY", &of_openai, "OpenAI"),
        ("openRouter", "OPENROUTER_API_KEY", &of_anthropic, "Anthropic"),
        ("groq", "GROQ_API_KEY", &of_gemini, "Google Gemini"),
        ("fred", "FRED_API_KEY", &of_groq, "Groq"),
    ] {
        let error = find(vendor).unwrap().check(&credentials(&[(name, value)])).unwrap_err();
        assert!(matches!(error, CredentialError::OfAnother { owner: found, .. } if found == owner), "{vendor}: {error:?}");
        assert_eq!(error.reason_code(), ReasonCode::IntegrationKeyMalformed);
        let said = error.to_string();
        assert!(said.starts_with(&format!("{name}: this is a key of {owner}; expected")) && !said.contains("aaaa"), "{said}");
    }
}

#[test]
fn a_key_of_its_own_is_good_an_odd_one_is_warned_of_and_what_is_no_key_is_refused() {
    for (vendor, name, good, odd, bad) in [
        ("openai", "OPENAI_API_KEY", "sk-svcacct-0123456789abcdefghij", "sk-short", "0123456789abcdefghij0123456789"),
        ("anthropic", "ANTHROPIC_API_KEY", &*format!("sk-ant-api03-{}", "A-_0".repeat(20)), "sk-ant-oat01-x", "sk-0123"),
        ("groq", "GROQ_API_KEY", "gsk_0123456789abcdefghijklmnopqrstuvwxyz0123456789", "gsk_short", "0123456789"),
        ("xai", "XAI_API_KEY", "xai-0123456789", "0123456789", "two words"),
        ("gemini", "GEMINI_API_KEY", "AIza0123456789abcdefghijklmnopqrstuvw_-", "AQ.0123456789", "two words"),
        ("openRouter", "OPENROUTER_API_KEY", &*format!("sk-or-v1-{}", "0123456789abcdef".repeat(4)), "sk-or-v2-0", "two words"),
    ] {
        let provider = find(vendor).unwrap();
        let [good, odd, bad] = [good, odd, bad].map(|value| credentials(&[(name, value)]));
        assert_eq!(provider.check(&good), Ok(()), "{vendor}");
        assert!(good.doubts(provider.facts()).is_empty(), "{vendor}");
        assert_eq!(provider.check(&odd), Ok(()), "{vendor}");
        assert_eq!(odd.doubts(provider.facts()).len(), 1, "{vendor}");
        assert!(matches!(provider.check(&bad), Err(CredentialError::Malformed { .. })), "{vendor}");
        assert!(provider.sign_in(&Credentials::default()).is_err(), "{vendor}");
    }
}

#[test]
fn each_vendor_is_signed_in_where_it_looks_for_its_key() {
    let header = |vendor: &str, secrets: &[(&str, &str)], name: &str| {
        let signed = find(vendor).unwrap().sign_in(&credentials(secrets)).unwrap();
        assert!(signed.query.is_empty() && signed.base.is_none());
        signed.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    for (vendor, key) in
        [("groq", "GROQ_API_KEY"), ("xai", "XAI_API_KEY"), ("openRouter", "OPENROUTER_API_KEY"), ("openai", "OPENAI_API_KEY")]
    {
        assert_eq!(header(vendor, &[(key, "k")], "authorization").as_deref(), Some("Bearer k"), "{vendor}");
    }
    assert_eq!(header("gemini", &[("GOOGLE_API_KEY", "k")], "x-goog-api-key").as_deref(), Some("k"));
    assert_eq!(header("anthropic", &[("ANTHROPIC_API_KEY", "k")], "x-api-key").as_deref(), Some("k"));
    assert_eq!(header("anthropic", &[("ANTHROPIC_API_KEY", "k")], "anthropic-version").as_deref(), Some("2023-06-01"));
    let ours = [("OPENAI_API_KEY", "k"), ("OPENAI_ORG_ID", "org-1"), ("OPENAI_PROJECT_ID", "proj_1")];
    assert_eq!(header("openai", &ours, "openai-organization").as_deref(), Some("org-1"));
    assert_eq!(header("openai", &ours, "openai-project").as_deref(), Some("proj_1"));
    assert_eq!(header("openai", &[("OPENAI_API_KEY", "k")], "openai-project"), None);
}
