//! Bars from a DBN body. In: the whole body, compressed with zstd or not. Out: bars, unchecked but for their form. Pure.
//!
//! A cut body is an error: the decoder alone would take the cut for the end.

use std::io::Read;

use assayer_engine::{Bar, BarSchema, Instrument, Price};
use databento::dbn::{
    Metadata, OhlcvMsg, Record, RecordRef, UNDEF_PRICE, VersionUpgradePolicy,
    decode::{DbnMetadata, DecodeRecordRef, dbn::Decoder},
    enums::rtype,
};

/// First bytes of a zstd frame.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Bytes of the header of every record.
const RECORD_HEADER: usize = 16;
/// Largest body, decompressed: a gibibyte is 19 million bars.
const LARGEST: u64 = 1 << 30;

/// Why a body is not the instrument's bars.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbnError {
    /// The zstd frame is damaged or cut.
    #[error("cannot decompress the DBN body: {0} (is it complete?)")]
    Zstd(#[source] std::io::Error),
    /// The body is larger than any that this program takes.
    #[error("the DBN body has more than {LARGEST} bytes decompressed: use fewer bars")]
    TooLarge,
    /// The bytes are no DBN.
    #[error("cannot decode the DBN body: {0}")]
    Decode(#[from] databento::dbn::Error),
    /// The last record is not whole.
    #[error("the DBN body is torn: {read} of {length} bytes are whole records")]
    Torn {
        /// Bytes of the header and the whole records.
        read: usize,
        /// Bytes of the body.
        length: usize,
    },
    /// The body says that it is something else than was asked for.
    #[error("the DBN body has {field} {found}, the instrument {wanted}")]
    OtherSeries {
        /// Which of dataset, schema, symbols.
        field: &'static str,
        /// As in the body.
        found: String,
        /// As in the instrument.
        wanted: String,
    },
    /// A record's length is none that DBN allows.
    #[error("the DBN body is damaged: a record claims {0} bytes")]
    Framing(usize),
    /// A record is no bar of the schema.
    #[error("record {0} of the DBN body is not a bar of the instrument's schema")]
    NotABar(usize),
    /// A bar has no time, a price is missing, or its volume is.
    #[error("record {0} of the DBN body has an undefined time, price or volume")]
    Undefined(usize),
}

/// Whether the bytes begin as DBN does, compressed or not.
pub(super) fn looks_like_dbn(body: &[u8]) -> bool {
    body.starts_with(&ZSTD) || body.starts_with(b"DBN")
}

/// Decodes the whole body: its bars, and of each the id of its contract.
pub(super) fn decode(body: &[u8], instrument: &Instrument) -> Result<(Vec<Bar>, Vec<u32>), DbnError> {
    let plain = if body.starts_with(&ZSTD) { decompress(body)? } else { body.to_vec() };
    let mut decoder = Decoder::with_upgrade_policy(plain.as_slice(), VersionUpgradePolicy::AsIs)?;
    check_series(decoder.metadata(), instrument)?;
    let (mut bars, mut contracts) = (Vec::new(), Vec::new());
    let mut read = header_length(&plain);
    check_framing(plain.get(read..).unwrap_or_default())?;
    while let Some(record) = decoder.decode_record_ref()? {
        read += record.record_size();
        bars.push(bar(record, bars.len() + 1, instrument)?);
        contracts.push(record.header().instrument_id);
    }
    if read == plain.len() { Ok((bars, contracts)) } else { Err(DbnError::Torn { read, length: plain.len() }) }
}

/// Records are whole multiples of eight bytes. The decoder asserts that instead of returning an error.
fn check_framing(mut records: &[u8]) -> Result<(), DbnError> {
    while let Some(words) = records.first() {
        let length = usize::from(*words) * 4;
        if length < RECORD_HEADER || !length.is_multiple_of(8) {
            return Err(DbnError::Framing(length));
        }
        records = records.get(length..).unwrap_or_default();
    }
    Ok(())
}

fn decompress(body: &[u8]) -> Result<Vec<u8>, DbnError> {
    let mut plain = Vec::new();
    let decoder = zstd::Decoder::new(body).map_err(DbnError::Zstd)?;
    decoder.take(LARGEST + 1).read_to_end(&mut plain).map_err(DbnError::Zstd)?;
    if plain.len() as u64 > LARGEST { Err(DbnError::TooLarge) } else { Ok(plain) }
}

/// `DBN`, a version byte, the length of what follows, and that.
fn header_length(plain: &[u8]) -> usize {
    let length = plain.get(4..8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    usize::try_from(length).unwrap_or(usize::MAX).saturating_add(8)
}

/// Checks that the body says of itself what was asked for.
pub(crate) fn check_series(metadata: &Metadata, instrument: &Instrument) -> Result<(), DbnError> {
    let schema = metadata.schema.map_or_else(|| "mixed".to_owned(), |schema| schema.to_string());
    let facts = [
        ("dataset", metadata.dataset.clone(), instrument.dataset.as_str()),
        ("schema", schema, instrument.schema.name()),
        ("symbols", metadata.symbols.join(","), instrument.symbol.as_str()),
    ];
    for (field, found, wanted) in facts {
        if found != wanted {
            return Err(DbnError::OtherSeries { field, found: found.chars().take(120).collect(), wanted: wanted.to_owned() });
        }
    }
    Ok(())
}

fn record_type(schema: BarSchema) -> u8 {
    match schema {
        BarSchema::Second => rtype::OHLCV_1S,
        BarSchema::Minute => rtype::OHLCV_1M,
        BarSchema::Hour => rtype::OHLCV_1H,
        BarSchema::Day => rtype::OHLCV_1D,
    }
}

/// The record as a bar of the instrument's schema; `number` counts from 1.
pub(crate) fn bar(record: RecordRef<'_>, number: usize, instrument: &Instrument) -> Result<Bar, DbnError> {
    // The decoder panics over a record that is shorter than its type says.
    let whole = record.record_size() == size_of::<OhlcvMsg>();
    let message = if whole { record.get::<OhlcvMsg>() } else { None };
    let message = message.filter(|bar| bar.hd.rtype == record_type(instrument.schema)).ok_or(DbnError::NotABar(number))?;
    let price = |nanos: i64| if nanos == UNDEF_PRICE { None } else { Some(Price::from_nanos(nanos)) };
    let bar = || {
        Some(Bar {
            ts_event: i64::try_from(message.hd.ts_event).ok()?,
            open: price(message.open)?,
            high: price(message.high)?,
            low: price(message.low)?,
            close: price(message.close)?,
            // The format has no sign for an unknown volume; the largest number is what it uses elsewhere.
            volume: Some(message.volume).filter(|volume| *volume != u64::MAX)?,
        })
    };
    bar().ok_or(DbnError::Undefined(number))
}
