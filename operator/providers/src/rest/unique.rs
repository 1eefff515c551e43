//! JSON that can be read in one way only. In: text. Out: the value, or which name an object has twice. Pure.
//!
//! Of a name that comes twice some readers take the first value and some the last: the row would say one and the vendor do the other.

use std::{collections::BTreeSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Value;

use crate::text;

/// Parses JSON no object of which has a name twice, at any depth.
pub(crate) fn json(text: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice::<Once>(text)?;
    serde_json::from_slice(text)
}

/// Any JSON value, looked through and not kept.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Look)
    }
}

struct Look;

impl<'de> Visitor<'de> for Look {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Once, E> {
        Ok(Once)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
        while items.next_element::<Once>()?.is_some() {}
        Ok(Once)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Once, A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = fields.next_key::<String>()? {
            fields.next_value::<Once>()?;
            if let Some(twice) = names.replace(name) {
                return Err(A::Error::custom(format!("{} is given more than once: give it once", text::clean(&twice, 40))));
            }
        }
        Ok(Once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_comes_twice_is_refused_wherever_it_is() {
        for twice in [r#"{"qty":1,"qty":100}"#, r#"{"a":[{"b":{"c":1,"d":2,"c":null}}]}"#, r#"{"q\u0074y":"1","qty":"2"}"#] {
            let error = json(twice.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("is given more than once"), "{error}");
        }
    }

    #[test]
    fn other_json_is_what_it_is() {
        let text = r#"{"a":[1,-2,0.5,true,null,"x",{}],"b":{"a":[]}}"#;
        assert_eq!(json(text.as_bytes()).unwrap().to_string(), text);
        assert!(json("[".repeat(100_000).as_bytes()).is_err() && json(b"{").is_err() && json(b"").is_err());
    }
}
