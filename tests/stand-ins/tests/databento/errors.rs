//! The vendor's own client reads every documented error as what it is.

use crate::support::StandIn;
use databento::dbn::{SType, Schema};
use databento::error::ApiError;
use databento::historical::timeseries::GetRangeParams;
use databento::{Error, HistoricalClient};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

fn eurusd(range: std::ops::Range<OffsetDateTime>) -> GetRangeParams {
    GetRangeParams::builder().dataset("SAMPLE.FX").symbols("EURUSD").schema(Schema::Ohlcv1H).date_time_range(range).build()
}

fn a_day() -> GetRangeParams {
    eurusd(datetime!(2017-03-01 0:00 UTC)..datetime!(2017-03-02 0:00 UTC))
}

async fn refusal(client: &mut HistoricalClient, params: &GetRangeParams) -> ApiError {
    match client.timeseries().get_range(params).await.map(|_| ()) {
        Err(Error::Api(error)) => error,
        other => panic!("expected the API's refusal, got {other:?}"),
    }
}

#[tokio::test]
async fn a_key_that_is_missing_or_wrong_is_401() {
    let stand_in = StandIn::start();
    let none = reqwest::get(format!("{}/v0/metadata.list_datasets", stand_in.url)).await.unwrap();
    assert_eq!(none.status(), 401);
    assert_eq!(none.headers()["www-authenticate"], "Basic");
    assert_eq!(none.json::<Value>().await.unwrap(), json!({"detail": "Not authenticated"}));

    let error = refusal(&mut stand_in.client_with("db-a-key-that-nobody-knows-00009"), &a_day()).await;
    assert_eq!((error.status_code.as_u16(), error.case.as_deref()), (401, Some("auth_authentication_failed")));
    assert!(error.request_id.is_some() && error.docs_url.is_some());
}

#[tokio::test]
async fn keys_change_while_it_runs() {
    let stand_in = StandIn::start();
    let new = "db-another-key-of-the-stand-in-2";
    let (_, shown) = stand_in.control("PUT", "keys", Some(json!({"keys": [new]}))).await;
    assert!(!shown.to_string().contains(new), "keys are shown by fingerprint only");
    assert!(stand_in.client_with(new).metadata().list_datasets(None).await.is_ok());
    assert!(stand_in.client().metadata().list_datasets(None).await.is_err());
}

#[tokio::test]
async fn times_outside_what_is_available_are_422_and_say_what_would_be_right() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let (first, last) = (datetime!(2017-01-01 0:00 UTC), datetime!(2017-12-30 0:00 UTC));
    for (case, range) in [
        ("data_start_before_available_start", datetime!(2016-12-31 0:00 UTC)..last),
        ("data_start_after_available_end", last..datetime!(2018-02-01 0:00 UTC)),
        ("data_end_after_available_end", first..datetime!(2017-12-30 0:00:01 UTC)),
    ] {
        let error = refusal(&mut client, &eurusd(range)).await;
        assert_eq!((error.status_code.as_u16(), error.case.as_deref()), (422, Some(case)));
        let payload = error.payload.unwrap();
        assert_eq!(payload["dataset"], "SAMPLE.FX");
        assert_eq!(payload["available_start"], "2017-01-01T00:00:00.000000000Z");
        assert_eq!(payload["available_end"], "2017-12-30T00:00:00.000000000Z");
    }
    let error = refusal(&mut client, &eurusd(last..first)).await;
    assert_eq!(error.case.as_deref(), Some("data_time_range_start_on_or_after_end"));
    let error = refusal(&mut client, &eurusd(first..first)).await;
    assert_eq!(error.case.as_deref(), Some("data_time_range_start_on_or_after_end"));
}

#[tokio::test]
async fn symbols_that_cannot_be_resolved_are_422() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    let unknown = GetRangeParams { symbols: "GBPUSD".into(), ..a_day() };
    let smart = GetRangeParams { symbols: "ES.FUT".into(), stype_in: SType::Parent, ..a_day() };
    for params in [unknown, smart] {
        let error = refusal(&mut client, &params).await;
        assert_eq!((error.status_code.as_u16(), error.case.as_deref()), (422, Some("symbology_invalid_request")));
    }
}

