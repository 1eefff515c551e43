//! The chart knows the providers that the registry knows, their Secrets and their keys.

use std::{collections::BTreeMap, fs, path::PathBuf};

use assayer_providers::{ALL, Key};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Values {
    gateway: Gateway,
    external_secrets: ExternalSecrets,
    stand_ins: StandIns,
}

#[derive(Deserialize)]
struct Gateway {
    secrets: Vec<String>,
}

#[derive(Deserialize)]
struct ExternalSecrets {
    providers: BTreeMap<String, Keys>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Keys {
    secret: String,
    required: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
}

#[derive(Deserialize)]
struct StandIns {
    keys: BTreeMap<String, Vec<String>>,
}

fn values(file: &str) -> serde_json::Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../charts/assayer").join(file);
    serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A Secret's name has no capitals: `unusual-whales` of `unusualWhales`.
fn secret(provider: &str) -> String {
    provider.chars().flat_map(|c| c.is_ascii_uppercase().then_some('-').into_iter().chain([c.to_ascii_lowercase()])).collect()
}

fn names(keys: &[Key]) -> Vec<String> {
    keys.iter().map(|key| key.name.to_owned()).collect()
}

#[test]
fn the_gateway_may_read_one_secret_for_each_provider_and_no_other() {
    let values: Values = serde_json::from_value(values("values.yaml")).unwrap();
    let mut expected: Vec<_> = ALL.iter().map(|provider| secret(provider.name())).collect();
    expected.sort();
    assert_eq!(values.gateway.secrets, expected);
}

#[test]
fn external_secrets_ask_for_the_keys_of_the_registry() {
    let values: Values = serde_json::from_value(values("values.yaml")).unwrap();
    let of = |provider: &dyn assayer_providers::Provider| {
        let facts = provider.facts();
        let (required, optional) = (names(facts.required_keys), names(facts.optional_keys));
        (facts.name.to_owned(), Keys { secret: secret(facts.name), required, optional })
    };
    assert_eq!(values.external_secrets.providers, ALL.iter().map(|provider| of(*provider)).collect());
}

#[test]
fn keys_of_stand_ins_are_for_providers_that_there_are() {
    let dev: StandIns = serde_json::from_value(values("values-dev.yaml")["standIns"].clone()).unwrap();
    for values in [dev, serde_json::from_value::<Values>(values("values.yaml")).unwrap().stand_ins] {
        assert!(values.keys.keys().all(|name| assayer_providers::find(name).is_some()), "{:?}", values.keys.keys());
    }
}

/// Who changes the port of live data has to change it wherever a connection passes.
#[test]
fn the_way_to_the_live_stand_in_is_open_from_the_gateway_to_its_container() {
    let chart = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../charts/assayer");
    let text = |file: &str| fs::read_to_string(chart.join(file)).unwrap();
    let (stand_ins, policies) = (text("templates/stand-ins.yaml"), text("templates/network-policies.yaml"));
    for part in [
        "--live-listen, \"0.0.0.0:13000\"",
        "{ name: live, port: 13000, targetPort: live }",
        "{ name: live, containerPort: 13000 }",
    ] {
        assert!(stand_ins.contains(part), "{part}");
    }
    let (_, of_stand_ins) = policies.split_once("(eq $component \"gateway\") $.Values.standIns.enabled").unwrap();
    let (rule, _) = of_stand_ins.split_once("{{- end }}").unwrap();
    assert!(rule.contains("\"stand-ins\"") && rule.contains("port: 13000"), "{rule}");
    assert!(text("samples/integration-databento.yaml").contains("liveEndpoint: assayer-stand-ins.assayer.svc:13000"));
}
