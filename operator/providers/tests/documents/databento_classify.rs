//! What the registry says of requests to Databento, as its official client and others send them.

use assayer_contract::ReasonCode;
use assayer_providers::{Call, Charge, Refused, Request, find};
use serde_json::json;

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const RANGE: &str = "v0/timeseries.get_range";
const GET_RANGE: &str = "dataset=GLBX.MDP3&schema=ohlcv-1m&encoding=dbn&compression=zstd&stype_in=continuous&stype_out=instrument_id\
    &symbols=MES.c.0&start=1704153600000000000&end=1704240000000000000";

fn post(path: &str, body: &str) -> Result<Call, Refused> {
    let request = Request { method: "POST", path, query: "", content_type: FORM, body: body.as_bytes() };
    find("databento").unwrap().classify(&request)
}

fn get(path: &str, query: &str) -> Result<Call, Refused> {
    find("databento").unwrap().classify(&Request { method: "GET", path, query, content_type: None, body: b"" })
}

#[test]
fn the_official_clients_get_range_is_understood_field_by_field() {
    let call = post(RANGE, GET_RANGE).unwrap();
    assert_eq!(call.endpoint, "timeseries.get_range");
    assert_eq!(call.symbol(), Some("MES.c.0"));
    assert_eq!((call.dataset.as_deref(), call.schema.as_deref()), (Some("GLBX.MDP3"), Some("ohlcv-1m")));
    assert_eq!(call.start.unwrap().to_rfc3339(), "2024-01-02T00:00:00+00:00");
    assert_eq!(call.end.unwrap().to_rfc3339(), "2024-01-03T00:00:00+00:00");
    assert!(call.yields_bars && call.charge == Charge::Quoted && !call.is_safe_to_repeat());
    assert_eq!(call.params["compression"], json!("zstd"));
    assert_eq!(call.symbols, ["MES.c.0"]);
}

#[test]
fn the_official_clients_resolve_and_cost_are_understood() {
    let dates =
        "dataset=GLBX.MDP3&stype_in=continuous&stype_out=instrument_id&symbols=MES.c.0&start_date=2024-01-02&end_date=2024-01-03";
    let call = post("v0/symbology.resolve", dates).unwrap();
    assert_eq!((call.symbol(), call.yields_bars, call.charge), (Some("MES.c.0"), false, Charge::Free));
    assert_eq!(call.start.unwrap().to_rfc3339(), "2024-01-02T00:00:00+00:00");
    let cost =
        "dataset=GLBX.MDP3&schema=ohlcv-1m&stype_in=continuous&symbols=MES.c.0&start=1704153600000000000&end=1704240000000000000";
    assert_eq!(post("v0/metadata.get_cost", cost).unwrap().symbol(), Some("MES.c.0"));
}

#[test]
fn metadata_names_no_symbol() {
    let call = get("v0/metadata.get_dataset_range", "dataset=GLBX.MDP3").unwrap();
    assert_eq!((call.symbol_text(), call.dataset.as_deref()), (None, Some("GLBX.MDP3")));
    assert!(call.symbols.is_empty() && call.is_safe_to_repeat());
}

#[test]
fn everything_that_is_not_exactly_a_documented_method_and_path_is_unknown() {
    let paths = [
        "v0/batch.submit_job",
        "v0/timeseries.get_range/",
        "/v0/timeseries.get_range",
        "v0/%74imeseries.get_range",
        "v0/../v0/timeseries.get_range",
        "V0/timeseries.get_range",
        "v1/timeseries.get_range",
        "",
    ];
    for path in paths {
        let refused = post(path, GET_RANGE).unwrap_err();
        assert_eq!((refused.reason_code, refused.status), (ReasonCode::EndpointUnknown, 404), "{path}");
    }
    assert_eq!(get(RANGE, GET_RANGE).unwrap_err().reason_code, ReasonCode::EndpointUnknown);
}

#[test]
fn several_symbols_and_all_symbols_are_confined_to_no_bot() {
    let with = |symbols: &str| post(RANGE, &GET_RANGE.replace("symbols=MES.c.0", symbols)).unwrap();
    for symbols in ["symbols=MES.c.0,ES.c.0", "symbols=MES.c.0&symbols=ES.c.0", "symbols=MES.c.0%2C%20ES.c.0"] {
        let call = with(symbols);
        assert_eq!(call.symbols, ["MES.c.0", "ES.c.0"]);
        assert!(call.symbols != ["MES.c.0"] && call.symbol().is_none());
    }
    for symbols in ["symbols=ALL_SYMBOLS", "limit=1"] {
        assert_eq!(with(symbols).symbols, ["ALL_SYMBOLS"]);
        assert!(with(symbols).symbols.iter().any(|symbol| symbol != "MES.c.0"));
    }
}

