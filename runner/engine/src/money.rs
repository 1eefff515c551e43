//! Prices and money as integers of 1e-9. In and out: decimal strings such as "1.05153". Pure.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::decimal;

/// Pattern of a decimal above zero that fits [`Price`] and [`Money`].
pub(crate) const POSITIVE: &str = r"^([1-9][0-9]{0,8}(\.[0-9]{1,9})?|0\.0{0,8}[1-9][0-9]{0,8})$";
/// Pattern of a decimal of at least zero that fits [`Money`].
pub(crate) const NOT_NEGATIVE: &str = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$";

/// Why a text is no price or amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// The text is no plain decimal number.
    #[error("\"{0}\" is not a decimal number: write it like \"1.05153\" or \"-12.5\", without exponent")]
    Malformed(String),
    /// The text has more than nine digits after the point.
    #[error("\"{0}\" has more than nine digits after the point")]
    TooFine(String),
    /// The number does not fit.
    #[error("\"{0}\" is out of range")]
    OutOfRange(String),
    /// The number is no multiple that settings take.
    #[error("\"{0}\" is not from 0.01 to 100 in steps of 0.01")]
    NoMultiple(String),
}

/// A sum, difference or product that does not fit its integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is out of range")]
pub struct Overflow(
    /// What was being computed.
    pub &'static str,
);

/// A price in units of 1e-9, as Databento writes prices: about ±9.2 billion. May be zero or negative (spreads, crude oil in 2020).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Price(i64);

/// An amount of a currency in units of 1e-9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Money(i128);

impl Price {
    /// From units of 1e-9.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// In units of 1e-9.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Whether this is a whole number of ticks of this size; a size of zero has no multiples.
    pub fn is_multiple_of(self, tick: Self) -> bool {
        self.0.checked_rem(tick.0) == Some(0)
    }

    /// This price and `ticks` (which may be negative) of this size.
    pub fn plus_ticks(self, ticks: i32, tick: Self) -> Result<Self, Overflow> {
        let moved = tick.0.checked_mul(i64::from(ticks)).and_then(|change| self.0.checked_add(change));
        moved.map(Self).ok_or(Overflow("a price with slippage"))
    }

    /// In ticks of this size, whole if it is a multiple; a size of zero has no ticks.
    pub(crate) fn ticks(self, tick: Self) -> i128 {
        i128::from(self.0.checked_div(tick.0).unwrap_or(0))
    }

    /// How far this price lies above another, in nano units.
    pub(crate) fn above(self, other: Self) -> Result<i64, Overflow> {
        self.0.checked_sub(other.0).ok_or(Overflow("a difference of prices"))
    }

    /// This price and a distance in nano units, which may be negative.
    pub(crate) fn moved(self, nanos: i64) -> Result<Self, Overflow> {
        self.0.checked_add(nanos).map(Self).ok_or(Overflow("the price of an order"))
    }

    /// So many times the price. Cannot overflow: 64 and 32 bits fit into 128.
    pub(crate) fn value(self, multiplier: i32) -> Money {
        Money(i128::from(self.0) * i128::from(multiplier))
    }
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// From units of 1e-9.
    pub const fn from_nanos(nanos: i128) -> Self {
        Self(nanos)
    }

    /// In units of 1e-9.
    pub const fn nanos(self) -> i128 {
        self.0
    }

    /// A part of the amount, towards zero; the whole of it for a divisor of zero.
    pub(crate) fn divided_by(self, divisor: i32) -> Self {
        // Most contracts need no division, and one of 128 bits takes as long as all else that a bar needs.
        if divisor == 1 { self } else { Self(self.0.checked_div(divisor.into()).unwrap_or(self.0)) }
    }

    /// So many times the amount.
    pub fn times(self, count: i32) -> Result<Self, Overflow> {
        self.0.checked_mul(count.into()).map(Self).ok_or(Overflow("a product of money"))
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow("a sum of money"))
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow("a difference of money"))
    }
}

impl FromStr for Price {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let out_of_range = |_| NumberError::OutOfRange(text.chars().take(40).collect());
        decimal::parse(text)?.try_into().map(Self).map_err(out_of_range)
    }
}

impl FromStr for Money {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        decimal::parse(text).map(Self)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::format(self.0.into()))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::format(self.0))
    }
}

impl TryFrom<String> for Price {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl TryFrom<String> for Money {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<Price> for String {
    fn from(price: Price) -> Self {
        price.to_string()
    }
}

impl From<Money> for String {
    fn from(money: Money) -> Self {
        money.to_string()
    }
}

impl JsonSchema for Price {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Price".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 20, "pattern": r"^-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?$" })
    }
}

impl JsonSchema for Money {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 26, "pattern": r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?$" })
    }
}
