//! Bars and their checks. In: bars from any source. Out: a series that cannot be wrong in form, and its hash. Pure.

use assayer_contract::Sha256Hash;
use chrono::{DateTime, SecondsFormat, Utc};

use crate::{BarSchema, Instrument, Price};

/// One bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Start of the bar, in nanoseconds since 1970 UTC.
    pub ts_event: i64,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price, known only when the bar has ended.
    pub close: Price,
    /// Contracts or units traded.
    pub volume: u64,
}

/// At least one bar, in order of time, none overlapping, prices consistent and on the tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars(Vec<Bar>);

/// Why a series of bars is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BarError {
    /// There is no bar at all.
    #[error("there are no bars")]
    Empty,
    /// A bar starts before the one in front of it has ended.
    #[error("the bar of {time} does not start after the bar of {previous} has ended ({schema})")]
    Overlap {
        /// Start of the bar.
        time: String,
        /// Start of the bar in front of it.
        previous: String,
        /// Schema that says how long a bar is.
        schema: &'static str,
    },
    /// A price lies above the bar's high or below its low.
    #[error("the bar of {time}: {field} {value} lies outside low {low} to high {high}")]
    OutsideRange {
        /// Start of the bar.
        time: String,
        /// Which price.
        field: &'static str,
        /// Its value.
        value: Price,
        /// The bar's low.
        low: Price,
        /// The bar's high.
        high: Price,
    },
    /// A price is no multiple of the tick size.
    #[error("the bar of {time}: {field} {value} is not a multiple of the tick size {tick}")]
    OffTick {
        /// Start of the bar.
        time: String,
        /// Which price.
        field: &'static str,
        /// Its value.
        value: Price,
        /// The instrument's tick size.
        tick: Price,
    },
}

impl Bar {
    /// Start of the bar.
    pub fn start(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.ts_event)
    }

    /// The first moment after the bar, from which on it may be used.
    pub fn end(&self, schema: BarSchema) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.ts_event.saturating_add(schema.nanos()))
    }

    fn prices(&self) -> [(&'static str, Price); 4] {
        [("open", self.open), ("high", self.high), ("low", self.low), ("close", self.close)]
    }

    fn check(&self, tick: Price) -> Result<(), BarError> {
        for (field, value) in self.prices() {
            if !value.is_multiple_of(tick) {
                return Err(BarError::OffTick { time: time_text(self.ts_event), field, value, tick });
            }
            if value < self.low || value > self.high {
                let time = time_text(self.ts_event);
                return Err(BarError::OutsideRange { time, field, value, low: self.low, high: self.high });
            }
        }
        Ok(())
    }
}

impl Bars {
    /// Checks the bars against the instrument: order and length by its schema, prices by its tick size.
    pub fn new(instrument: &Instrument, bars: Vec<Bar>) -> Result<Self, BarError> {
        if bars.is_empty() {
            return Err(BarError::Empty);
        }
        bars.iter().try_for_each(|bar| bar.check(instrument.tick_size))?;
        let length = instrument.schema.nanos();
        for (previous, bar) in bars.iter().zip(bars.iter().skip(1)) {
            if previous.ts_event.checked_add(length).is_none_or(|end| bar.ts_event < end) {
                let (time, previous) = (time_text(bar.ts_event), time_text(previous.ts_event));
                return Err(BarError::Overlap { time, previous, schema: instrument.schema.name() });
            }
        }
        Ok(Self(bars))
    }

    /// The bars, in order of time.
    pub fn as_slice(&self) -> &[Bar] {
        &self.0
    }

    /// Hash of the bars and of what they are bars of.
    ///
    /// Hashed are `assayer-bars/1` and a line feed; dataset, symbol and schema, each as its length (u64) and its bytes; the number
    /// of bars (u64); then for each bar start, open, high, low, close (i64) and volume (u64). All integers little-endian.
    pub fn hash(&self, instrument: &Instrument) -> Sha256Hash {
        let mut bytes = b"assayer-bars/1\n".to_vec();
        for text in [instrument.dataset.as_str(), instrument.symbol.as_str(), instrument.schema.name()] {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend((self.0.len() as u64).to_le_bytes());
        for bar in &self.0 {
            bytes.extend(bar.ts_event.to_le_bytes());
            bytes.extend(bar.prices().iter().flat_map(|(_, price)| price.nanos().to_le_bytes()));
            bytes.extend(bar.volume.to_le_bytes());
        }
        Sha256Hash::of(&bytes)
    }
}

/// The time as people read it, in UTC.
fn time_text(ts_event: i64) -> String {
    DateTime::from_timestamp_nanos(ts_event).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
