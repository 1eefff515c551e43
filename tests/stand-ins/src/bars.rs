//! Reads bars from the CSV format of `tests/data/README.md`.
//!
//! In: a file. Out: bars in DBN's units, ascending. Not pure: reads one file.

use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde::Deserialize;

/// One bar, in the units of DBN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Start of the bar, nanoseconds since 1970 in UTC.
    pub ts_event: u64,
    /// First price, in 1e-9.
    pub open: i64,
    /// Highest price, in 1e-9.
    pub high: i64,
    /// Lowest price, in 1e-9.
    pub low: i64,
    /// Last price, in 1e-9.
    pub close: i64,
    /// Traded size.
    pub volume: u64,
}

/// Why a file of bars was refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read, or a line of it is not six columns.
    #[error("bars {path}: {error}")]
    Csv {
        /// The file.
        path: PathBuf,
        /// What the reader says, with the line.
        error: csv::Error,
    },
    /// A value is not what its column holds.
    #[error("bars {path}, row {row}: {what}")]
    Row {
        /// The file.
        path: PathBuf,
        /// Row, the first after the header being 1.
        row: usize,
        /// The field, its value and what is expected.
        what: String,
    },
}

#[derive(Deserialize)]
struct Row {
    ts_event: String,
    open: String,
    high: String,
    low: String,
    close: String,
    volume: u64,
}

/// Reads a whole file; timestamps must ascend and no file is empty.
pub fn read(path: &Path) -> Result<Vec<Bar>, Error> {
    let csv_error = |error| Error::Csv { path: path.to_owned(), error };
    let row_error = |row, what| Error::Row { path: path.to_owned(), row, what };
    let mut bars: Vec<Bar> = Vec::new();
    for (i, row) in csv::Reader::from_path(path).map_err(csv_error)?.deserialize().enumerate() {
        let bar = parse(&row.map_err(csv_error)?).map_err(|what| row_error(i + 1, what))?;
        if bars.last().is_some_and(|last| last.ts_event >= bar.ts_event) {
            return Err(row_error(i + 1, "ts_event is not after the row before".to_owned()));
        }
        bars.push(bar);
    }
    if bars.is_empty() { Err(row_error(1, "there is no bar".to_owned())) } else { Ok(bars) }
}

fn parse(row: &Row) -> Result<Bar, String> {
    let ts_event = DateTime::parse_from_rfc3339(&row.ts_event)
        .ok()
        .and_then(|t| t.timestamp_nanos_opt())
        .and_then(|ns| u64::try_from(ns).ok())
        .ok_or_else(|| format!("ts_event is {:?}, expected RFC 3339 from 1970 to 2262", row.ts_event))?;
    let price = |name, text: &str| nanos(text).ok_or_else(|| format!("{name} is {text:?}, expected a decimal number"));
    Ok(Bar {
        ts_event,
        open: price("open", &row.open)?,
        high: price("high", &row.high)?,
        low: price("low", &row.low)?,
        close: price("close", &row.close)?,
        volume: row.volume,
    })
}

/// A decimal string in units of 1e-9, exactly; `None` if it is no decimal, too long or too large.
fn nanos(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<9}").parse().ok()?;
    whole.checked_mul(1_000_000_000)?.checked_add(fraction)?.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use super::nanos;

    #[test]
    fn prices_are_read_exactly_and_nonsense_is_refused() {
        assert_eq!(nanos("1.05236"), Some(1_052_360_000));
        assert_eq!(nanos("2506.85"), Some(2_506_850_000_000));
        assert_eq!(nanos("-0.5"), Some(-500_000_000));
        assert_eq!(nanos("7"), Some(7_000_000_000));
        for bad in ["", ".5", "1e3", "1.0000000001", "-", "+1", "9999999999999"] {
            assert_eq!(nanos(bad), None, "{bad}");
        }
    }
}
