//! The chart's samples fit what they are samples of.

use std::{fs, path::PathBuf};

use assayer_crds::{Bot, Integration};
use assayer_engine::BacktestSpec;
use serde_json::Value;

#[expect(clippy::unwrap_used, reason = "a missing sample fails the test")]
fn read<T: serde::de::DeserializeOwned>(path: &str) -> T {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn the_sample_bots_are_those_of_the_offline_examples() {
    for name in ["eurusd-breakout", "spx-cross", "spx-reversion", "mes-breakout", "mnq-cross", "mgc-breakout"] {
        let bot: Bot = read(&format!("charts/assayer/samples/{name}.yaml"));
        let example: BacktestSpec = read(&format!("runner/examples/{name}.yaml"));
        assert_eq!(bot.metadata.name.as_deref(), Some(name));
        assert_eq!(bot.spec.backtest().unwrap(), example);
    }
}

#[test]
fn the_sample_integration_and_key_fit_the_development_values() {
    let values: Value = read("charts/assayer/values-dev.yaml");
    let secret: Value = read("charts/assayer/samples/secret-databento.yaml");
    let integration: Integration = read("charts/assayer/samples/integration-databento.yaml");
    assert_eq!(secret["stringData"]["DATABENTO_API_KEY"], values["standIns"]["keys"]["databento"][0]);
    assert_eq!(secret["metadata"]["name"], integration.spec.credentials.secret_ref.name);
    assert_eq!(values["environment"], "dev", "no other installation obeys the sample's endpoint");
    assert_eq!(integration.spec.endpoint.as_deref(), Some("http://assayer-stand-ins.assayer.svc:8080/databento"));
    assert_eq!(integration.spec.live_endpoint.as_deref(), Some("assayer-stand-ins.assayer.svc:13000"));
}
