//! Bars that are wrong on demand. In: the right records and what is ordered. Out: the records with that wrong. Pure.

use super::catalogue::Record;
use crate::faults::Kind;

/// Of how many records one is damaged.
const EVERY: usize = 1_000;
/// Part of the records that a gap or a short answer takes away: one in this many.
const PART: usize = 20;

/// What is wrong with the series itself: whoever counts it counts that.
pub(super) fn of_series(mut records: Vec<Record>, kind: Option<Kind>) -> Vec<Record> {
    match kind {
        Some(Kind::Gaps) => {
            let (middle, part) = (records.len() / 2, records.len() / PART);
            records.drain(middle..middle + part);
        }
        Some(Kind::Duplicates) => {
            let twice =
                |(index, record): (usize, Record)| std::iter::repeat_n(record, if index % EVERY == EVERY / 2 { 2 } else { 1 });
            return records.into_iter().enumerate().flat_map(twice).collect();
        }
        Some(Kind::Ohlc) => some(&mut records, |record| record.bar.low = record.bar.high + (record.bar.high - record.bar.low)),
        Some(Kind::OffTick) => some(&mut records, |record| {
            // In the middle of the bar, so that nothing else is wrong with it.
            record.bar.close += if record.bar.close < record.bar.high { 1 } else { -1 };
        }),
        _ => {}
    }
    records
}

/// What is wrong with the answer only.
pub(super) fn of_answer(mut records: Vec<Record>, kind: Option<Kind>) -> Vec<Record> {
    if kind == Some(Kind::Fewer) {
        records.truncate(records.len() - records.len() / PART);
    }
    records
}

fn some(records: &mut [Record], damage: impl Fn(&mut Record)) {
    // Bars whose open, high, low and close are the same have no middle.
    let wide = records.iter_mut().filter(|record| record.bar.high > record.bar.low);
    wide.skip(EVERY / 2).step_by(EVERY).for_each(damage);
}
