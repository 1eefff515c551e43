//! The session calendar and the meter: facts first, then laws over any bars.

use assayer_contract::{
    BarQuality, InstrumentDays,
    quality::{Bars, CalendarQuality},
};
use assayer_engine::{
    Bar, BarSchema, Price,
    calendar::{Calendar, CalendarError, Session, Slot, Slots},
    quality::{Meter, Series},
};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

const MINUTE: i64 = BarSchema::Minute.nanos();
const CALENDARS: [Calendar; 4] =
    [Calendar::GlobexEquityIndex, Calendar::GlobexMetalsEnergy, Calendar::ForeignExchange, Calendar::Nyse];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn nanos(time: DateTime<Utc>) -> i64 {
    time.timestamp_nanos_opt().unwrap()
}

/// What is open between two times, as `from to` with an `r` for regular hours.
fn open(calendar: Calendar, from: &str, to: &str) -> Vec<String> {
    let text = |at: i64| DateTime::from_timestamp_nanos(at).format("%d %H:%M").to_string();
    let line = |s: &Session| format!("{} {}{}", text(s.open), text(s.close), if s.regular { " r" } else { "" });
    calendar.sessions(at(from), at(to)).unwrap().iter().map(line).collect()
}

#[test]
fn chicago_changes_its_clocks_while_globex_is_closed() {
    let summer = open(Calendar::GlobexEquityIndex, "2025-10-30T22:00:00Z", "2025-10-31T22:00:00Z");
    assert_eq!(summer, ["30 22:00 31 13:30", "31 13:30 31 20:15 r", "31 20:15 31 21:00"]);
    let winter = open(Calendar::GlobexEquityIndex, "2025-11-01T00:00:00Z", "2025-11-03T22:30:00Z");
    assert_eq!(winter, ["02 23:00 03 14:30", "03 14:30 03 21:15 r", "03 21:15 03 22:00"]);
    let spring = open(Calendar::GlobexMetalsEnergy, "2026-03-07T00:00:00Z", "2026-03-09T21:30:00Z");
    assert_eq!(spring, ["08 22:00 09 21:00"]);
    let fx = open(Calendar::ForeignExchange, "2017-03-10T23:00:00Z", "2017-03-13T23:00:00Z");
    assert_eq!(fx, ["12 21:00 13 21:00", "13 21:00 14 21:00"]);
}

#[test]
fn holidays_close_early_or_all_day() {
    let thanksgiving = open(Calendar::GlobexEquityIndex, "2025-11-27T00:00:00Z", "2025-11-29T00:00:00Z");
    assert_eq!(
        thanksgiving,
        [
            "26 23:00 27 14:30",
            "27 14:30 27 18:00 r",
            "27 23:00 28 06:00",
            "28 06:00 28 13:00",
            "28 13:30 28 14:30",
            "28 14:30 28 18:15 r"
        ],
        "with the new opening after that night's failure"
    );
    let christmas = open(Calendar::GlobexMetalsEnergy, "2025-12-24T00:00:00Z", "2025-12-26T00:00:00Z");
    assert_eq!(christmas, ["23 23:00 24 18:45", "25 23:00 26 22:00"]);
    assert_eq!(
        open(Calendar::Nyse, "2001-09-10T00:00:00Z", "2001-09-18T00:00:00Z"),
        ["10 13:30 10 20:00 r", "17 13:30 17 20:00 r"]
    );
}

#[test]
fn a_market_that_is_not_known_has_no_calendar_and_no_ratio() {
    for (dataset, symbol) in [("GLBX.MDP3", "ZC.v.0"), ("GLBX.MDP3", "MESZ5-MESH6"), ("OPRA.PILLAR", "AAPL")] {
        assert!(matches!(Calendar::of(dataset, symbol), Err(CalendarError::UnknownMarket { .. })), "{symbol}");
        let quality = Meter::new(&series(dataset, symbol), &[]).finish();
        assert!(quality.calendar.is_none() && quality.calendar_unknown.unwrap().contains(symbol));
    }
    let far = Calendar::GlobexEquityIndex.sessions(at("2031-01-01T00:00:00Z"), at("2031-02-01T00:00:00Z"));
    assert!(matches!(far, Err(CalendarError::NotCovered { .. })), "{far:?}");
}

