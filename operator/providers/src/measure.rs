//! What an answer held, counted by Assayer itself. Out: figures for the row, or why the answer cannot be used. Pure.

use assayer_contract::{InstrumentDays, ReasonCode, Release};
use chrono::{DateTime, TimeDelta, Utc};
use rust_decimal::Decimal;

/// One bar of an answer, in the vendor's own units: prices in 1e-9. A field that the answer leaves open is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnsweredBar {
    /// Start of the bar, in nanoseconds since 1970 UTC.
    pub ts_event: i64,
    /// First price.
    pub open: Option<i64>,
    /// Highest price.
    pub high: Option<i64>,
    /// Lowest price.
    pub low: Option<i64>,
    /// Last price.
    pub close: Option<i64>,
    /// Contracts or units traded.
    pub volume: Option<u64>,
}

/// The bars of one UTC day, or of a part of it, as one answer had them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayOfBars {
    /// Start of the part, of which every bar is here.
    pub from: DateTime<Utc>,
    /// Its end: the next midnight, or the end of the range that was asked for.
    pub until: DateTime<Utc>,
    /// The bars in the vendor's own form, compressed; no bar is bytes, too.
    pub records: Vec<u8>,
}

/// Sees the bars of an answer while they are counted, so that nothing has to hold them all.
pub trait BarVisitor {
    /// The days on which the symbol stands for an instrument, ascending; before the first bar.
    fn listed(&mut self, days: &[InstrumentDays]);
    /// The next bar.
    fn bar(&mut self, bar: &AnsweredBar);
}

/// Sees nothing.
impl BarVisitor for () {
    fn listed(&mut self, _: &[InstrumentDays]) {}
    fn bar(&mut self, _: &AnsweredBar) {}
}

/// Figures of a whole answer. What the answer has none of is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Number of bars; `Some(0)` where bars were asked for and there are none in the range.
    pub bar_count: Option<i64>,
    /// Start of the first bar, in whole microseconds.
    pub first_bar_ts: Option<DateTime<Utc>>,
    /// Start of the last bar, in whole microseconds.
    pub last_bar_ts: Option<DateTime<Utc>>,
    /// End of the last bar, in whole microseconds.
    pub last_bar_end: Option<DateTime<Utc>>,
    /// Records that the vendor says there are, where it was asked.
    pub record_count: Option<i64>,
    /// Instruments that the one symbol stands for, as resolved or as found in the bars, ascending; none where they are too many.
    pub instruments: Option<Vec<InstrumentDays>>,
    /// The price that the vendor quotes, in USD.
    pub quoted_usd: Option<Decimal>,
    /// Things that the answer lists: headlines, alerts, observations, positions. None where it speaks about the source only, such as
    /// a list of models, and so proves no content of it.
    pub items: Option<i64>,
    /// The model that answered, by the vendor's own word.
    pub model: Option<String>,
    /// Tokens that were sent, cached ones too.
    pub tokens_in: Option<i64>,
    /// Tokens that came, those of reasoning too.
    pub tokens_out: Option<i64>,
    /// Whether the account is for demonstration or live, by the broker's own word.
    pub environment: Option<AccountKind>,
    /// The broker's id of the order.
    pub order_id: Option<String>,
    /// Whether the vendor says that the data is delayed.
    pub delayed: bool,
    /// When economic figures are released.
    pub releases: Option<Vec<Release>>,
}

/// What an account trades, by the broker's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// The broker's own simulation.
    Demo,
    /// Real money.
    Live,
}

impl AccountKind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Demo, Self::Live].into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in a row.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Live => "live",
        }
    }
}

impl Measure {
    /// The kind of account that the broker says it is, and this one, where they are not the same.
    pub fn contradicts(&self, expected: Option<AccountKind>) -> Option<(AccountKind, AccountKind)> {
        self.environment.zip(expected).filter(|(said, expected)| said != expected)
    }

    /// Milliseconds from the end of the last bar until the answer was received.
    pub fn staleness_ms(&self, received: DateTime<Utc>) -> Option<i64> {
        self.last_bar_end.map(|end| TimeDelta::num_milliseconds(&(received - end)))
    }
}

/// Why an answer with a good status cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// The body ends before its end.
    #[error("the body is cut short: {0}")]
    Truncated(String),
    /// The body is not in the documented form.
    #[error("the body is not what the vendor documents: {0}")]
    Malformed(String),
    /// The body holds something else than what was asked for.
    #[error("the body holds {found} where {asked} was asked for")]
    NotAsked {
        /// What was asked for.
        asked: String,
        /// What is there.
        found: String,
    },
    /// The body holds data of another instrument.
    #[error("a record of instrument {instrument_id} on {day} is not one of \"{symbol}\"")]
    OtherInstrument {
        /// The instrument that was asked for.
        symbol: String,
        /// The vendor's number of the record's instrument.
        instrument_id: u32,
        /// UTC day of the record.
        day: String,
    },
    /// The body holds data of a symbol that was not asked for.
    #[error("the body holds \"{found}\" where \"{asked}\" was asked for")]
    OtherSymbol {
        /// The symbols that were asked for.
        asked: String,
        /// One that is there.
        found: String,
    },
    /// The vendor took the request and did not do it.
    #[error("the vendor did not do it: {0}")]
    NotDone(String),
    /// The body unpacks to more than Assayer reads.
    #[error("the body unpacks to more than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
}

impl MeasureError {
    /// The reason code of this error.
    pub fn reason_code(&self) -> ReasonCode {
        match self {
            Self::Truncated(_) => ReasonCode::DataTruncated,
            Self::Malformed(_) => ReasonCode::ProviderError,
            Self::NotAsked { .. } => ReasonCode::DataQuality,
            Self::OtherInstrument { .. } | Self::OtherSymbol { .. } => ReasonCode::SymbolMismatch,
            Self::NotDone(_) => ReasonCode::ProviderRejectedRequest,
            Self::TooLarge { .. } => ReasonCode::ResponseTooLarge,
        }
    }
}
