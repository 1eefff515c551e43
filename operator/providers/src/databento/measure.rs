//! What a Databento answer holds. In: the call and the whole body. Out: bars counted one by one, or why not. Pure.

use std::io::{Cursor, Read};

use assayer_contract::InstrumentDays;
use chrono::{DateTime, NaiveDate, Utc};
use dbn::{
    MappingInterval, Metadata, OhlcvMsg, Record, RecordRef, SType, Schema, TsSymbolMap, UNDEF_PRICE, VersionUpgradePolicy,
    decode::{DbnMetadata, DecodeRecordRef, dbn::Decoder},
    enums::rtype,
};

use super::{
    endpoints::{self, Answer},
    json,
    stream::{Fault, Framed, Plain},
};
use crate::{AnsweredBar, BarVisitor, Call, Measure, MeasureError, text};

/// The most plain bytes that are read: about 19 million bars, ten seconds of an unoptimised build; it ends a zstd bomb.
pub(super) const LIMIT: u64 = 1 << 30;
/// The longest metadata that is read: room for 2,000 symbols over 15 years of monthly contracts.
const LONGEST_METADATA: u32 = 64 << 20;
/// The most runs of instruments that are noted: more than 80 years of monthly contracts.
pub(super) const MOST_INSTRUMENTS: usize = 1_000;

pub(super) fn measure(call: &Call, body: &[u8], seen: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
    let unknown = || MeasureError::Malformed(format!("{} is no endpoint", call.path));
    match endpoints::find(call.method, &call.path).ok_or_else(unknown)?.answer {
        Answer::Records => records(call, body, LIMIT, seen),
        answer => json::measure(call, answer, body),
    }
}

/// Reads a body of records to its very end.
fn records(call: &Call, body: &[u8], limit: u64, seen: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
    let mut plain = Plain::new(body, limit).map_err(malformed)?;
    let measured = count(call, &mut plain, seen);
    match plain.fault() {
        Some(Fault::Incomplete) => Err(MeasureError::Truncated("the last zstd frame is incomplete".to_owned())),
        Some(Fault::NotZstd) => Err(MeasureError::Malformed("a zstd frame is missing or damaged".to_owned())),
        Some(Fault::TooLarge) => Err(MeasureError::TooLarge { limit }),
        None => measured,
    }
}

fn count(call: &Call, plain: &mut Plain<'_>, seen: &mut dyn BarVisitor) -> Result<Measure, MeasureError> {
    let prelude = prelude(plain)?;
    let header = header(prelude)?;
    let source = Framed::new(Cursor::new(prelude).chain(plain), header);
    let mut decoder = Decoder::with_upgrade_policy(source, VersionUpgradePolicy::AsIs).map_err(malformed)?;
    let mut bars = Counter::new(call, decoder.metadata(), seen)?;
    let mut size = header;
    while let Some(record) = decoder.decode_record_ref().map_err(malformed)? {
        size += record.record_size() as u64;
        bars.take(record)?;
    }
    let (_, plain) = decoder.into_inner().into_inner().into_inner();
    if plain.bytes_read() != size {
        return Err(MeasureError::Truncated("the last record is torn".to_owned()));
    }
    Ok(bars.measure)
}

/// `DBN`, the version, and the length of the metadata that follows.
fn prelude(plain: &mut Plain<'_>) -> Result<[u8; 8], MeasureError> {
    let mut prelude = [0; 8];
    plain.read_exact(&mut prelude).map_err(|_| MeasureError::Truncated("it ends before its metadata".to_owned()))?;
    if prelude.starts_with(b"DBN") { Ok(prelude) } else { Err(MeasureError::Malformed("it is not DBN".to_owned())) }
}

/// Bytes before the first record.
pub(super) fn header(prelude: [u8; 8]) -> Result<u64, MeasureError> {
    Ok(u64::from(metadata_length(prelude)?) + prelude.len() as u64)
}

/// The length is the sender's word: checked before anything is allocated by it.
fn metadata_length([_, _, _, _, length @ ..]: [u8; 8]) -> Result<u32, MeasureError> {
    let length = u32::from_le_bytes(length);
    let too_long = || MeasureError::Malformed(format!("its metadata claims {length} bytes"));
    (length <= LONGEST_METADATA).then_some(length).ok_or_else(too_long)
}

/// Checks records against the call while it counts them.
struct Counter<'a> {
    symbol: Option<&'a str>,
    by_number: bool,
    instruments: TsSymbolMap,
    bar: Option<(u8, i64)>,
    measure: Measure,
    seen: &'a mut dyn BarVisitor,
}

impl<'a> Counter<'a> {
    fn new(call: &'a Call, metadata: &Metadata, seen: &'a mut dyn BarVisitor) -> Result<Self, MeasureError> {
        let asked = |what: &Option<String>| what.clone().unwrap_or_default();
        let schema = metadata.schema.map(|schema| schema.to_string()).unwrap_or_default();
        for (asked, found) in [(asked(&call.dataset), &metadata.dataset), (asked(&call.schema), &schema)] {
            if &asked != found {
                return Err(MeasureError::NotAsked { asked, found: text::clean(found, 100) });
            }
        }
        let bar = metadata.schema.and_then(bar_of).filter(|_| call.yields_bars);
        let symbol = call.symbol().filter(|_| bar.is_some());
        if let Some(symbol) = symbol {
            seen.listed(&listed(metadata, symbol));
        }
        Ok(Self {
            symbol,
            by_number: metadata.stype_in == Some(SType::InstrumentId),
            instruments: metadata.symbol_map().map_err(malformed)?,
            bar,
            measure: Measure { bar_count: bar.map(|_| 0), instruments: symbol.map(|_| Vec::new()), ..Measure::default() },
            seen,
        })
    }

