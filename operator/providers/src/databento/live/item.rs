//! What goes into a series and comes out of it. Pure.

use assayer_contract::{GapCause, StreamGap};

use super::moment;

/// A bar as it came, in the vendor's units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveBar {
    /// The vendor's number of the publisher.
    pub publisher_id: u16,
    /// The vendor's number of the instrument.
    pub instrument_id: u32,
    /// Start of the bar, in nanoseconds since 1970.
    pub ts_event: i64,
    /// First, highest, lowest and last price, in 1e-9.
    pub prices: [i64; 4],
    /// Traded size.
    pub volume: u64,
}

/// A stretch of time of which bars may be missing, in nanoseconds since 1970; the end is exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Start of the first bar that may be missing.
    pub start: i64,
    /// End of the last.
    pub end: i64,
    /// Why.
    pub cause: GapCause,
}

impl From<Gap> for StreamGap {
    fn from(gap: Gap) -> Self {
        Self { start: moment(gap.start), end: moment(gap.end), cause: gap.cause }
    }
}

/// What a reader is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A bar.
    Bar(LiveBar),
    /// A gap.
    Gap(Gap),
}

/// An item and what the caller noted of its arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The item.
    pub item: Item,
    /// The caller's note.
    pub came: T,
}

/// What became of what the vendor sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was new.
    Taken,
    /// It was known, or nobody asked for it.
    Known,
    /// Something before it is missing: ask the vendor to replay from [`super::Series::resume`]. It was not taken.
    Hole,
}

/// A reader asks for what is no longer held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind;
