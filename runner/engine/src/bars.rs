//! Bars and their checks. In: bars from any source. Out: a series that cannot be wrong in form, and its hash. Pure.

mod closes;

use assayer_contract::Sha256Hash;
use chrono::{DateTime, SecondsFormat, Utc};

use self::closes::Closes;
use crate::{BarSchema, Instrument, Overflow, Price};

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
pub struct Bars {
    series: Vec<Bar>,
    /// None where a close is too many ticks.
    closes: Option<Closes>,
    /// Where the series goes over to another contract; empty where it is of one alone.
    rolls: Vec<Roll>,
}

/// A bar from which on a continuous series is of another contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roll {
    /// Place of the bar in the series, from 1.
    pub bar: usize,
    /// The provider's id of the contract before.
    pub from: u32,
    /// The provider's id of the contract from here on.
    pub to: u32,
}

/// Why a series of bars is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BarError {
    /// There are not as many contracts as bars.
    #[error("{contracts} bars have a contract, there are {bars}")]
    Contracts {
        /// Contracts given.
        contracts: usize,
        /// Bars given.
        bars: usize,
    },
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
    /// The same bar with every price moved by so many nano units.
    pub(crate) fn moved(&self, nanos: i64) -> Result<Self, Overflow> {
        let moved = |price: Price| price.moved(nanos);
        let (open, high, low, close) = (moved(self.open)?, moved(self.high)?, moved(self.low)?, moved(self.close)?);
        Ok(Self { open, high, low, close, ..*self })
    }

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
        Ok(Self { closes: Closes::of(instrument.tick_size, &bars), series: bars, rolls: Vec::new() })
    }

    /// The same for bars of which each says its contract, by the provider's id. Only a continuous symbol, such as `MES.v.0`, goes over
    /// from one contract to another; any other symbol is one instrument, whatever its ids.
    pub fn of_contracts(instrument: &Instrument, bars: Vec<Bar>, contracts: &[u32]) -> Result<Self, BarError> {
        if contracts.len() != bars.len() {
            return Err(BarError::Contracts { contracts: contracts.len(), bars: bars.len() });
        }
        let series = Self::new(instrument, bars)?;
        let pairs = (1..).zip(contracts.iter().zip(contracts.iter().skip(1)));
        let changes = pairs.filter(|(_, (from, to))| from != to && instrument.is_continuous());
        let rolls = changes.map(|(bar, (from, to))| Roll { bar, from: *from, to: *to }).collect();
        Ok(Self { rolls, ..series })
    }

    /// The bars, in order of time.
    pub fn as_slice(&self) -> &[Bar] {
        &self.series
    }

    /// Closes in ticks of this size, if they are whole numbers of them and of one contract.
    pub(crate) fn closes(&self, tick: Price) -> Option<&[i64]> {
        self.closes.as_ref().filter(|_| self.rolls.is_empty())?.by(tick)
    }

    /// The first so many bars, as if the others were not there yet; none of none.
    pub fn first(&self, count: usize) -> Option<Self> {
        let series = self.series.get(..count).filter(|bars| !bars.is_empty())?.to_vec();
        let rolls = self.rolls.iter().take_while(|roll| roll.bar < count).copied().collect();
        Some(Self { series, closes: self.closes.as_ref().map(|closes| closes.first(count)), rolls })
    }

    /// Where the series goes over to another contract, in order.
    pub fn rolls(&self) -> &[Roll] {
        &self.rolls
    }

    /// Hash of the bars and of what they are bars of.
    ///
    /// Hashed are `assayer-bars/1` and a line feed; dataset, symbol and schema, each as its length (u64) and its bytes; the number
    /// of bars (u64); then for each bar start, open, high, low, close (i64) and volume (u64). All integers little-endian. A series of
    /// several contracts begins with `assayer-bars/2` and ends with each roll: place of the bar (u64), ids before and after (u32).
    pub fn hash(&self, instrument: &Instrument) -> Sha256Hash {
        let mut bytes = if self.rolls.is_empty() { b"assayer-bars/1\n".to_vec() } else { b"assayer-bars/2\n".to_vec() };
        for text in [instrument.dataset.as_str(), instrument.symbol.as_str(), instrument.schema.name()] {
            bytes.extend((text.len() as u64).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        bytes.extend((self.series.len() as u64).to_le_bytes());
        for bar in &self.series {
            bytes.extend(bar.ts_event.to_le_bytes());
            bytes.extend(bar.prices().iter().flat_map(|(_, price)| price.nanos().to_le_bytes()));
            bytes.extend(bar.volume.to_le_bytes());
        }
        for Roll { bar, from, to } in &self.rolls {
            bytes.extend((*bar as u64).to_le_bytes());
            bytes.extend([*from, *to].iter().flat_map(|id| id.to_le_bytes()));
        }
        Sha256Hash::of(&bytes)
    }
}

/// The time as people read it, in UTC.
fn time_text(ts_event: i64) -> String {
    DateTime::from_timestamp_nanos(ts_event).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
