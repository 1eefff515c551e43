//! The days of the New York Stock Exchange, from its rules and its unplanned closings. In: a day. Out: whether and how long. Pure.

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// First and last year that these rules hold for.
const YEARS: std::ops::RangeInclusive<i32> = 1999..=2027;

/// Closings by decision, not by rule: year, month, day.
const UNPLANNED: [(i32, u32, u32); 10] = [
    (2001, 9, 11),
    (2001, 9, 12),
    (2001, 9, 13),
    (2001, 9, 14),
    (2004, 6, 11),
    (2007, 1, 2),
    (2012, 10, 29),
    (2012, 10, 30),
    (2018, 12, 5),
    (2025, 1, 9),
];

/// Whether the rules say anything of a day.
pub(super) fn covers(day: NaiveDate) -> bool {
    YEARS.contains(&day.year())
}

/// The hour of the close in New York; none where the exchange does not open.
pub(super) fn closing_hour(day: NaiveDate) -> Option<u32> {
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    let unplanned = UNPLANNED.contains(&(day.year(), day.month(), day.day()));
    (covers(day) && !weekend && !unplanned && !is_holiday(day)).then(|| if closes_early(day) { 13 } else { 16 })
}

fn is_holiday(day: NaiveDate) -> bool {
    let year = day.year();
    let nth = |month, weekday, n| NaiveDate::from_weekday_of_month_opt(year, month, weekday, n) == Some(day);
    let observed = |month, date| NaiveDate::from_ymd_opt(year, month, date).map(observed) == Some(day);
    // New Year's Day on a Saturday is not made up for, since that Friday ends a year.
    let new_year = NaiveDate::from_ymd_opt(year, 1, 1);
    new_year.filter(|first| first.weekday() != Weekday::Sat).map(self::observed) == Some(day)
        || nth(1, Weekday::Mon, 3)
        || nth(2, Weekday::Mon, 3)
        || easter(year).is_some_and(|easter| easter - Days::new(2) == day)
        || (day.month() == 5 && day.weekday() == Weekday::Mon && day.day() > 24)
        || (year >= 2022 && observed(6, 19))
        || observed(7, 4)
        || nth(9, Weekday::Mon, 1)
        || nth(11, Weekday::Thu, 4)
        || observed(12, 25)
}

/// Saturdays move to Friday, Sundays to Monday.
fn observed(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day - Days::new(1),
        Weekday::Sun => day + Days::new(1),
        _ => day,
    }
}

/// At 13:00: the day after Thanksgiving, Christmas Eve, and the third of July before a holiday on a weekday after Monday.
fn closes_early(day: NaiveDate) -> bool {
    let thanksgiving = NaiveDate::from_weekday_of_month_opt(day.year(), 11, Weekday::Thu, 4);
    thanksgiving.is_some_and(|thursday| thursday + Days::new(1) == day)
        || (day.month(), day.day()) == (12, 24)
        || ((day.month(), day.day()) == (7, 3) && day.weekday() != Weekday::Fri)
}

/// Easter Sunday by the anonymous Gregorian computus.
#[allow(clippy::many_single_char_names, reason = "the names under which it is published")]
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn holidays_fall_where_the_exchange_kept_them() {
        for closed in [
            "1999-04-02",
            "2000-07-04",
            "2001-09-12",
            "2004-12-24",
            "2005-12-26",
            "2010-12-24",
            "2012-10-29",
            "2015-07-03",
            "2018-12-05",
            "2021-12-24",
            "2022-06-20",
            "2024-03-29",
            "2026-06-19",
            "2026-07-03",
        ] {
            assert_eq!(closing_hour(day(closed)), None, "{closed}");
        }
        for open in ["1999-12-31", "2010-12-31", "2021-12-31", "2021-06-18", "2025-10-13", "2025-11-11"] {
            assert_eq!(closing_hour(day(open)), Some(16), "{open}");
        }
        for early in ["2025-11-28", "2025-12-24", "2025-07-03"] {
            assert_eq!(closing_hour(day(early)), Some(13), "{early}");
        }
    }
}
