//! Figures that have no bounds, such as Sharpe ratios, without floats. In and out: a decimal string. Pure.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Millionths in one.
const ONE: i64 = 1_000_000;

/// A number with at most six decimals, from about −9 to 9 million millions, written as text: `"1.25"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Figure(i64);

/// A text that is no figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a decimal number with at most six decimals, such as \"0.25\"")]
pub struct FigureError(String);

impl Figure {
    /// From millionths.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// In millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }
}

impl FromStr for Figure {
    type Err = FigureError;

    fn from_str(text: &str) -> Result<Self, FigureError> {
        let malformed = || FigureError(text.chars().take(40).collect());
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(decimals) || decimals.len() > 6 {
            return Err(malformed());
        }
        let millionths: i64 = format!("{whole}{decimals:0<6}").parse().map_err(|_| malformed())?;
        Ok(Self(sign * millionths))
    }
}

impl TryFrom<String> for Figure {
    type Error = FigureError;

    fn try_from(text: String) -> Result<Self, FigureError> {
        text.parse()
    }
}

impl From<Figure> for String {
    fn from(figure: Figure) -> Self {
        figure.to_string()
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, size) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        let decimals = format!("{:06}", size % ONE.unsigned_abs());
        let decimals = decimals.trim_end_matches('0');
        let dot = if decimals.is_empty() { "" } else { "." };
        write!(f, "{sign}{}{dot}{decimals}", size / ONE.unsigned_abs())
    }
}

impl JsonSchema for Figure {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 20, "pattern": r"^-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,6})?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_survives_being_written_and_read_and_nothing_else_is_one() {
        for text in ["0", "-0.25", "1.000001", "12", "-3.5"] {
            assert_eq!(text.parse::<Figure>().unwrap().to_string(), text);
        }
        assert_eq!("2.50".parse::<Figure>().unwrap().millionths(), 2_500_000);
        for text in ["", "-", "1.", ".5", "1e3", "0.0000001", "+1", "1,5"] {
            assert!(text.parse::<Figure>().is_err(), "{text}");
        }
    }
}
