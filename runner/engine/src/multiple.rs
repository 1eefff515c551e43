//! Multiples such as "2.5", exact to the hundredth. Pure.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::{decimal, money::NumberError};

/// Nano units in a hundredth.
const HUNDREDTH: i128 = 10_000_000;

/// A number from 0.01 to 100 with at most two decimals, kept in hundredths. In and out: a decimal string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Multiple(i32);

impl Multiple {
    /// From hundredths; none outside of 1 to 10,000.
    pub fn from_hundredths(hundredths: i32) -> Option<Self> {
        (1..=10_000).contains(&hundredths).then_some(Self(hundredths))
    }

    /// In hundredths: 1 to 10,000.
    pub const fn hundredths(self) -> i32 {
        self.0
    }
}

impl FromStr for Multiple {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let out_of_range = || NumberError::NoMultiple(text.chars().take(40).collect());
        let nanos = decimal::parse(text)?;
        let hundredths = i32::try_from(nanos / HUNDREDTH).map_err(|_| out_of_range())?;
        Self::from_hundredths(hundredths).filter(|_| nanos % HUNDREDTH == 0).ok_or_else(out_of_range)
    }
}

impl fmt::Display for Multiple {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::format(i128::from(self.0) * HUNDREDTH))
    }
}

impl TryFrom<String> for Multiple {
    type Error = NumberError;

    fn try_from(text: String) -> Result<Self, NumberError> {
        text.parse()
    }
}

impl From<Multiple> for String {
    fn from(multiple: Multiple) -> Self {
        multiple.to_string()
    }
}

impl JsonSchema for Multiple {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Multiple".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let pattern = r"^(0\.(0[1-9]|[1-9][0-9]?)|[1-9][0-9]?(\.[0-9]{1,2})?|100)$";
        json_schema!({ "type": "string", "maxLength": 5, "pattern": pattern })
    }
}
