//! Bars from CSV. In: text with the header `ts_event,open,high,low,close,volume`, start of the bar in RFC 3339 UTC, decimal prices.
//! Out: bars, unchecked but for their form. Pure.

use assayer_engine::{Bar, Price};
use chrono::DateTime;

const HEADER: [&str; 6] = ["ts_event", "open", "high", "low", "close", "volume"];

/// Why a text is no CSV of bars.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CsvError {
    /// The header is another one.
    #[error("the header is \"{0}\": it must be \"ts_event,open,high,low,close,volume\" (or give a DBN file)")]
    Header(String),
    /// Not CSV, not UTF-8, or a row of another length.
    #[error("{0}")]
    Form(#[from] csv::Error),
    /// A value cannot be read.
    #[error("line {line}: {field} is \"{value}\": {remedy}")]
    Value {
        /// Line of the file, from 1.
        line: u64,
        /// Name of the column.
        field: &'static str,
        /// What is there.
        value: String,
        /// What should be there.
        remedy: String,
    },
}

/// Reads the rows, in the order of the file.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Bar>, CsvError> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers()?;
    if header.iter().ne(HEADER) {
        return Err(CsvError::Header(header.iter().collect::<Vec<_>>().join(",").chars().take(120).collect()));
    }
    reader.records().map(|record| bar(&Row(record?))).collect()
}

struct Row(csv::StringRecord);

fn bar(row: &Row) -> Result<Bar, CsvError> {
    let price = |column| row.read(column, |text| text.parse::<Price>().map_err(|error| error.to_string()));
    Ok(Bar {
        ts_event: row.read(0, start)?,
        open: price(1)?,
        high: price(2)?,
        low: price(3)?,
        close: price(4)?,
        volume: row.read(5, |text| text.parse().map_err(|_| "give a whole number".to_owned()))?,
    })
}

/// Nanoseconds since 1970; a time of another zone than UTC is more often a mistake than a wish.
fn start(text: &str) -> Result<i64, String> {
    let time = DateTime::parse_from_rfc3339(text).ok().filter(|time| time.offset().local_minus_utc() == 0);
    time.and_then(|time| time.timestamp_nanos_opt()).ok_or_else(|| "give a time in UTC such as 2017-01-01T22:00:00Z".to_owned())
}

impl Row {
    fn read<T>(&self, column: usize, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, CsvError> {
        let text = self.0.get(column).unwrap_or_default();
        parse(text).map_err(|remedy| CsvError::Value {
            line: self.0.position().map_or(0, csv::Position::line),
            field: HEADER.get(column).copied().unwrap_or_default(),
            value: text.chars().take(40).collect(),
            remedy,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(row: &str) -> String {
        parse(format!("ts_event,open,high,low,close,volume\n2017-01-01T22:00:00Z,1,1,1,1,0\n{row}\n").as_bytes())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn rows_are_read_exactly() {
        let bars =
            parse(b"ts_event,open,high,low,close,volume\n2017-01-01T22:00:00Z,1.05236,1.05253,-1.05221,1.05227,143539993\n")
                .unwrap();
        let price = Price::from_nanos;
        let expected = Bar {
            ts_event: 1_483_308_000_000_000_000,
            open: price(1_052_360_000),
            high: price(1_052_530_000),
            low: price(-1_052_210_000),
            close: price(1_052_270_000),
            volume: 143_539_993,
        };
        assert_eq!(bars, [expected]);
    }

    #[test]
    fn a_value_that_cannot_be_read_is_named_with_its_line_and_column() {
        assert_eq!(
            complaint("2017-01-01T23:00:00Z,1,1,1e5,1,0"),
            "line 3: low is \"1e5\": \"1e5\" is not a decimal number: write it like \"1.05153\" or \"-12.5\", without exponent"
        );
        assert_eq!(complaint("2017-01-01T23:00:00Z,1,1,1,1,-4"), "line 3: volume is \"-4\": give a whole number");
    }

    #[test]
    fn a_time_that_is_not_in_utc_is_refused() {
        for time in ["2017-01-01 23:00:00", "2017-01-01T23:00:00+01:00", "2017-01-01T23:00:00"] {
            assert!(complaint(&format!("{time},1,1,1,1,0")).contains("give a time in UTC"), "{time}");
        }
    }

    #[test]
    fn another_header_and_a_short_row_are_refused() {
        assert!(
            parse(b"time,open,high,low,close\n").unwrap_err().to_string().contains("the header is \"time,open,high,low,close\"")
        );
        assert!(complaint("2017-01-01T23:00:00Z,1,1").contains("line: 3"));
    }
}
