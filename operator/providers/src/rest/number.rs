//! A number as vendors send it: as JSON's own or as text. In: one value. Out: a decimal, exactly as it was spelt. Pure.

use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Deserializer, de};

/// A number or the text of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number(pub(crate) Decimal);

impl Number {
    /// The number in units of 1e-9, halves away from zero; none where it is too large.
    pub(crate) fn nanos(self) -> Option<i64> {
        self.times(1_000_000_000)
    }

    /// The number times a whole one, halves away from zero; none where it is too large.
    pub(crate) fn times(self, factor: i64) -> Option<i64> {
        let product = self.0.checked_mul(Decimal::from(factor))?;
        product.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64()
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Visitor)
    }
}

struct Visitor;

impl de::Visitor<'_> for Visitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or the text of one")
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
        Ok(Number(Decimal::from(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
        Ok(Number(Decimal::from(value)))
    }

    /// Its shortest decimal spelling, which is the vendor's own.
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        let text = text.trim();
        let parsed = text.parse().or_else(|_| Decimal::from_scientific(text));
        parsed.map(Number).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nanos(json: &str) -> Option<i64> {
        serde_json::from_str::<Number>(json).ok()?.nanos()
    }

    #[test]
    fn numbers_and_their_texts_are_read_exactly() {
        assert_eq!(nanos("182.15"), Some(182_150_000_000));
        assert_eq!(nanos(r#""182.15""#), Some(182_150_000_000));
        assert_eq!(nanos("-3"), Some(-3_000_000_000));
        assert_eq!(nanos("1e-7"), Some(100));
        assert_eq!(nanos("7.0790813e+07"), Some(70_790_813_000_000_000));
        assert_eq!(nanos(r#""1.2E3""#), Some(1_200_000_000_000));
        assert_eq!(nanos("0.0000000015"), Some(2));
    }

    #[test]
    fn what_is_none_or_too_large_is_refused() {
        for bad in [r#""""#, r#"".""#, r#""NaN""#, "null", "[1]", "1e300", "10000000000", "true"] {
            assert_eq!(nanos(bad), None, "{bad}");
        }
    }
}