#[test]
fn shares_of_any_us_exchange_trade_on_the_days_of_the_new_york_stock_exchange() {
    for dataset in ["XNAS.ITCH", "ARCX.PILLAR", "EQUS.MINI"] {
        assert_eq!(Calendar::of(dataset, "SPY"), Ok(Calendar::Nyse), "{dataset}");
    }
}

#[test]
fn a_bar_that_lacks_fields_is_counted_by_them_and_is_missing_for_the_calendar() {
    let slots = slots();
    let mut meter = Meter::new(&series("GLBX.MDP3", "MES.v.0"), &[]);
    for (no, slot) in slots.iter().enumerate() {
        match no {
            1 => meter.take_incomplete(1),
            2 => meter.take_incomplete(4),
            _ => meter.take(&bar(slot.start)),
        }
    }
    let quality = meter.finish();
    let all = i64::try_from(slots.len()).unwrap() * 5;
    assert_eq!(quality.fields, Some(assayer_contract::quality::Bars { present: all - 5, expected: all }));
    let calendar = quality.calendar.unwrap();
    assert_eq!(calendar.rth.expected + calendar.eth.expected - calendar.rth.present - calendar.eth.present, 2);
    assert_eq!(calendar.longest_gap_minutes, 2);
    assert_eq!((quality.off_tick, quality.ohlc_violations), (0, 0), "what is not there is not wrong");
}

fn series<'a>(dataset: &'a str, symbol: &'a str) -> Series<'a> {
    let (start, end) = (at("2025-11-24T00:00:00Z"), at("2025-12-02T00:00:00Z"));
    let tick_size = Price::from_nanos(250_000_000);
    Series { dataset, symbol, schema: BarSchema::Minute, tick_size, start, end }
}

fn bar(ts_event: i64) -> Bar {
    let price = |quarters: i64| Price::from_nanos(quarters * 250_000_000);
    Bar { ts_event, open: price(8), high: price(10), low: price(7), close: price(9), volume: 1 }
}

fn slots() -> Vec<Slot> {
    let series = series("GLBX.MDP3", "MES.v.0");
    let sessions = Calendar::GlobexEquityIndex.sessions(series.start, series.end).unwrap();
    Slots::new(sessions, MINUTE, nanos(series.start), nanos(series.end)).collect()
}

fn measured(bars: &[Bar]) -> BarQuality {
    let mut meter = Meter::new(&series("GLBX.MDP3", "MES.v.0"), &[]);
    for bar in bars {
        meter.take(bar);
    }
    meter.finish()
}

fn calendar(bars: &[Bar]) -> CalendarQuality {
    measured(bars).calendar.unwrap()
}

#[test]
fn a_whole_series_is_whole() {
    let bars: Vec<_> = slots().iter().map(|slot| bar(slot.start)).collect();
    let found = calendar(&bars);
    assert_eq!(found.rth.present, found.rth.expected);
    assert_eq!(found.eth.present, found.eth.expected);
    assert_eq!((found.rth.expected, found.longest_gap_minutes, found.outside), (4 * 405 + 210 + 225, 0, 0));
    // Thanksgiving and the day after are one trade date; Monday's session had begun before the range.
    assert_eq!(found.sessions, 6);
}

#[test]
fn a_gap_is_the_longest_run_of_expected_bars_with_closed_hours_left_out() {
    let all = slots();
    let weekend = all.windows(2).position(|pair| pair[1].start - pair[0].start > 40 * 60 * MINUTE).unwrap();
    let bars: Vec<_> =
        all.iter().enumerate().filter(|(i, _)| !(weekend - 9..weekend + 11).contains(i)).map(|(_, s)| bar(s.start)).collect();
    let found = calendar(&bars);
    assert_eq!((found.longest_gap_minutes, found.longest_gap_start.unwrap()), (20, at("2025-11-28T18:05:00Z")));
}

