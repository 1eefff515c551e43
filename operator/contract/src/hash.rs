//! Content hashes. In: bytes, or anything that serialises. Out: `sha256:<64 hex digits>`. Pure.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest, written `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Sha256Hash([u8; 32]);

/// Why a hash could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The value has no canonical JSON form (a map key that is no string, or a number that is not finite).
    #[error("the value has no canonical JSON form: {0}")]
    NotCanonical(#[from] serde_json::Error),
    /// The text is not `sha256:` and 64 hexadecimal digits.
    #[error("\"{0}\" is not a hash: expected \"sha256:\" and 64 hexadecimal digits")]
    Malformed(String),
}

impl Sha256Hash {
    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of several byte strings, one after the other, as if they had been joined.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// SHA-256 of the value's canonical JSON (RFC 8785): keys sorted, no white space, one spelling for each number.
///
/// Integers beyond ±2⁵³ lose digits in that form; write them as strings.
pub fn canonical_hash<T: Serialize>(value: &T) -> Result<Sha256Hash, HashError> {
    Ok(Sha256Hash::of(&serde_json_canonicalizer::to_vec(value)?))
}

impl fmt::Display for Sha256Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Sha256Hash> for String {
    fn from(hash: Sha256Hash) -> Self {
        hash.to_string()
    }
}

impl FromStr for Sha256Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        let malformed = || HashError::Malformed(text.to_owned());
        let digits = text.strip_prefix("sha256:").ok_or_else(malformed)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| malformed())?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Sha256Hash {
    type Error = HashError;

    fn try_from(text: String) -> Result<Self, HashError> {
        text.parse()
    }
}

impl JsonSchema for Sha256Hash {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Sha256Hash".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$", "maxLength": 71 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_does_not_change_a_canonical_hash() {
        let one = canonical_hash(&json!({"a": 1, "b": [1.5, "x"]})).unwrap();
        let other = canonical_hash(&serde_json::from_str::<serde_json::Value>(r#"{"b":[1.50,"x"],"a":1}"#).unwrap()).unwrap();
        assert_eq!(one, other);
    }

    #[test]
    fn a_hash_survives_being_written_and_read() {
        // given: the test vector "abc" of FIPS 180-2
        let hash = Sha256Hash::of(b"abc");
        assert_eq!(hash.to_string(), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash.to_string().parse::<Sha256Hash>().unwrap(), hash);
        assert!("sha256:abc".parse::<Sha256Hash>().is_err());
    }
}
