//! What is answered of Integrations, and of providers without one.

use serde_json::{Value, json};

use super::{
    super::unused::tests::{looked, now, policies},
    *,
};

fn answered(namespace: Option<&str>, all: &[Looked]) -> Vec<Value> {
    let answer = serde_json::to_value(IntegrationsStatus::new(namespace, all, &policies(|_| ()), now())).unwrap();
    answer["integrations"].as_array().unwrap().clone()
}

fn of(all: &[Value], provider: &str) -> Value {
    all.iter().find(|entry| entry["provider"] == provider).unwrap().clone()
}

#[test]
fn every_provider_is_there_once_with_the_names_that_were_asked_for() {
    let all = answered(None, &[looked("databento", true, Some(5))]);
    assert_eq!(all.len(), ALL.len());
    for entry in &all {
        for name in [
            "configured",
            "connected",
            "missing_env_vars",
            "required_env_vars",
            "optional_env_vars",
            "supports_verify",
            "last_verified_at",
            "last_verify_status",
            "last_verify_trace_id",
            "last_used_at",
            "last_used_by_bot_id",
            "proof_of_use_count_24h",
        ] {
            assert!(entry.get(name).is_some(), "{name}: {entry}");
        }
    }
}

#[test]
fn a_used_integration_says_by_whom_and_how_often() {
    let entry = of(&answered(None, &[looked("databento", true, Some(5))]), "databento");
    assert_eq!((&entry["state"], &entry["configured"], &entry["connected"]), (&json!("Connected"), &json!(true), &json!(true)));
    assert_eq!((&entry["used"], &entry["proof_of_use_count_24h"]), (&json!(true), &json!(3)));
    assert_eq!(entry["last_used_by_bot"], "desk/spx-cross");
    assert_eq!(entry["hints"][0]["name"], "DATABENTO_API_KEY");
    let old = of(&answered(None, &[looked("databento", true, Some(31))]), "databento");
    assert_eq!(old["used"], false, "usedFor is half an hour");
}

#[test]
fn what_nobody_knows_is_null_with_its_reason() {
    let entry = of(&answered(None, &[looked("databento", false, None)]), "databento");
    for (unknown, reason) in [
        ("configured", "configured_reason"),
        ("connected", "connected_reason"),
        ("missing_env_vars", "missing_env_vars_reason"),
        ("last_verified_at", "last_verify_reason"),
        ("last_used_at", "last_used_reason"),
    ] {
        assert!(entry[unknown].is_null() && entry[reason].is_string(), "{unknown}: {entry}");
    }
    let none = of(&answered(Some("desk"), &[]), "fred");
    assert_eq!((&none["configured"], &none["missing_env_vars"]), (&json!(false), &json!(["FRED_API_KEY"])));
    assert!(none["proof_of_use_count_24h"].is_null() && none["proof_of_use_reason"].is_string(), "{none}");
    assert_eq!((none["namespace"].as_str(), none["reason_code"].as_str()), (Some("desk"), Some("INTEGRATION_MISSING")));
}

#[test]
fn each_stage_says_whether_it_fails_closed_and_why_not() {
    let all = answered(None, &[]);
    let (databento, fred) = (of(&all, "databento"), of(&all, "fred"));
    assert_eq!((&databento["fail_closed"]["LAB"], &fred["fail_closed"]["LAB"]), (&json!(true), &json!(false)));
    assert!(fred["fail_closed_reasons"]["LAB"].as_str().unwrap().contains("no sources.macro"), "{fred}");
    assert!(databento["fail_closed"]["LIVE"].is_null() && databento["fail_closed_reasons"]["LIVE"].is_string());
}
