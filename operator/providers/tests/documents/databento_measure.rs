//! Bodies measured whole: real DBN, cut, torn, swapped and random.

use std::num::NonZeroU64;

use assayer_contract::ReasonCode;
use assayer_providers::{Call, Measure, MeasureError, Request, find};
use dbn::{
    Compression, MappingInterval, Metadata, OhlcvMsg, RecordHeader, SType, Schema, SymbolMapping,
    encode::{DbnEncoder, DynWriter, EncodeRecord},
    enums::rtype,
};
use proptest::prelude::*;
use time::macros::date;

const DAY: u64 = 86_400_000_000_000;
const START: u64 = 1_704_153_600_000_000_000; // 2024-01-02

fn call(symbol: &str) -> Call {
    let body = format!(
        "dataset=SAMPLE.FX&schema=ohlcv-1h&encoding=dbn&compression=zstd&stype_in=raw_symbol&stype_out=instrument_id\
         &symbols={symbol}&start={START}&end={}",
        START + DAY
    );
    let content_type = Some("application/x-www-form-urlencoded");
    let request = Request { method: "POST", path: "v0/timeseries.get_range", query: "", content_type, body: body.as_bytes() };
    find("databento").unwrap().classify(&request).unwrap()
}

fn metadata() -> Metadata {
    let interval = MappingInterval { start_date: date!(2024 - 01 - 02), end_date: date!(2024 - 01 - 03), symbol: "1001".into() };
    Metadata::builder()
        .dataset("SAMPLE.FX".to_owned())
        .schema(Some(Schema::Ohlcv1H))
        .start(START)
        .end(NonZeroU64::new(START + DAY))
        .stype_in(Some(SType::RawSymbol))
        .stype_out(SType::InstrumentId)
        .symbols(vec!["EURUSD".into()])
        .mappings(vec![SymbolMapping { raw_symbol: "EURUSD".into(), intervals: vec![interval] }])
        .build()
}

fn bar(instrument_id: u32, ts: u64) -> OhlcvMsg {
    let hd = RecordHeader::new::<OhlcvMsg>(rtype::OHLCV_1H, 1, instrument_id, ts);
    OhlcvMsg { hd, open: 1_050_000_000, high: 1_060_000_000, low: 1_040_000_000, close: 1_055_000_000, volume: ts % 997 }
}

fn body(metadata: &Metadata, bars: &[OhlcvMsg], compression: Compression) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = DbnEncoder::new(DynWriter::new(&mut out, compression).unwrap(), metadata).unwrap();
    encoder.encode_records(bars).unwrap();
    drop(encoder);
    out
}

fn bars() -> Vec<OhlcvMsg> {
    (0..24).map(|hour| bar(1001, START + hour * DAY / 24)).collect()
}

fn measure(body: &[u8]) -> Result<Measure, MeasureError> {
    find("databento").unwrap().measure(&call("EURUSD"), body, &mut ())
}

#[test]
fn a_whole_body_is_counted_with_its_first_and_last_bar() {
    let measured = measure(&body(&metadata(), &bars(), Compression::Zstd)).unwrap();
    assert_eq!(measured.bar_count, Some(24));
    assert_eq!(measured.first_bar_ts.unwrap().to_rfc3339(), "2024-01-02T00:00:00+00:00");
    assert_eq!(measured.last_bar_ts.unwrap().to_rfc3339(), "2024-01-02T23:00:00+00:00");
    assert_eq!(measured.last_bar_end.unwrap().to_rfc3339(), "2024-01-03T00:00:00+00:00");
    assert_eq!(measured.staleness_ms(measured.last_bar_end.unwrap() + chrono::TimeDelta::seconds(2)), Some(2_000));
}

#[test]
fn no_bars_in_the_range_is_a_count_of_zero_and_not_unknown() {
    let measured = measure(&body(&metadata(), &[], Compression::Zstd)).unwrap();
    assert_eq!(measured, Measure { bar_count: Some(0), instruments: Some(Vec::new()), ..Measure::default() });
}

#[test]
fn a_body_cut_anywhere_is_an_error_and_never_a_smaller_count() {
    let whole = body(&metadata(), &bars(), Compression::Zstd);
    for length in 0..whole.len() {
        let error = measure(&whole[..length]).unwrap_err();
        assert_eq!(error.reason_code(), ReasonCode::DataTruncated, "cut at {length} of {}: {error}", whole.len());
    }
}

