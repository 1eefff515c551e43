//! Writes bars as DBN version 3.
//!
//! In: bars and what the header says about them. Out: a whole DBN body or file, zstd or plain. Pure.

use std::num::NonZeroU64;

use chrono::{Datelike, NaiveDate};
use dbn::encode::{DbnEncoder, DynWriter, EncodeRecord};
use dbn::{Compression, MappingInterval, MetadataBuilder, OhlcvMsg, RType, RecordHeader, SType, Schema, SymbolMapping};

use super::catalogue::{Dataset, Record};
use super::dates;
use super::symbology::{Interval, Resolved, look_up};

/// What the header says, and what every record repeats.
pub struct Header {
    /// Dataset code.
    pub(super) dataset: String,
    /// Schema of the records.
    pub(super) schema: Schema,
    /// Publisher of the records.
    pub(super) publisher_id: u16,
    /// Start of the query, nanoseconds, inclusive.
    pub(super) start: u64,
    /// End of the query, nanoseconds, exclusive.
    pub(super) end: u64,
    /// Most records wanted.
    pub(super) limit: Option<u64>,
    /// Symbology of the query.
    pub(super) stype_in: SType,
    /// Symbology of the answer.
    pub(super) stype_out: SType,
    /// Symbols of the query.
    pub(super) symbols: Vec<String>,
    /// What became of them.
    pub(super) resolved: Resolved,
}

impl Header {
    /// The header of a file that holds a whole dataset under its raw symbol.
    pub fn of_file(dataset: &Dataset) -> Self {
        let symbols: Vec<_> = dataset.contracts.iter().map(|contract| contract.symbol.clone()).collect();
        let (stype_in, stype_out) = (SType::RawSymbol, SType::InstrumentId);
        Self {
            dataset: dataset.code.clone(),
            schema: dataset.schema,
            publisher_id: dataset.publisher_id,
            start: dates::to_nanos(dataset.available_start()),
            end: dates::to_nanos(dataset.available_end()),
            limit: None,
            stype_in,
            stype_out,
            resolved: look_up(dataset, &symbols, stype_in, stype_out, (dataset.first, dataset.end)),
            symbols,
        }
    }
}

/// The whole body.
pub fn encode(header: Header, records: &[Record], compression: Compression) -> dbn::Result<Vec<u8>> {
    let rtype = RType::from(header.schema) as u8;
    let publisher_id = header.publisher_id;
    let metadata = MetadataBuilder::new()
        .dataset(header.dataset)
        .schema(Some(header.schema))
        .start(header.start)
        .end(NonZeroU64::new(header.end))
        .limit(header.limit.and_then(NonZeroU64::new))
        .stype_in(Some(header.stype_in))
        .stype_out(header.stype_out)
        .symbols(header.symbols)
        .partial(header.resolved.partial)
        .not_found(header.resolved.not_found)
        .mappings(header.resolved.result.into_iter().map(mapping).collect::<dbn::Result<_>>()?)
        .build();
    let mut body = Vec::new();
    let mut encoder = DbnEncoder::new(DynWriter::new(&mut body, compression)?, &metadata)?;
    for Record { instrument_id, bar } in records {
        encoder.encode_record(&OhlcvMsg {
            hd: RecordHeader::new::<OhlcvMsg>(rtype, publisher_id, *instrument_id, bar.ts_event),
            open: bar.open,
            high: bar.high,
            low: bar.low,
            close: bar.close,
            volume: bar.volume,
        })?;
    }
    encoder.flush()?;
    // Dropping the encoder ends the zstd frame.
    drop(encoder);
    Ok(body)
}

fn mapping((raw_symbol, intervals): (String, Vec<Interval>)) -> dbn::Result<SymbolMapping> {
    let interval = |one: Interval| Ok(MappingInterval { start_date: date(one.d0)?, end_date: date(one.d1)?, symbol: one.s });
    Ok(SymbolMapping { raw_symbol, intervals: intervals.into_iter().map(interval).collect::<dbn::Result<_>>()? })
}

fn date(date: NaiveDate) -> dbn::Result<time::Date> {
    let ordinal = u16::try_from(date.ordinal()).unwrap_or(u16::MAX);
    time::Date::from_ordinal_date(date.year(), ordinal).map_err(|e| dbn::Error::encode(e.to_string()))
}
