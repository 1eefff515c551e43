//! JSON that can be read in one way only. In: a body. Out: its value, or why there is more than one. Pure.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::text;

/// Of a name that comes twice one reader takes the first value and another the last: what is recorded might not be what is done.
pub(crate) fn unambiguous(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice::<Once>(body).map(|once| once.0).map_err(|error| format!("the body cannot be read: {error}"))
}

struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Once(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some((name, Once(value))) = fields.next_entry::<String, _>()? {
            if all.contains_key(&name) {
                return Err(A::Error::custom(format_args!("{} is given more than once: give it once", text::clean(&name, 40))));
            }
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_any_reader_reads_and_a_name_that_comes_twice_is_refused_at_any_depth() {
        let body = br#"{"a":[1,-2,3.5,"x",null,true],"b":{"c":{}}}"#;
        assert_eq!(unambiguous(body).unwrap(), serde_json::from_slice::<Value>(body).unwrap());
        for twice in [r#"{"orderQty":1,"orderQty":100}"#, r#"[{"a":{"parse":[],"parse":["everyone"]}}]"#, r#"{"a":1,"\u0061":2}"#]
        {
            assert!(unambiguous(twice.as_bytes()).unwrap_err().contains("given more than once"), "{twice}");
        }
        assert!(unambiguous(b"{").is_err() && unambiguous("[".repeat(10_000).as_bytes()).is_err());
    }
}