    fn take(&mut self, record: RecordRef<'_>) -> Result<(), MeasureError> {
        let (Some((rtype, length)), Some(count)) = (self.bar, self.measure.bar_count.as_mut()) else { return Ok(()) };
        let not_a_bar =
            || MeasureError::NotAsked { asked: format!("rtype {rtype}"), found: format!("{}", record.header().rtype) };
        // The decoder panics over a record that is shorter than its type says.
        let whole = record.record_size() == size_of::<OhlcvMsg>();
        let bar = if whole { record.get::<OhlcvMsg>() } else { None };
        let bar = bar.filter(|bar| bar.hd.rtype == rtype).ok_or_else(not_a_bar)?;
        *count += 1;
        let start = i64::try_from(bar.hd.ts_event).map_err(malformed)?;
        self.measure.first_bar_ts = self.measure.first_bar_ts.or_else(|| moment(start));
        self.measure.last_bar_ts = moment(start);
        self.measure.last_bar_end = moment(start.saturating_add(length));
        self.check_instrument(bar)?;
        self.note_instrument(bar);
        self.seen.bar(&answered(bar, start));
        Ok(())
    }

    /// Extends the last run of days of one instrument, or begins another.
    fn note_instrument(&mut self, bar: &OhlcvMsg) {
        let Some(runs) = self.measure.instruments.as_mut() else { return };
        let first = moment(bar.hd.ts_event.cast_signed()).unwrap_or_default().date_naive();
        let end = first.succ_opt().unwrap_or(first);
        match runs.last_mut() {
            Some(last) if last.instrument.parse() == Ok(bar.hd.instrument_id) => last.end = last.end.max(end),
            _ => runs.push(InstrumentDays { instrument: bar.hd.instrument_id.to_string(), first, end }),
        }
        if runs.len() > MOST_INSTRUMENTS {
            self.measure.instruments = None;
        }
    }

    fn check_instrument(&self, bar: &OhlcvMsg) -> Result<(), MeasureError> {
        let Some(symbol) = self.symbol else { return Ok(()) };
        let instrument_id = bar.hd.instrument_id;
        let matches = if self.by_number {
            symbol.parse() == Ok(instrument_id)
        } else {
            self.instruments.get_for_ts(bar.hd.ts_event, instrument_id).is_some_and(|found| found == symbol)
        };
        let day = || moment(bar.hd.ts_event.cast_signed()).unwrap_or_default().date_naive().to_string();
        if matches { Ok(()) } else { Err(MeasureError::OtherInstrument { symbol: symbol.to_owned(), instrument_id, day: day() }) }
    }
}

fn answered(bar: &OhlcvMsg, ts_event: i64) -> AnsweredBar {
    let price = |nanos: i64| (nanos != UNDEF_PRICE).then_some(nanos);
    AnsweredBar {
        ts_event,
        open: price(bar.open),
        high: price(bar.high),
        low: price(bar.low),
        close: price(bar.close),
        // The format has no sign for an unknown volume; the largest number is what it uses elsewhere.
        volume: (bar.volume != u64::MAX).then_some(bar.volume),
    }
}

/// The days on which the answer says that the symbol stands for an instrument, ascending.
fn listed(metadata: &Metadata, symbol: &str) -> Vec<InstrumentDays> {
    let date = |date: time::Date| NaiveDate::from_yo_opt(date.year(), date.ordinal().into()).unwrap_or_default();
    let mapping = metadata.mappings.iter().filter(|mapping| mapping.raw_symbol == symbol);
    let days = |one: &MappingInterval| InstrumentDays {
        instrument: one.symbol.clone(),
        first: date(one.start_date),
        end: date(one.end_date),
    };
    let mut all: Vec<_> = mapping.flat_map(|mapping| mapping.intervals.iter().map(days)).collect();
    all.sort_by_key(|days| days.first);
    all
}

/// Record type and length in nanoseconds of a schema's bars.
fn bar_of(schema: Schema) -> Option<(u8, i64)> {
    let (rtype, seconds) = match schema {
        Schema::Ohlcv1S => (rtype::OHLCV_1S, 1),
        Schema::Ohlcv1M => (rtype::OHLCV_1M, 60),
        Schema::Ohlcv1H => (rtype::OHLCV_1H, 3_600),
        Schema::Ohlcv1D => (rtype::OHLCV_1D, 86_400),
        _ => return None,
    };
    Some((rtype, seconds * 1_000_000_000))
}

/// Nanoseconds since 1970 as a time in whole microseconds, as the database keeps them.
pub(super) fn moment(nanos: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(nanos.div_euclid(1_000))
}

fn malformed(error: impl std::fmt::Display) -> MeasureError {
    MeasureError::Malformed(text::clean(&error.to_string(), 200))
}
