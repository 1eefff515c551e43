//! What is traded: the series of bars and the facts of its contract. Pure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    InvalidField, Money, contracts,
    money::{POSITIVE, Price},
};

/// The series of bars that a Bot trades on, and what one contract of it is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Instrument {
    /// Dataset of the market data provider, for example `GLBX.MDP3`.
    #[schemars(length(min = 1, max = 32), regex(pattern = r"^[A-Z0-9]+(\.[A-Z0-9]+)*$"))]
    pub dataset: String,
    /// One symbol of the dataset, for example `MESZ6` or `MES.v.0`.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._:/ -]*$"))]
    pub symbol: String,
    /// Length of a bar, by the provider's name for it.
    pub schema: BarSchema,
    /// Smallest step of the price, for example `"0.25"`. Every price of every bar must be a multiple of it.
    #[schemars(extend("pattern" = POSITIVE))]
    pub tick_size: Price,
    /// What one whole point of price is worth per contract, in units of `capital.currency`: 5 for MES.
    #[schemars(range(min = 1, max = 10_000_000))]
    pub multiplier: i32,
    /// Divides what `multiplier` says, where a point is worth no whole number: a point of MYM is worth half a dollar, multiplier 1 and
    /// divisor 2. Absent: 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000))]
    pub divisor: Option<i32>,
    /// Days of history, counted back from the end of what the provider has, for example 150. Absent: all that it has, which for a
    /// futures dataset may be fifteen years of minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 36_600))]
    pub lookback_days: Option<i32>,
}

/// Bars of open, high, low, close and volume, by their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum BarSchema {
    /// One second.
    #[serde(rename = "ohlcv-1s")]
    Second,
    /// One minute.
    #[serde(rename = "ohlcv-1m")]
    Minute,
    /// One hour.
    #[serde(rename = "ohlcv-1h")]
    Hour,
    /// One day, from midnight to midnight UTC.
    #[serde(rename = "ohlcv-1d")]
    Day,
}

impl BarSchema {
    /// The provider's name, for example `ohlcv-1h`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Second => "ohlcv-1s",
            Self::Minute => "ohlcv-1m",
            Self::Hour => "ohlcv-1h",
            Self::Day => "ohlcv-1d",
        }
    }

    /// The schema of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Second, Self::Minute, Self::Hour, Self::Day].into_iter().find(|schema| schema.name() == name)
    }

    /// Length of a bar in nanoseconds.
    pub const fn nanos(self) -> i64 {
        let seconds = match self {
            Self::Second => 1,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        };
        seconds * 1_000_000_000
    }
}

impl Instrument {
    /// Whether the symbol stands for one contract after another: `MES.c.0`, `MES.n.0`, `MES.v.0`.
    pub fn is_continuous(&self) -> bool {
        matches!(self.symbol.split('.').collect::<Vec<_>>().as_slice(),
            [root, "c" | "n" | "v", rank] if !root.is_empty() && rank.parse::<u8>().is_ok())
    }

    /// What its bars are bars of, whichever contract: `MES` of `MES.v.0` and of `MESZ5`, and any other symbol itself.
    pub fn root(&self) -> &str {
        contracts::root_of(&self.dataset, &self.symbol).unwrap_or(&self.symbol)
    }

    /// What `multiplier` is divided by.
    pub fn divisor(&self) -> i32 {
        self.divisor.unwrap_or(1)
    }

    /// What one contract is worth at a price; exact for every multiple of the tick.
    pub fn value(&self, price: Price) -> Money {
        price.value(self.multiplier).divided_by(self.divisor())
    }

    /// Checks what the types cannot say, and what is said against what is known of the contract.
    pub fn validate(&self) -> Result<(), InvalidField> {
        InvalidField::unless_text(&self.dataset, 32, ".", "instrument.dataset")?;
        InvalidField::unless_text(&self.symbol, 64, "._:/ -", "instrument.symbol")?;
        let above_zero = self.tick_size > Price::from_nanos(0);
        InvalidField::unless(
            above_zero,
            "instrument.tickSize",
            self.tick_size,
            "give the contract's tick, above zero, such as \"0.25\"",
        )?;
        InvalidField::unless_within(&(1..=10_000_000), "instrument.multiplier", self.multiplier)?;
        InvalidField::unless_within(&(1..=1_000), "instrument.divisor", self.divisor())?;
        let exact = self.value(self.tick_size).times(self.divisor()) == Ok(self.tick_size.value(self.multiplier));
        let remedy = "choose one that divides the worth of a tick without a rest";
        InvalidField::unless(exact, "instrument.divisor", self.divisor(), remedy)?;
        contracts::check(self)?;
        let days = self.lookback_days.unwrap_or(1);
        InvalidField::unless_within(&(1..=36_600), "instrument.lookbackDays", days)
    }
}
