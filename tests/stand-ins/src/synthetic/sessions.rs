//! When CME's Globex trades: 17:00 to 16:00 of the next day in Chicago, Sunday to Friday, with the holidays of these bars' range.
//!
//! In: a market and a day. Out: minutes since 1970 in UTC. Pure. Written from the exchange's notices, apart from any library, so
//! that whoever checks the bars by another calendar checks something.

use std::ops::Range;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};

/// Markets with the same holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Market {
    EquityIndex,
    Metals,
}

const OPEN: i64 = 17 * 60;
const CLOSE: i64 = 16 * 60;
const DAY: i64 = 24 * 60;

/// A day with another close: year, month, day, close in minutes of the day in Chicago for equity indices and for metals; none is
/// a day without a session. After each, trading opens at 17:00 of the same day as ever.
type Special = (i32, u32, u32, Option<(i64, i64)>);

const SPECIAL: [Special; 7] = [
    (2025, 11, 27, Some((12 * 60, 13 * 60 + 30))),
    (2025, 11, 28, Some((12 * 60 + 15, 13 * 60 + 45))),
    (2025, 12, 24, Some((12 * 60 + 15, 12 * 60 + 45))),
    (2025, 12, 25, None),
    (2026, 1, 1, None),
    (2026, 1, 19, Some((12 * 60, 13 * 60 + 30))),
    (2026, 2, 16, Some((12 * 60, 13 * 60 + 30))),
];

/// The minutes in which a contract may trade, of the session that ends on this day.
pub(super) fn of(market: Market, day: NaiveDate) -> Vec<Range<i64>> {
    let special = SPECIAL.iter().find(|(year, month, date, _)| (day.year(), day.month(), day.day()) == (*year, *month, *date));
    let close = match (special, day.weekday()) {
        (_, Weekday::Sat | Weekday::Sun) | (Some((.., None)), _) => return Vec::new(),
        (Some((.., Some((index, metals)))), _) => match market {
            Market::EquityIndex => *index,
            Market::Metals => *metals,
        },
        (None, _) => CLOSE,
    };
    let midnight = chicago_midnight(day);
    let whole = midnight + OPEN - DAY..midnight + close;
    match (day.year(), day.month(), day.day()) {
        // The exchange opened anew after its data centre had lost its cooling. That nobody traded in the hours before is left out.
        (2025, 11, 28) => vec![whole.start..midnight + 7 * 60, midnight + 7 * 60 + 30..whole.end],
        _ => vec![whole],
    }
}

/// Minutes since midnight in Chicago.
pub(super) fn local_minute(minute: i64, day: NaiveDate) -> i64 {
    minute - chicago_midnight(day)
}

/// 08:30 and the like, in minutes since 1970 in UTC.
pub(super) fn at(day: NaiveDate, minute_of_day: i64) -> i64 {
    chicago_midnight(day) + minute_of_day
}

/// Midnight in Chicago as clocks there stand in that day's session. They change on Sundays at 02:00, when nothing trades.
fn chicago_midnight(day: NaiveDate) -> i64 {
    utc_midnight(day) + if is_summer(day) { 5 * 60 } else { 6 * 60 }
}

/// Midnight in UTC, in minutes since 1970.
pub(super) fn utc_midnight(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp() / 60
}

/// From the second Sunday of March to before the first of November.
fn is_summer(day: NaiveDate) -> bool {
    let sunday = |month, n: u8| NaiveDate::from_weekday_of_month_opt(day.year(), month, Weekday::Sun, n).unwrap_or(day);
    sunday(3, 2) <= day && day < sunday(11, 1)
}

/// The weekday before, leaving out Christmas and New Year's Day.
pub(super) fn business_day_before(day: NaiveDate) -> NaiveDate {
    let mut before = day;
    loop {
        before = before.checked_sub_days(Days::new(1)).unwrap_or(before);
        let holiday = matches!((before.month(), before.day()), (12, 25) | (1, 1));
        if !holiday && !matches!(before.weekday(), Weekday::Sat | Weekday::Sun) {
            return before;
        }
    }
}
