//! Times and dates as the API writes and reads them. Pure.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};

/// A time from nanoseconds, an ISO 8601 date, or an ISO 8601 time (UTC unless it says otherwise).
pub(super) fn parse_time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(ns) = text.parse::<i64>() {
        return Some(DateTime::from_timestamp_nanos(ns));
    }
    if let Some(date) = parse_date(text) {
        return Some(midnight(date));
    }
    let naive = |format| NaiveDateTime::parse_from_str(text, format).map(|t| t.and_utc());
    let zoned = DateTime::parse_from_rfc3339(text).map(|t| t.to_utc());
    zoned.or_else(|_| naive("%Y-%m-%dT%H:%M:%S%.f")).or_else(|_| naive("%Y-%m-%dT%H:%M")).ok()
}

/// An ISO 8601 date.
pub(super) fn parse_date(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// The start of a day.
pub(super) fn midnight(date: NaiveDate) -> DateTime<Utc> {
    date.and_time(NaiveTime::MIN).and_utc()
}

/// The first day that starts at or after this time.
pub(super) fn date_on_or_after(time: DateTime<Utc>) -> NaiveDate {
    let date = time.date_naive();
    if midnight(date) == time { date } else { next(date) }
}

/// The day after.
pub(super) fn next(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap_or(date)
}

/// As in payloads: `2026-01-29T20:00:00.000000000Z`.
pub(super) fn iso(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.9fZ").to_string()
}

/// As in messages: `2026-01-29 20:00:00+00:00`.
pub(super) fn spoken(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S%.f%:z").to_string()
}

/// A time from DBN's nanoseconds; years after 2262 are not written by this vendor.
pub(super) fn from_nanos(ns: u64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(i64::try_from(ns).unwrap_or(i64::MAX))
}

/// The day of a bar, in UTC.
pub(crate) fn day_of(ts_event: u64) -> NaiveDate {
    from_nanos(ts_event).date_naive()
}

/// DBN's nanoseconds; times before 1970 become 1970.
pub(super) fn to_nanos(time: DateTime<Utc>) -> u64 {
    time.timestamp_nanos_opt().and_then(|ns| u64::try_from(ns).ok()).unwrap_or_default()
}