#[test]
fn whatever_could_be_read_in_two_ways_is_refused_and_the_field_is_named() {
    let bad = [
        (GET_RANGE.replace("symbols=MES.c.0", "symbols=MES.c.0&dataset=XNAS.ITCH"), "dataset is given 2 times"),
        (GET_RANGE.replace("symbols=MES.c.0", "symbols="), "symbols"),
        (GET_RANGE.replace("symbols=MES.c.0", "symbols=MES.c.0,"), "symbols"),
        (GET_RANGE.replace("start=1704153600000000000", "start=yesterday"), "start is \"yesterday\""),
        (GET_RANGE.replace("start=1704153600000000000", "start=20240102"), "start"),
        (GET_RANGE.replace("encoding=dbn", "encoding=csv"), "encoding is \"csv\""),
        (GET_RANGE.replace("encoding=dbn&", ""), "encoding is \"csv\""),
        (GET_RANGE.replace("compression=zstd", "compression=none"), "compression is \"none\""),
        (GET_RANGE.replace("stype_out=instrument_id", "stype_out=raw_symbol"), "stype_out"),
        (format!("{GET_RANGE}&key=db-0123456789abcdef0123456789abc"), "\"key\" is not one of its fields"),
    ];
    for (body, message) in bad {
        let refused = post(RANGE, &body).unwrap_err();
        assert_eq!((refused.reason_code, refused.status), (ReasonCode::RequestInvalid, 422), "{body}");
        assert!(refused.message.contains(message), "{refused} does not name {message}");
        assert!(!refused.message.contains("db-0123"), "{refused}");
    }
}

#[test]
fn fields_in_the_other_place_or_in_another_form_are_refused() {
    let databento = find("databento").unwrap();
    let requests = [
        Request { method: "POST", path: RANGE, query: "symbols=ES.c.0", content_type: FORM, body: GET_RANGE.as_bytes() },
        Request { method: "POST", path: RANGE, query: "", content_type: Some("application/json"), body: b"{}" },
        Request { method: "POST", path: RANGE, query: "", content_type: None, body: GET_RANGE.as_bytes() },
        Request {
            method: "GET",
            path: "v0/metadata.list_datasets",
            query: "",
            content_type: FORM,
            body: b"start_date=2024-01-02",
        },
    ];
    for request in requests {
        assert_eq!(databento.classify(&request).unwrap_err().reason_code, ReasonCode::RequestInvalid, "{request:?}");
    }
}

#[test]
fn the_same_call_has_one_fingerprint_and_another_range_has_another() {
    let turned: Vec<_> = GET_RANGE.split('&').rev().collect();
    let call = post(RANGE, GET_RANGE).unwrap();
    assert_eq!(call.request_fingerprint, post(RANGE, &turned.join("&")).unwrap().request_fingerprint);
    let other = GET_RANGE.replace("end=1704240000000000000", "end=1704240000000000001");
    assert_ne!(call.request_fingerprint, post(RANGE, &other).unwrap().request_fingerprint);
}

#[test]
fn iso_times_and_dates_are_understood_and_bars_are_told_from_other_schemas() {
    for (text, time) in [
        ("2024-01-02", "2024-01-02T00:00:00+00:00"),
        ("2024-01-02T03:04", "2024-01-02T03:04:00+00:00"),
        ("2024-01-02T03:04:05.000000789", "2024-01-02T03:04:05+00:00"),
        ("2024-01-02T03:04:05%2B01:00", "2024-01-02T02:04:05+00:00"),
    ] {
        let call = post(RANGE, &GET_RANGE.replace("1704153600000000000", text)).unwrap();
        assert_eq!(call.start.unwrap().to_rfc3339(), time);
    }
    let trades = post(RANGE, &GET_RANGE.replace("schema=ohlcv-1m&", "")).unwrap();
    assert_eq!((trades.schema.as_deref(), trades.yields_bars), (Some("trades"), false));
}