#[tokio::test]
async fn missing_and_unreadable_fields_are_422_in_the_list_form() {
    let stand_in = StandIn::start();
    let response = stand_in.ask("POST", "/v0/timeseries.get_range").form(&[("dataset", "SAMPLE.FX")]).send().await.unwrap();
    assert_eq!(response.status(), 422);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["detail"][0]["loc"], json!(["body", "start"]), "{body}");
    assert_eq!(body["detail"][1]["loc"], json!(["body", "end"]), "{body}");

    // The client knows no list: the whole body becomes its message.
    let error = refusal(&mut stand_in.client(), &GetRangeParams { dataset: "NO.SUCH".into(), ..a_day() }).await;
    assert_eq!((error.status_code.as_u16(), error.case), (422, None));
    assert!(error.message.contains("dataset"), "{}", error.message);

    let fields = [("dataset", "SAMPLE.FX"), ("schema", "ohlcv-1h"), ("start", "2017-03-01"), ("end", "2017-03-02")];
    let csv = stand_in.ask("POST", "/v0/timeseries.get_range").form(&fields).send().await.unwrap();
    assert_eq!(csv.status(), 422, "csv is the API's default and is not served");
}

#[tokio::test]
async fn paths_and_methods_that_the_api_does_not_have_are_404_and_405() {
    let stand_in = StandIn::start();
    assert_eq!(stand_in.ask("GET", "/v0/batch.list_jobs").send().await.unwrap().status(), 404);
    assert_eq!(stand_in.ask("DELETE", "/v0/metadata.list_datasets").send().await.unwrap().status(), 405);
    let root: Value = stand_in.ask("GET", "/v0/").send().await.unwrap().json().await.unwrap();
    assert_eq!(root, json!({"api-version": "v0"}));
}

#[tokio::test]
async fn each_refusal_can_be_ordered() {
    let stand_in = StandIn::start();
    let mut client = stand_in.client();
    for (fault, status, case, message) in [
        ("unauthorized", 401, Some("auth_authentication_failed"), "Authentication failed."),
        ("insufficient_funds", 402, Some("account_insufficient_funds"), "funds"),
        ("license", 403, Some("license_not_found_unauthorized"), "license"),
        ("locked", 403, Some("auth_account_locked"), "locked"),
        ("rate_limited", 429, None, "Too Many Requests"),
        ("server_error", 500, None, "Internal Server Error"),
        ("unavailable", 503, None, "Service Unavailable"),
        ("gateway_timeout", 504, None, "Gateway Timeout"),
    ] {
        stand_in.fail(json!({"match": {"path": "timeseries.get_range"}, "fault": fault, "times": 1})).await;
        assert!(client.metadata().list_datasets(None).await.is_ok(), "{fault} is for another path");
        let error = refusal(&mut client, &a_day()).await;
        assert_eq!((error.status_code.as_u16(), error.case.as_deref()), (status, case), "{fault}");
        assert!(error.message.contains(message), "{fault}: {}", error.message);
        assert!(client.timeseries().get_range(&a_day()).await.is_ok(), "{fault} was ordered once");
    }
    stand_in.fail(json!([{"fault": "rate_limited", "retry_after_s": 7}])).await;
    let limited = stand_in.ask("GET", "/v0/metadata.list_datasets").send().await.unwrap();
    assert_eq!(limited.headers()["retry-after"], "7");
    assert_eq!(stand_in.control("DELETE", "faults", None).await.0, 204);
    assert!(client.metadata().list_datasets(None).await.is_ok());
}

#[tokio::test]
async fn a_mistyped_order_is_refused_with_its_field() {
    let stand_in = StandIn::start();
    let (status, body) = stand_in.control("PUT", "faults", Some(json!({"fault": "hang", "time": 1}))).await;
    assert_eq!(status, 422);
    assert!(body["error"].as_str().unwrap().contains("time"), "{body}");
}