#[test]
fn records_cut_before_they_were_compressed_are_an_error_unless_whole() {
    let plain = body(&metadata(), &bars(), Compression::None);
    let records = plain.len() - 24 * size_of::<OhlcvMsg>();
    for length in 0..plain.len() {
        let measured = measure(&zstd::encode_all(&plain[..length], 1).unwrap());
        match length.checked_sub(records).map(|rest| (rest / size_of::<OhlcvMsg>(), rest % size_of::<OhlcvMsg>())) {
            // A vendor that stops between two records and closes its frame cannot be told from one that has no more.
            Some((count, 0)) => assert_eq!(measured.unwrap().bar_count, i64::try_from(count).ok()),
            _ => assert!(measured.is_err(), "cut at {length} of {}", plain.len()),
        }
    }
}

#[test]
fn bars_of_another_instrument_dataset_schema_or_day_are_refused() {
    let reason =
        |metadata: &Metadata, bars: &[OhlcvMsg]| measure(&body(metadata, bars, Compression::Zstd)).unwrap_err().reason_code();
    let mut other = bars();
    other[23] = bar(1002, START + DAY - DAY / 24);
    assert_eq!(reason(&metadata(), &other), ReasonCode::SymbolMismatch);
    assert_eq!(reason(&metadata(), &[bar(1001, START + DAY)]), ReasonCode::SymbolMismatch);
    assert_eq!(reason(&Metadata { dataset: "XNAS.ITCH".into(), ..metadata() }, &bars()), ReasonCode::DataQuality);
    assert_eq!(reason(&Metadata { schema: Some(Schema::Ohlcv1M), ..metadata() }, &bars()), ReasonCode::DataQuality);
    assert_eq!(reason(&Metadata { schema: None, ..metadata() }, &bars()), ReasonCode::DataQuality);
    let mut minute = bar(1001, START);
    minute.hd.rtype = rtype::OHLCV_1M;
    assert_eq!(reason(&metadata(), &[minute]), ReasonCode::DataQuality);
    let body = body(&metadata(), &bars(), Compression::Zstd);
    let error = find("databento").unwrap().measure(&call("GBPUSD"), &body, &mut ()).unwrap_err();
    assert_eq!(error.reason_code(), ReasonCode::SymbolMismatch);
}

#[test]
fn what_is_not_a_zstd_frame_of_dbn_is_malformed() {
    let whole = body(&metadata(), &bars(), Compression::Zstd);
    let long = [b"DBN\x03".as_slice(), &u32::MAX.to_le_bytes(), b"xxxx"].concat();
    for bytes in [
        body(&metadata(), &bars(), Compression::None),
        [whole.as_slice(), b"trailing"].concat(),
        zstd::encode_all(b"not a word of DBN".as_slice(), 1).unwrap(),
        zstd::encode_all(long.as_slice(), 1).unwrap(),
    ] {
        assert_eq!(measure(&bytes).unwrap_err().reason_code(), ReasonCode::ProviderError);
    }
}

#[test]
fn json_answers_must_have_the_documented_shape() {
    let check = |path: &str, query: &str, body: &str| {
        let databento = find("databento").unwrap();
        let request = Request { method: "GET", path, query, content_type: None, body: b"" };
        databento.measure(&databento.classify(&request).unwrap(), body.as_bytes(), &mut ())
    };
    let range =
        r#"{"start":"2017-01-01T00:00:00Z","end":"2018-01-01T00:00:00Z","new":1,"schema":{"ohlcv-1h":{"start":"a","end":"b"}}}"#;
    assert_eq!(check("v0/metadata.get_dataset_range", "dataset=X", range), Ok(Measure::default()));
    assert_eq!(check("v0/metadata.list_datasets", "", r#"["GLBX.MDP3"]"#), Ok(Measure::default()));
    let cut = check("v0/metadata.get_dataset_range", "dataset=X", &range[..60]).unwrap_err();
    assert_eq!(cut.reason_code(), ReasonCode::DataTruncated);
    for body in [r#"{"detail":"x"}"#, "[1]", "<html>"] {
        let error = check("v0/metadata.list_datasets", "", body).unwrap_err();
        assert_eq!(error.reason_code(), ReasonCode::ProviderError, "{body}");
    }
}

proptest! {
    #[test]
    fn random_bytes_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000), framed: bool, dbn: bool) {
        let bytes = if dbn { [b"DBN\x03".as_slice(), &bytes].concat() } else { bytes };
        let bytes = if framed { zstd::encode_all(bytes.as_slice(), 1).unwrap() } else { bytes };
        prop_assert!(measure(&bytes).is_err());
    }

    #[test]
    fn changed_bytes_never_panic_and_never_give_more_bars(at in any::<prop::sample::Index>(), value: u8, version in 0u8..6) {
        let mut plain = body(&metadata(), &bars(), Compression::None);
        plain[3] = version;
        let at = at.index(plain.len());
        plain[at] = value;
        if let Ok(measured) = measure(&zstd::encode_all(plain.as_slice(), 1).unwrap()) {
            prop_assert!(measured.bar_count <= Some(24));
        }
    }
}
