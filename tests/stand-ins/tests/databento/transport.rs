//! Answers that break on their way: slow, never, torn, cut.

use std::time::{Duration, Instant};

use crate::support::{StandIn, data};
use assayer_stand_ins::bars;
use databento::dbn::decode::{DbnDecoder, DecodeRecordRef};
use databento::dbn::{Record, VersionUpgradePolicy};
use serde_json::json;

const WHOLE: [(&str, &str); 7] = [
    ("dataset", "SAMPLE.FX"),
    ("schema", "ohlcv-1h"),
    ("encoding", "dbn"),
    ("compression", "zstd"),
    ("symbols", "EURUSD"),
    ("start", "2017-01-01"),
    ("end", "2017-12-30"),
];

/// Records in a whole body; a torn one is an error.
fn records(body: &[u8]) -> Result<usize, String> {
    let plain = zstd::stream::decode_all(body).map_err(|e| e.to_string())?;
    let mut decoder = DbnDecoder::with_upgrade_policy(plain.as_slice(), VersionUpgradePolicy::AsIs).map_err(|e| e.to_string())?;
    let (mut count, mut read) = (0, 0);
    while let Some(record) = decoder.decode_record_ref().map_err(|e| e.to_string())? {
        count += 1;
        read += record.record_size();
    }
    let header = 8 + u32::from_le_bytes(plain[4..8].try_into().unwrap()) as usize;
    if header + read == plain.len() { Ok(count) } else { Err("torn record".to_owned()) }
}

#[tokio::test]
async fn a_torn_body_looks_whole_to_http_and_is_found_by_reading_all_of_it() {
    let stand_in = StandIn::start();
    let get = || stand_in.ask("POST", "/v0/timeseries.get_range").form(&WHOLE);
    let whole = get().send().await.unwrap().bytes().await.unwrap();
    assert_eq!(records(&whole), Ok(6_225));

    stand_in.fail(json!({"fault": "truncate", "times": 1})).await;
    let torn = get().send().await.unwrap();
    assert_eq!(torn.status(), 200);
    let torn = torn.bytes().await.expect("to HTTP the answer is complete");
    assert_eq!(torn.len(), whole.len() / 2);
    assert!(records(&torn).is_err());
    let entry = stand_in.newest_once(|e| e["complete"] == true).await;
    assert_eq!((&entry["fault"], &entry["bytes"]), (&json!("truncate"), &json!(torn.len())));

    stand_in.fail(json!({"fault": "truncate", "times": 1})).await;
    let torn = stand_in.ask("GET", "/v0/metadata.list_datasets").send().await.unwrap().text().await;
    assert_eq!(torn.unwrap(), r#"["GLBX.MDP3","SAMPLE.FX","S"#);
}

#[tokio::test]
async fn a_connection_can_be_cut_in_the_middle() {
    let stand_in = StandIn::start();
    stand_in.fail(json!({"fault": "close", "times": 1})).await;
    let cut = stand_in.ask("POST", "/v0/timeseries.get_range").form(&WHOLE).send().await;
    assert!(cut.unwrap().bytes().await.is_err());
    let entry = stand_in.newest_once(|e| e["bytes"] != 0).await;
    assert_eq!((&entry["status"], &entry["complete"]), (&json!(200), &json!(false)));
}

#[tokio::test]
async fn an_answer_can_be_late_or_never_come() {
    let stand_in = StandIn::start();
    let list = || stand_in.ask("GET", "/v0/metadata.list_datasets");
    stand_in.fail(json!({"fault": "slow", "after_ms": 300, "times": 1})).await;
    let asked = Instant::now();
    assert_eq!(list().send().await.unwrap().status(), 200);
    assert!(asked.elapsed() >= Duration::from_millis(300));

    stand_in.fail(json!({"fault": "hang", "times": 1})).await;
    let never = list().timeout(Duration::from_millis(300)).send().await;
    assert!(never.unwrap_err().is_timeout());
    let entry = stand_in.newest_once(|e| e["fault"] == "hang").await;
    assert_eq!((&entry["status"], &entry["bytes"]), (&json!(null), &json!(0)), "it arrived and was never answered");
}

#[tokio::test]
async fn the_file_form_holds_the_same_bars() {
    let folder = std::env::temp_dir().join(format!("assayer-stand-ins-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let csv = data().join("spx-1d-1999-2018.csv");
    for name in ["bars.dbn.zst", "bars.dbn"] {
        let out = folder.join(name);
        let status = std::process::Command::new(env!("CARGO_BIN_EXE_assayer-stand-ins"))
            .args(["dbn", "--dataset", "SAMPLE.INDEX", "--symbol", "SPX", "--schema", "ohlcv-1d", "--instrument-id", "2001"])
            .args(["--bars".as_ref(), csv.as_os_str(), "--out".as_ref(), out.as_os_str()])
            .status()
            .unwrap();
        assert!(status.success());
        let body = std::fs::read(&out).unwrap();
        let zstd = if name == "bars.dbn" { zstd::stream::encode_all(body.as_slice(), 0).unwrap() } else { body };
        assert_eq!(records(&zstd), Ok(bars::read(&csv).unwrap().len()));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
