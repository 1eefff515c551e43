//! What a vendor's live session may send, in any order and with any times, through what keeps a series of it; and its words when it says
//! no. In: steps of a kind and a time each, and the rest as words. A panic, a bar that is given twice or one out of order is a finding.

#![no_main]

use assayer_providers::live::{Item, LiveBar, Series, of_record, of_refusal};
use libfuzzer_sys::fuzz_target;

const MINUTE: i64 = 60_000_000_000;
const MOST: usize = 64;
/// A kind, and a time: in minutes by the first byte's upper half, so that steps meet, or in nanoseconds.
const STEP: usize = 9;

fuzz_target!(|input: &[u8]| {
    let mut series = Series::new(MINUTE, MOST);
    let mut steps = input.chunks_exact(STEP);
    let (mut number, mut newest) = (0, i64::MIN);
    for step in steps.by_ref() {
        let [kind, time @ ..] = step else { continue };
        let Ok(nanos) = time.try_into().map(i64::from_le_bytes) else { continue };
        let at = if kind & 0x80 == 0 { (nanos & 0x3f) * MINUTE } else { nanos };
        take(&mut series, kind & 0x07, at);
        // A reader that keeps up, and one that comes back from anywhere.
        while let Ok(Some(placed)) = series.get(number) {
            if let Item::Bar(bar) = placed.item {
                // The last minute that there is has no end.
                let last = newest == i64::MIN || newest > i64::MAX - MINUTE;
                assert!(bar.ts_event > newest || last, "a bar was given twice, or out of order");
                newest = bar.ts_event;
            }
            number += 1;
        }
        let (begin, _) = series.join(Some(at));
        assert!(series.get(begin).is_ok(), "a reader is sent to what is no longer held");
        let _ = (series.join(None), series.newest_end(), series.resume(), series.accounted());
    }
    let words = String::from_utf8_lossy(steps.remainder());
    for error in [of_refusal(&words), of_record(input.first().copied().unwrap_or_default(), &words)] {
        assert!(error.message.chars().count() <= 1_000, "a row takes no more");
        let _ = error.is_final();
    }
});

fn take(series: &mut Series<()>, kind: u8, at: i64) {
    match kind {
        0 => series.begin(Some(at), ()),
        1 => series.begin(series.resume(), ()),
        2 => series.begin(None, ()),
        3 => drop(series.ended(at, ())),
        4 => series.closed_until(at),
        5 => series.skipped(),
        6 => series.aged_out(),
        _ => drop(series.bar(LiveBar { publisher_id: 1, instrument_id: 7, ts_event: at, prices: [1; 4], volume: 1 }, ())),
    }
}