#[test]
fn each_flaw_is_counted_by_its_name() {
    let start = slots()[0].start;
    let good = [bar(start), bar(start + MINUTE), bar(start + 2 * MINUTE)];
    let counts = |bars: &[Bar]| {
        let q = measured(bars);
        (q.duplicates, q.unordered, q.ohlc_violations, q.off_tick)
    };
    assert_eq!(counts(&good), (0, 0, 0, 0));
    assert_eq!(counts(&[good[0], good[0], good[1]]), (1, 0, 0, 0));
    assert_eq!(counts(&[good[1], good[0], good[2]]), (0, 1, 0, 0));
    assert_eq!(counts(&[Bar { low: good[0].close, ..good[0] }]), (0, 0, 1, 0), "open below low");
    assert_eq!(counts(&[Bar { low: Price::from_nanos(0), ..good[0] }]), (0, 0, 1, 0), "a price of nothing");
    assert_eq!(counts(&[Bar { close: Price::from_nanos(2_000_000_001), ..good[0] }]), (0, 0, 0, 1));
}

#[test]
fn days_on_which_the_symbol_stands_for_nothing_are_not_expected() {
    let days = |first: &str, end: &str| InstrumentDays {
        instrument: "1".into(),
        first: first.parse().unwrap(),
        end: end.parse().unwrap(),
    };
    let expected = |listed: &[InstrumentDays]| {
        let found = Meter::new(&series("GLBX.MDP3", "MESZ5"), listed).finish().calendar.unwrap();
        found.rth.expected + found.eth.expected
    };
    let whole = expected(&[]);
    assert_eq!(expected(&[days("2025-11-01", "2026-01-01")]), whole);
    assert_eq!(expected(&[days("2025-11-24", "2025-11-26"), days("2025-11-26", "2025-12-02")]), whole);
    assert_eq!(expected(&[days("2025-11-25", "2025-11-26")]), 1_380);
}

