//! The stand-in's own count: every request once, what it said, and never a key.

use crate::support::{KEY, StandIn};
use databento::dbn::Schema;
use databento::historical::timeseries::GetRangeParams;
use futures::future::join_all;
use serde_json::json;
use time::macros::date;

#[tokio::test]
async fn every_request_is_counted_once_however_it_ends() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    client.metadata().list_datasets(None).await.unwrap();
    assert!(stand_in.client_with("db-a-key-that-nobody-knows-00009").metadata().list_publishers().await.is_err());
    stand_in.ask("GET", "/v0/no.such_thing").send().await.unwrap();
    stand_in.fail(json!({"fault": "close", "times": 1})).await;
    let params = GetRangeParams::builder().dataset("SAMPLE.FX").symbols("EURUSD").schema(Schema::Ohlcv1H);
    let params = params.date_time_range(date!(2017 - 03 - 01)..date!(2017 - 03 - 02)).build();
    let _ = client.timeseries().get_range(&params).await;
    stand_in.ask("GET", "/healthz").send().await.unwrap();

    let ledger = stand_in.requests().await;
    assert_eq!(ledger["count"], 4, "health and the stand-in's own side are not the vendor's: {ledger}");
    let requests = ledger["requests"].as_array().unwrap();
    assert_eq!(requests.iter().map(|e| e["status"].as_u64().unwrap()).collect::<Vec<_>>(), [200, 401, 404, 200]);
    assert_eq!(requests[3]["form"]["symbols"], "EURUSD");
    assert_eq!(requests[3]["path"], "/v0/timeseries.get_range");
}

#[tokio::test]
async fn requests_at_the_same_time_are_all_counted_with_numbers_of_their_own() {
    let stand_in = StandIn::start();
    let calls = (0..200).map(|_| async { stand_in.ask("GET", "/v0/metadata.list_datasets").send().await.unwrap().status() });
    assert!(join_all(calls).await.iter().all(|status| *status == 200));
    let ledger = stand_in.requests().await;
    assert_eq!(ledger["count"], 200);
    let numbers: Vec<_> = ledger["requests"].as_array().unwrap().iter().map(|e| e["no"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reset_counts_from_zero_and_numbers_go_on() {
    let stand_in = StandIn::start();
    let list = || stand_in.ask("GET", "/v0/metadata.list_datasets").send();
    list().await.unwrap();
    assert_eq!(stand_in.control("DELETE", "requests", None).await.0, 204);
    list().await.unwrap();
    list().await.unwrap();
    let (_, newer) = stand_in.control("GET", "requests?since=2", None).await;
    assert_eq!(newer["count"], 2);
    assert_eq!(newer["requests"].as_array().unwrap().len(), 1);
    assert_eq!(newer["requests"][0]["no"], 3);
}

#[tokio::test]
async fn headers_that_join_a_request_to_its_row_are_kept_and_no_key_ever_is() {
    let stand_in = StandIn::start();
    stand_in
        .ask("GET", &format!("/v0/metadata.list_schemas?dataset=SAMPLE.FX&api_key={KEY}"))
        .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        .header("x-assayer-span-id", "span-1")
        .header("x-assayer-token", KEY)
        .header("cookie", KEY)
        .send()
        .await
        .unwrap();
    let entry = stand_in.newest_once(|e| e["complete"] == true).await;
    assert_eq!(entry["headers"]["x-assayer-span-id"], "span-1");
    assert!(entry["headers"]["traceparent"].is_string());
    assert_eq!(entry["query"], json!({"dataset": "SAMPLE.FX"}));
    assert!(entry["header_names"].as_array().unwrap().contains(&json!("x-assayer-token")), "its name shows that it leaked");
    assert!(entry["key"].as_str().unwrap().starts_with("sha256:"));
    assert!(entry["bytes"].as_u64().unwrap() > 0);
    assert!(!entry.to_string().contains(KEY) && !entry.to_string().contains(&KEY[..16]));
}
