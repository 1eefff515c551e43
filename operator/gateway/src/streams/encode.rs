//! Live bars as DBN, as the vendor sends them. In: bars, gaps, words. Out: bytes that the vendor's own decoder reads. Pure.
//!
//! Beside bars there are: the instrument that a symbol stands for, whenever that changes; `SystemMsg` with a text that begins with `GAP`
//! or with a reason code, which tell; `ErrorMsg`, the last word, whose text begins with a reason code.

use assayer_contract::ReasonCode;
use assayer_providers::live::{Gap, LiveBar, Subscription};
use dbn::{
    ErrorMsg, HasRType, MetadataBuilder, OhlcvMsg, RType, RecordHeader, SType, SymbolMappingMsg, SystemMsg,
    encode::{DbnEncodable, DbnMetadataEncoder, DbnRecordEncoder, EncodeRecord},
};

/// Longest text of a record, with its end.
const LONGEST: usize = 300;

/// What comes first.
pub(super) fn head(one: &Subscription, now: u64) -> dbn::Result<Vec<u8>> {
    let metadata = MetadataBuilder::new()
        .dataset(one.dataset.clone())
        .schema(Some(one.schema))
        .start(now)
        .stype_in(Some(one.stype_in))
        .stype_out(SType::InstrumentId)
        .symbols(one.symbols.clone())
        .build();
    let mut bytes = Vec::new();
    DbnMetadataEncoder::new(&mut bytes).encode(&metadata)?;
    Ok(bytes)
}

/// A bar.
pub(super) fn bar(one: &Subscription, bar: &LiveBar) -> dbn::Result<Vec<u8>> {
    let [open, high, low, close] = bar.prices;
    let (rtype, at) = (RType::from(one.schema) as u8, bar.ts_event.cast_unsigned());
    encoded(&OhlcvMsg {
        hd: RecordHeader::new::<OhlcvMsg>(rtype, bar.publisher_id, bar.instrument_id, at),
        open,
        high,
        low,
        close,
        volume: bar.volume,
    })
}

/// What a symbol stands for from a bar on.
pub(super) fn mapping(one: &Subscription, symbol: &str, bar: &LiveBar) -> dbn::Result<Vec<u8>> {
    let (id, at) = (bar.instrument_id, bar.ts_event.cast_unsigned());
    encoded(&SymbolMappingMsg::new(id, at, one.stype_in, symbol, SType::InstrumentId, &id.to_string(), at, u64::MAX)?)
}

/// `GAP <symbol> <start> <end> <cause>`, in nanoseconds since 1970.
pub(super) fn gap(symbol: &str, gap: &Gap, now: u64) -> dbn::Result<Vec<u8>> {
    encoded(&SystemMsg::new(now, None, &format!("GAP {symbol} {} {} {}", gap.start, gap.end, gap.cause))?)
}

/// Something to know, after which bars may follow.
pub(super) fn notice(reason: ReasonCode, message: &str, now: u64) -> dbn::Result<Vec<u8>> {
    encoded(&SystemMsg::new(now, None, &cut(reason, message))?)
}

/// A sign of life.
pub(super) fn heartbeat(now: u64) -> dbn::Result<Vec<u8>> {
    encoded(&SystemMsg::heartbeat(now))
}

/// The last word.
pub(super) fn word(reason: ReasonCode, message: &str, now: u64) -> dbn::Result<Vec<u8>> {
    encoded(&ErrorMsg::new(now, None, &cut(reason, message), true))
}

fn cut(reason: ReasonCode, message: &str) -> String {
    // The record counts bytes.
    format!("{reason}: {message}").chars().filter(char::is_ascii).take(LONGEST).collect()
}

fn encoded<R: HasRType + DbnEncodable>(record: &R) -> dbn::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    DbnRecordEncoder::new(&mut bytes).encode_record(record)?;
    Ok(bytes)
}