fn any_range() -> impl Strategy<Value = (DateTime<Utc>, DateTime<Utc>)> {
    // 2011 to 2026, up to forty days.
    (1_293_840_000_i64..1_790_000_000, 1_i64..40 * 1_440).prop_map(|(start, minutes)| {
        let start = DateTime::from_timestamp(start - start % 60, 0).unwrap();
        (start, start + TimeDelta::minutes(minutes))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sessions_are_in_order_and_none_overlaps((start, end) in any_range(), which in 0_usize..4) {
        let sessions = CALENDARS[which].sessions(start, end).unwrap();
        prop_assert!(sessions.iter().all(|s| s.open < s.close && s.close > nanos(start) && s.open < nanos(end)));
        prop_assert!(sessions.windows(2).all(|pair| pair[0].close <= pair[1].open));
        prop_assert!(sessions.windows(2).all(|pair| pair[0].trade_date <= pair[1].trade_date));
    }

    #[test]
    fn a_longer_range_never_expects_fewer_bars((start, end) in any_range(), which in 0_usize..4, cut in 0_i64..20_000) {
        let count = |end: DateTime<Utc>| {
            let sessions = CALENDARS[which].sessions(start, end).unwrap();
            Slots::new(sessions, MINUTE, nanos(start), nanos(end)).count()
        };
        let shorter = (end - TimeDelta::minutes(cut)).max(start + TimeDelta::minutes(1));
        prop_assert!(count(shorter) <= count(end));
    }

    #[test]
    fn slots_ascend_once_each_within_the_range((start, end) in any_range(), which in 0_usize..4, length in 0_usize..3) {
        let length = [BarSchema::Minute, BarSchema::Hour, BarSchema::Day][length].nanos();
        let sessions = CALENDARS[which].sessions(start, end).unwrap();
        let all: Vec<_> = Slots::new(sessions.clone(), length, nanos(start), nanos(end)).collect();
        prop_assert!(all.windows(2).all(|pair| pair[0].start < pair[1].start));
        for slot in all {
            prop_assert!(slot.start % length == 0 && (nanos(start)..nanos(end)).contains(&slot.start));
            prop_assert!(sessions.iter().any(|s| s.open < slot.start + length && slot.start < s.close));
        }
    }

    #[test]
    fn taking_bars_away_never_makes_the_figures_better(keep in prop::collection::vec(0_u8..4, 9_000)) {
        let all: Vec<_> = slots().iter().map(|slot| bar(slot.start)).collect();
        let some: Vec<_> = all.iter().zip(&keep).filter(|(_, keep)| **keep > 0).map(|(bar, _)| *bar).collect();
        let (whole, part) = (calendar(&all), calendar(&some));
        prop_assert_eq!(part.rth.present + part.eth.present, i64::try_from(some.len()).unwrap());
        prop_assert_eq!((part.rth.expected, part.eth.expected), (whole.rth.expected, whole.eth.expected));
        prop_assert!(part.longest_gap_minutes >= whole.longest_gap_minutes && part.sessions <= whole.sessions);
    }

    #[test]
    fn every_bar_is_counted_as_exactly_one_thing(offsets in prop::collection::vec(-300_i64..12_000, 1..200)) {
        let start = nanos(at("2025-11-24T00:00:00Z"));
        let bars: Vec<_> = offsets.iter().map(|minute| bar(start + minute * MINUTE)).collect();
        let quality = measured(&bars);
        let found = quality.calendar.unwrap();
        let counted = found.rth.present + found.eth.present + found.outside + quality.duplicates + quality.unordered;
        prop_assert_eq!(counted, i64::try_from(bars.len()).unwrap());
        prop_assert!(found.rth.present <= found.rth.expected && found.eth.present <= found.eth.expected);
    }
}

/// The committed bars, as anybody may measure them.
fn committed(file: &str, dataset: &str, schema: BarSchema, tick: &str, range: [&str; 2]) -> BarQuality {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let [start, end] = range.map(at);
    let series = Series { dataset, symbol: "ANY", schema, tick_size: tick.parse().unwrap(), start, end };
    let mut meter = Meter::new(&series, &[]);
    for line in text.lines().skip(1) {
        let fields: Vec<_> = line.split(',').collect();
        let price = |place: usize| fields[place].parse().unwrap();
        let (open, high, low, close) = (price(1), price(2), price(3), price(4));
        meter.take(&Bar { ts_event: nanos(at(fields[0])), open, high, low, close, volume: 1 });
    }
    meter.finish()
}

#[test]
fn the_committed_bars_are_as_whole_as_their_calendars_say() {
    let spx = committed(
        "spx-1d-1999-2018.csv",
        "SAMPLE.INDEX",
        BarSchema::Day,
        "0.01",
        ["1999-01-04T00:00:00Z", "2019-01-01T00:00:00Z"],
    );
    let found = spx.calendar.clone().unwrap();
    assert_eq!(found.rth, Bars { present: 5_031, expected: 5_031 });
    assert_eq!((found.eth.expected, found.longest_gap_minutes, found.outside, found.sessions), (0, 0, 0, 5_031));
    assert_eq!(BarQuality { calendar: None, fields: None, ..spx }, BarQuality::default());
    let eurusd = committed(
        "eurusd-1h-2017.csv",
        "SAMPLE.FX",
        BarSchema::Hour,
        "0.00001",
        ["2017-01-01T00:00:00Z", "2017-12-30T00:00:00Z"],
    );
    let found = eurusd.calendar.clone().unwrap();
    assert_eq!((found.eth, found.rth.expected), (Bars { present: 6_216, expected: 6_216 }, 0));
    assert_eq!((found.longest_gap_minutes, found.outside), (0, 9), "some quoted into Christmas morning");
    assert_eq!(BarQuality { calendar: None, fields: None, ..eurusd }, BarQuality::default());
}
