//! Bars by the day, to be kept and given again. In: a measured answer; or days of such answers. Out: its records by UTC day; or the answer
//! that holds them. Pure.

use std::{io::Read as _, num::NonZeroU64};

use assayer_contract::InstrumentDays;
use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Utc};
use dbn::{MappingInterval, Metadata, MetadataBuilder, OhlcvMsg, SType, SymbolMapping, encode::DbnMetadataEncoder};

use super::{measure, stream::Plain};
use crate::{Call, DayOfBars};

/// Bytes of a bar; the same in every version of the format.
const RECORD: usize = size_of::<OhlcvMsg>();
/// The most days of one answer: a century.
const MOST_DAYS: usize = 36_600;

/// The bars of an answer that was measured, by day; each day of the range is there, also one without bars.
pub(super) fn split(call: &Call, body: &[u8]) -> Option<Vec<DayOfBars>> {
    call.symbol().filter(|_| call.yields_bars)?;
    let mut days = empty(call.start?, call.end?)?;
    let mut plain = Vec::new();
    Plain::new(body, measure::LIMIT).ok()?.read_to_end(&mut plain).ok()?;
    let header = measure::header(*plain.first_chunk()?).ok()?;
    let first = days.first()?.from.date_naive();
    let mut records = vec![Vec::new(); days.len()];
    for record in plain.get(usize::try_from(header).ok()?..)?.chunks(RECORD) {
        let day = (measure::moment(start_of(record)?)?.date_naive() - first).num_days();
        records.get_mut(usize::try_from(day).ok()?)?.extend_from_slice(record);
    }
    for (day, records) in days.iter_mut().zip(records) {
        day.records = zstd::encode_all(records.as_slice(), 0).ok()?;
    }
    Some(days)
}

/// The answer to the call of which `days` hold all bars, in their order; what they hold beyond its range is left out. `instruments` is what
/// its symbol stands for.
pub(super) fn join(call: &Call, instruments: &[InstrumentDays], days: &[Vec<u8>]) -> Option<Vec<u8>> {
    let (start, end) = (call.start?.timestamp_nanos_opt()?, call.end?.timestamp_nanos_opt()?);
    let mut answer = zstd::Encoder::new(Vec::new(), 0).ok()?;
    DbnMetadataEncoder::new(&mut answer).encode(&metadata(call, instruments, start, end)?).ok()?;
    for day in days {
        let plain = zstd::decode_all(day.as_slice()).ok()?;
        for record in plain.chunks(RECORD) {
            if (start..end).contains(&start_of(record)?) {
                std::io::Write::write_all(&mut answer, record).ok()?;
            }
        }
    }
    answer.finish().ok()
}

/// The days of a range, with nothing in them yet.
fn empty(start: DateTime<Utc>, end: DateTime<Utc>) -> Option<Vec<DayOfBars>> {
    let mut days = Vec::new();
    let mut from = start;
    while from < end {
        let until = midnight(from.date_naive().succ_opt()?).min(end);
        days.push(DayOfBars { from, until, records: Vec::new() });
        from = until;
    }
    (days.len() <= MOST_DAYS).then_some(days)
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// Start of a whole bar, in nanoseconds since 1970.
fn start_of(record: &[u8]) -> Option<i64> {
    let bytes = record.get(8..16).filter(|_| record.len() == RECORD)?;
    u64::from_le_bytes(bytes.try_into().ok()?).try_into().ok()
}

fn metadata(call: &Call, instruments: &[InstrumentDays], start: i64, end: i64) -> Option<Metadata> {
    let symbol = call.symbol()?.to_owned();
    let stype_in: SType = call.params.get("stype_in").and_then(|name| name.as_str()).unwrap_or("raw_symbol").parse().ok()?;
    let interval = |days: &InstrumentDays| {
        let (start_date, end_date) = (date(days.first)?, date(days.end)?);
        Some(MappingInterval { start_date, end_date, symbol: days.instrument.clone() })
    };
    let intervals = instruments.iter().map(interval).collect::<Option<_>>()?;
    let metadata = MetadataBuilder::new()
        .dataset(call.dataset.clone()?)
        .schema(Some(call.schema.as_deref()?.parse().ok()?))
        .start(start.cast_unsigned())
        .end(NonZeroU64::new(end.cast_unsigned()))
        .stype_in(Some(stype_in))
        .stype_out(SType::InstrumentId)
        .symbols(vec![symbol.clone()])
        .mappings(vec![SymbolMapping { raw_symbol: symbol, intervals }]);
    Some(metadata.build())
}

fn date(day: NaiveDate) -> Option<time::Date> {
    time::Date::from_ordinal_date(day.year(), day.ordinal().try_into().ok()?).ok()
}
