//! Writes the EURUSD bars as a provider would send them. Reads the CSV by itself, so that it can disagree with the program.

use std::path::Path;

use chrono::DateTime;
use databento::dbn::{
    Compression, MetadataBuilder, OhlcvMsg, RecordHeader, SType, Schema,
    encode::{DbnEncoder, DynWriter, EncodeRecord},
    enums::rtype,
};

/// The file's rows as a DBN body of SAMPLE.FX, EURUSD, ohlcv-1h.
pub(crate) fn from_csv(path: &Path, compressed: bool) -> Vec<u8> {
    of_contracts(path, compressed, "EURUSD", |_| 1)
}

/// The same rows as a series of this symbol, whose contract at each row says `contract`.
pub(crate) fn of_contracts(path: &Path, compressed: bool, symbol: &str, contract: impl Fn(usize) -> u32) -> Vec<u8> {
    let text = std::fs::read_to_string(path).unwrap();
    let metadata = MetadataBuilder::new()
        .dataset("SAMPLE.FX")
        .schema(Some(Schema::Ohlcv1H))
        .start(0)
        .stype_in(Some(SType::RawSymbol))
        .stype_out(SType::InstrumentId)
        .symbols(vec![symbol.to_owned()])
        .build();
    let mut body = Vec::new();
    let compression = if compressed { Compression::Zstd } else { Compression::None };
    let writer = DynWriter::new(&mut body, compression).unwrap();
    let mut encoder = DbnEncoder::new(writer, &metadata).unwrap();
    for (row, line) in text.lines().skip(1).enumerate() {
        let mut bar = bar(line);
        bar.hd.instrument_id = contract(row);
        encoder.encode_record(&bar).unwrap();
    }
    encoder.flush().unwrap();
    drop(encoder);
    body
}

fn bar(line: &str) -> OhlcvMsg {
    let fields: Vec<&str> = line.split(',').collect();
    let start = DateTime::parse_from_rfc3339(fields[0]).unwrap().timestamp_nanos_opt().unwrap();
    // "1.05236": five places, so the digits are units of 1e-5
    let price = |text: &str| text.replace('.', "").parse::<i64>().unwrap() * 10_000;
    OhlcvMsg {
        hd: RecordHeader::new::<OhlcvMsg>(rtype::OHLCV_1H, 1, 1001, u64::try_from(start).unwrap()),
        open: price(fields[1]),
        high: price(fields[2]),
        low: price(fields[3]),
        close: price(fields[4]),
        volume: fields[5].parse().unwrap(),
    }
}
